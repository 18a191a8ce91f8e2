import type { KeyObject } from 'node:crypto';
import type { Auth } from '../http/connection.ts';

/** A request signed as a JWT: which claims, and which headers carry it, is the platform's business. */
export interface SignedRequestScheme {
  /** Checked when the connection is made, so that a bad key is known before the first request. */
  privateKey: KeyObject;
  /** JWA name, for example RS256. */
  algorithm: string;
  claims(request: { method: string; url: string; now: number }): Record<string, unknown>;
  headers(token: string): Record<string, string>;
}

const encoder = new TextEncoder();

/** Signs every attempt anew: such tokens are bound to one URL and one moment. */
export function signedRequest({ privateKey, algorithm, claims, headers }: SignedRequestScheme): Auth {
  // Kept: importing anew copies all of its names again.
  let jose: Promise<typeof import('jose')> | undefined;
  return {
    async headers(request) {
      jose ??= import('jose');
      // Not SignJWT: that copies the claims, in case they change until it is done.
      const { CompactSign } = await jose;
      const token = await new CompactSign(encoder.encode(JSON.stringify(claims(request))))
        .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
        .sign(privateKey);
      return headers(token);
    },
  };
}
