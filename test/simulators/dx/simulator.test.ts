import { Agent, FormData, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import contract from '../../../src/providers/dx/contract.json' with { type: 'json' };
import { pullRequestCount } from '../../../src/providers/dx/simulator/seed/history.ts';
import { feedToken } from '../../../src/providers/dx/simulator/seed/seed.ts';
import { dxSimulator } from '../../../src/providers/dx/simulator/simulator.ts';
import type { DxState } from '../../../src/providers/dx/simulator/state.ts';
import { type VirtualClock, virtualClock } from '../../../src/sandbox/clock.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/host.ts';

let clock: VirtualClock;
let simulator: Simulator<DxState>;
let agent: Agent;

beforeEach(async () => {
  clock = virtualClock();
  simulator = await startSimulator(dxSimulator, { clock });
  agent = new Agent({ connections: 4 });
});
afterEach(async () => {
  await agent.destroy();
  await simulator.close();
});

// --- a client written for this test alone ---

// Bodies are looked at, not assumed: every test says what it expects of one.
type Fields = Record<string, ReturnType<typeof JSON.parse>>;

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Fields;
}

interface Sending {
  /** Null: none. */
  token?: string | null;
  verb?: string;
  /** Instead of JSON in a POST. */
  as?: 'query' | 'form';
  raw?: { type?: string; body: string | FormData };
}

const methodNamed = (name: string) => {
  const found = contract.endpoints.find(one => one.path === `/${name}` || one.legacy?.includes(name));
  if (!found) throw new Error(`the contract has no ${name}`);
  return found;
};

async function call(name: string, args: Fields = {}, sending: Sending = {}): Promise<Answer> {
  const { api, method } = methodNamed(name);
  const { dataCloud, organization, project } = simulator.state.names;
  const verb = sending.verb ?? method;
  const usual = api === 'data_cloud' ? dataCloud : name === 'events.track' ? project : organization;
  const token = sending.token === undefined ? usual : sending.token;
  const base = simulator.settings[api === 'data_cloud' ? 'base_url' : 'web_base_url'];
  const inQuery = verb === 'GET' || sending.as === 'query';
  const text = new URLSearchParams(Object.entries(args).map(([key, value]): [string, string] => [key, String(value)]));
  const body = sending.raw?.body ?? (inQuery ? null : sending.as === 'form' ? String(text) : JSON.stringify(args));
  const type = sending.as === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const chosen = sending.raw ? sending.raw.type : type;
  const reply = await request(`${base}/${name}${inQuery && text.size > 0 ? `?${text}` : ''}`, {
    dispatcher: agent,
    method: verb as 'GET',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== null && chosen !== undefined && { 'content-type': chosen }),
    },
    body,
  });
  const bytes = Buffer.from(await reply.body.arrayBuffer());
  const isJson = String(reply.headers['content-type']).includes('json');
  const headers = reply.headers as Record<string, string>;
  return { status: reply.statusCode, headers, body: isJson ? JSON.parse(bytes.toString()) : { bytes } };
}

const failure = ({ status, body }: Answer) => ({ status, error: body['error'] });

async function every(name: string, noun: string, args: Fields = {}): Promise<Fields[]> {
  const all: Fields[] = [];
  for (let cursor: string | undefined, page = 0; page < 50; page += 1) {
    const { body } = await call(name, { ...args, ...(cursor && { cursor }) });
    all.push(...body[noun]);
    cursor = body['response_metadata'].next_cursor ?? undefined;
    if (!cursor) return all;
  }
  throw new Error('the pages do not end');
}

/** Runs a query to its end. */
async function query(sql: string, variables?: Fields): Promise<Fields> {
  const { body } = await call('studio.queryRuns.execute', { sql, ...(variables && { variables }) });
  await clock.advance(61_000);
  const { id } = body['query_run'];
  const info = await call('studio.queryRuns.info', { id });
  const results = await call('studio.queryRuns.results', { id });
  return { id, run: info.body['query_run'], ...results.body['results'] };
}

// --- contract ---

describe('the contract', () => {
  const names = contract.endpoints.flatMap(one => [one.path.slice(1), ...(one.legacy ?? [])]);

  test('names only methods that are served, old names included, and each wants a credential', async () => {
    const answers = await Promise.all(names.map(async name => [name, failure(await call(name, {}, { token: null }))]));
    const expected = names.map(name => [name, { status: 401, error: 'not_authed' }]);
    expect(answers).toEqual(expected);
  });

  test('names the required arguments of each method', async () => {
    // These have codes of their own for what is missing.
    const others = ['platformx.projects.create', 'workflowRuns.trigger'];
    const rows = contract.endpoints.filter(one => !others.includes(one.path.slice(1)));
    const wanted = rows.map(one => [
      one.path,
      one.parameters
        .filter(({ required }) => required)
        .map(({ name }) => name)
        .sort(),
    ]);
    const found = await Promise.all(
      rows.map(async ({ path }) => {
        const { body } = await call(path.slice(1));
        const [, missing = ''] =
          /^Missing required params: (.*)$/.exec(body['message'] ?? body['error_details'] ?? '') ?? [];
        return [path, missing.split(', ').filter(Boolean).sort()];
      }),
    );
    expect(found).toEqual(wanted);
  });

  test('names the scopes of each method', async () => {
    const { tokens, names: values } = simulator.state;
    const token = tokens.get(values.organization);
    for (const { path, scopes = [] } of contract.endpoints.filter(({ scopes: some = [] }) => some.length > 0)) {
      token?.scopes.clear();
      const { status, body } = await call(path.slice(1));
      expect([path, status, body['error']]).toEqual([path, 403, 'not_authorized']);
      for (const scope of scopes) token?.scopes.add(scope as never);
      expect([path, (await call(path.slice(1))).body['error']]).not.toEqual([path, 'not_authorized']);
    }
  });

  test('has each method once', () => {
    expect(new Set(names).size).toBe(names.length);
  });
});

// --- credentials, quotas, envelope ---

