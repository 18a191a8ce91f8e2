import * as z from 'zod';
import { isRow } from '../../base/json-value.ts';
import type { Api, Auth, Quota } from '../../http/connection.ts';
import { baseUrl, provider, secret } from '../provider.ts';
import { faultReader } from './envelope.ts';

const minute = 60_000;
const second = 1000;

// The vendor's own clients call the address of the Web API DX_BASE_URL: a key must not go to the wrong API.
const webHost = /^https:\/\/api\.(getdx\.com|[a-z0-9-]+\.getdx\.io)(\/|$)/i;
/** What stands before .getdx.net, also of an address that was pasted. */
function instanceName(text: string): string {
  const bare = text.replace(/^https:\/\//, '');
  const [host = ''] = bare.split('/', 1);
  return host.endsWith('.getdx.net') ? host.slice(0, -'.getdx.net'.length) : bare;
}

const dataCloudHost = /^https:\/\/[a-z0-9-]+\.getdx\.net(\/|$)/i;

const apis = {
  data_cloud: { title: 'Data Cloud API', setting: 'api_key' },
  web: { title: 'Web API', setting: 'web_token' },
  events: { title: 'event API', setting: 'project_token' },
} as const;

export const dx = provider({
  name: 'dx',
  title: 'DX',
  pages: 'app.getdx.com',
  // DNAnexus, among others, has this prefix too.
  sharesPrefix: true,
  guide:
    'Engineering metrics. dx_create_deployment, dx_upsert_incident and dx_upsert_pipeline_run record what happened; ' +
    'dx_run_query asks the Data Studio in SQL and answers a table; find_operation knows teams, scorecards, ' +
    'catalogue, surveys and the rest.',
  settings: () =>
    z
      .strictObject({
        instance: z
          .string()
          .transform(instanceName)
          .refine(name => /^[a-z0-9-]+$/i.test(name), 'must be the name before .getdx.net')
          .optional()
          .describe('Name of the instance: what stands before .getdx.net'),
        base_url: baseUrl('Data Cloud API root instead of instance, with or without /api')
          .refine(url => !webHost.test(url), 'must be the Data Cloud API; the Web API goes into DX_WEB_BASE_URL')
          .transform(url => (url.endsWith('/api') ? url : `${url}/api`))
          .optional(),
        api_key: secret('Data Cloud API key').optional(),
        requests_per_second: z.coerce
          .number()
          .int()
          .min(1)
          .default(10)
          .describe('Most Data Cloud requests per second; the vendor names no limit'),
        web_base_url: baseUrl('Web API root; https://api.{tenant}.getdx.io for a dedicated tenant')
          .refine(url => !dataCloudHost.test(url), 'must be the Web API; the Data Cloud goes into DX_INSTANCE')
          .default('https://api.getdx.com'),
        web_token: secret('Web API token, of the organization or personal').optional(),
        project_token: secret('Token of a PlatformX project, for dx_track_event').optional(),
      })
      .refine(({ api_key, web_token, project_token }) => api_key ?? web_token ?? project_token, {
        path: ['api_key'],
        message: 'must be set, or DX_WEB_TOKEN, or DX_PROJECT_TOKEN (or a _FILE twin of one)',
      })
      .refine(({ instance, base_url }) => instance === undefined || base_url === undefined, {
        path: ['instance'],
        message: 'must not be set beside DX_BASE_URL',
      })
      .refine(({ instance, base_url, api_key }) => !api_key || (instance ?? base_url), {
        path: ['instance'],
        message: 'must be set beside DX_API_KEY (or DX_BASE_URL must)',
      }),
  apis,
  connect({ instance, base_url, api_key, requests_per_second, web_base_url, web_token, project_token }) {
    const own = [{ name: 'Data Cloud', requests: requests_per_second, perMs: second, appliesTo: () => true }];
    // The same object for both: the account has one allowance.
    const shared = [
      { name: 'Web API of the account', requests: 1000, perMs: minute, appliesTo: () => true },
      lookAtRun,
    ];
    const dataCloud = base_url ?? `https://${instance}.getdx.net/api`;
    const reached = {
      ...(api_key ? { data_cloud: apiAt(dataCloud, 'data_cloud', api_key, own) } : {}),
      ...(web_token ? { web: apiAt(web_base_url, 'web', web_token, shared) } : {}),
      ...(project_token ? { events: apiAt(web_base_url, 'events', project_token, shared) } : {}),
    };
    const [main] = Object.values(reached) as [Api];
    return {
      ...main,
      apis: reached,
      secrets: [api_key, web_token, project_token].filter(one => one !== undefined),
    };
  },
  defaultToolsets: ['core'],
  load: async () => (await import('./operations/index.ts')).dxCode,
  credentials: async () => (await import('./credentials.ts')).credentials,
  story: async () => (await import('./story.ts')).story,
  simulator: async () => (await import('./simulator/simulator.ts')).dxSimulator,
});

/** https://docs.getdx.com/webapi/methods/studio.queryruns.info/ */
const lookAtRun: Quota = {
  name: 'status of one query run',
  requests: 10,
  perMs: 5 * second,
  appliesTo: ({ path }) => path === '/studio.queryRuns.info',
  countedFor: ({ searchParams }) => String(searchParams.get('id')),
};

function apiAt(root: string, name: keyof typeof apis, token: string, quotas: readonly Quota[]): Api {
  const { title, setting } = apis[name];
  const variable = `DX_${setting.toUpperCase()}`;
  const readFault = faultReader(title, variable);
  return { baseUrl: root, auth: bearer(token), quotas, lists: 'comma', readFault, isOwnAnswer: isRow };
}

const bearer = (token: string): Auth => ({ headers: async () => ({ authorization: `Bearer ${token}` }) });
