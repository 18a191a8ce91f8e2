import { nodeCrypto } from '../../base/crypto.ts';
/**
 * The hash a Datarock token binds itself to. Attested for v2 by a public client (github.com/froesecom/datarock-client),
 * assumed for v3, which names the same two claims. Neither method nor body takes part.
 *
 * @param user the X-API-User value, letter case kept
 * @param issuedAt Unix seconds, the same as the `iat` claim
 * @param url the absolute URL exactly as sent, query included
 * @returns 128 lower-case hex digits of SHA-512
 */
export function requestHash(user: string, issuedAt: number, url: string): string {
  return nodeCrypto().hash('sha512', `${user}/${issuedAt}/${url}`, 'hex');
}