describe('credentials', () => {
  test('each API takes its own only', async () => {
    const { dataCloud, organization, project, expired } = simulator.state.names;
    const refused = { status: 401, error: 'invalid_auth' };
    const args = { reference: 'kestrel/booking-api' };
    expect((await call('customData.getAllByReference', args)).status).toBe(200);
    expect(failure(await call('customData.getAllByReference', args, { token: organization }))).toEqual(refused);
    expect(failure(await call('teams.list', {}, { token: dataCloud }))).toEqual(refused);
    expect(failure(await call('teams.list', {}, { token: project }))).toEqual(refused);
    expect(failure(await call('events.track', {}, { token: organization }))).toEqual(refused);
    expect(failure(await call('teams.list', {}, { token: expired }))).toEqual(refused);
  });

  test('a token ends while it is used', async () => {
    const token = simulator.state.names.reader;
    expect((await call('teams.list', {}, { token })).status).toBe(200);
    await clock.advance(61 * 86_400_000);
    expect(failure(await call('teams.list', {}, { token }))).toEqual({ status: 401, error: 'invalid_auth' });
  });

  test('auth.info tells what a token may do', async () => {
    const { body } = await call('auth.info', {}, { token: simulator.state.names.reader });
    expect(body).toMatchObject({
      ok: true,
      auth: { token_type: 'personal_access_token', token_name: 'Read only', expires_at: '2027-01-20T00:00:00.000Z' },
      account: { name: 'Kestrel Freight' },
    });
    expect(body['auth'].scopes).toContain('snapshots:read');
    expect(body['auth'].scopes).not.toContain('datacloud:query');
  });

  test('statuses and explanations can be those of other pages', async () => {
    const { state } = simulator;
    state.statuses.auth = 422;
    expect(failure(await call('customData.get', {}, { token: null }))).toEqual({ status: 422, error: 'not_authed' });
    state.statuses.failure = 200;
    state.explains = false;
    const { status, body } = await call('customData.get');
    expect({ status, body }).toEqual({ status: 200, body: { ok: false, error: 'invalid_arguments' } });
    state.accountActive = false;
    expect((await call('teams.list')).body['error']).toBe('account_inactive');
  });

  test('a method or verb that does not exist is refused', async () => {
    const base = simulator.settings['web_base_url'];
    const reply = await request(`${base}/deployments.create`, { dispatcher: agent, method: 'POST' });
    expect([reply.statusCode, await reply.body.json()]).toMatchObject([404, { ok: false, error: 'unknown_method' }]);
    expect(failure(await call('teams.list', {}, { verb: 'POST' }))).toEqual({ status: 405, error: 'unknown_method' });
  });
});

test('the Web API counts the requests of the account in a sliding window', async () => {
  simulator.state.quotas.web = { requests: 3, perSeconds: 60 };
  const { reader } = simulator.state.names;
  await call('teams.list');
  await clock.advance(20_000);
  await Promise.all([call('teams.list'), call('teams.list', {}, { token: reader })]);
  const refused = await call('teams.list');
  expect(failure(refused)).toEqual({ status: 429, error: 'rate_limited' });
  expect(refused.headers['retry-after']).toBe('40');
  await clock.advance(40_000);
  expect((await call('teams.list')).status).toBe(200);
  expect((await call('teams.list')).status).toBe(429);
  expect((await call('customData.getAllByReference', { reference: 'x' })).status).toBe(200);
});

// --- Data Cloud ---

describe('deployments', () => {
  const order = { deployed_at: 1680723287, service: 'booking-api', commit_sha: 'd1a34f0', reference_id: 'r-1' };

  test.each(['query', 'form', undefined] as const)('arguments come as %s', async as => {
    const { status, body } = await call('deployments.create', order, as ? { as } : {});
    expect({ status, body }).toEqual({ status: 200, body: { ok: true } });
    expect(simulator.state.world.deployments.get('r-1')).toMatchObject({
      deployed_at: 1_680_723_287_000,
      service: { identifier: 'booking-api', name: 'booking-api' },
      commit_sha: 'd1a34f0',
    });
  });

  test('query and body are one', async () => {
    const base = simulator.settings['base_url'];
    const reply = await request(`${base}/deployments.create?reference_id=r-2&success=false&service=other`, {
      dispatcher: agent,
      method: 'POST',
      headers: { authorization: `Bearer ${simulator.state.names.dataCloud}`, 'content-type': 'application/json' },
      body: JSON.stringify({ deployed_at: '2026-11-20T10:00:00Z', service: { identifier: 'notify' } }),
    });
    expect(await reply.body.json()).toEqual({ ok: true });
    const made = simulator.state.world.deployments.get('r-2');
    expect(made).toMatchObject({
      success: false,
      deployed_at: Date.UTC(2026, 10, 20, 10),
      service: { name: 'notify' },
    });
  });

  test.each([[1680723287000], ['1680723287'], ['2023-04-05T19:34:47Z'], ['2023-04-05T21:34:47+02:00']])(
    'the time may be %s',
    async deployed_at => {
      await call('deployments.create', { ...order, deployed_at });
      expect(simulator.state.world.deployments.get('r-1')?.deployed_at).toBe(1_680_723_287_000);
    },
  );

  test('a repeat with the same values is taken, one with others is not', async () => {
    await call('deployments.create', order);
    const before = simulator.state.world.deployments.size;
    expect((await call('deployments.create', order, { as: 'form' })).body).toEqual({ ok: true });
    const changed = { ...order, service: 'notify' };
    expect((await call('deployments.create', changed)).status).toBe(422);
    simulator.state.statuses.conflict = 409;
    expect((await call('deployments.create', changed)).status).toBe(409);
    expect(simulator.state.world.deployments.size).toBe(before);
  });

  test('without a reference_id each call makes one', async () => {
    const before = simulator.state.world.deployments.size;
    for (const _ of [1, 2]) await call('deployments.create', { deployed_at: 1680723287, service: 'notify' });
    expect(simulator.state.world.deployments.size).toBe(before + 2);
  });

  test.each([
    ['required_params_missing', { service: 'x' }],
    ['invalid_arguments', { ...order, deployed_at: 'yesterday 14:00Z' }],
    ['invalid_arguments', { ...order, commit_sha: 'HEAD' }],
    ['invalid_arguments', { ...order, merge_commit_shas: ['abc'] }],
    ['repo_not_found', { ...order, repository: 'kestrel/nothing' }],
    ['metadata_invalid', { ...order, metadata: { 'a b': 1 } }],
    ['metadata_invalid', { ...order, metadata: 'text' }],
  ])('%s', async (error, args) => {
    const answer = await call('deployments.create', args);
    expect(failure(answer)).toEqual({ status: 422, error });
    expect(answer.body).toMatchObject({ ok: false, message: expect.any(String) });
  });

  test('a body is read as its type says', async () => {
    const broken = await call('deployments.create', {}, { raw: { type: 'application/json', body: '{"service":' } });
    expect(failure(broken)).toEqual({ status: 422, error: 'invalid_json' });
    const unmarked = await call('deployments.create', {}, { raw: { body: JSON.stringify(order) } });
    expect(failure(unmarked)).toEqual({ status: 422, error: 'required_params_missing' });
  });

  test('services of a pull request are added or replaced', async () => {
    const { pullServices } = simulator.state.world;
    const pull = { github_pull_id: '812', services: ['booking-api'] };
    await call('deployments.setPullServices', pull);
    await call('deployments.setPullServices', { github_pull_id: 812, services: [{ identifier: 'notify', name: 'N' }] });
    expect([...(pullServices.get('812')?.keys() ?? [])]).toEqual(['booking-api', 'notify']);
    await call('deployments.setPullServices', { ...pull, services: [], replace: true });
    expect(pullServices.get('812')?.size).toBe(0);
    const unclear = await call('deployments.setPullServices', { pull_number: 3, services: [] });
    expect(failure(unclear)).toEqual({ status: 422, error: 'invalid_arguments' });
  });
});

