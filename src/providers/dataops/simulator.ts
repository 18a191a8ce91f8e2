import type { SimulatorContext, SimulatorDefinition, Site } from '../../sandbox/host.ts';
import type { Routes, SimulatorReply } from '../../sandbox/router.ts';
import { type SeedNames, seedWorld } from './seed.ts';
import { authenticate } from './simulator-access.ts';
import { approvalEndpoints } from './simulator-approvals.ts';
import { archiveOf, hasArchive } from './simulator-archives.ts';
import { artifactEndpoints } from './simulator-artifacts.ts';
import { type Endpoint, refusable, routesOf } from './simulator-call.ts';
import { commitEndpoints } from './simulator-commits.ts';
import { environmentEndpoints } from './simulator-environments.ts';
import { fileEndpoints } from './simulator-files.ts';
import { groupEndpoints } from './simulator-groups.ts';
import { issueEndpoints } from './simulator-issues.ts';
import { jobEndpoints } from './simulator-jobs.ts';
import { createLimiter, type Limiter, type Quota } from './simulator-limits.ts';
import { memberEndpoints } from './simulator-members.ts';
import { mergeRequestEndpoints } from './simulator-merge-requests.ts';
import { pipelineEndpoints } from './simulator-pipelines.ts';
import { projectEndpoints } from './simulator-projects.ts';
import { releaseEndpoints } from './simulator-releases.ts';
import { repositoryEndpoints } from './simulator-repository.ts';
import { settle } from './simulator-runs.ts';
import { scheduleEndpoints } from './simulator-schedules.ts';
import { searchEndpoints } from './simulator-search.ts';
import { createStorage, type Redirect } from './simulator-storage.ts';
import { tokenEndpoints } from './simulator-tokens.ts';
import { triggerEndpoints } from './simulator-triggers.ts';
import { variableEndpoints } from './simulator-variables.ts';
import type { World } from './simulator-world.ts';

/** What tests look at and switch. */
export interface DataOpsState {
  /** Everything there is. `world.outcomes` and `world.pace` say how jobs end from now on, and how fast. */
  world: World;
  /** Credentials of every kind, and ids and paths that tests start from. */
  names: SeedNames;
  quota: Quota;
  /** Above page x per_page of this many rows, lists that have keyset paging refuse offset paging. */
  offsetCap: number;
  /** Bytes of a job's log that the runner keeps. */
  logLimit: number;
  /** False: artifacts come from the API itself. */
  redirectsArtifacts: boolean;
  /** Archives in place of the generated ones, by job id: hostile zips, for example. Single files stay as they are. */
  archives: Map<number, Buffer>;
  /** Requests to object storage that carried credentials. Must stay empty. */
  leaks: { target: string; headers: string[] }[];
  /** The release that the server says it is. */
  release: string;
  /** For the routes. */
  redirect: Redirect;
  limitJobList: Limiter['countJobList'];
}

const endpoints: readonly Endpoint[] = [
  ...[...projectEndpoints, ...memberEndpoints, ...groupEndpoints],
  ...[...pipelineEndpoints, ...triggerEndpoints, ...scheduleEndpoints, ...jobEndpoints, ...artifactEndpoints],
  ...[...repositoryEndpoints, ...commitEndpoints, ...fileEndpoints],
  ...[...mergeRequestEndpoints, ...approvalEndpoints, ...issueEndpoints],
  ...[...variableEndpoints, ...environmentEndpoints, ...releaseEndpoints, ...searchEndpoints, ...tokenEndpoints],
];

const nullable = [
  ...['user', 'runner', 'coverage', 'started_at', 'finished_at', 'duration', 'queued_duration', 'yaml_errors'],
  ...['avatar_url', 'milestone', 'head_pipeline', 'description', 'commit', 'last_pipeline', 'next_run_at', 'owner'],
  ...['default_branch', 'readme_url', 'expires_at', 'last_used_at', 'downstream_pipeline', 'name', 'updated_at'],
];

/** GitLab's API v4 as DataOps.live serves it; what is not public is chosen here and marked in `contract.json`. */
export const dataopsSimulator: SimulatorDefinition<DataOpsState> = {
  platform: 'dataops',
  origins: ['storage'],
  async create(context) {
    const state = newState(context);
    const storage = createStorage(context, state, id => {
      const job = state.world.jobs.get(id);
      if (job) settle(state.world, job.pipeline);
      return job && hasArchive(state.world, job) ? archiveOf(state.archives, job) : undefined;
    });
    state.redirect = storage.redirect;
    const baseUrl = `${context.origin('api')}/api/v4`;
    const { personal: token, trigger: trigger_token } = state.names.tokens;
    const settings = { base_url: baseUrl, token, trigger_token };
    return {
      sites: { api: apiSite(context, state), storage: storage.site },
      baseUrl,
      settings,
      environment: { DATAOPS_BASE_URL: baseUrl, DATAOPS_TOKEN: token, DATAOPS_TRIGGER_TOKEN: trigger_token },
      state,
    };
  },
};

function newState({ clock, origin }: SimulatorContext): DataOpsState {
  const now = (): number => clock.now();
  return {
    ...seedWorld(now, origin('api')),
    quota: { requests: 600, perSeconds: 60, jobLists: 600, tellsAlways: false },
    offsetCap: 50_000,
    logLimit: 4 * 1024 * 1024,
    redirectsArtifacts: true,
    archives: new Map(),
    leaks: [],
    release: '17.4.2-ee',
    redirect: path => path,
    limitJobList: () => undefined,
  };
}

function refuse(status: number, message: string): SimulatorReply {
  if (status === 404) return { status, json: { error: '404 Not Found' } };
  if (status === 500) return { status, json: { message: '500 Internal Server Error', defect: message } };
  if (status === 405) return { status, json: { message: '405 Method Not Allowed' } };
  return { status, json: { message: `${status} ${message}` } };
}

function apiSite({ clock }: SimulatorContext, state: DataOpsState): Site {
  const limiter = createLimiter(() => clock.now(), state.quota);
  state.limitJobList = limiter.countJobList;
  return {
    refuse,
    nullable,
    before(request) {
      return refusable(() => limiter.count(authenticate(state.world, request).user?.id ?? 'anonymous'));
    },
    routes: withHeaders(routesOf(state.world, state, endpoints), state, limiter),
  };
}

/** Adds what every answer of the platform carries. */
function withHeaders(routes: Routes, state: DataOpsState, limiter: Limiter): Routes {
  let serial = 0;
  return Object.fromEntries(
    Object.entries(routes).map(([line, handle]) => [
      line,
      async request => {
        const reply = await handle(request);
        serial += 1;
        const own = {
          'x-request-id': `01SANDBOX${String(serial).padStart(10, '0')}`,
          ...limiter.headers(userOf(state, request)),
        };
        return { ...reply, headers: { ...own, ...reply.headers } };
      },
    ]),
  );
}

function userOf({ world, quota }: DataOpsState, request: Parameters<typeof authenticate>[1]): number | string {
  if (!quota.tellsAlways) return 'nobody';
  return authenticate(world, request).user?.id ?? 'anonymous';
}
