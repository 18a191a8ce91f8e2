import type { SimulatorRequest } from '../../../sandbox/router.ts';
import { refusal } from './refusal.ts';

export const scopes = [
  'snapshots:read',
  'snapshots:admin',
  'catalog:read',
  'catalog:write:entities',
  'scorecards:read',
  'scorecards:write',
  'workflows:read',
  'workflows:create',
  'workflowRuns:trigger',
  'workflowRuns:writeEvents',
  'datacloud:query',
  'studio:reports:read',
  'studio:reports:write',
  'users:read',
  'users:write',
  'user_groups:read',
  'user_groups:write',
  'platformx:manage',
  'teams:manage',
] as const;

export type Scope = (typeof scopes)[number];

/** What every role may give to a personal access token. */
export const defaultScopes: readonly Scope[] = [
  'snapshots:read',
  'catalog:read',
  'scorecards:read',
  'workflows:read',
  'workflowRuns:trigger',
];

export interface Token {
  /** `data_cloud` and `project` tokens have no scopes. */
  kind: 'data_cloud' | 'organization' | 'personal' | 'project';
  name: string;
  scopes: Set<Scope>;
  /** Clock ms. */
  createdAt: number;
  /** Clock ms of its end; null: it never ends. */
  expiresAt: number | null;
  /** Whose personal token it is. */
  email?: string;
  /** Id of the project that a project token writes to. */
  projectId?: string;
}

/** Who is asking. Fails for want of a token, and where it is unknown, of another kind, or too old. */
export function authenticate(
  { headers }: SimulatorRequest,
  tokens: ReadonlyMap<string, Token>,
  { kinds, now }: { kinds: readonly Token['kind'][]; now: number },
): Token {
  const value = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (value === undefined) throw refusal('not_authed', 'No token was sent');
  const token = tokens.get(value);
  if (!token || !kinds.includes(token.kind)) throw refusal('invalid_auth', 'The token is not valid');
  if (token.expiresAt !== null && now >= token.expiresAt) throw refusal('invalid_auth', 'The token has expired');
  return token;
}

/** Fails unless the token has all of these scopes. */
export function checkScopes(token: Token, wanted: readonly Scope[]): void {
  const lacking = wanted.filter(scope => !token.scopes.has(scope));
  if (lacking.length > 0) throw refusal('not_authorized', `The token lacks the scope ${lacking.join(', ')}`);
}