test('an incident keeps what an update leaves out, and loses what it clears', async () => {
  const base = { reference_id: 'INC-9', started_at: '2026-11-20T08:00:00Z' };
  await call('incidents.upsert', { ...base, name: 'Queue', services: ['notify'], metadata: { team: 'a', old: 1 } });
  await call('incidents.sync', { ...base, started_at: '1763625600', priority: 'P1', metadata: { team: 'b' } });
  const seen = () => simulator.state.world.incidents.get('INC-9');
  expect(seen()).toMatchObject({ name: 'Queue', priority: 'P1', services: [{ identifier: 'notify' }] });
  expect(seen()?.metadata).toEqual({ team: 'b' });
  await call('incidents.upsert', { ...base, services: [], metadata: null });
  expect(seen()).toMatchObject({ services: [], metadata: {} });
});

test('a pipeline run keeps its earliest start, latest finish and worst status', async () => {
  const run = { pipeline_name: 'ci', pipeline_source: 'Jenkins', reference_id: 'run-1' };
  await call('pipelineRuns.upsert', { ...run, started_at: '2026-11-20T08:00:00Z', status: 'running' });
  await call('pipelineRuns.sync', { ...run, started_at: '1763625000', finished_at: '1763629000', status: 'failure' });
  const late = { started_at: '2026-11-20T09:00:00Z', finished_at: '2025-01-01T00:00:00Z', status: 'success' };
  await call('pipelineRuns.upsert', { ...run, ...late });
  const times = { started_at: 1_763_625_000_000, finished_at: 1_763_629_000_000 };
  expect(simulator.state.world.pipelineRuns.get('run-1')).toMatchObject({ ...times, status: 'failure' });
  const lost = await call('pipelineRuns.upsert', { ...run, started_at: '1763625000', commit_sha: 'd1a34f0' });
  expect(failure(lost)).toEqual({ status: 422, error: 'invalid_arguments' });
});

test('custom data is set, read by either key, and deleted', async () => {
  const place = { reference: 'kestrel/new', key: 'owner' };
  const { body: made } = await call('customData.set', {
    ...place,
    value: { name: 'a' },
    timestamp: '2024-01-01T11:22:33',
  });
  const { id } = made['data'];
  await call('customData.set', { ...place, value: { name: 'b' } });
  const record = { id, ...place, value: { name: 'b' }, timestamp: '2026-11-21T00:00:00.000Z' };
  expect((await call('customData.get', place)).body).toEqual({ ok: true, data: record });
  expect((await call('customData.get', { id })).body['data']).toEqual(record);
  const rows = [
    { ...place, key: 'a', value: {} },
    { ...place, key: 'b', value: 'text' },
  ];
  expect(failure(await call('customData.setAll', { data: rows }))).toEqual({ status: 422, error: 'invalid_arguments' });
  expect((await call('customData.getAllByReference', place)).body['data']).toHaveLength(1);
  await call('customData.setAll', { data: rows.slice(0, 1) });
  await call('customData.delete', { id });
  expect((await call('customData.getAllByReference', place)).body['data']).toMatchObject([{ key: 'a' }]);
  await call('customData.deleteAllByReference', { reference: 'kestrel/new' }, { as: 'query' });
  expect(failure(await call('customData.get', place))).toEqual({ status: 422, error: 'not_found' });
});

test('values of a metric come a hundred at a time, from a moment on', async () => {
  const metric = { reference: 'kestrel/booking-api', key: 'build_minutes' };
  const seen = new Set<number>();
  for (let from: string | undefined; ; ) {
    const { body } = await call('customMetrics.list', { ...metric, ...(from && { from }) });
    const fresh = body['data'].filter((row: Fields) => !seen.has(row['id']));
    if (fresh.length === 0) break;
    for (const row of fresh) seen.add(row['id']);
    from = body['data'].at(-1).timestamp;
  }
  expect(seen.size).toBe(250);
  const { body } = await call('customMetrics.push', { ...metric, value: '7.5' });
  expect(body).toMatchObject({ ok: true, value: 7.5, metadata: {} });
  const latest = await call('customMetrics.list', { ...metric, order: 'desc' });
  expect(latest.body['data'][0].id).toBe(body['id']);
});

test('AI tool metrics overwrite the same person, day and tool', async () => {
  const metric = { email: 'ingrid.solberg@kestrel.example', date: '2026-11-19', is_active: true, tool: 'scribe' };
  const { body: first } = await call('aiToolMetrics.push', metric);
  const { body } = await call('aiToolMetrics.pushAll', {
    data: [
      { ...metric, spend_cents: 12 },
      { ...metric, tool: 'x' },
    ],
  });
  expect(body['data']).toMatchObject([{ id: first['id'], spend_cents: 12 }, { tool: 'x' }]);
  expect((await call('aiToolMetrics.push', { ...metric, date: '19.11.2026' })).status).toBe(422);
});

