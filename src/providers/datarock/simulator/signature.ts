import * as crypto from 'node:crypto';

export const hashOf = (user: string, iat: number, url: string): string =>
  crypto.createHash('sha512').update(`${user}/${iat}/${url}`).digest('hex');

/** What a token has to prove. `url`: public origin and the raw request target; `now`: Unix seconds. */
export interface SignedRequest {
  user: string;
  token: string;
  url: string;
  now: number;
  key: crypto.KeyObject;
  window: { past: number; ahead: number };
}

/** Why a signed request is refused; undefined when it is good. Neither method nor body is part of the signature. */
export function refusal({ user, token, url, now, key, window }: SignedRequest): string | undefined {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0 || ![header, payload, signature].every(part => /^[\w-]+$/.test(part))) return 'not a JWT';
  if (readPart(header)?.['alg'] !== 'RS256') return 'alg must be RS256';
  const bytes = Buffer.from(`${header}.${payload}`, 'ascii');
  if (!crypto.verify('RSA-SHA256', bytes, key, Buffer.from(signature, 'base64url'))) return 'signature does not match';
  const { iat, requestHash } = readPart(payload) ?? {};
  if (typeof iat !== 'number' || !Number.isInteger(iat)) return 'iat must be an integer';
  if (typeof requestHash !== 'string' || !/^[0-9a-f]{128}$/.test(requestHash)) return 'requestHash must be SHA-512 hex';
  if (now - iat > window.past || iat - now > window.ahead) return 'iat is too far from now';
  const same = crypto.timingSafeEqual(Buffer.from(requestHash), Buffer.from(hashOf(user, iat, url)));
  return same ? undefined : 'requestHash does not match the request';
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return value !== null && typeof value === 'object' ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
