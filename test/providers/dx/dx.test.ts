import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { HttpReply } from '../../../src/http/request.ts';
import { faultReader } from '../../../src/providers/dx/envelope.ts';
import { dx } from '../../../src/providers/dx/provider.ts';
import { schemaTables } from '../../../src/providers/dx/schema.ts';
import { operationsOf } from '../../../src/providers/provider.ts';
import { dxWorld } from '../../support/dx-world.ts';

type Row = Record<string, unknown>;

it('every method of the vendor is an operation, on its API and with its scopes', async () => {
  const { endpoints } = JSON.parse(await readFile(new URL(contractPath, import.meta.url), 'utf8')) as Contract;
  const operations = operationsOf(await dx.load());
  const byRoute = (a: readonly unknown[], b: readonly unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
  const found = operations
    .filter(({ route }) => route !== '')
    .map(({ route, api, scopes = [] }) => [route, api, [...scopes].toSorted()] as const);
  const documented = endpoints.map(({ method, path, api, scopes = [] }) => {
    const own = path === '/events.track' ? 'events' : api;
    return [`${method} ${path}`, own, [...scopes].toSorted()] as const;
  });
  // Two operations read the list of uploads, and two ask the Data Studio.
  const once = new Map(found.map(one => [one[0], one]));
  expect([...once.values()].toSorted(byRoute)).toEqual(documented.toSorted(byRoute));
});

it('repeats a change only where the vendor documents a key for it', async () => {
  const operations = operationsOf(await dx.load());
  const repeated = operations.filter(({ idempotent }) => idempotent).map(({ name }) => name);
  expect(repeated.toSorted()).toEqual([
    'dx_create_deployment',
    'dx_set_all_custom_data',
    'dx_set_custom_data',
    'dx_set_pull_services',
    'dx_sync_service',
    'dx_upsert_entity',
    'dx_upsert_incident',
    'dx_upsert_pipeline_run',
  ]);
});

it('tells of no tool that does not exist', async () => {
  const operations = operationsOf(await dx.load());
  const folder = new URL('../../../src/providers/dx/', import.meta.url);
  const known = new Set(operations.map(({ name }) => name));
  for (const file of (await readdir(folder, { recursive: true })).filter(
    // The names in schema.ts are those of tables and columns.
    name => name.endsWith('.ts') && !name.startsWith('simulator') && name !== 'schema.ts',
  ))
    for (const [name] of (await readFile(new URL(file, folder), 'utf8')).matchAll(/\bdx_[a-z_]+\b/g))
      if (!tables.has(name)) expect([...known], `${file} tells of ${name}`).toContain(name);
});

/** Not tools: tables of the Data Studio and their columns, and fields. */
const tables = new Set([
  'dx_team_id',
  'dx_managed',
  ...Object.keys(schemaTables),
  ...Object.values(schemaTables).flat(),
]);
const contractPath = '../../../src/providers/dx/contract.json';
interface Contract {
  endpoints: { method: string; path: string; api: string; scopes?: string[] }[];
}

describe('settings', () => {
  const parse = (settings: Row) => dx.settings.safeParse(settings);
  const key = { api_key: 'k' };

  it.each([
    [{ instance: 'kestrel', ...key }, 'https://kestrel.getdx.net/api'],
    [{ instance: 'https://kestrel.getdx.net/', ...key }, 'https://kestrel.getdx.net/api'],
    [{ base_url: 'https://dx.kestrel.example', ...key }, 'https://dx.kestrel.example/api'],
    [{ base_url: 'https://dx.kestrel.example/api/', ...key }, 'https://dx.kestrel.example/api'],
    [{ web_token: 't' }, 'https://api.getdx.com'],
    [{ web_token: 't', web_base_url: 'https://api.kestrel.getdx.io/' }, 'https://api.kestrel.getdx.io'],
  ])('%o is at %s', (settings, baseUrl) => {
    expect(dx.connect(parse(settings).data as never, {} as never).baseUrl).toBe(baseUrl);
  });

  it.each([
    [{ instance: 'kestrel' }, 'api_key', /^must be set, or DX_WEB_TOKEN/],
    [key, 'instance', /^must be set beside DX_API_KEY/],
    [{ instance: 'kestrel', base_url: 'https://dx.kestrel.example', ...key }, 'instance', /^must not be set beside/],
    [{ instance: 'a b', ...key }, 'instance', /^must be the name before/],
    [{ base_url: 'http://dx.kestrel.example', ...key }, 'base_url', /^must be an https address/],
    [{ base_url: 'https://api.getdx.com', ...key }, 'base_url', /^must be the Data Cloud API; .* DX_WEB_BASE_URL/],
    [{ base_url: 'https://api.kestrel.getdx.io/', ...key }, 'base_url', /^must be the Data Cloud API/],
    [{ web_base_url: 'https://kestrel.getdx.net/api', web_token: 't' }, 'web_base_url', /^must be the Web API/],
  ])('%o is refused', (settings, field, message) => {
    const [issue] = parse(settings).error?.issues ?? [];
    expect(issue?.path).toEqual([field]);
    expect(issue?.message).toMatch(message);
  });

  it('that are incomplete are told by whatever is called', async () => {
    const { callTool } = await dxWorld({ env: { DX_BASE_URL: '' } });
    const words =
      'not_configured: Connection "dx": DX_INSTANCE must be set beside DX_API_KEY (or DX_BASE_URL must).\nNext: ';
    expect((await callTool('dx_list_custom_data', { reference: 'x' })).text).toContain(words);
  });

  it('the Web API and events share the allowance of the account', () => {
    const { apis } = dx.connect(
      parse({ web_token: 't', project_token: 'p', instance: 'k', ...key }).data as never,
      {} as never,
    );
    expect(apis?.['web']?.quotas).toBe(apis?.['events']?.quotas);
    expect(apis?.['web']?.quotas[0]).toMatchObject({ requests: 1000, perMs: 60_000 });
    expect(apis?.['data_cloud']?.quotas).toMatchObject([{ requests: 10, perMs: 1000 }]);
  });

  it('a Data Cloud key alone lists what it opens, and says what opens the rest', async () => {
    const { server, callTool } = await dxWorld({ env: { DX_WEB_TOKEN: '', DX_PROJECT_TOKEN: '' } });
    const names = (await server.tools.list()).map(({ name }) => name);
    expect(names).toContain('dx_create_deployment');
    expect(names).not.toContain('dx_get_token');
    expect((await callTool('dx_get_token')).text).toBe(
      'not_configured: The Web API of DX is not connected.\nNext: Set DX_WEB_TOKEN (or DX_WEB_TOKEN_FILE); the rest of DX works without it.',
    );
    const { connections } = (await callTool('check_connections')).data as { connections: Row[] };
    expect(connections[0]).toMatchObject({
      status: 'ok',
      facts: ['Data Cloud key accepted'],
      not_connected: [expect.stringMatching(/DX_WEB_TOKEN/), expect.stringMatching(/DX_PROJECT_TOKEN/)],
    });
  });
});

describe('a look at the connection', () => {
  it('costs one request per API, and tells what the token is', async () => {
    const { callTool, dx: simulator, seed } = await dxWorld();
    const before = seed.events.length;
    const { connections } = (await callTool('check_connections')).data as { connections: Row[] };
    const [cloud, token, scopes, events] = (connections[0] as { facts: string[] }).facts;
    expect([cloud, token, events]).toEqual([
      'Data Cloud key accepted',
      'Web API organization token "Sandbox automation" of Kestrel Freight, does not expire',
      'project token for events accepted',
    ]);
    expect(scopes).toMatch(/^scopes snapshots:read snapshots:admin /);
    expect(simulator.requests.map(({ target }) => target.split('?', 1)[0]).toSorted()).toEqual([
      '/api/customData.getAllByReference',
      '/auth.info',
      '/events.track',
    ]);
    expect(seed.events).toHaveLength(before);
  });

  it('says what a narrow token leaves out, and when it ends', async () => {
    const { callTool } = await dxWorld({
      env: { DX_WEB_TOKEN: 'sandbox-reader-token-0f96', DX_API_KEY: '', DX_BASE_URL: '' },
    });
    const { connections } = (await callTool('check_connections')).data as { connections: Row[] };
    const { facts } = connections[0] as { facts: string[] };
    expect(facts[0]).toBe('Web API personal access token "Read only" of Kestrel Freight, expires in 60 days');
    expect(facts[1]).toBe('scopes snapshots:read catalog:read scorecards:read workflows:read workflowRuns:trigger');
    const lacking = connections[0]?.['left_out'] as string[];
    expect(lacking).toContain('scorecards:write: dx_create_scorecard, dx_update_scorecard, dx_delete_scorecard');
    expect(lacking).toContain('datacloud:query: dx_run_query, dx_get_query_run, dx_get_query_results, dx_get_incident');
    expect(lacking.join()).not.toContain('scorecards:read:');
  });

  it('names the credential that is wrong, and does not show it', async () => {
    const { callTool } = await dxWorld({ env: { DX_WEB_TOKEN: 'wrong-token-of-somebody' } });
    const seen = await callTool('check_connections');
    const [connection] = (seen.data as { connections: Row[] }).connections;
    expect(connection).toMatchObject({
      status: 'failed',
      problem: expect.stringMatching(
        /^DX refused dx_get_token: invalid_auth, the token is wrong, expired or revoked: "The token is not valid"\. Data Cloud key accepted/,
      ),
      hint: 'Check DX_WEB_TOKEN of the Web API.',
    });
    expect(JSON.stringify(seen.raw)).not.toContain('wrong-token-of-somebody');
  });
});

describe('the envelope', () => {
  const metadata = { deployed_at: 'now', service: 'notify', metadata: { 'a b': 1 } };

  it.each([422, 200, 500])('the error code counts before the status %i', async status => {
    const { callTool, state } = await dxWorld();
    state.statuses.failure = status;
    expect((await callTool('dx_create_deployment', metadata)).text).toBe(
      'bad_arguments: DX refused dx_create_deployment: metadata_invalid, metadata is not an object, or has a bad key: ' +
        '"metadata must be an object with keys of letters, digits, - and _".\n' +
        'Next: Use letters, digits, "-" and "_" in the keys of metadata.',
    );
  });

  it('a code without an explanation has its own', async () => {
    const { callTool, state } = await dxWorld();
    state.explains = false;
    expect((await callTool('dx_create_deployment', { ...metadata, metadata: {}, repository: 'no/where' })).text).toBe(
      'not_found: DX refused dx_create_deployment: repo_not_found, DX does not know the repository.\n' +
        'Next: Write it as DX imports it (org/repo), or leave repository out.',
    );
    state.accountActive = false;
    expect((await callTool('dx_list_custom_data', { reference: 'x' })).text).toMatch(
      /^rejected: .*account_inactive, the account is disabled\.\nNext: An administrator/,
    );
  });

  it('a missing scope is explained', async () => {
    const { callTool, state } = await dxWorld();
    state.tokens.get(state.names.organization)?.scopes.delete('snapshots:read');
    expect((await callTool('dx_list_attribute_groups')).text).toMatch(
      /^missing_scope: DX refused dx_list_attribute_groups: not_authorized, .*: "The token lacks the scope snapshots:read"\.\nNext: It needs snapshots:read\. check_connections/,
    );
  });
});

describe('what the vendor says', () => {
  const read = faultReader('Web API', 'DX_WEB_TOKEN');
  const request = { method: 'GET', url: 'https://x.example/y', repeatable: true, expect: 'json' } as const;
  const reading = (status: number, body: unknown, operation = 'dx_list_teams') =>
    read({ status, body, headers: {}, url: request.url } as HttpReply, { ...request, operation });

  it.each([
    [200, { ok: true }],
    [200, { ok: 'true', user: {} }],
    [200, { teams: [] }],
    [200, [{ id: 1 }]],
    [204, ''],
    [202, { ok: true, query_run: {} }],
    [303, '<html>'],
  ])('%i %o is no refusal', (status, body) => {
    expect(reading(status, body)).toBeUndefined();
  });

  it.each([
    [{ ok: false, error: 'not_found' }, 'not_found, there is no such thing.'],
    [{ ok: 'false', error: 'not_found', message: 'No.' }, 'not_found, there is no such thing: "No".'],
    [{ ok: false, error: 'not_found', error_details: 'Gone' }, 'not_found, there is no such thing: "Gone".'],
    [{ ok: false, error: 'not_found', error_details: { message: 'A' } }, 'not_found, there is no such thing: "A".'],
    [
      { ok: false, error: 'not_found', error_details: ['A', { b: 1 }] },
      'not_found, there is no such thing: "A; {"b":1}".',
    ],
    [{ ok: false, error: 'brand_new', message: 'Odd' }, 'brand_new (200): "Odd".'],
    [{ ok: false }, 'no code.'],
  ])('200 %o is one', (body, words) => {
    expect(reading(200, body)?.message).toBe(`DX refused dx_list_teams: ${words}`);
  });

  it('a code of no page keeps the meaning of its status', () => {
    expect(reading(200, { ok: false, error: 'brand_new' })?.code).toBe('rejected');
    expect(reading(503, { ok: false, error: 'brand_new' })?.code).toBeUndefined();
    expect(reading(500, '<html>')).toBeUndefined();
    expect(reading(401, { ok: false, error: 'invalid_auth' })).toMatchObject({
      code: 'unauthorized',
      hint: 'Check DX_WEB_TOKEN of the Web API.',
    });
  });
});

describe('faults', () => {
  it.each([
    ['html', 'bad_upstream_reply'],
    ['malformed', 'bad_upstream_reply'],
  ] as const)('%s is %s', async (kind, code) => {
    const { callTool, dx: simulator } = await dxWorld();
    simulator.faults.add({ kind });
    for (const name of ['dx_get_token', 'dx_list_reports'])
      expect((await callTool(name)).text).toMatch(new RegExp(`^${code}: `));
  });

  it.each(['null-fields', 'unknown-fields'] as const)('%s are no obstacle', async kind => {
    const { callTool, dx: simulator } = await dxWorld();
    simulator.faults.add({ kind });
    for (const [name, args] of [
      ['dx_get_token', {}],
      ['dx_list_attribute_groups', {}],
      ['dx_list_reports', {}],
      ['dx_get_report', { report: 'Cycle time' }],
      ['dx_list_platform_projects', {}],
      ['dx_get_custom_data', { reference: 'kestrel/booking-api', key: 'coverage' }],
      ['dx_list_custom_metrics', { reference: 'kestrel/booking-api', key: 'build_minutes', limit: 'all' }],
      ['dx_get_repo_group', { reference_id: 'rg-booking' }],
      ['dx_run_query', { sql: 'SELECT 1 AS one' }],
      ['dx_read_datafeed', { feed_token: 'feed-deployments-per-service', variables: { service: '%' } }],
      ['check_connections', {}],
    ] as const)
      expect((await callTool(name, args)).isError, name).toBe(false);
  });

  it('a refused rate is waited for, also before a change', async () => {
    const { callTool, dx: simulator, sent } = await dxWorld();
    simulator.faults.add({ kind: 'rate-limit', retryAfter: 2, times: 2 });
    const day = { email: 'a@kestrel.example', date: '2026-11-20', is_active: true, tool: 'pair-coder' };
    expect((await callTool('dx_push_ai_tool_metrics', day)).isError).toBe(false);
    const [first, second, third] = sent('aiToolMetrics.push').map(({ at }) => at) as [number, number, number];
    expect(second - first).toBeGreaterThanOrEqual(2000);
    expect(third - second).toBeGreaterThanOrEqual(2000);
  });
});

describe('a deployment', () => {
  const order = { deployed_at: 1680723287, service: 'booking-api', commit_sha: 'd1a34f0' };
  const at = 1_680_723_287_000;

  it('is recorded once however often it is described, under a key that the answer shows', async () => {
    const { callTool, seed } = await dxWorld();
    const before = seed.deployments.size;
    const first = await callTool('dx_create_deployment', order);
    expect(first.data).toEqual({
      reference_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      service: 'booking-api',
      deployed_at: '2023-04-05T19:34:47.000Z',
    });
    const again = await callTool('dx_create_deployment', { ...order, deployed_at: '2023-04-05T21:34:47+02:00' });
    expect(again.data).toEqual(first.data);
    expect(seed.deployments.size).toBe(before + 1);
    expect(seed.deployments.get(first.data['reference_id'] as string)).toMatchObject({
      deployed_at: at,
      service: { identifier: 'booking-api', name: 'booking-api' },
      commit_sha: 'd1a34f0',
    });
  });

  it.each([[at], [String(at)], ['1680723287'], ['2023-04-05 19:34:47']])('may be at %s', async deployed_at => {
    const { callTool, seed } = await dxWorld();
    await callTool('dx_create_deployment', { ...order, deployed_at, reference_id: 'r-1' });
    expect(seed.deployments.get('r-1')?.deployed_at).toBe(at);
  });

  it('at "one of these days" is refused before anything is sent', async () => {
    const { callTool, sent } = await dxWorld();
    const seen = await callTool('dx_create_deployment', { ...order, deployed_at: 'one of these days' });
    expect(seen.text).toMatch(/^bad_arguments: deployed_at: "one of these days" is not a time\./);
    expect(sent('deployments.create')).toHaveLength(0);
  });

  it('takes everything that the vendor knows', async () => {
    const { callTool, seed } = await dxWorld();
    const { commit_sha: _, ...rest } = order;
    const all = {
      ...rest,
      merge_commit_shas: ['d1a34f0', 'a1b2c3d4'],
      repository: 'kestrel/notify',
      integration_branch: 'main',
      environment: 'staging',
      success: false,
      source_name: 'ci',
      source_url: 'https://ci.kestrel.example/1',
      metadata: { team: 'a' },
      reference_id: 'r-9',
    };
    expect((await callTool('dx_create_deployment', all)).isError).toBe(false);
    expect(seed.deployments.get('r-9')).toEqual({
      ...all,
      deployed_at: at,
      service: { identifier: 'booking-api', name: 'booking-api' },
    });
  });

  it('whose answer is lost is sent again with the same key', async () => {
    const { callTool, seed, sent, dx: simulator } = await dxWorld();
    const before = seed.deployments.size;
    simulator.faults.add({ kind: 'drop', match: { path: /deployments\.create/ }, times: 1 });
    expect((await callTool('dx_create_deployment', order)).isError).toBe(false);
    expect(sent('deployments.create')).toHaveLength(2);
    expect(seed.deployments.size).toBe(before + 1);
  });

  it('that may be recorded or not says how to repeat it safely', async () => {
    const { callTool, dx: simulator } = await dxWorld();
    simulator.faults.add({ kind: 'status', status: 503, match: { path: /deployments\.create/ } });
    const seen = await callTool('dx_create_deployment', { ...order, reference_id: 'r-3' });
    expect(seen.text).toMatch(
      /^upstream_down: .*\nNext: It may be recorded\. Repeat the call with \{"deployed_at":1680723287,"reference_id":"r-3"\}/,
    );
  });

  it.each([422, 409, 200] as const)('with a known key and other values is a conflict (%i)', async status => {
    const { callTool, state } = await dxWorld();
    await callTool('dx_create_deployment', { ...order, reference_id: 'r-4' });
    if (status === 200) state.statuses.failure = 200;
    else state.statuses.conflict = status;
    state.explains = status !== 409;
    const seen = await callTool('dx_create_deployment', { ...order, service: 'notify', reference_id: 'r-4' });
    expect(seen.text).toMatch(/^conflict: DX has this reference_id with other values \(reference_id_taken\)/);
  });
});

describe('services of a pull request', () => {
  it('are added, by identifier or with a name, and by either number of the request', async () => {
    const { callTool, seed } = await dxWorld();
    const seen = await callTool('dx_set_pull_services', { github_pull_id: '812', services: ['booking-api'] });
    expect(seen.data).toMatchObject({ ok: true });
    await callTool('dx_set_pull_services', {
      github_pull_id: 812,
      services: [{ identifier: 'notify', name: 'Notify' }],
    });
    expect([...(seed.pullServices.get('812')?.values() ?? [])]).toEqual([
      { identifier: 'booking-api', name: 'booking-api' },
      { identifier: 'notify', name: 'Notify' },
    ]);
    await callTool('dx_set_pull_services', {
      repository: 'kestrel/notify',
      pull_number: 7,
      services: 'notify,booking-api',
    });
    expect([...(seed.pullServices.get('kestrel/notify#7')?.keys() ?? [])]).toEqual(['notify', 'booking-api']);
  });

  it('are replaced when somebody has agreed', async () => {
    const { callTool, seed } = await dxWorld();
    const pull = { github_pull_id: 812, services: ['booking-api'] };
    await callTool('dx_set_pull_services', pull);
    const clearing = { ...pull, services: [], replace: true };
    const asked = await callTool('dx_set_pull_services', clearing);
    expect(asked.text).toMatch(/^needs_confirmation: .*It replaces every service of the pull request/);
    expect(seed.pullServices.get('812')?.size).toBe(1);
    const confirm = /confirm: "([^"]+)"/.exec(asked.text)?.[1];
    expect((await callTool('dx_set_pull_services', { ...clearing, confirm })).isError).toBe(false);
    expect(seed.pullServices.get('812')?.size).toBe(0);
  });
});

it('an event is recorded in Unix seconds as text', async () => {
  const { callTool, seed } = await dxWorld();
  const event = { name: 'portal.search', timestamp: '2026-11-20T14:05:00Z', github_username: 'lin' };
  expect((await callTool('dx_track_event', { ...event, metadata: { hits: 3 }, test_data: true })).data).toMatchObject({
    ok: true,
  });
  expect(seed.events.at(-1)).toEqual({
    project_id: seed.projects[0]?.id,
    name: 'portal.search',
    timestamp: 1_795_183_500,
    actor: 'lin',
    metadata: { hits: 3 },
    test_data: true,
  });
});

it('groups of attributes come with their attributes', async () => {
  const { callTool, seed } = await dxWorld();
  const { items, page } = (await callTool('dx_list_attribute_groups')).data as { items: Row[]; page: Row };
  expect(items).toEqual(seed.attributeGroups);
  expect(page).toMatchObject({ complete: true, returned: seed.attributeGroups.length });
});