test('a repository is in one group only', async () => {
  const repos = [{ source: 'github', external_id: 'kestrel/notify' }];
  const { body } = await call('repoGroups.upsert', { name: 'Mobile', reference_id: 'rg-mobile', repos });
  const { id } = body['data'];
  expect((await call('repoGroups.addRepos', { id: 410, repos })).body['error']).toBe('invalid_arguments');
  expect((await call('repoGroups.removeRepos', { id, repos })).body['data'].repos).toEqual([]);
  expect((await call('repoGroups.removeRepos', { id, repos })).status).toBe(422);
  expect((await call('repoGroups.addRepos', { id: 410, repos })).body['data'].repos).toHaveLength(5);
  await call('repoGroups.upsert', { name: 'Apps', reference_id: 'rg-mobile' });
  expect((await call('repoGroups.get', { id })).body['data']).toMatchObject({
    name: 'Apps',
    reference_id: 'rg-mobile',
  });
  await call('repoGroups.delete', { reference_id: 'rg-mobile' });
  expect((await call('repoGroups.get', { id })).body['error']).toBe('not_found');
  simulator.state.repoGroupsEnabled = false;
  expect((await call('repoGroups.get', { id: 410 })).status).toBe(403);
});

// --- Web API: people ---

describe('teams', () => {
  test('form a tree, found by id, by reference and by their members', async () => {
    const { teams } = (await call('teams.list')).body as { teams: Fields[] };
    const booking = teams.find(({ name }) => name === 'Booking') ?? {};
    expect(booking).toMatchObject({ parent: false, contributors: 7, reference_id: 'kf-booking' });
    expect(booking['ancestors']).toEqual(['LTE', teams[0]?.['id'], teams[1]?.['id'], booking['id']]);
    const { team } = (await call('teams.info', { reference_id: 'kf-booking' })).body;
    expect(team.contributors).toHaveLength(7);
    expect((await call('teams.get', { team_id: team.id })).body['team']).toEqual(team);
    const team_emails = team.contributors
      .slice(0, 2)
      .map(({ email }: Fields) => email)
      .join(',');
    const found = await call('teams.findByMembers', { team_emails });
    expect(found.body).not.toHaveProperty('ok');
    expect(found.body['team']).toMatchObject({ id: team.id, manager: { id: team.lead.id } });
  });

  test.each([
    ['email_parameter_malformed', 'nobody'],
    ['no_users_found', 'nobody@kestrel.example'],
    ['team_not_found', 'ingrid.solberg@kestrel.example'],
  ])('%s', async (error, team_emails) => {
    expect((await call('teams.findByMembers', { team_emails })).body['error']).toBe(error);
  });

  test('an import takes its time and archives what is not listed', async () => {
    const before = (await call('teams.list')).body['teams'].length;
    const teams = [
      { name: 'Engineering', reference_id: 'kf-eng', team_lead_email: 'ingrid.solberg@kestrel.example' },
      { name: 'Rail', reference_id: 'kf-rail', parent_team_reference_id: 'kf-eng', contributors: [] },
    ];
    const { body } = await call('orgfiles.teamHierarchy.preview', { teams });
    const preview = await request(body['preview_url'], { dispatcher: agent });
    expect((await preview.body.text()).match(/^archive /gm)).toHaveLength(before - 1);
    await call('orgfiles.teamHierarchy.process', { teams });
    expect((await call('teams.list')).body['teams']).toHaveLength(before);
    await clock.advance(5000);
    const after = (await call('orgfiles.teamHierarchy.get')).body as unknown as Fields[];
    expect(after.map(({ name }) => name)).toEqual(['Engineering', 'Rail']);
    const events = await every('teams.auditTrail', 'events');
    expect(events.filter(({ action }) => action === 'team_archived')).toHaveLength(before - 1);
    const unknown = await call('orgfiles.teamHierarchy.process', { teams: teams.slice(1) });
    expect(failure(unknown)).toEqual({ status: 422, error: 'invalid_arguments' });
  });

  test('no import while a survey is under way', async () => {
    simulator.state.snapshotLive = true;
    const answer = await call('orgfiles.teamHierarchy.process', { teams: [{ name: 'Engineering' }] });
    expect(failure(answer)).toEqual({ status: 409, error: 'snapshot_live' });
  });
});

test('files are stored and come back by a link to another origin', async () => {
  const form = new FormData();
  form.append('upload_type', 'user');
  form.append('file', new File(['name,email\nA,a@b.example\n'], 'people.csv'));
  expect((await call('orgfiles.upload', {}, { raw: { body: form } })).status).toBe(200);
  const { body } = await call('orgfiles.list');
  expect(body).not.toHaveProperty('ok');
  const [upload] = body['uploads'];
  expect(upload).toMatchObject({ upload_type: 'user', filename: 'people.csv' });
  expect(new URL(upload.download_url).origin).not.toBe(simulator.settings['web_base_url']);
  const file = await request(upload.download_url, { dispatcher: agent });
  expect(await file.body.text()).toContain('a@b.example');
});

test('people come in numbered pages and can be changed', async () => {
  const first = await call('users.list', { page_size: 30 });
  const second = await call('users.list', { page_size: 30, page: first.body['next_page'] });
  expect(second.body).toMatchObject({ next_page: null, total: 44, total_pages: 2 });
  expect(new Set([...first.body['users'], ...second.body['users']].map(({ id }) => id)).size).toBe(44);
  expect((await call('users.list', { page_size: 101 })).status).toBe(422);
  const { email } = first.body['users'][4];
  const updated = await call('users.update', { email, github_username: 'fresh-name' });
  expect(updated.body['ok']).toBe('true');
  const found = await call('users.findByGithubUsername', { github_username: 'fresh-name' });
  expect(found.body['user'].email).toBe(email);
  const attributes = [
    { name: 'Office', value: 'Porto' },
    { name: 'Level', value: null },
    { name: 'Tenure', value: 'Ages' },
  ];
  const { user } = (await call('users.attributes.update', { email, attributes })).body;
  expect(user).toMatchObject({ attributes: [{ updated: true }, { updated: true }], failures: [{ name: 'Tenure' }] });
  const groups = (await call('attributeGroups.list')).body['attribute_groups'];
  expect(groups.at(-1)).toMatchObject({ name: 'Office', attributes: [{ name: 'Porto' }] });
});

