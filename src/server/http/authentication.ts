import type { IncomingHttpHeaders } from 'node:http';
import {
  type AuthInfo,
  bearerAuthChallengeResponse,
  getOAuthProtectedResourceMetadataUrl,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server';
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
export function createDoor(server: DataPlatformsServer, settings: HttpSettings, url: string): Authentication {
  const { tokens, oauth, operators } = settings;
  const { states } = server.shared.connections;
  if (tokens.length === 0 && !oauth) {
    if (settings.access) throw accessOfNobody();
    return anonymousAccess(states);
  }
  const access = accessBy(
    settings.access,
    states.map(({ name }) => name),
  );
  const known = staticTokens(tokens);
  const verify = oauth && accessTokens(oauth, server.shared.clock, server.shared.http.fetch);
  const resourceMetadataUrl = oauth && getOAuthProtectedResourceMetadataUrl(new URL(url));
  const required = oauth?.required_scopes ?? [];

  async function refusal(code: OAuthErrorCode, message: string, requiredScopes: readonly string[] = []) {
    const challenge = bearerAuthChallengeResponse(new OAuthError(code, message), {
      requiredScopes: [...requiredScopes],
      ...(resourceMetadataUrl ? { resourceMetadataUrl } : {}),
    });
    const authenticate = challenge.headers.get('www-authenticate');
    return new HttpError(challenge.status, -32001, message, authenticate ? { 'www-authenticate': authenticate } : {});
  }

  return {
    isOperator: ({ name }) => operators.includes(name),
    ...(oauth && resourceMetadataUrl
      ? {
          metadata: {
            path: new URL(resourceMetadataUrl).pathname,
            document: {
              resource: url,
              authorization_servers: [oauth.issuer],
              scopes_supported: [...new Set([...required, ...oauth.write_scopes])],
              bearer_methods_supported: ['header'],
              resource_name: 'Data platforms',
            },
          },
        }
      : {}),
    async authenticate(headers) {
      const { authorization = '' } = headers;
      const accessOf: Access = identity => withCredentials(access(identity), headers, states);
      const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization)?.[1];
      if (token === undefined)
        throw await refusal(OAuthErrorCode.InvalidToken, 'A bearer token is needed here.', required);
      const entry = known(token);
      if (entry) {
        if (entry.expires && Date.parse(entry.expires) <= server.shared.clock.now())
          throw await refusal(OAuthErrorCode.InvalidToken, 'The token has expired.');
        return visitor(accessOf, { issuer: 'tokens', subject: entry.name, groups: entry.groups }, entry.name);
      }
      if (!verify || !oauth) throw await refusal(OAuthErrorCode.InvalidToken, 'Nobody here has this token.');
      try {
        const { subject, client, groups, scopes } = await verify(token);
        if (!required.every(scope => scopes.includes(scope)))
          throw await refusal(
            OAuthErrorCode.InsufficientScope,
            'The token lacks a scope that is needed here.',
            required,
          );
        return { ...visitor(accessOf, { issuer: oauth.issuer, subject, groups }, client), scopes };
      } catch (error) {
        if (error instanceof BadToken) throw await refusal(OAuthErrorCode.InvalidToken, error.message, required);
        if (!(error instanceof NoKeys)) throw error;
        if (!(error.cause instanceof Resting)) server.log.warn({ err: error }, 'authorization server');
        throw new HttpError(503, -32000, `${error.message} Try again later.`, { 'retry-after': '30' });
      }
    },
    async allow({ caller, scopes }, message) {
      if (!oauth || !scopes) return;
      const needed = neededScopes(message, server.served(caller).tools, oauth);
      if (needed.every(scope => scopes.includes(scope))) return;
      throw await refusal(OAuthErrorCode.InsufficientScope, 'The token lacks a scope that this call needs.', needed);
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
