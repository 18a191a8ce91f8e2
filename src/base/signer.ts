import { nodeCrypto } from './crypto.ts';
/** Signs what this server hands out and wants back unchanged, so that it need not remember it. */
export interface Signer {
  /** `subject` as JSON, bound to what it is for: a signature is worth nothing anywhere else. */
  sign(purpose: string, subject: unknown): string;
  verify(purpose: string, subject: unknown, signature: string): boolean;
}

/** Enough of an HMAC-SHA-256 that nobody guesses it: 132 bits. */
const signatureLength = 22;

/**
 * Processes with the same key accept each other's signatures. Without one, they end with the process. A function is
 * asked for the key when something is signed first.
 */
export function createSigner(given?: string | Uint8Array | (() => Uint8Array)): Signer {
  let key = typeof given === 'function' ? undefined : given;
  function sign(purpose: string, subject: unknown): string {
    key ??= typeof given === 'function' ? given() : nodeCrypto().randomBytes(32);
    const text = JSON.stringify([purpose, subject]);
    return nodeCrypto().createHmac('sha256', key).update(text).digest('base64url').slice(0, signatureLength);
  }
  return {
    sign,
    verify(purpose, subject, signature) {
      const [given, right] = [Buffer.from(signature), Buffer.from(sign(purpose, subject))];
      return given.length === right.length && nodeCrypto().timingSafeEqual(given, right);
    },
  };
}

/** Signs for one caller: what it signs is worth nothing in the hands of another. */
export function signerFor(owner: string, { sign, verify }: Signer): Signer {
  return {
    sign: (purpose, subject) => sign(purpose, [owner, subject]),
    verify: (purpose, subject, signature) => verify(purpose, [owner, subject], signature),
  };
}