test('groups of people', async () => {
  const page = await call('userGroups.list', { page: 2 });
  expect(page.body['pagination']).toEqual({ current_page: 2, total_pages: 2, total_count: 12, per_page: 10 });
  const owner_email = 'ingrid.solberg@kestrel.example';
  const { group } = (await call('userGroups.create', { name: 'New', owner_email, members: [owner_email] })).body;
  const many = Array.from({ length: 101 }, () => owner_email);
  expect((await call('userGroups.update', { id: group.id, members: many })).body['error']).toBe(
    'group_members_limit_exceeded',
  );
  expect((await call('userGroups.create', { name: 'Nobody' })).body['error']).toBe('validation_failed');
  expect((await call('userGroups.update', { id: group.id, members: [] })).body['group'].members).toEqual([]);
  await call('userGroups.delete', { id: group.id });
  expect(failure(await call('userGroups.get', { id: group.id }))).toEqual({ status: 404, error: 'not_found' });
});

// --- Web API: surveys ---

describe('surveys', () => {
  const latest = async (): Promise<string> => (await call('snapshots.list')).body['snapshots'][0].id;

  test('scores leave out teams under three people', async () => {
    const { body } = await call('snapshots.info', { snapshot_id: await latest() });
    const names = new Set(body['snapshot'].team_scores.map(({ snapshot_team }: Fields) => snapshot_team.name));
    expect(names).toContain('Booking');
    expect(names).not.toContain('Security');
  });

  test('the index is the mean of the drivers of the main branch', async () => {
    const snapshot_id = await latest();
    const { scores } = (await call('snapshots.driverScores', { snapshot_id, branch_ids: 'main' })).body;
    const mean = scores.reduce((sum: number, { score }: Fields) => sum + score, 0) / scores.length;
    const { body } = await call('snapshots.dxiScores', { snapshot_id });
    expect(body['scores'][0].score).toBe(Math.round(mean));
    expect((await call('snapshots.dxiScores', { snapshot_id, branch_ids: 'other' })).status).toBe(422);
    const { score, distribution, na_count, response_count } = scores[0];
    const counts = distribution.map(({ count }: Fields) => count);
    const given = response_count - na_count;
    expect(score).toBe(Math.round((100 * (counts[3] + counts[4])) / given));
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(given);
  });

  test('a breakdown by team adds up to the whole, and a filter takes teams with those below', async () => {
    const snapshot_id = await latest();
    const teams = (await call('snapshots.snapshotTeams', { snapshot_id })).body['snapshot_teams'];
    const top = teams.find(({ name }: Fields) => name === 'Engineering').id;
    const ask = { snapshot_id, dimension_type: 'snapshotTeam', driver_id: '31', parent_snapshot_team_id: top };
    const { scores } = (await call('snapshots.sentimentScores.breakdown', ask)).body;
    expect(scores.map(({ dimension }: Fields) => dimension.name)).toEqual(['Product Engineering', 'Platform']);
    const whole = (await call('snapshots.driverScores', { snapshot_id })).body['scores'][0].response_count;
    expect(scores[0].response_count + scores[1].response_count).toBe(whole);
    const platform = await call('snapshots.driverScores', { snapshot_id, snapshot_team_ids: scores[1].dimension.id });
    expect(platform.body['scores'][0].response_count).toBe(scores[1].response_count);
    const byAttribute = { ...ask, dimension_type: 'attribute' };
    expect((await call('snapshots.driverScores.breakdown', byAttribute)).status).toBe(422);
    expect((await call('snapshots.driverScores', { snapshot_id, team_ids: 'nobody' })).status).toBe(422);
  });

  test('workflows are means of their options, impacts too', async () => {
    const snapshot_id = await latest();
    const { scores } = (await call('snapshots.workflowScores', { snapshot_id })).body;
    const { distribution, score } = scores[0];
    const total = distribution.reduce((sum: number, { count }: Fields) => sum + count, 0);
    const sum = distribution.reduce((all: number, { value, count }: Fields) => all + value * count, 0);
    expect(score).toBeCloseTo(sum / total, 4);
    const { body } = await call('snapshots.impactScores', { snapshot_id });
    expect(body['scores'][0].score).toBeGreaterThan(0);
  });

  test('comments come newest first, page by page', async () => {
    const id = await latest();
    const all = await every('snapshots.driverComments.list', 'comments', { id, limit: 20 });
    expect(all.length).toBeGreaterThan(20);
    expect(all[0]?.['created_at']).toMatch(/^\d{4}-\d{2}-\d{2} \d{1,2}:\d{2}:\d{2}$/);
    const csat = await call('snapshots.csatComments.list', { id });
    expect(csat.body['comments'][0]).toHaveProperty('csat_item_name');
    expect((await call('snapshots.driverComments.list', { id, limit: 101 })).status).toBe(422);
    expect((await call('snapshots.driverComments.list', { id, cursor: 'nonsense' })).status).toBe(422);
  });

  test('the file is an Excel workbook', async () => {
    const { body, headers } = await call('snapshots.getFile', { snapshot_id: await latest() });
    expect(headers['content-type']).toContain('spreadsheetml');
    expect(body['bytes'].subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    expect(body['bytes'].toString('utf8')).toContain('<t>Booking</t>');
  });

  test('settings replace whole selections, and are locked during a survey', async () => {
    const set = 'snapshots.settings.workflowSelection.set';
    const { body } = await call(set, { workflow_ids: ['51'], branch_id: 'main' });
    expect(body['selection']).toMatchObject({ branch_id: 'main', workflows: [{ id: '51' }] });
    const lost = await call(set, { workflow_ids: ['52'], branch_id: 'main' });
    expect(failure(lost)).toEqual({ status: 422, error: 'validation_error' });
    expect(lost.body['error_details']).toMatchObject({ message: 'Pull requests per week is required' });
    expect((await call(set, { workflow_ids: ['51'] })).status).toBe(422);
    const { configuration } = (await call('snapshots.settings.configuration')).body;
    expect(configuration[0].workflows).toHaveLength(1);
    const order = await call('snapshots.settings.csatOrder.set', { csat_ids: ['75', '74'] });
    expect(failure(order)).toEqual({ status: 422, error: 'validation_error' });
    simulator.state.snapshotLive = true;
    const locked = await call(set, { workflow_ids: ['51'], branch_id: 'main' });
    expect(failure(locked)).toEqual({ status: 409, error: 'snapshot_live' });
    expect((await call('snapshots.settings.library')).status).toBe(200);
  });
});

// --- Web API: catalog ---

describe('catalog', () => {
  test('entities come page by page, by type and by name', async () => {
    const all = await every('catalog.entities.list', 'entities', { limit: 20 });
    expect(new Set(all.map(({ identifier }) => identifier)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(50);
    const services = await every('entities.list', 'entities', { type: 'service' });
    expect(services).toHaveLength(18);
    expect(await every('catalog.entities.list', 'entities', { search_term: 'TRACKING' })).toHaveLength(5);
    expect((await call('catalog.entities.list', { limit: 51 })).status).toBe(422);
  });

  test('an entity is created, changed, cleared and deleted', async () => {
    const entity = { identifier: 'rail-api', type: 'service', properties: { tier: '2', language: 'Go' } };
    expect((await call('catalog.entities.upsert', entity)).body['result']).toBe('created_new_entity');
    const changes = {
      ...entity,
      properties: { language: null },
      owner_user_emails: ['ingrid.solberg@kestrel.example'],
    };
    const { body } = await call('catalog.entities.upsert', changes);
    expect(body['result']).toBe('updated_existing_entity');
    expect(body['entity']).toMatchObject({ properties: { tier: '2' }, owner_users: [{ id: expect.any(String) }] });
    expect(body['entity'].properties).not.toHaveProperty('language');
    expect(body['entity'].owner_users).toEqual([{ id: expect.any(String), name: 'Ingrid Solberg' }]);
    const { entity: shown } = (await call('catalog.entities.info', { identifier: 'booking-api' })).body;
    expect(shown.domain).toEqual({ identifier: 'booking', name: expect.any(String) });
    expect((await call('catalog.entities.create', entity)).status).toBe(422);
    expect((await call('catalog.entities.create', { ...entity, identifier: 'x', properties: { odd: 1 } })).status).toBe(
      422,
    );
    expect((await call('catalog.entities.info', { identifier: 'x' })).body['error']).toBe('not_found');
    const gone = await call('catalog.entities.delete', { identifier: 'rail-api' }, { as: 'query' });
    expect(gone.body['entity'].identifier).toBe('rail-api');
    expect((await call('catalog.entities.info', { identifier: 'rail-api' })).status).toBe(404);
  });

  test('a type loses the properties that an update leaves out, and so do its entities', async () => {
    const properties = [{ identifier: 'tier', type: 'select' }];
    await call('catalog.entityTypes.update', { identifier: 'service', properties });
    const { entity } = (await call('catalog.entities.info', { identifier: 'notify' })).body;
    expect(entity.properties).toEqual({ tier: '2' });
    expect((await call('catalog.entityTypes.delete', { identifier: 'service' })).status).toBe(422);
    await call('catalog.entityTypes.create', { identifier: 'topic', name: 'Topic' });
    expect((await call('catalog.entityTypes.delete', { identifier: 'topic' })).status).toBe(200);
  });

  test('edges keep to the types and cardinality of their relation', async () => {
    const relation = {
      identifier: 'stored-in',
      type: 'depends on',
      cardinality: 'many_to_one',
      source_entity_type_identifier: 'service',
      target_entity_type_identifier: 'datastore',
    };
    expect((await call('catalog.relations.create', relation)).body['relation'].inverse_type).toBe('dependency of');
    const add = (source: string, target: string, relation_identifier = 'stored-in') =>
      call('catalog.relationEdges.add', {
        relation_identifier,
        source_entity_identifier: source,
        target_entity_identifier: target,
      });
    expect((await add('notify', 'rates-db')).body).toEqual({ ok: true });
    const errors = [add('notify', 'booking-db'), add('notify', 'identity'), add('notify', 'x'), add('a', 'b', 'none')];
    expect((await Promise.all(errors)).map(({ body }) => body['error'])).toEqual([
      ...['invalid_cardinality', 'invalid_entity_type', 'entity_not_found', 'relation_not_found'],
    ]);
    const edges = { identity: ['rates-db'], notify: ['tracking-db'] };
    expect((await call('catalog.relationEdges.bulkUpsert', { relation_identifier: 'stored-in', edges })).status).toBe(
      422,
    );
    const incoming = { relation_identifier: 'stored-in', entity_identifier: 'rates-db', direction: 'incoming' };
    expect((await call('catalog.relationEdges.list', incoming)).body['entity_relations']).toEqual([
      { identifier: 'notify', name: 'Notify' },
    ]);
    const many = { identity: Array.from({ length: 101 }, () => 'rates-db') };
    const excess = await call('catalog.relationEdges.bulkUpsert', { relation_identifier: 'stored-in', edges: many });
    expect(excess.body['error']).toBe('too_many_edges');
    await call('catalog.relations.delete', { identifier: 'stored-in' }, { as: 'query' });
    expect((await call('catalog.relationEdges.list', incoming)).body['error']).toBe('relation_not_found');
  });

  test('edges come 25 at a time', async () => {
    const ask = { relation_identifier: 'service-depends-on-library', entity_identifier: 'booking-api' };
    expect((await call('catalog.relationEdges.list', ask)).body['entity_relations']).toHaveLength(25);
    expect(await every('catalog.relationEdges.list', 'entity_relations', ask)).toHaveLength(36);
  });
});

test('scorecards, initiatives and tasks tell the same story', async () => {
  const services = await every('catalog.entities.list', 'entities', { type: 'service' });
  const [initiative] = (await call('initiatives.list', { priority: 1 })).body['initiatives'];
  const progress = await every('initiatives.progressReport', 'entities', { id: initiative.id, limit: 7 });
  expect(progress).toHaveLength(services.length);
  const done = progress.reduce((sum, { completed_tasks }) => sum + completed_tasks, 0);
  expect(initiative.passed_checks).toBe(done);
  const { identifier, total_tasks, completed_tasks } = progress.find(one => one['completed_tasks'] < 4) ?? {};
  const { tasks } = (await call('catalog.entities.tasks', { identifier })).body;
  expect(tasks.filter((task: Fields) => task['initiative'].id === initiative.id)).toHaveLength(
    total_tasks - completed_tasks,
  );
  const { scorecards } = (await call('catalog.entities.scorecards', { identifier })).body;
  const passed = scorecards[0].checks.filter((check: Fields) => check['passed']);
  expect(passed).toHaveLength(completed_tasks);
});

test('a scorecard is created, changed by the ids of its parts, and deleted', async () => {
  const card = {
    name: 'Cost',
    type: 'LEVEL',
    entity_filter_type: 'entity_types',
    entity_filter_type_identifiers: ['service'],
    levels: [{ key: 'one', name: 'One', color: '#000000', rank: 1 }],
    checks: [{ name: 'Has a budget', sql: 'SELECT 1', scorecard_level_key: 'one' }],
  };
  const { scorecard } = (await call('scorecards.create', card)).body;
  const listed = async (args = {}) =>
    (await call('scorecards.list', args)).body['scorecards'].map(({ name }: Fields) => name);
  expect(await listed()).not.toContain('Cost');
  expect(await listed({ include_unpublished: true })).toContain('Cost');
  const checks = [{ ...scorecard.checks[0], name: 'Has a budget owner' }];
  expect(scorecard).toMatchObject({ entity_filter_type_identifiers: ['service'], evaluation_frequency_hours: 24 });
  const { body } = await call('scorecards.update', { id: scorecard.id, published: true, checks });
  expect(body['scorecard'].checks).toMatchObject([{ id: scorecard.checks[0].id, name: 'Has a budget owner' }]);
  expect(await listed()).toContain('Cost');
  const lost = await call('scorecards.update', {
    id: scorecard.id,
    checks: [{ ...checks[0], scorecard_level_key: 'two' }],
  });
  expect(failure(lost)).toEqual({ status: 422, error: 'invalid_arguments' });
  await call('scorecards.delete', { id: scorecard.id });
  expect((await call('scorecards.info', { id: scorecard.id })).status).toBe(404);
});

// --- Web API: Data Studio ---

describe('query runs', () => {
  test('go from queued to succeeded by the clock', async () => {
    const started = await call('studio.queryRuns.execute', { sql: 'SELECT 1 AS one' });
    expect(started.status).toBe(202);
    expect(started.headers['retry-after']).toBe('1');
    const { id, info_url } = started.body['query_run'];
    expect(started.headers['location']).toBe(info_url);
    const statuses: string[] = [];
    for (const ms of [0, 500, 3000]) {
      await clock.advance(ms);
      const { body, headers } = await call('studio.queryRuns.info', { id });
      statuses.push(body['query_run'].status);
      expect(headers['retry-after']).toBe(ms < 3000 ? '1' : undefined);
      if (ms === 3000) break;
      const early = await call('studio.queryRuns.results', { id });
      expect(failure(early)).toEqual({ status: 409, error: 'execution_not_complete' });
      expect(early.headers['retry-after']).toBe('1');
    }
    expect(statuses).toEqual(['queued', 'running', 'succeeded']);
    const { body } = await call('studio.queryRuns.results', { id });
    expect(body).toEqual({ ok: true, results: { columns: ['one'], rows: [[1]] } });
    await clock.advance(31 * 86_400_000);
    expect((await call('studio.queryRuns.info', { id })).body['query_run'].status).toBe('expired');
    expect((await call('studio.queryRuns.results', { id, format: 'csv' })).status).toBe(404);
  });

  test('can be asked ten times in five seconds, each', async () => {
    const start = async (): Promise<string> =>
      (await call('studio.queryRuns.execute', { sql: 'SELECT 1' })).body['query_run'].id;
    const [id, other] = [await start(), await start()];
    const asked = await Promise.all(Array.from({ length: 11 }, () => call('studio.queryRuns.info', { id })));
    expect(asked.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    expect((await call('studio.queryRuns.info', { id: other })).status).toBe(200);
    await clock.advance(5000);
    expect((await call('studio.queryRuns.info', { id })).status).toBe(200);
  });

  test('large results come whole as CSV, by a link to another origin', async () => {
    const { id, rows } = await query('SELECT id, number, title, created, merged FROM github_pulls');
    expect(rows).toHaveLength(1000);
    const { status, headers } = await call('studio.queryRuns.results', { id, format: 'csv' });
    expect(status).toBe(303);
    const location = headers['location'] ?? '';
    expect(new URL(location).origin).not.toBe(simulator.settings['web_base_url']);
    const file = await request(location, { dispatcher: agent });
    const lines = (await file.body.text()).trimEnd().split('\n');
    expect(lines).toHaveLength(pullRequestCount + 1);
    expect(lines[0]).toBe('id,number,title,created,merged');
    expect(lines.some(line => line.includes('"Fix carrier ""spot"" quotes"'))).toBe(true);
    const leaked = await request(location, { dispatcher: agent, headers: { authorization: 'Bearer x' } });
    await leaked.body.dump();
    expect(leaked.statusCode).toBe(400);
    expect(simulator.state.leaks).toHaveLength(1);
    const forged = await request(location.replace(/Signature=\w{4}/, 'Signature=0000'), { dispatcher: agent });
    await forged.body.dump();
    await clock.advance(301_000);
    const late = await request(location, { dispatcher: agent });
    await late.body.dump();
    expect([forged.statusCode, late.statusCode]).toEqual([403, 403]);
  });

  test('see what was just recorded', async () => {
    const sql = `SELECT service, count(*) AS deployments, round(count(*) / 13.0, 1) AS per_week FROM deployments
      WHERE deployed_at >= now() - interval '90 days' GROUP BY service ORDER BY deployments DESC, service LIMIT 3`;
    const before = await query(sql);
    expect(before['columns']).toEqual(['service', 'deployments', 'per_week']);
    expect(before['rows'][0][0]).toBe('booking-web');
    await call('deployments.create', { deployed_at: clock.now() / 1000, service: 'booking-web' });
    const after = await query(sql);
    expect(after['rows'][0][1]).toBe(before['rows'][0][1] + 1);
  });

  test('take variables, single and in lists', async () => {
    const sql = 'SELECT DISTINCT service FROM deployments WHERE service IN ($names) AND success = $ok ORDER BY 1';
    const { rows } = await query(sql, { names: ['notify', 'identity'], ok: true });
    expect(rows).toEqual([['identity'], ['notify']]);
  });

  test.each([
    ["SELECT date_trunc('week', started_at) AS week, count(*) FROM incidents GROUP BY week ORDER BY week DESC", 2],
    ["SELECT count(DISTINCT service) AS n, max(deployed_at) FROM deployments WHERE environment = 'production'", 2],
    ['SELECT draft, avg(open_to_merge)::int AS seconds FROM github_pulls GROUP BY 1 HAVING count(*) > 5', 2],
    ["SELECT p.number FROM github_pulls p WHERE title ILIKE '%jitter' AND merged IS NOT NULL LIMIT 3", 1],
    ['SELECT extract(epoch FROM resolved_at - started_at) / 3600 AS hours FROM incidents LIMIT 2', 1],
    ['SELECT name FROM dx_teams WHERE contributors BETWEEN 6 AND 7 ORDER BY name', 1],
  ])('understand %s', async (sql, columns) => {
    const { run, rows } = await query(sql);
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows[0]).toHaveLength(columns);
    expect(rows[0]).not.toContain(null);
  });

  test.each([
    ['SELECT * FROM nothing', 'relation "nothing" does not exist'],
    ['SELECT colour FROM deployments', 'column "colour" does not exist'],
    ['SELECT service FROM', 'syntax error at end of input'],
    ['SELECT * FROM deployments WHERE service = $missing', 'there is no variable $missing'],
    ['SELECT pg_sleep(3600)', 'Query timeout.'],
  ])('fail on %s', async (sql, message) => {
    const { id, run } = await query(sql);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'sql_error', message } });
    expect(failure(await call('studio.queryRuns.results', { id }))).toEqual({ status: 422, error: 'execution_failed' });
  });

  test.each(['DELETE FROM deployments', 'SELECT 1; SELECT 2', 'WITH x AS (DELETE FROM a) SELECT 1'])(
    'are not made of %s',
    async sql => {
      expect(failure(await call('studio.queryRuns.execute', { sql }))).toEqual({
        status: 422,
        error: 'invalid_arguments',
      });
    },
  );

  test('a word in a text or a comment is no statement', async () => {
    const { rows } = await query("SELECT 'delete from x; drop y' AS words -- update z");
    expect(rows).toEqual([['delete from x; drop y']]);
  });
});

