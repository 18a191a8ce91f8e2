import { routesOf as endpointRoutes } from '../../../sandbox/frame/endpoints.ts';
import { Refusal } from '../../../sandbox/frame/refusal.ts';
import type { Routes, SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import { authenticate, type Caller, checkScope } from './access.ts';
import { parametersOf } from './contract.ts';
import { checkFields, type Fields, readFields } from './parameters.ts';
import { forbidden, notFound, refusal } from './refusal.ts';
import type { DataOpsState } from './state.ts';
import { type Group, isVisible, levelOf, type Project, type User, type World } from './world.ts';

/** One request, authenticated and its parameters checked, as a handler sees it. */
export interface Call {
  world: World;
  state: DataOpsState;
  request: SimulatorRequest;
  caller: Caller;
  /** Query and body in one, checked. */
  fields: Fields;
  /** What the route takes besides its path, by name. */
  takes: readonly string[];
  /** Whether the caller sent a field. */
  has(name: string): boolean;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean | undefined;
  /** A list however it was sent; empty when it was not. */
  list(name: string): string[];
  /** A path variable. */
  path(name: string): string;
  /** The user behind the credential; 401 without one. */
  user(): User;
  /** The project of the route, if the caller may see it and has at least this role in it. */
  project(level?: number): Project;
  group(level?: number): Group;
  /** Fails unless the caller has at least this role. */
  demand(holder: Project | Group, level: number): void;
}

export interface Access {
  /** A CI job token may come here. */
  jobToken?: boolean;
  /** `read_repository` is enough. */
  repository?: boolean;
  /** No role, no scope, no user is needed: the handler looks at the credential itself. */
  open?: boolean;
}

type Handler = (call: Call) => SimulatorReply | unknown[] | Fields;

/** A line as the router takes it, who may come, and the answer. What it takes stands in `contract.json`. */
export type Endpoint = readonly [line: string, handler: Handler] | readonly [string, access: Access, Handler];

const prefix = '/api/v4';
export const reply = (status: number, json: unknown): SimulatorReply => ({ status, json });
export const noContent: SimulatorReply = { status: 204 };
// Things of the platform have statuses too, but those are words.
const isReply = (value: object): value is SimulatorReply => 'status' in value && typeof value.status === 'number';

/** The routes of a table of endpoints. What a handler returns that is no reply goes out with 200. */
export function routesOf(world: World, state: DataOpsState, endpoints: readonly Endpoint[]): Routes {
  const parameters = new Map(endpoints.map(([line]) => [line, parametersOf(line)]));
  return endpointRoutes<Endpoint, SimulatorReply>(endpoints, {
    lines: ([line]) => [line.replace(' ', ` ${prefix}`)],
    async answer(endpoint, request) {
      const [line, access, handler] = endpoint.length === 2 ? [endpoint[0], {}, endpoint[1]] : endpoint;
      const given = await readFields(request);
      const caller = authenticate(world, request, given);
      if (!access.open) checkScope(caller, request, access);
      const taken = parameters.get(line) ?? [];
      const fields = checkFields(given, taken);
      const takes = taken.map(({ name }) => name);
      const answer = handler(createCall({ world, state, request, caller, fields, takes }));
      return !Array.isArray(answer) && isReply(answer) ? answer : reply(200, answer);
    },
    write: refused => refused,
  });
}

type Parts = Pick<Call, 'world' | 'state' | 'request' | 'caller' | 'fields' | 'takes'>;

function createCall(parts: Parts): Call {
  const { request, caller, fields } = parts;
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return value === undefined || value === null ? undefined : String(value);
  };
  const call: Call = {
    ...parts,
    has: name => fields[name] !== undefined,
    text,
    number: name => (call.has(name) ? Number(fields[name]) : undefined),
    flag: name => (call.has(name) ? fields[name] === true : undefined),
    list(name) {
      const value = fields[name];
      if (value === undefined || value === null) return [];
      return Array.isArray(value) ? value.map(String) : String(value).split(',').filter(Boolean);
    },
    path: name => request.params[name] ?? '',
    user() {
      if (!caller.user) throw refusal(401, { message: '401 Unauthorized' });
      return caller.user;
    },
    project: (level = 10) => findProject(call, level),
    group: (level = 10) => findGroup(call, level),
    demand(holder, level) {
      if (levelIn(caller, holder) < level)
        throw caller.user ? forbidden() : refusal(401, { message: '401 Unauthorized' });
    },
  };
  return call;
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

function findProject(call: Call, level: number): Project {
  const { world, request, caller } = call;
  const id = request.params['id'] ?? '';
  const project = /^\d+$/.test(id) ? world.projects.get(Number(id)) : world.paths.get(id);
  if (!project || !canSee(caller, project)) throw notFound('Project');
  if (!/^\d+$/.test(id) && id !== project.fullPath) throw movedTo(call, project);
  if (project.archived && !isRead(request.method) && !/\/projects\/[^/]+(\/(un)?archive)?$/.test(request.path))
    throw forbidden();
  if (level > 10) call.demand(project, level);
  return project;
}

function movedTo({ world, request }: Call, { id: number }: Project): Refusal<SimulatorReply> {
  if (!isRead(request.method)) return refusal(405, { message: 'Non GET methods are not allowed for moved projects' });
  const target = request.target.replace(/(\/projects\/)[^/?]+/, `$1${number}`);
  const url = `${world.origin}${target}`;
  const body = `This resource has been moved permanently to ${url}`;
  return new Refusal({ status: 301, headers: { location: url, 'content-type': 'text/plain' }, body });
}

function findGroup({ world, request, caller, demand }: Call, level: number): Group {
  const id = request.params['id'] ?? '';
  const group = /^\d+$/.test(id)
    ? world.groups.get(Number(id))
    : [...world.groups.values()].find(one => one.fullPath === id);
  if (!group || !canSee(caller, group)) throw notFound('Group');
  if (level > 10) demand(group, level);
  return group;
}

/** The caller's role; a job's token has one only where it is let in. */
export const levelIn = (caller: Caller, holder: Project | Group): number =>
  reaches(caller, holder) ? levelOf(caller.user, holder) : 0;

export const canSee = (caller: Caller, holder: Project | Group): boolean =>
  reaches(caller, holder) && isVisible(caller.user, holder);

function reaches({ job }: Caller, holder: Project | Group): boolean {
  if (!job) return true;
  const source = job.pipeline.project;
  if (holder === source || !('namespace' in holder)) return true;
  const scope = holder.parts?.jobTokenScope;
  if (!scope?.enabled) return scope !== undefined;
  const listed = scope.groups.some(group => source.fullPath.startsWith(`${group.fullPath}/`));
  return listed || scope.projects.includes(source) || holder.visibility !== 'private';
}
