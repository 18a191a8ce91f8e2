import { isRow } from '../../../base/json-value.ts';
import { routesOf as endpointRoutes } from '../../../sandbox/frame/endpoints.ts';
import { refusable as answerOrRefusal } from '../../../sandbox/frame/refusal.ts';
import type { Routes, SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import { accessOf, visible } from './access.ts';
import { forbidden, noRoute, noSuch, type Refused, refusal, refused, writeRefusal } from './refusal.ts';
import type { DatagrokState } from './state.ts';
import { type Access, type Entity, find, type User, type World } from './world.ts';

/** Who asks, and of what. */
export interface Caller {
  world: World;
  state: DatagrokState;
  user: User;
  /** Clock ms. */
  now: number;
}

/** One request with a good key, as a handler sees it. */
export interface Call extends Caller {
  request: SimulatorRequest;
  /** A path variable as it is. */
  raw(name: string): string;
  /** A path variable that is an identifier, with its periods turned into colons. */
  identifier(name: string): string;
  query(name: string): string | undefined;
  /** A truth value of the query in any letter case; undefined when it is not there. */
  flag(name: string): boolean | undefined;
  /** The body, which has to be a JSON object. */
  object(): Fields;
}

export type Fields = Record<string, unknown>;

/** `id`: the endpoint in `contract.json`. `line`: below the root. */
export type Endpoint = readonly [id: string, line: string, handler: (call: Call) => Answer | Promise<Answer>];
type Answer = SimulatorReply;

export const ok = (json: unknown): SimulatorReply => ({ status: 200, json });
export const done: SimulatorReply = { status: 200 };

/** The routes of a table of endpoints below a root. */
export function routesOf(
  root: string,
  endpoints: readonly Endpoint[],
  open: (request: SimulatorRequest) => Caller,
  { absent, errors }: DatagrokState,
): Routes {
  return endpointRoutes<Endpoint, Refused>(endpoints, {
    lines: ([, line]) => [line.replace(' ', ` ${root}`)],
    answer([id, , handler], request) {
      const caller = open(request);
      const off = absent.get(id);
      if (off === 404) throw noRoute(request.path);
      if (off !== undefined)
        throw refused({ code: off, message: `${request.method} is not allowed here`, always: true });
      return handler(createCall(caller, request));
    },
    write: refused => writeRefusal(refused, errors),
  });
}

/** What an attempt gives, or the no that it threw, in the server's way. */
export const refusable = ({ errors }: DatagrokState, attempt: () => Answer | Promise<Answer>): Promise<Answer> =>
  answerOrRefusal(attempt, (refused: Refused) => writeRefusal(refused, errors));

function createCall(caller: Caller, request: SimulatorRequest): Call {
  const raw = (name: string): string => request.params[name] ?? '';
  const query = (name: string): string | undefined => request.query.get(name) ?? undefined;
  return {
    ...caller,
    request,
    raw,
    query,
    identifier: name => fromPath(raw(name), request.path),
    flag(name) {
      const value = query(name)?.toLowerCase();
      return value === undefined ? undefined : value === 'true';
    },
    object() {
      const body = request.json();
      if (!isRow(body)) throw refusal(400, 'The request body must be a JSON object');
      return body;
    },
  };
}

/** Colons in a path are what the server cannot route; periods are always colons. */
export function fromPath(text: string, path: string): string {
  if (text.includes(':')) throw noRoute(path);
  return text.replaceAll('.', ':');
}

/** The thing of this name among those that the caller may see. */
export function pick<Item extends Entity>(
  { world, user }: Caller,
  noun: string,
  items: Iterable<Item>,
  wanted: string,
  options: { anyCase?: boolean } = {},
): Item {
  const found = find(visible(world, user, items), wanted, options);
  if (found === 'ambiguous') throw refusal(400, `${noun} name is ambiguous: ${wanted}`);
  if (!found) throw noSuch(noun, wanted);
  return found;
}

/** Fails unless the caller may change the thing. */
export function demandEdit({ world, user }: Caller, entity: Entity, doing: string): void {
  const held: Access | undefined = accessOf(world, user, entity);
  if (held !== 'Edit') throw forbidden(doing);
}