test('a saved query has a feed', async () => {
  const all = await call('queries.datafeed', { feed_token: feedToken, 'var-service': '%' });
  expect(all.body['data'].rows).toHaveLength(18);
  const one = await call('queries.datafeed', {
    feed_token: feedToken,
    'var-service': 'notify',
    columns: 'deployments',
  });
  expect(one.body['data']).toEqual({ columns: ['deployments'], rows: [{ deployments: expect.any(Number) }] });
  expect((await call('queries.datafeed', { feed_token: 'x' })).status).toBe(404);
});

test('reports belong to people', async () => {
  const { personal } = simulator.state.names;
  const tiles = [{ title: 'All', sql: 'SELECT 1', chart_type: 'table' }];
  expect((await call('studio.reports.create', { name: 'Mine' })).status).toBe(422);
  const { report } = (await call('studio.reports.create', { name: 'Mine', tiles }, { token: personal })).body;
  expect(report).toMatchObject({ view_access_type: 'owner_and_direct_url_only', edit_access_type: 'read_only' });
  const { body } = await call('studio.reports.update', { id: report.id, tiles: [] });
  expect(body['report']).toMatchObject({ name: 'Mine', tiles: [] });
  const [foreign] = (await call('studio.reports.list', { search_term: 'frequency' })).body['reports'];
  const refused = await call('studio.reports.delete', { id: foreign.id }, { token: personal });
  expect(failure(refused)).toEqual({ status: 403, error: 'not_authorized' });
  expect((await call('studio.reports.delete', { id: report.id }, { token: personal })).status).toBe(200);
});

