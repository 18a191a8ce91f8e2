import type * as z from 'zod';
import { routesOf as endpointRoutes } from '../../../sandbox/frame/endpoints.ts';
import type { Routes, SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { SqlEngine } from '../../../sandbox/sql/engine.ts';
import { authenticate, checkScopes, type Scope, type Token } from './access.ts';
import { checkArguments, type Fields, readArguments } from './arguments.ts';
import type { Limiter } from './limits.ts';
import { type Refused, refusal } from './refusal.ts';
import type { Api, DxState, Links } from './state.ts';
import type { World } from './world.ts';

/** One request, authenticated, as a handler sees it. */
export interface Call {
  world: World;
  state: DxState;
  caller: Token;
  request: SimulatorRequest;
  /** Clock ms. */
  now: number;
  limit: Limiter;
  links: Links;
  /** The database of the Data Studio. */
  sql: SqlEngine;
  /** Scheme, host and port of the API it came to. */
  origin: string;
}

export interface Access {
  /** All of them are needed. */
  scopes?: readonly Scope[];
  /** Wants the token of a project instead. */
  project?: true;
  /** Error code for a required argument that is absent. Default: `invalid_arguments`. */
  missing?: string;
  /** Older names that still answer. */
  also?: readonly string[];
}

export interface Endpoint {
  verb: string;
  method: string;
  access: Access;
  handle(call: Call, given: Fields): SimulatorReply | Promise<SimulatorReply>;
}

/** One method: `line` is verb and name, for example `GET teams.list`. */
export function endpoint<Shape extends z.ZodRawShape>(
  line: string,
  access: Access,
  takes: Shape,
  handle: (call: Call, args: z.output<z.ZodObject<Shape>>) => SimulatorReply | Promise<SimulatorReply>,
): Endpoint {
  const [verb = '', method = ''] = line.split(' ');
  const missing = access.missing ?? 'invalid_arguments';
  return { verb, method, access, handle: (call, given) => handle(call, checkArguments(given, takes, missing)) };
}

/** Success, the payload beside `ok`. */
export const ok = (payload: object = {}): SimulatorReply => ({ status: 200, json: { ok: true, ...payload } });
/** Success, as it stands on the few pages that show no `ok`. */
export const bare = (json: unknown): SimulatorReply => ({ status: 200, json });

export interface Surroundings extends Pick<Call, 'world' | 'state' | 'limit' | 'links' | 'sql' | 'origin'> {
  api: Api;
  now(): number;
}

/** The routes of one API: who asks, how often and with which scopes, then the method. */
export function routesOf(endpoints: readonly Endpoint[], surroundings: Surroundings): Routes {
  const { api, state, world, limit, links, sql, origin } = surroundings;
  const prefix = api === 'data_cloud' ? '/api/' : '/';
  return endpointRoutes<Endpoint, Refused>(endpoints, {
    lines: ({ verb, method, access }) => [method, ...(access.also ?? [])].map(name => `${verb} ${prefix}${name}`),
    async answer({ access, handle }, request) {
      const now = surroundings.now();
      const caller = authenticate(request, state.tokens, { kinds: kindsOf(api, access), now });
      if (!state.accountActive) throw refusal('account_inactive', 'The account is disabled');
      limit(api, state.quotas[api]);
      checkScopes(caller, access.scopes ?? []);
      const given = await readArguments(request);
      return handle({ world, state, caller, request, now, limit, links, sql, origin }, given);
    },
    write: refused => replyTo(refused, api, state),
  });
}

function kindsOf(api: Api, { project }: Access): readonly Token['kind'][] {
  if (api === 'data_cloud') return ['data_cloud'];
  return project ? ['project'] : ['organization', 'personal'];
}

const usualStatus: Readonly<Record<string, number>> = {
  not_authed: 401,
  invalid_auth: 401,
  account_inactive: 403,
  not_authorized: 403,
};

function replyTo({ code, message, status, headers = {}, details }: Refused, api: Api, state: DxState): SimulatorReply {
  const isAccess = code in usualStatus;
  const usual = isAccess ? (usualStatus[code] ?? 401) : api === 'web' && /(^|_)not_found$/.test(code) ? 404 : 422;
  const chosen = isAccess && api === 'data_cloud' ? state.statuses.auth : undefined;
  return {
    status: state.statuses.failure ?? status ?? chosen ?? usual,
    headers,
    json: {
      ok: false,
      error: code,
      ...(api === 'data_cloud' && state.explains && { message }),
      ...(api === 'web' && state.explains && { error_details: details ?? message }),
    },
  };
}
