import * as crypto from 'node:crypto';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import { readUuid } from './parameters.ts';
import type { DataminState, Right, Token } from './state.ts';

/** The vendor's page knows one old scope, with which everything works; the server has one for each right. */
const scopes: Readonly<Record<DataminState['profile'], Readonly<Record<string, readonly Right[]>>>> = {
  docs: { 'workflows:run': ['run', 'stats'] },
  ylem: { 'stats:read': ['stats'], 'pipelines:run': ['run'] },
};

// The words after the error are this simulator's, but for the one of invalid_client.
const errors = {
  invalid_client: [401, 'Client authentication failed'],
  server_error: [500, 'The server met an unexpected condition'],
  unsupported_grant_type: [401, 'The grant type is not supported'],
  unauthorized_client: [401, 'The client may not use this grant type'],
  invalid_request: [400, 'A parameter is missing'],
  invalid_grant: [401, 'The grant is unknown, used or expired'],
  invalid_scope: [400, 'The scope is unknown or not allowed'],
} as const;

// The OAuth2 core set; a client here can use only two of them.
const coreGrants = ['authorization_code', 'password', 'client_credentials', 'refresh_token', '__implicit'];

/** `GET` and `POST /oauth/token`. */
export function grantToken(request: SimulatorRequest, state: DataminState, now: number): SimulatorReply {
  const form = formOf(request);
  const outcome = decide(form, state, now);
  const headers = {
    'content-type': 'application/json;charset=UTF-8',
    'cache-control': 'no-store',
    pragma: 'no-cache',
  };
  if (typeof outcome === 'string') {
    const [status, error_description] = errors[outcome];
    return { status, headers, json: { error: outcome, error_description } };
  }
  const token = newToken(outcome, now + state.tokenSeconds * 1000);
  state.tokens.set(token.access, token);
  state.grants.push({ at: now, type: form('grant_type') });
  const json = {
    access_token: token.access,
    expires_in: state.tokenSeconds,
    refresh_token: token.refresh,
    scope: scopeText(token.rights, state),
    token_type: 'Bearer',
  };
  return { status: 200, headers, json };
}

/** Form values: those of a urlencoded body before those of the query. Absent is empty. */
function formOf({ method, query, headers, bytes }: SimulatorRequest): (name: string) => string {
  const type = String(headers['content-type'] ?? '').split(';')[0];
  const isForm = method === 'POST' && type?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  const body = new URLSearchParams(isForm ? bytes.toString('utf8') : '');
  return name => body.get(name) ?? query.get(name) ?? '';
}

function decide(
  form: (name: string) => string,
  state: DataminState,
  now: number,
): ReadonlySet<Right> | keyof typeof errors {
  const [type, id] = [form('grant_type'), form('client_id')];
  if (!type) return 'unsupported_grant_type';
  if (!coreGrants.includes(type)) return 'unauthorized_client';
  if (!id) return 'invalid_client';
  if (type === 'refresh_token') return refresh(form('refresh_token'), state, now);
  if (type === 'authorization_code') return form('code') && form('redirect_uri') ? 'invalid_grant' : 'invalid_request';
  if (type !== 'client_credentials') return 'unauthorized_client';
  if (readUuid(id) !== state.client.id) return 'server_error';
  const rights = rightsOf(form('scope'), state);
  if (!rights) return 'invalid_scope';
  return form('client_secret') === state.client.secret ? rights : 'invalid_client';
}

// The old pair ends: both halves of it.
function refresh(given: string, { tokens }: DataminState, now: number): ReadonlySet<Right> | keyof typeof errors {
  if (!given) return 'invalid_request';
  const old = [...tokens.values()].find(token => token.refresh === given && token.expiresAt > now);
  if (!old) return 'invalid_grant';
  tokens.delete(old.access);
  return old.rights;
}

function rightsOf(wanted: string, { rights, profile }: DataminState): ReadonlySet<Right> | undefined {
  const names = wanted.split(/[\s,]+/).filter(name => name !== '');
  const known = names.map(name => scopes[profile][name]?.filter(right => rights.has(right)) ?? []);
  if (known.some(one => one.length === 0)) return undefined;
  return new Set(names.length > 0 ? known.flat() : rights);
}

const scopeText = (rights: ReadonlySet<Right>, { profile }: DataminState): string =>
  Object.entries(scopes[profile])
    .filter(([, given]) => given.some(right => rights.has(right)))
    .map(([name]) => name)
    .join(',');

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const secretText = (): string => Array.from({ length: 48 }, () => alphabet[crypto.randomInt(alphabet.length)]).join('');

const newToken = (rights: ReadonlySet<Right>, expiresAt: number): Token => ({
  access: secretText(),
  refresh: secretText(),
  rights,
  expiresAt,
});

/** Refuses a request whose token is unknown or expired, or may not do this; the bodies are empty. */
export function checkToken(
  { headers }: SimulatorRequest,
  right: Right,
  state: DataminState,
  now: number,
): SimulatorReply | undefined {
  const { authorization = '' } = headers;
  const token = authorization.startsWith('Bearer ') ? state.tokens.get(authorization.slice(7)) : undefined;
  if (!token || !state.apiInPlan || token.expiresAt <= now) return { status: 401 };
  return token.rights.has(right) ? undefined : { status: 403 };
}
