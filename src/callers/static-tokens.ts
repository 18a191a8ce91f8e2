import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StaticToken } from '../config/http.ts';

/**
 * Finds whose token it is. Takes as long for every token, right or wrong. A plain hash is enough, because tokens are
 * random and long: there is nothing to guess.
 */
export function staticTokens(known: readonly StaticToken[]): (token: string) => StaticToken | undefined {
  const hashed = known.map(entry => ({ entry, hash: Buffer.from(entry.sha256, 'hex') }));
  return token => {
    const given = createHash('sha256').update(token).digest();
    let found: StaticToken | undefined;
    for (const { entry, hash } of hashed) if (timingSafeEqual(given, hash)) found = entry;
    return found;
  };
}

/** A token that nobody can guess, and its hash for the configuration. */
export function newToken(): { token: string; sha256: string } {
  const token = `dpm_${randomBytes(32).toString('base64url')}`;
  return { token, sha256: createHash('sha256').update(token).digest('hex') };
}
