import * as crypto from 'node:crypto';
import type { SimulatorContext, SimulatorDefinition } from '../../../sandbox/host.ts';
import type { Handler, SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { drift } from './drift.ts';
import { createHistory } from './history.ts';
import { createLauncher } from './launch.ts';
import { noSuchPath, refuse } from './replies.ts';
import { pipelines, seed } from './seed/seed.ts';
import type { DataminState, Profile, Right, Token } from './state.ts';
import { statsRoutes } from './stats-routes.ts';
import { checkToken, grantToken } from './tokens.ts';

const nullable = ['output', 'metric_value', 'refresh_token', 'scope', 'task_run_uuid', 'last_run_executed_at'];

/** Datamin's API v1, also known as Ylem; what is public nowhere is chosen here and marked in `contract.json`. */
export const dataminSimulator: SimulatorDefinition<DataminState> = dataminSimulatorWith({ profile: 'ylem' });

/** The same with a profile of the caller's choice. */
export function dataminSimulatorWith({ profile }: { profile: Profile }): SimulatorDefinition<DataminState> {
  return {
    platform: 'datamin',
    drift,
    async create(context) {
      const state = newState(profile);
      const baseUrl = `${context.origin('api')}/v1`;
      const settings = { base_url: baseUrl, client_id: state.client.id, client_secret: state.client.secret };
      return {
        sites: { api: apiSite(context, state) },
        baseUrl,
        settings,
        environment: {
          DATAMIN_BASE_URL: settings.base_url,
          DATAMIN_CLIENT_ID: settings.client_id,
          DATAMIN_CLIENT_SECRET: settings.client_secret,
          // The API lists no pipelines, so whoever connects has to be told their names.
          DATAMIN_PIPELINES: JSON.stringify(names(pipelines)),
          DATAMIN_TASKS: JSON.stringify(names(seed.nightly.tasks)),
        },
        state,
      };
    },
  };
}

const names = (things: readonly { name: string; uuid: string }[]) =>
  Object.fromEntries(things.map(({ name, uuid }) => [name, uuid]));

function newState(profile: Profile): DataminState {
  const tokens = new Map<string, Token>();
  return {
    profile,
    client: { id: crypto.randomUUID(), secret: crypto.randomBytes(32).toString('hex') },
    rights: new Set<Right>(['run', 'stats']),
    apiInPlan: true,
    tokens,
    revokeTokens: () => tokens.clear(),
    tokenSeconds: 86_400,
    grants: [],
    runs: new Map(),
    runStatus: 201,
    paused: new Set([seed.newsletter.uuid]),
    foreign: new Set([seed.neighbours.uuid]),
    silent: new Set([seed.crm.uuid]),
    failingTasks: new Set(),
    slowness: 1,
    queueMs: 1000,
    oddOutputs: new Map(),
    nullAggregates: false,
    statsDates: 'plain',
  };
}

// The server tidies a path before it looks for a route, and looks for one before it asks who is there.
function checkPath({ path, target }: SimulatorRequest): SimulatorReply | undefined {
  if (path.includes('//'))
    return { status: 301, headers: { location: path.replace(/\/+/g, '/') + target.slice(path.length) } };
  return /%2f/i.test(path) ? noSuchPath() : undefined;
}

function apiSite({ clock }: SimulatorContext, state: DataminState): Site {
  const now = (): number => clock.now();
  const history = createHistory(now, state.runs);
  const launch = createLauncher(now, state);
  const guard =
    (right: Right, handler: Handler): Handler =>
    request =>
      checkToken(request, right, state, now()) ?? handler(request);
  const stats = Object.entries(statsRoutes(now, state, history));
  const token: Handler = request => grantToken(request, state, now());

  return {
    refuse,
    nullable,
    before: checkPath,
    routes: {
      'GET /v1/oauth/token': token,
      'POST /v1/oauth/token': token,
      'POST /v1/pipelines/:uuid/runs/': guard('run', launch),
      ...Object.fromEntries(stats.map(([line, handler]) => [line, guard('stats', handler)])),
    },
  };
}
