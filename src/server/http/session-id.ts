import { randomBytes } from 'node:crypto';
import type { Signer } from '../../base/signer.ts';

/** What a client said of itself when it began, as a replica needs it to go on with the session. */
export interface Opening {
  protocolVersion: string;
  capabilities: object;
  clientInfo: object;
}

/** Proxies refuse requests whose headers are longer than 8 kB together. */
const longestOpening = 2_000;
/** A session is over after a day, in ms. */
export const sessionLifeMs = 86_400_000;

/**
 * An id that holds the session: any replica that has the key can go on with it, for the caller whose it is and nobody
 * else. Undefined where the client has said more of itself than goes into a header.
 */
export function sealSession(signer: Signer, callerKey: string, params: unknown, now: number): string | undefined {
  const { protocolVersion, capabilities, clientInfo } = params as Opening;
  const opening = JSON.stringify({ protocolVersion, capabilities, clientInfo });
  if (opening.length > longestOpening) return undefined;
  const content = [now.toString(36), randomBytes(9).toString('base64url'), Buffer.from(opening).toString('base64url')];
  return [...content, signer.sign('session', [callerKey, content])].join('.');
}

/** Undefined for what is no id of ours, another caller's, or too old. */
export function openSealed(signer: Signer, callerKey: string, id: string, now: number): Opening | undefined {
  const [born = '', nonce = '', opening = '', signature = '', more] = id.split('.');
  const content = [born, nonce, opening];
  if (more !== undefined || !signer.verify('session', [callerKey, content], signature)) return undefined;
  if (Number.parseInt(born, 36) + sessionLifeMs <= now) return undefined;
  return JSON.parse(Buffer.from(opening, 'base64url').toString()) as Opening;
}
