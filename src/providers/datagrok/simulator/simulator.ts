import { randomBytes } from 'node:crypto';
import type { SimulatorContext, SimulatorDefinition } from '../../../sandbox/host.ts';
import type { SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { type Caller, type Endpoint, ok, refusable, routesOf } from './call.ts';
import { createSpool } from './content.ts';
import { drift } from './drift.ts';
import { noRoute, refused, writeRefusal } from './refusal.ts';
import { batchEndpoints } from './routes/batch.ts';
import { connectionEndpoints } from './routes/connections.ts';
import { fileEndpoints } from './routes/files.ts';
import { functionEndpoints } from './routes/functions.ts';
import { groupEndpoints } from './routes/groups.ts';
import { projectEndpoints } from './routes/projects.ts';
import { requestEndpoints } from './routes/requests.ts';
import { runEndpoints } from './routes/running.ts';
import { serverEndpoints } from './routes/server.ts';
import { shareEndpoints } from './routes/shares.ts';
import { spaceEndpoints } from './routes/spaces.ts';
import { tableEndpoints } from './routes/tables.ts';
import { developerLogin, userEndpoints } from './routes/users.ts';
import { callerLogin, createWorld, developer } from './seed/seed.ts';
import type { DatagrokState } from './state.ts';
import type { User } from './world.ts';

const nullable = [
  'description',
  'friendlyName',
  'namespace',
  'tags',
  'options',
  'params',
  'parameters',
  'source',
  'storage',
  'email',
  'createdOn',
  'updatedOn',
  'credentials',
  'category',
  'url',
  'imageUrl',
  'commit',
  'author',
  'group',
];

const endpoints: readonly Endpoint[] = [
  ...fileEndpoints,
  ...tableEndpoints,
  ...shareEndpoints,
  ...functionEndpoints,
  ...connectionEndpoints,
  ...userEndpoints,
  ...groupEndpoints,
  ...requestEndpoints,
  ...serverEndpoints,
  ...batchEndpoints,
  ...projectEndpoints,
  ...spaceEndpoints,
  // Last: its one variable stands where other routes have a word.
  ...runEndpoints,
];

/** Datagrok's server as far as it is public; what is not is chosen here and marked in `contract.json`. */
export const datagrokSimulator: SimulatorDefinition<DatagrokState> = datagrokSimulatorWith({ root: '/api' });

/** The same below another root; `''`: a local server without a proxy in front. */
export function datagrokSimulatorWith({ root }: { root: '' | `/${string}` }): SimulatorDefinition<DatagrokState> {
  return {
    platform: 'datagrok',
    drift,
    async create(context) {
      const state = newState(context);
      const baseUrl = context.origin('api') + root;
      const settings = { base_url: baseUrl, api_key: state.key };
      return {
        sites: { api: apiSite(context, state, root) },
        baseUrl,
        settings,
        environment: { DATAGROK_BASE_URL: settings.base_url, DATAGROK_API_KEY: settings.api_key },
        state,
        close: () => state.spool.close(),
      };
    },
  };
}

const newKey = (): string => randomBytes(32).toString('base64url');

function newState({ origin }: SimulatorContext): DatagrokState {
  const key = newKey();
  const keys = new Map([[key, callerLogin]]);
  return {
    world: createWorld(),
    server: origin('api'),
    key,
    keys,
    addKey(login) {
      const added = newKey();
      keys.set(added, login);
      return added;
    },
    developerKeys: new Map([[newKey(), developer]]),
    sessions: new Map(),
    sessionSeconds: 86_400,
    errors: { form: 'header', fields: 'current', contentType: 'application/json' },
    absent: new Map(),
    shareAnswer: 'empty',
    plainAnswers: false,
    calls: [],
    durations: new Map(),
    failing: new Set(),
    failedServices: new Set(),
    unreachable: new Set(['lab-db-old.sandbox.example']),
    spool: createSpool(),
  };
}

function apiSite({ clock }: SimulatorContext, state: DatagrokState, root: string): Site {
  const { world } = state;
  const open = (request: SimulatorRequest): Caller => ({ world, state, user: authenticate(request), now: clock.now() });

  /** `Bearer <key>`, or the token of a session alone. */
  function authenticate({ headers }: SimulatorRequest): User {
    const value = headers.authorization ?? '';
    const session = state.sessions.get(value);
    const login = session
      ? session.until > clock.now() && session.login
      : state.keys.get(/^Bearer (\S+)$/i.exec(value)?.[1] ?? '');
    const user = [...world.users.values()].find(one => one.login === login);
    if (user && user.status !== 'blocked') return user;
    throw refused({ code: 401, message: 'Unauthorized', always: true });
  }

  const isOpen = ({ path }: SimulatorRequest): boolean =>
    path === `${root}/admin/health` || path.startsWith(`${root}/users/login/dev/`);

  return {
    refuse: (status, message) =>
      status === 404
        ? writeRefusal(noRoute(message.replace(/^No route /, '')).reason, state.errors)
        : writeRefusal({ code: status, message, always: true }, state.errors),
    nullable,
    // Uploads: the only bodies that may be large. Nobody reads those that miss the root.
    streams: (method, path) => !path.startsWith(root) || (method === 'POST' && isUpload(path.slice(root.length))),
    async before(request): Promise<SimulatorReply | undefined> {
      if (root !== '' && !request.path.startsWith(`${root}/`)) return webInterface();
      if (isOpen(request)) return undefined;
      const answer = await refusable(state, () => {
        authenticate(request);
        return ok(undefined);
      });
      return answer.status === 200 ? undefined : answer;
    },
    routes: {
      [`GET ${root}/admin/health`]: () => ok('ok'),
      [`POST ${root}/users/login/dev/:key`]: request =>
        refusable(state, () => developerLogin({ world, state, now: clock.now() }, request.params['key'] ?? '')),
      ...routesOf(root, endpoints, open, state),
    },
  };
}

function isUpload(path: string): boolean {
  if (path.startsWith('/public/v1/files/sync/')) return false;
  return /^\/public\/v1\/files\/[^/]+\/.|^\/public\/v1\/tables\/[^/]+$|^\/spaces\/[^/]+\/files\/./.test(path);
}

/** Outside of its root the server shows its web pages, whatever was asked. */
const webInterface = (): SimulatorReply => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\n<html><head><title>Datagrok</title></head><body><div id="grok-root"></div></body></html>\n',
});