// --- Web API: workflows, events ---

test('a simple workflow ends by itself, another when it is told to', async () => {
  const simple = await call('workflowRuns.trigger', { workflow_identifier: 'create-repository', data: { name: 'x' } });
  const status = async (id: string) => (await call('workflowRuns.info', { id })).body['workflow_run'].status;
  const { id } = simple.body['workflow_run'];
  expect(await status(id)).toBe('RUNNING');
  await clock.advance(5000);
  expect(await status(id)).toBe('SUCCEEDED');
  const lost = await call('workflowRuns.trigger', { workflow_identifier: 'rollback-service' });
  expect(lost.body['error']).toBe('workflow_run_attribute_validation_failed');
  const driven = await call('workflowRuns.trigger', {
    workflow_run_identifier: 'rollback-service',
    'entity-identifier': 'notify',
  });
  const run = driven.body['workflow_run'].id;
  const posted = await call('workflowRuns.postMessage', { workflow_run_id: run, message: 'half way' });
  expect(posted.body['event']).toMatchObject({ workflow_run_id: run, message: 'half way' });
  await call('workflowRuns.addLink', {
    workflow_run_id: run,
    link: { url: 'https://ci.kestrel.example/1', label: 'CI' },
  });
  await call('workflowRuns.changeStatus', { workflow_run_id: run, status: 'FAILED' });
  expect(await status(run)).toBe('FAILED');
  expect(
    (await call('workflows.list', { scope: 'ENTITY', entity_identifier: 'notify' })).body['workflows'],
  ).toHaveLength(2);
});

