import type { SimulatorDefinition } from '../../../sandbox/host.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';
import type { Site } from '../../../sandbox/site.ts';
import { defaultScopes, type Scope, scopes, type Token } from './access.ts';
import { type Endpoint, routesOf, type Surroundings } from './call.ts';
import { drift } from './drift.ts';
import { createLimiter } from './limits.ts';
import { aiToolEndpoints } from './routes/ai-tools.ts';
import { customDataEndpoints, customMetricEndpoints } from './routes/custom-data.ts';
import { deploymentEndpoints } from './routes/deployments.ts';
import { entityEndpoints } from './routes/entities.ts';
import { entityTypeEndpoints } from './routes/entity-types.ts';
import { platformEndpoints } from './routes/events.ts';
import { incidentEndpoints } from './routes/incidents.ts';
import { initiativeEndpoints } from './routes/initiatives.ts';
import { orgFileEndpoints } from './routes/org-files.ts';
import { queryRunEndpoints } from './routes/query-runs.ts';
import { relationEdgeEndpoints, relationEndpoints } from './routes/relations.ts';
import { repoGroupEndpoints, serviceEndpoints } from './routes/repo-groups.ts';
import { reportEndpoints } from './routes/reports.ts';
import { scorecardEndpoints } from './routes/scorecards.ts';
import { scoreEndpoints } from './routes/scores.ts';
import { settingsEndpoints } from './routes/snapshot-settings.ts';
import { snapshotEndpoints } from './routes/snapshots.ts';
import { teamEndpoints } from './routes/teams.ts';
import { userGroupEndpoints } from './routes/user-groups.ts';
import { userEndpoints } from './routes/users.ts';
import { workflowEndpoints } from './routes/workflows.ts';
import { seedWorld } from './seed/seed.ts';
import type { DxState } from './state.ts';
import { createStorage } from './storage.ts';

const dataCloudEndpoints: readonly Endpoint[] = [
  ...deploymentEndpoints,
  ...incidentEndpoints,
  ...customDataEndpoints,
  ...customMetricEndpoints,
  ...aiToolEndpoints,
  ...repoGroupEndpoints,
  ...serviceEndpoints,
];

const webEndpoints: readonly Endpoint[] = [
  ...platformEndpoints,
  ...snapshotEndpoints,
  ...scoreEndpoints,
  ...settingsEndpoints,
  ...teamEndpoints,
  ...userEndpoints,
  ...userGroupEndpoints,
  ...orgFileEndpoints,
  ...entityEndpoints,
  ...entityTypeEndpoints,
  ...relationEndpoints,
  ...relationEdgeEndpoints,
  ...scorecardEndpoints,
  ...initiativeEndpoints,
  ...queryRunEndpoints,
  ...reportEndpoints,
  ...workflowEndpoints,
];

const nullable = [
  'description',
  'reference_id',
  'parent_id',
  'manager_id',
  'lead',
  'manager',
  'deleted_at',
  'domain',
  'icon',
  'github_username',
  'gitlab_username',
  'additional_github_username',
  'slack_id',
  'score',
  'vs_prev',
  'email',
  'owner_email',
  'finished_at',
  'expires_at',
  'completed_at',
  'next_cursor',
  'external_url',
  'estimated_dev_days',
];

/** DX's Data Cloud API and Web API; what is not public is chosen here and marked in `contract.json`. */
export const dxSimulator: SimulatorDefinition<DxState> = {
  platform: 'dx',
  drift,
  origins: ['web', 'storage'],
  async create(context) {
    const state = newState(context.clock.now());
    const { site: storage, links } = createStorage(context, state);
    const { clock, origin, sql } = context;
    const limit = createLimiter(() => clock.now());
    const common = { state, world: state.world, limit, links, sql, now: () => clock.now() };
    const { dataCloud, organization, project } = state.names;
    const settings = {
      base_url: `${origin('api')}/api`,
      api_key: dataCloud,
      web_base_url: origin('web'),
      web_token: organization,
      project_token: project,
    };
    return {
      sites: {
        api: siteOf(dataCloudEndpoints, { ...common, api: 'data_cloud', origin: origin('api') }),
        web: siteOf(webEndpoints, { ...common, api: 'web', origin: origin('web') }),
        storage,
      },
      baseUrl: settings.base_url,
      settings,
      environment: Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`DX_${name.toUpperCase()}`, value]),
      ),
      state,
    };
  },
};

const day = 86_400_000;

function newState(now: number): DxState {
  const world = seedWorld(now);
  const created = { createdAt: now - 30 * day, expiresAt: null };
  const token = (kind: Token['kind'], name: string, some: readonly Scope[] = []): Token => ({
    kind,
    name,
    scopes: new Set(some),
    ...created,
  });
  const email = world.users[5]?.email ?? '';
  const personal = { ...token('personal', 'Laptop', scopes), email, expiresAt: now + 60 * day };
  const names = {
    dataCloud: 'sandbox-data-cloud-key-8c41',
    organization: 'sandbox-organization-token-53d0',
    personal: 'sandbox-personal-token-b7e2',
    reader: 'sandbox-reader-token-0f96',
    expired: 'sandbox-expired-token-21aa',
    project: 'sandbox-project-token-c4d8',
  };
  return {
    world,
    names,
    tokens: new Map<string, Token>([
      [names.dataCloud, token('data_cloud', 'sandbox')],
      [names.organization, token('organization', 'Sandbox automation', scopes)],
      [names.personal, personal],
      [names.reader, { ...personal, name: 'Read only', scopes: new Set(defaultScopes) }],
      [names.expired, { ...personal, name: 'Old laptop', expiresAt: now - day }],
      [names.project, { ...token('project', 'Developer portal usage'), projectId: world.projects[0]?.id ?? '' }],
    ]),
    accountActive: true,
    repoGroupsEnabled: true,
    snapshotLive: false,
    quotas: {
      data_cloud: { requests: Number.POSITIVE_INFINITY, perSeconds: 60 },
      web: { requests: 1000, perSeconds: 60 },
      run: { requests: 10, perSeconds: 5 },
    },
    statuses: { auth: 401, conflict: 422 },
    explains: true,
    queries: { queueMs: 400, runMs: 2000, timeoutMs: 60_000, runningWord: 'running' },
    linkSeconds: 300,
    leaks: [],
  };
}

function siteOf(endpoints: readonly Endpoint[], surroundings: Surroundings): Site {
  return { refuse, nullable, routes: routesOf(endpoints, surroundings) };
}

function refuse(status: number, message: string): SimulatorReply {
  const codes: Readonly<Record<number, string>> = { 404: 'unknown_method', 405: 'unknown_method', 429: 'rate_limited' };
  return { status, json: { ok: false, error: codes[status] ?? 'internal_error', message } };
}
