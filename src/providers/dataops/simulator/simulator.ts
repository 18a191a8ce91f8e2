import { refusable } from '../../../sandbox/frame/refusal.ts';
import type { SimulatorContext, SimulatorDefinition } from '../../../sandbox/host.ts';
import type { Routes, SimulatorReply } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { authenticate } from './access.ts';
import { archiveOf, hasArchive } from './archives.ts';
import { type Endpoint, routesOf } from './call.ts';
import { drift } from './drift.ts';
import { createLimiter, type Limiter } from './limits.ts';
import { approvalEndpoints } from './routes/approvals.ts';
import { artifactEndpoints } from './routes/artifacts.ts';
import { branchEndpoints } from './routes/branches.ts';
import { lintEndpoints } from './routes/ci-lint.ts';
import { commitEndpoints } from './routes/commits.ts';
import { environmentEndpoints } from './routes/environments.ts';
import { eventEndpoints } from './routes/events.ts';
import { fileEndpoints } from './routes/files.ts';
import { groupChangeEndpoints } from './routes/group-changes.ts';
import { groupEndpoints } from './routes/groups.ts';
import { issueRelationEndpoints } from './routes/issue-relations.ts';
import { issueEndpoints } from './routes/issues.ts';
import { jobEndpoints } from './routes/jobs.ts';
import { memberEndpoints } from './routes/members.ts';
import { mergeRequestEndpoints } from './routes/merge-requests.ts';
import { pipelineEndpoints } from './routes/pipelines.ts';
import { projectEndpoints } from './routes/projects.ts';
import { protectionEndpoints } from './routes/protection.ts';
import { releaseLinkEndpoints } from './routes/release-links.ts';
import { releaseEndpoints } from './routes/releases.ts';
import { repositoryEndpoints } from './routes/repository.ts';
import { reviewEndpoints } from './routes/reviews.ts';
import { scheduleEndpoints } from './routes/schedules.ts';
import { searchEndpoints } from './routes/search.ts';
import { tagEndpoints } from './routes/tags.ts';
import { tokenEndpoints } from './routes/tokens.ts';
import { treeEndpoints } from './routes/tree.ts';
import { triggerEndpoints } from './routes/triggers.ts';
import { turnEndpoints } from './routes/turns.ts';
import { variableEndpoints } from './routes/variables.ts';
import { webhookEndpoints } from './routes/webhooks.ts';
import { workItemEndpoints } from './routes/work-items.ts';
import { advancePipeline } from './runs.ts';
import { seedWorld } from './seed/seed.ts';
import type { DataOpsState } from './state.ts';
import { createStorage } from './storage.ts';

const endpoints: readonly Endpoint[] = [
  ...projectEndpoints,
  ...memberEndpoints,
  ...groupEndpoints,
  ...groupChangeEndpoints,
  ...pipelineEndpoints,
  ...triggerEndpoints,
  ...scheduleEndpoints,
  ...jobEndpoints,
  ...artifactEndpoints,
  ...branchEndpoints,
  ...repositoryEndpoints,
  ...tagEndpoints,
  ...protectionEndpoints,
  ...webhookEndpoints,
  ...treeEndpoints,
  ...lintEndpoints,
  ...commitEndpoints,
  ...fileEndpoints,
  ...mergeRequestEndpoints,
  ...approvalEndpoints,
  ...reviewEndpoints,
  ...issueEndpoints,
  ...issueRelationEndpoints,
  ...workItemEndpoints,
  ...variableEndpoints,
  ...turnEndpoints,
  ...environmentEndpoints,
  ...releaseEndpoints,
  ...releaseLinkEndpoints,
  ...eventEndpoints,
  ...searchEndpoints,
  ...tokenEndpoints,
];

const nullable = [
  'user',
  'runner',
  'coverage',
  'started_at',
  'finished_at',
  'duration',
  'queued_duration',
  'yaml_errors',
  'avatar_url',
  'milestone',
  'head_pipeline',
  'description',
  'commit',
  'last_pipeline',
  'next_run_at',
  'owner',
  'default_branch',
  'readme_url',
  'expires_at',
  'last_used_at',
  'downstream_pipeline',
  'name',
  'updated_at',
];

/** GitLab's API v4 as DataOps.live serves it; what is not public is chosen here and marked in `contract.json`. */
export const dataopsSimulator: SimulatorDefinition<DataOpsState> = {
  platform: 'dataops',
  drift,
  origins: ['storage'],
  async create(context) {
    const state = newState(context);
    const storage = createStorage(context, state, id => {
      const job = state.world.jobs.get(id);
      if (job) advancePipeline(state.world, job.pipeline);
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
      return refusable(
        () => limiter.count(authenticate(state.world, request).user?.id ?? 'anonymous'),
        (refused: SimulatorReply) => refused,
      );
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
