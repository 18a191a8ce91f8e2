import type { IncomingHttpHeaders } from 'node:http';
import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { type Access, accessBy, type Identity } from '../../callers/access.ts';
import { type Caller, localCaller } from '../../callers/caller.ts';
import { withCredentials } from '../../callers/header-credentials.ts';
import { accessTokens, BadToken, NoKeys, Resting } from '../../callers/oauth.ts';
import { staticTokens } from '../../callers/static-tokens.ts';
import type { HttpSettings } from '../../config/http.ts';
import type { ConnectionState } from '../../connections/connections.ts';
import { callerKey } from '../call-options.ts';
import type { DataPlatformsServer } from '../create.ts';
import { HttpError } from './http-error.ts';
import { neededScopes } from './scopes.ts';

/** Somebody who was let in. */
export interface AuthenticatedCaller {
  caller: Caller;
  /** For the SDK; without the token, which nobody needs any more. */
  auth: AuthInfo;
  /** What the token allows; undefined where tokens say nothing of that. */
  scopes?: readonly string[];
}

export interface Authentication {
  /** @throws HttpError 401 or 403 that says how to get in, 503 while nobody can tell */
  authenticate(headers: IncomingHttpHeaders): Promise<AuthenticatedCaller>;
  /** @throws HttpError 403 `insufficient_scope` that names everything that the message needs */
  allow(visitor: AuthenticatedCaller, message: unknown): Promise<void>;
  /** Whether the caller may see what is about all callers. */
  isOperator(caller: Caller): boolean;
  /** RFC 9728, where there is an authorization server. */
  metadata?: { path: string; document: object };
}

/** `url`: address of `/mcp` as clients see it. @throws Fault `not_configured` */
export function createAuthentication(server: DataPlatformsServer, settings: HttpSettings, url: string): Authentication {
  const { tokens, oauth, operators } = settings;
  const { states } = server.shared.connections;
  if (tokens.length === 0 && !oauth) {
    if (settings.access) throw accessOfNobody();
    return anonymousAccess(states);
  }
  const names = states.map(({ name }) => name);
  const access = accessBy(settings.access, names, settings.two_step);
  const refuse = refusals(oauth && getOAuthProtectedResourceMetadataUrl(new URL(url)));
  const byStaticToken = staticTokenCaller(tokens, server.shared.clock, refuse);
  const byAccessToken = oauth && accessTokenCaller(oauth, server, refuse);
  return {
    isOperator: ({ name }) => operators.includes(name),
    ...(oauth ? { metadata: resourceMetadata(oauth, url) } : {}),
    async authenticate(headers) {
      const accessOf: Access = identity => withCredentials(access(identity), headers, states);
      const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(headers.authorization ?? '')?.[1];
      if (token === undefined)
        throw refuse(OAuthErrorCode.InvalidToken, 'A bearer token is needed here.', oauth?.required_scopes);
      const caller = byStaticToken(token, accessOf) ?? (await byAccessToken?.(token, accessOf));
      if (!caller) throw refuse(OAuthErrorCode.InvalidToken, 'Nobody here has this token.');
      return caller;
    },
    async allow({ caller, scopes }, message) {
      if (!oauth || !scopes) return;
      const needed = neededScopes(message, server.served(caller).tools, oauth);
      if (needed.every(scope => scopes.includes(scope))) return;
      throw refuse(OAuthErrorCode.InsufficientScope, 'The token lacks a scope that this call needs.', needed);
    },
  };
}

/** Refuses a request and says how to get in. */
type Refuse = (code: OAuthErrorCode, message: string, requiredScopes?: readonly string[]) => HttpError;

/** `resourceMetadataUrl`: where a client learns who gives tokens, where that is an authorization server. */
function refusals(resourceMetadataUrl: string | undefined): Refuse {
  return (code, message, requiredScopes = []) => {
    const challenge = bearerAuthChallengeResponse(new OAuthError(code, message), {
      requiredScopes: [...requiredScopes],
      ...(resourceMetadataUrl ? { resourceMetadataUrl } : {}),
    });
    const authenticate = challenge.headers.get('www-authenticate');
    return new HttpError(challenge.status, -32001, message, authenticate ? { 'www-authenticate': authenticate } : {});
  };
}

/** Who has one of the configured tokens. */
function staticTokenCaller(tokens: HttpSettings['tokens'], clock: Clock, refuse: Refuse) {
  const known = staticTokens(tokens);
  return (token: string, access: Access): AuthenticatedCaller | undefined => {
    const entry = known(token);
    if (!entry) return undefined;
    if (entry.expires && Date.parse(entry.expires) <= clock.now())
      throw refuse(OAuthErrorCode.InvalidToken, 'The token has expired.');
    const caller = access({ issuer: 'tokens', subject: entry.name, groups: entry.groups });
    return asVisitor(entry.time_zone ? { ...caller, timeZone: entry.time_zone } : caller, entry.name);
  };
}

/** Who has a token of the authorization server. */
function accessTokenCaller(
  oauth: NonNullable<HttpSettings['oauth']>,
  { shared: { clock, http }, log }: DataPlatformsServer,
  refuse: Refuse,
) {
  const verify = accessTokens(oauth, clock, http.fetch);
  const required = oauth.required_scopes;
  const asHttpError = (error: unknown): unknown => {
    if (error instanceof BadToken) return refuse(OAuthErrorCode.InvalidToken, error.message, required);
    if (!(error instanceof NoKeys)) return error;
    if (!(error.cause instanceof Resting)) log.warn({ err: error }, 'authorization server');
    return new HttpError(503, -32000, `${error.message} Try again later.`, { 'retry-after': '30' });
  };
  return async (token: string, access: Access): Promise<AuthenticatedCaller> => {
    const { subject, client, groups, scopes } = await verify(token).catch(error => Promise.reject(asHttpError(error)));
    if (!required.every(scope => scopes.includes(scope)))
      throw refuse(OAuthErrorCode.InsufficientScope, 'The token lacks a scope that is needed here.', required);
    return { ...visitor(access, { issuer: oauth.issuer, subject, groups }, client), scopes };
  };
}

function resourceMetadata(oauth: NonNullable<HttpSettings['oauth']>, url: string): { path: string; document: object } {
  return {
    path: new URL(getOAuthProtectedResourceMetadataUrl(new URL(url))).pathname,
    document: {
      resource: url,
      authorization_servers: [oauth.issuer],
      scopes_supported: [...new Set([...oauth.required_scopes, ...oauth.write_scopes])],
      bearer_methods_supported: ['header'],
      resource_name: 'Data platforms',
    },
  };
}

function visitor(access: Access, identity: Identity, clientId: string): AuthenticatedCaller {
  return asVisitor(access(identity), clientId);
}

const asVisitor = (caller: Caller, clientId = ''): AuthenticatedCaller => ({
  caller,
  auth: { token: '', clientId, scopes: [], extra: { [callerKey]: caller } },
});

/** Nobody is asked: everybody is the person at this machine, unless a gateway hands in somebody's credentials. */
const anonymousAccess = (states: readonly ConnectionState[]): Authentication => ({
  authenticate: async headers => asVisitor(withCredentials(localCaller, headers, states)),
  allow: async () => {},
  isOperator: () => true,
});

const accessOfNobody = () =>
  new Fault({
    code: 'not_configured',
    message: 'http.access says who may use what, but nobody is asked who they are.',
    hint: 'Name callers under http.tokens or http.oauth, or take http.access out.',
  });
