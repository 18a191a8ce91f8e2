import {
  createRemoteJWKSet,
  errors,
  customFetch as fetchKeysBy,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import * as discovery from 'oauth4webapi';
import type { Clock } from '../base/clock.ts';
import type { OAuthSettings } from '../config/http.ts';
import type { Fetch } from '../http/connection.ts';

/** An access token that is good: who it is for and what it allows. */
export interface AccessToken {
  subject: string;
  client: string;
  groups: string[];
  scopes: string[];
  /** Seconds since the Unix epoch. */
  expires: number;
}

/** The token is not good, and why; the reason holds nothing of the token. */
export class BadToken extends Error {}

/** Nobody can say at the moment whether the token is good. */
export class NoKeys extends Error {}

/** It failed a moment ago, which was told then. */
export class Resting extends Error {}

/** Keys that were just fetched are not fetched again for an unknown one, in ms: anybody can make up key ids. */
const cooldownMs = 30_000;
const cacheMs = 600_000;
const patienceMs = 5_000;
/** A server that could not say is left alone for so long, in ms: anybody can make up tokens that it would be asked about. */
const restMs = 5_000;

/** Tokens of one authorization server. Nothing is asked of it before the first token comes. */
export function accessTokens(
  settings: OAuthSettings,
  clock: Clock,
  fetch: Fetch,
): (token: string) => Promise<AccessToken> {
  const { issuer, audience, algorithms, subject_claim, groups_claim } = settings;
  let restUntil = 0;
  const sparingly: Fetch = (url, init) =>
    clock.now() < restUntil ? Promise.reject(new Resting('It failed a moment ago.')) : fetch(url, init);
  let keys: Promise<JWTVerifyGetKey> | undefined;
  const keySet = () => {
    keys ??= remoteKeys(settings, sparingly).catch(error => {
      keys = undefined;
      throw error;
    });
    return keys;
  };
  const read = async (token: string): Promise<AccessToken> => {
    const payload = await verify(token, await keySet(), {
      issuer,
      audience,
      algorithms,
      requiredClaims: ['exp', subject_claim],
      clockTolerance: 5,
      currentDate: new Date(clock.now()),
    });
    const subject = payload[subject_claim];
    if (typeof subject !== 'string' || subject === '') throw new BadToken('The token names no subject.');
    return {
      subject,
      client: String(payload['client_id'] ?? payload['azp'] ?? subject),
      groups: texts(payload[groups_claim]),
      scopes: texts(payload['scope'] ?? payload['scp']),
      expires: Number(payload.exp),
    };
  };
  return token =>
    read(token).catch(error => {
      if (error instanceof NoKeys && clock.now() >= restUntil) restUntil = clock.now() + restMs;
      throw error;
    });
}

async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  options: NonNullable<Parameters<typeof jwtVerify>[2]>,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (
      !(error instanceof errors.JOSEError) ||
      error instanceof errors.JWKSTimeout ||
      error instanceof errors.JWKSInvalid
    )
      throw new NoKeys('The keys of the authorization server cannot be read.', { cause: error });
    // jose throws its base class where the server of the keys does not answer as it should.
    if (error.code === 'ERR_JOSE_GENERIC')
      throw new NoKeys('The keys of the authorization server cannot be read.', { cause: error });
    throw new BadToken(reasons[error.code]?.(error) ?? 'The token is malformed.');
  }
}

const reasons: Readonly<Record<string, (error: errors.JOSEError) => string>> = {
  ERR_JWT_EXPIRED: () => 'The token has expired.',
  ERR_JWT_CLAIM_VALIDATION_FAILED: error =>
    `The token does not fit this server: "${(error as errors.JWTClaimValidationFailed).claim}".`,
  ERR_JOSE_ALG_NOT_ALLOWED: () => 'The token is signed by an algorithm that is not believed here.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: () => 'The signature of the token is wrong.',
  ERR_JWKS_NO_MATCHING_KEY: () => 'The token is signed by a key that the authorization server does not have.',
};

async function remoteKeys({ issuer, jwks_uri }: OAuthSettings, fetch: Fetch): Promise<JWTVerifyGetKey> {
  const address = jwks_uri ?? (await keysOf(issuer, fetch));
  return createRemoteJWKSet(new URL(address), {
    cooldownDuration: cooldownMs,
    cacheMaxAge: cacheMs,
    timeoutDuration: patienceMs,
    [fetchKeysBy]: fetch,
  });
}

/** Where an authorization server says that its keys are: RFC 8414, or OpenID Connect Discovery. */
async function keysOf(issuer: string, fetch: Fetch): Promise<string> {
  const identifier = new URL(issuer);
  let cause: unknown;
  for (const algorithm of ['oidc', 'oauth2'] as const) {
    try {
      const response = await discovery.discoveryRequest(identifier, {
        algorithm,
        signal: AbortSignal.timeout(patienceMs),
        [discovery.customFetch]: fetch,
        // Who configures http has said so; it is for tests and for servers on this machine.
        [discovery.allowInsecureRequests]: identifier.protocol === 'http:',
      });
      const { jwks_uri } = await discovery.processDiscoveryResponse(identifier, response);
      if (jwks_uri) return jwks_uri;
    } catch (error) {
      // The other document may be there.
      cause = error;
    }
  }
  throw new NoKeys(`${issuer} does not say where its keys are.`, { cause });
}

/** A claim that is a list, or a text with spaces. */
function texts(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ').filter(Boolean);
  return Array.isArray(claim) ? claim.filter(one => typeof one === 'string') : [];
}