test('a new project has a token that tracks events', async () => {
  const [{ id }] = (await call('users.list')).body['users'];
  const create = (args: Fields) => call('platformx.projects.create', args);
  const errors = [create({}), create({ name: 'Portal' }), create({ name: 'Portal', creator_id: 'x' })];
  expect((await Promise.all(errors)).map(failure)).toEqual([
    { status: 422, error: 'name_blank' },
    { status: 422, error: 'creator_id_blank' },
    { status: 422, error: 'creator_id_not_found' },
  ]);
  const { project } = (await create({ name: 'Portal', creator_id: id })).body;
  const event = { name: 'opened', timestamp: '1763625600', github_username: 'ingrid-solberg' };
  expect((await call('events.track', event, { token: project.token })).body).toEqual({ ok: true });
  expect(simulator.state.world.events).toMatchObject([{ project_id: project.id, timestamp: 1_763_625_600 }]);
  const long = { ...event, metadata: { text: 'x'.repeat(1100) } };
  expect((await call('events.track', long, { token: project.token })).status).toBe(422);
  expect((await call('platformx.projects.list')).body['projects'].at(-1)).not.toHaveProperty('token');
});

test('the environment connects to both APIs', () => {
  const { dataCloud, organization, project } = simulator.state.names;
  expect(simulator.environment).toEqual({
    DX_BASE_URL: simulator.baseUrl,
    DX_API_KEY: dataCloud,
    DX_WEB_BASE_URL: simulator.settings['web_base_url'],
    DX_WEB_TOKEN: organization,
    DX_PROJECT_TOKEN: project,
  });
  expect(simulator.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/);
});
