import { inflateRawSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import contract from '../../../src/providers/dataops/contract.json' with { type: 'json' };
import { nextMoment } from '../../../src/providers/dataops/simulator/cron.ts';
import { nest } from '../../../src/providers/dataops/simulator/parameters.ts';
import { dataopsSimulator } from '../../../src/providers/dataops/simulator/simulator.ts';
import type { DataOpsState } from '../../../src/providers/dataops/simulator/state.ts';
import { type VirtualClock, virtualClock } from '../../../src/sandbox/clock.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/host.ts';

let clock: VirtualClock;
let simulator: Simulator<DataOpsState>;
let agent: Agent;

beforeEach(async () => {
  clock = virtualClock();
  simulator = await startSimulator(dataopsSimulator, { clock });
  agent = new Agent({ connections: 4 });
});
afterEach(async () => {
  await agent.destroy();
  await simulator.close();
});

// --- a client written for this test alone ---

type Row = Record<string, never>;
type Who = keyof DataOpsState['names']['tokens'];

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
  /** The body, whatever it is; each test reads what its answer ought to have. */
  json: Row;
  rows: Row[];
}

interface Sending {
  as?: Who | null;
  headers?: Record<string, string>;
  form?: string;
}

async function send(method: string, path: string, json?: unknown, sending: Sending = {}): Promise<Answer> {
  const { as = 'personal', form } = sending;
  const token = as === null ? undefined : simulator.state.names.tokens[as];
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = form ?? (json === undefined ? undefined : JSON.stringify(json));
  const reply = await request(/^http/.test(path) ? path : simulator.baseUrl + path, {
    dispatcher: agent,
    method: method as 'GET',
    headers: {
      ...(token === undefined ? {} : { 'private-token': token }),
      ...(body === undefined ? {} : { 'content-type': type }),
      ...sending.headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await reply.body.text();
  const parsed = text && /json/.test(String(reply.headers['content-type'])) ? JSON.parse(text) : undefined;
  return { status: reply.statusCode, headers: reply.headers as never, text, json: parsed, rows: parsed };
}

const get = (path: string, sending?: Sending) => send('GET', path, undefined, sending);
const post = (path: string, json?: unknown, sending?: Sending) => send('POST', path, json, sending);
const assays = '/projects/meridian%2Fdata%2Fdrill-assays';
const names = () => simulator.state.names;

async function runToEnd(pipeline: unknown): Promise<Row> {
  for (;;) {
    const { json } = await get(`${assays}/pipelines/${pipeline}`);
    if (json['finished_at'] !== null || /manual|scheduled/.test(String(json['status']))) return json;
    await clock.sleep(15_000);
  }
}

const jobsOf = async (pipeline: unknown, more = '') =>
  (await get(`${assays}/pipelines/${pipeline}/jobs?per_page=100${more}`)).rows;
const jobNamed = async (pipeline: unknown, name: string): Promise<Row> => {
  const job = (await jobsOf(pipeline)).find(one => one['name'] === name);
  if (!job) throw new Error(`no job ${name}`);
  return job;
};

test('it hands out all that a client has to be told', () => {
  const { personal: token, trigger: trigger_token } = names().tokens;
  expect(simulator.settings).toEqual({ base_url: simulator.baseUrl, token, trigger_token });
  expect(simulator.environment).toEqual({
    DATAOPS_BASE_URL: simulator.baseUrl,
    DATAOPS_TOKEN: token,
    DATAOPS_TRIGGER_TOKEN: trigger_token,
  });
});

describe('credentials', () => {
  test('each way of sending a token works, and a present but wrong one is refused everywhere', async () => {
    const bearer = { as: null, headers: { authorization: `Bearer ${names().tokens.personal}` } };
    expect((await get('/user', bearer)).json['username']).toBe('maya.lindqvist');
    expect((await get('/projects', { as: null })).rows).toEqual([]);
    expect((await get('/user', { as: null })).status).toBe(401);
    const wrong = await get('/projects', { as: null, headers: { 'private-token': 'glpat-nobody' } });
    expect([wrong.status, wrong.json]).toEqual([401, { message: '401 Unauthorized' }]);
  });

  test('dead tokens say how they died; a live one dies on its day', async () => {
    expect((await get('/user', { as: 'revoked' })).json).toMatchObject({
      error: 'invalid_token',
      error_description: expect.stringContaining('revoked'),
    });
    expect((await get('/user', { as: 'expired' })).json['error_description']).toMatch(/^Token is expired/);
    const { json } = await get('/personal_access_tokens/self');
    expect(json).toMatchObject({ scopes: ['api'], active: true, expires_at: '2027-01-20' });
    await clock.advance(61 * 86_400_000);
    expect((await get('/user')).status).toBe(401);
  });

  test('scopes that are too small are named, roles that are too low are not', async () => {
    const write = await post(`${assays}/pipeline`, { ref: 'main' }, { as: 'readOnly' });
    expect([write.status, write.json]).toMatchObject([403, { error: 'insufficient_scope', scope: 'api' }]);
    const file = `${assays}/repository/files/README.md?ref=main`;
    expect((await get(file, { as: 'repository' })).status).toBe(200);
    expect((await get(assays, { as: 'repository' })).status).toBe(403);
    const reporter = await post(`${assays}/pipeline`, { ref: 'main' }, { as: 'reporter' });
    expect([reporter.status, reporter.json]).toEqual([403, { message: '403 Forbidden' }]);
    expect((await get(`${assays}/variables`, { as: 'developer' })).status).toBe(403);
  });

  test("a project's token sees its project and nothing else", async () => {
    const rows = (await get('/projects?membership=true', { as: 'project' })).rows;
    expect(rows.map(row => row['path'])).toEqual(['drill-assays']);
    expect((await get('/projects/102', { as: 'project' })).json).toEqual({ message: '404 Project Not Found' });
    expect((await get('/projects/102', { as: 'group' })).status).toBe(200);
  });

  test('a job token works on its list of routes, where it is let in, while its job runs', async () => {
    const as = { as: null, headers: { 'job-token': names().tokens.job } };
    expect((await get('/job', as)).json['name']).toBe('Load Core Photos');
    expect((await get(`${assays}/environments`, as)).status).toBe(200);
    expect((await get(`${assays}/pipelines`, as)).status).toBe(401);
    expect((await get('/projects/102/environments', as)).status).toBe(404);
    const allow = { target_project_id: 101 };
    expect((await post('/projects/102/job_token_scope/allowlist', allow)).status).toBe(201);
    expect((await get('/projects/102/environments', as)).status).toBe(200);
    await clock.advance(3 * 3_600_000);
    expect((await get('/job', as)).status).toBe(401);
  });

  test('what is hidden looks like what is absent', async () => {
    for (const id of ['104', '999999', 'people-and-pay%2Fpayroll-model'])
      expect((await get(`/projects/${id}`)).json).toEqual({ message: '404 Project Not Found' });
    expect((await get('/groups/15')).json).toEqual({ message: '404 Group Not Found' });
  });
});

describe('ids', () => {
  test('a path is encoded once: not at all is no route, twice is no project', async () => {
    expect((await get(assays)).json['id']).toBe(101);
    expect((await get('/projects/meridian%2Fdata%2Fproducts%2Fore-quality')).json['id']).toBe(102);
    expect((await get('/projects/meridian/data/drill-assays')).json).toEqual({ error: '404 Not Found' });
    expect((await get('/projects/meridian%252Fdata%252Fdrill-assays')).json).toEqual({
      message: '404 Project Not Found',
    });
    expect((await get(`${assays}/repository/branches/feature%2Frepeat-assays`)).status).toBe(200);
  });

  test('a moved project says where it is', async () => {
    const reply = await get('/projects/meridian%2Fdrill-assays/pipelines?per_page=1');
    expect(reply.status).toBe(301);
    expect(reply.headers['location']).toBe(`${simulator.baseUrl}/projects/101/pipelines?per_page=1`);
    expect(reply.text).toMatch(/^This resource has been moved permanently to http/);
    expect((await post('/projects/meridian%2Fdrill-assays/pipeline', { ref: 'main' })).status).toBe(405);
  });
});

describe('paging', () => {
  const many = '/groups/site-logs/projects';

  test('pages carry their neighbours, and empty headers at the ends', async () => {
    const first = await get(`${many}?per_page=100&search=site`);
    expect(first.headers).toMatchObject({
      'x-page': '1',
      'x-per-page': '100',
      'x-next-page': '2',
      'x-prev-page': '',
      'x-total': '10000',
      'x-total-pages': '100',
    });
    expect(first.headers['link']).toMatch(/search=site&page=2>; rel="next".*rel="first".*page=100>; rel="last"/);
    const last = await get(`${many}?per_page=100&page=100`);
    expect([last.headers['x-next-page'], last.headers['x-prev-page'], last.rows.length]).toEqual(['', '99', 100]);
    const beyond = await get(`${many}?per_page=100&page=101`);
    expect([beyond.status, beyond.rows]).toEqual([200, []]);
  });

  test('above 10,000 rows there are no totals', async () => {
    const { headers } = await get('/projects?per_page=100');
    expect([headers['x-total'], headers['x-total-pages'], headers['x-next-page']]).toEqual([undefined, undefined, '2']);
    expect(headers['link']).not.toMatch(/rel="last"/);
  });

  test('too large a page is made smaller, too small a one refused', async () => {
    expect((await get('/projects?per_page=500')).rows).toHaveLength(100);
    expect((await get('/projects?per_page=0')).json).toEqual({ error: 'per_page has a value not allowed' });
    for (const page of ['0', '-3']) expect((await get(`/projects?page=${page}`)).headers['x-page']).toBe('1');
    expect((await get('/projects?page=x')).json).toEqual({ error: 'page is invalid' });
  });

  test('offset paging ends at 50,000 rows, keyset paging goes to the end', async () => {
    const far = await get('/projects?per_page=100&page=501');
    expect([far.status, far.json['error']]).toEqual([405, expect.stringContaining('maximum allowed offset of 50000')]);
    expect((await get(`${assays}/repository/branches?per_page=100&page=501`)).status).toBe(200);
    const seen = new Set<unknown>();
    let next: string | undefined = '/projects?pagination=keyset&order_by=id&sort=asc&per_page=100&search=Site Log 00';
    next = next.replaceAll(' ', '%20');
    while (next) {
      const reply: Answer = await get(next);
      expect(reply.headers['x-page']).toBeUndefined();
      for (const row of reply.rows) seen.add(row['id']);
      next = /<([^>]+)>; rel="next"/.exec(reply.headers['link'] ?? '')?.[1];
    }
    expect(seen.size).toBe(999);
    const elsewhere = await get(`${assays}/pipelines?pagination=keyset`);
    expect([elsewhere.status, elsewhere.json['error']]).toEqual([
      405,
      expect.stringMatching(/^Keyset pagination is not/),
    ]);
  });

  test('the jobs of a project page by cursor, without totals', async () => {
    const page = await get(`${assays}/jobs?pagination=keyset&order_by=id&sort=desc&per_page=5`);
    const next = /<([^>]+)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1] ?? '';
    const rows = [...page.rows, ...(await get(next)).rows].map(row => Number(row['id']));
    expect(rows).toEqual([...rows].sort((a, b) => b - a));
    expect(new Set(rows).size).toBe(10);
    expect((await get(`${assays}/jobs`)).headers['x-total']).toBeUndefined();
  });
});

describe('quota', () => {
  const spend = async (count: number, sending?: Sending) => {
    let last = await get('/version', sending);
    for (let n = 1; n < count; n += 1) last = await get('/version', sending);
    return last;
  };

  test('a user has so many requests a minute of the clock, over all of their tokens', async () => {
    simulator.state.quota.requests = 3;
    await clock.advance(35_000);
    expect((await spend(3)).headers['ratelimit-limit']).toBeUndefined();
    const over = await get('/version', { as: 'second' });
    expect([over.status, over.text, over.headers['content-type']]).toEqual([429, 'Retry later\n', 'text/plain']);
    expect(over.headers).toMatchObject({
      'ratelimit-limit': '3',
      'ratelimit-observed': '4',
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(Date.UTC(2026, 10, 21, 0, 1) / 1000),
      'ratelimit-resettime': 'Sat, 21 Nov 2026 00:01:00 GMT',
      'retry-after': '25',
    });
    expect((await get('/version', { as: 'owner' })).status).toBe(200);
    await clock.advance(25_000);
    expect((await get('/version')).status).toBe(200);
  });

  test('listing the jobs of a project has a limit of its own, told in JSON', async () => {
    simulator.state.quota.jobLists = 1;
    expect((await get(`${assays}/jobs`)).status).toBe(200);
    const over = await get(`${assays}/jobs`);
    expect([over.status, over.json]).toEqual([429, { message: { error: expect.stringContaining('too many times') } }]);
    expect(over.headers['retry-after']).toBeUndefined();
  });

  test('newer releases tell the quota on every answer', async () => {
    simulator.state.quota.tellsAlways = true;
    const { headers } = await get('/version');
    expect([headers['ratelimit-observed'], headers['ratelimit-remaining'], headers['retry-after']]).toEqual([
      '1',
      '599',
      undefined,
    ]);
  });
});

describe('pipelines', () => {
  test('a pipeline goes through its stages, and its success may hide a failure', async () => {
    const start = await post(`${assays}/pipeline`, {
      ref: 'main',
      variables: [{ key: '_PIPELINE_FILE_NAME', value: 'full-ci.yml' }],
    });
    expect([start.status, start.json['status'], start.json['source']]).toEqual([201, 'created', 'api']);
    const { id } = start.json;
    expect((await jobsOf(id)).length).toBeLessThan(11);
    await clock.sleep(4000);
    expect((await get(`${assays}/pipelines/${id}`)).json['status']).toBe('pending');
    await clock.sleep(60_000);
    const half = await jobsOf(id);
    expect(half).toHaveLength(11);
    expect(half.map(job => job['status'])).toEqual(expect.arrayContaining(['success', 'running', 'created']));
    const end = await runToEnd(id);
    expect(end).toMatchObject({ status: 'success', duration: 843, detailed_status: { label: 'passed with warnings' } });
    expect(await jobNamed(id, 'Test all Sources')).toMatchObject({
      status: 'failed',
      allow_failure: true,
      failure_reason: 'script_failure',
    });
  });

  test('child pipelines are behind bridges, and in lists only by their source', async () => {
    const { warned } = names().pipelines;
    const [bridge] = (await get(`${assays}/pipelines/${warned}/bridges`)).rows;
    const child = bridge?.['downstream_pipeline']?.['id'];
    expect((await jobsOf(warned)).map(job => job['name'])).not.toContain('Publish Ore Quality');
    const listed = (path: string) => get(`${assays}/pipelines?per_page=100${path}`);
    expect((await listed('')).rows.map(row => row['id'])).not.toContain(child);
    expect((await listed('&source=parent_pipeline')).rows.map(row => row['id'])).toContain(child);
    const [further] = (await get(`${assays}/pipelines/${child}/bridges`)).rows;
    expect(further?.['downstream_pipeline']).toMatchObject({ project_id: 100, source: 'pipeline' });
  });

  test('what failed skips the rest; retry makes new jobs under the same pipeline', async () => {
    const { failed } = names().pipelines;
    const old = await jobNamed(failed, 'Build all Models');
    expect([old['status'], (await jobNamed(failed, 'Generate Docs'))['status']]).toEqual(['failed', 'skipped']);
    expect((await jobNamed(failed, 'Drop Unused Databases'))['status']).toBe('success');
    expect((await get(`${assays}/jobs/${old['id']}/trace`)).text).toContain("invalid identifier 'AU_PPM_REPEAT'");
    const missing = simulator.state.world.partsOf(simulator.state.world.projects.get(101) as never);
    const pipeline = missing.pipelines.find(one => one.id === failed);
    if (pipeline) pipeline.outcomes = {};
    const again = await post(`${assays}/pipelines/${failed}/retry`);
    expect([again.status, again.json['id'], again.json['status']]).toEqual([201, failed, 'running']);
    expect((await runToEnd(failed))['status']).toBe('success');
    expect((await jobNamed(failed, 'Build all Models'))['id']).not.toBe(old['id']);
    const retried = await jobsOf(failed, '&include_retried=true');
    expect(retried.find(job => job['id'] === old['id'])?.['status']).toBe('failed');
  });

  test('a manual job parks the pipeline until somebody plays it, a delayed one until its time', async () => {
    const { waiting } = names().pipelines;
    expect((await get(`${assays}/pipelines/${waiting}`)).json['status']).toBe('manual');
    const gate = await jobNamed(waiting, 'Approve Production');
    const early = await post(`${assays}/jobs/${(await jobNamed(waiting, 'Initialise Pipeline'))['id']}/play`);
    expect([early.status, early.json]).toEqual([400, { message: '400 Bad request - Unplayable Job' }]);
    expect((await post(`${assays}/jobs/${gate['id']}/play`)).status).toBe(200);
    expect((await runToEnd(waiting))['status']).toBe('scheduled');
    await clock.sleep(1_900_000);
    expect((await runToEnd(waiting))['status']).toBe('success');
    expect((await jobNamed(waiting, 'Roll Back Release'))['status']).toBe('manual');
  });

  test('cancelling takes a moment, and cancelling again changes nothing', async () => {
    const { running } = names().pipelines;
    const cancel = await post(`${assays}/pipelines/${running}/cancel`);
    expect([cancel.status, cancel.json['status']]).toEqual([200, 'canceling']);
    await clock.sleep(5000);
    expect((await post(`${assays}/pipelines/${running}/cancel`)).json['status']).toBe('canceled');
    const job = await jobNamed(running, 'Load Core Photos');
    const retry = await post(`${assays}/jobs/${job['id']}/retry`);
    expect([retry.status, retry.json['id'] === job['id']]).toEqual([201, false]);
    const twice = await post(`${assays}/jobs/${job['id']}/retry`);
    expect([twice.status, twice.json]).toEqual([403, { message: '403 Forbidden - Job is not retryable' }]);
    const one = await post(`${assays}/jobs/${retry.json['id']}/cancel`);
    expect([one.status, one.json['status']]).toEqual([201, 'canceled']);
  });

  test('tests decide how jobs end, and how fast', async () => {
    const { world } = simulator.state;
    world.pace = 0.01;
    world.outcomes.set('Ingest Assay Results', 'runner_system_failure');
    const { json } = await post(`${assays}/pipeline`, { ref: 'dev' });
    await clock.sleep(10_000);
    expect((await get(`${assays}/pipelines/${json['id']}`)).json['status']).toBe('failed');
  });

  test('latest answers 403 where the ref has no pipeline', async () => {
    expect((await get(`${assays}/pipelines/latest`)).json['id']).toBe(names().pipelines.failed);
    const none = await get(`${assays}/pipelines/latest?ref=v1.0.0`);
    expect([none.status, none.json]).toEqual([403, { message: '403 Forbidden' }]);
  });

  test('wrong starts are refused in the shapes of the platform', async () => {
    const start = async (json: unknown) => (await post(`${assays}/pipeline`, json)).json;
    expect(await start({})).toEqual({ error: 'ref is missing' });
    expect(await start({ ref: 'nowhere' })).toEqual({ message: { base: ['Reference not found'] } });
    expect(await start({ ref: 'main', variables: { A: '1' } })).toEqual({ error: 'variables is invalid' });
    expect((await get(`${assays}/pipelines?scope=nonsense`)).json).toEqual({
      error: 'scope does not have a valid value',
    });
    const empty = await post('/projects/105/pipeline', { ref: 'main' });
    expect(empty.json).toEqual({ message: { base: ['Reference not found'] } });
  });

  test('the test report counts the failed cases', async () => {
    const { warned } = names().pipelines;
    const { json } = await get(`${assays}/pipelines/${warned}/test_report_summary`);
    expect(json['total']).toMatchObject({ count: 26, failed: 1, success: 25 });
    const report = (await get(`${assays}/pipelines/${warned}/test_report`)).json;
    expect(JSON.stringify(report)).toContain('not_null_survey_azimuth');
  });
});

describe('triggers', () => {
  const trigger = (json: object) => post(`${assays}/trigger/pipeline`, json, { as: null });

  test('the token in the body is all it takes, and only there', async () => {
    const { trigger: token } = names().tokens;
    const variables = { _PIPELINE_FILE_NAME: 'ingest-only-ci.yml', LAB: 'west' };
    const { status, json } = await trigger({ token, ref: 'main', variables });
    expect([status, json['source']]).toEqual([201, 'trigger']);
    const kept = (await get(`${assays}/pipelines/${json['id']}/variables`)).rows;
    expect(kept.map(row => row['key'])).toEqual(['_PIPELINE_FILE_NAME', 'LAB', 'TRIGGER_PAYLOAD']);
    expect(JSON.stringify(kept)).not.toContain(token);
    expect(await jobsOf(json['id'])).toHaveLength(3);
    const header = await post(`${assays}/trigger/pipeline`, { ref: 'main' }, { as: null, headers: { token } });
    expect(header.json).toEqual({ error: 'token is missing' });
  });

  test('a form with nested names is read as well', async () => {
    const form = `token=${names().tokens.trigger}&ref=main&variables[_PIPELINE_FILE_NAME]=ingest-only-ci.yml`;
    const { status, json } = await post(`${assays}/trigger/pipeline`, undefined, { as: null, form });
    expect([status, (await jobsOf(json['id'])).length]).toEqual([201, 3]);
  });

  test('bad tokens are not found, bad variables not taken', async () => {
    const token = names().tokens.trigger;
    expect(await trigger({ token: 'glptt-wrong', ref: 'main' })).toMatchObject({
      status: 404,
      json: { message: '404 Not Found' },
    });
    expect((await trigger({})).json).toEqual({ error: 'token is missing, ref is missing' });
    const number = await trigger({ token, ref: 'main', variables: { A: 1 } });
    expect(number.json).toEqual({ message: 'variables needs to be a map of key-valued strings' });
    const list = await trigger({ token, ref: 'main', variables: [{ key: 'A', value: '1' }] });
    expect(list.json).toEqual({ error: 'variables is invalid' });
  });

  test("others' trigger tokens are shown in part", async () => {
    const [own] = (await get(`${assays}/triggers`)).rows;
    const [theirs] = (await get(`${assays}/triggers`, { as: 'owner' })).rows;
    expect([own?.['token'], theirs?.['token']]).toEqual([names().tokens.trigger, 'glpt']);
  });
});

describe('schedules', () => {
  const schedules = `${assays}/pipeline_schedules`;

  test('playing one answers without an id; its pipelines tell', async () => {
    const { nightly } = names().schedules;
    const before = (await get(`${schedules}/${nightly}/pipelines?per_page=100`)).rows.length;
    const play = await post(`${schedules}/${nightly}/play`);
    expect([play.status, play.json]).toEqual([201, { message: '201 Created' }]);
    const rows = (await get(`${schedules}/${nightly}/pipelines?per_page=100`)).rows;
    expect(rows).toHaveLength(before + 1);
    const { json } = await get(`${schedules}/${nightly}`);
    expect(json['last_pipeline']).toEqual(rows.at(-1));
    const secret = { key: 'LAB_PASSWORD', value: 'schedule-password-1' };
    expect(json['variables']).toContainEqual(expect.objectContaining(secret));
    const reporter = (await get(`${schedules}/${nightly}`, { as: 'reporter' })).json;
    expect(reporter['variables']).toBeUndefined();
  });

  test('an active one starts when its time comes, a paused one does not', async () => {
    await clock.advance(2 * 86_400_000 + 3 * 3_600_000);
    const started = (await get(`${assays}/pipelines?source=schedule&per_page=3`)).rows;
    expect(started.slice(0, 3).map(row => row['created_at'])).toEqual([
      '2026-11-23T02:15:00.000Z',
      '2026-11-22T02:15:00.000Z',
      '2026-11-21T02:15:00.000Z',
    ]);
    expect((await get(`${schedules}/${names().schedules.paused}/pipelines`)).rows).toEqual([]);
  });

  test('one is made, taken over, given variables, and wrong cron lines are refused', async () => {
    const wrong = await post(schedules, { description: 'Hourly', ref: 'main', cron: 'whenever' });
    expect([wrong.status, wrong.json]).toEqual([400, { message: { cron: ['is invalid syntax'] } }]);
    const made = await post(schedules, { description: 'Hourly', ref: 'main', cron: '5 * * * *' }, { as: 'developer' });
    const { id } = made.json;
    expect([made.status, made.json['next_run_at']]).toEqual([201, '2026-11-21T00:05:00.000Z']);
    const variable = { key: 'A', value: '1' };
    expect((await post(`${schedules}/${id}/variables`, variable)).status).toBe(201);
    expect((await post(`${schedules}/${id}/take_ownership`)).status).toBe(201);
    expect((await post(`${schedules}/${id}/take_ownership`)).status).toBe(200);
    expect((await send('DELETE', `${schedules}/${id}/variables/A`)).status).toBe(202);
    expect((await send('DELETE', `${schedules}/${id}`)).status).toBe(204);
  });

  test('cron lines', () => {
    const after = Date.UTC(2026, 10, 21, 0, 0);
    const next = (cron: string, zone = 'UTC') => {
      const at = nextMoment(cron, zone, after);
      return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
    };
    expect(next('*/15 * * * *')).toBe('2026-11-21T00:15');
    expect(next('0 6 1 * *')).toBe('2026-12-01T06:00');
    expect(next('30 9 * * 1-5')).toBe('2026-11-23T09:30');
    expect(next('0 0 * * 0')).toBe('2026-11-22T00:00');
    expect(next('0 8 * * *', 'Asia/Kolkata')).toBe('2026-11-21T02:30');
    expect(next('0 9 * * mon-fri')).toBe('2026-11-23T09:00');
    expect(next('0 9 1 JAN,feb *')).toBe('2027-01-01T09:00');
    expect(next('@daily')).toBe('2026-11-22T00:00');
    expect(next('@hourly', 'Asia/Kolkata')).toBe('2026-11-21T00:30');
    expect(next('0 0 13 * 5')).toBe('2026-11-27T00:00');
    const wrongs = ['', '* * * *', '60 * * * *', '0 0 0 * * *', 'a b c d e', '@often'];
    for (const wrong of wrongs) expect(next(wrong)).toBeUndefined();
    expect(next('* * * * *', 'Mars/Olympus')).toBeUndefined();
  });
});

test.each([
  ['true', 'True', 'TRUE', 't', 'T', 'yes', 'Yes', 'y', 'on', '1'],
  ['false', 'False', 'FALSE', 'f', 'no', 'NO', 'n', 'off', 'Off', '0'],
])('a boolean of a query is written as clients of any language write it: %s, %s ...', async (...words) => {
  const counts = await Promise.all(
    words.map(async word => (await get(`/projects?archived=${word}`)).headers['x-total']),
  );
  expect(new Set(counts).size).toBe(1);
  expect((await get('/projects?archived=perhaps')).json).toEqual({ error: 'archived is invalid' });
});

test('merge requests and issues carry times and tasks, and no notes', async () => {
  for (const kind of ['merge_requests', 'issues']) {
    const iid = (await get(`${assays}/${kind}?state=opened`)).rows[0]?.['iid'];
    expect((await get(`${assays}/${kind}/${iid}/notes`)).status).toBe(200);
    for (const thing of [(await get(`${assays}/${kind}/${iid}`)).json, (await get(`${assays}/${kind}`)).rows[0]]) {
      expect(thing).toMatchObject({ time_stats: { total_time_spent: 0 }, task_completion_status: { count: 0 } });
      expect(thing).not.toHaveProperty('notes');
    }
  }
});

test('an environment without an action stops at once, one with a job takes a moment', async () => {
  const environments = (await get(`${assays}/environments`)).rows;
  const idOf = (wanted: string) => environments.find(({ name }) => name === wanted)?.['id'];
  const stop = async (name: string) => (await post(`${assays}/environments/${idOf(name)}/stop`)).json['state'];
  const stateOf = async (name: string) => (await get(`${assays}/environments/${idOf(name)}`)).json['state'];
  expect([await stop('QA'), await stateOf('QA')]).toEqual(['stopped', 'stopped']);
  expect([await stop('DEV'), await stateOf('DEV')]).toEqual(['stopping', 'stopping']);
  await clock.sleep(4_000);
  expect(await stateOf('DEV')).toBe('stopped');
  expect(JSON.stringify((await get(`${assays}/deployments`)).json)).not.toMatch(/stop_job|stopping_since/);
});

describe('jobs', () => {
  test('a log grows while its job runs and keeps what it had', async () => {
    const { id } = await jobNamed(names().pipelines.running, 'Load Core Photos');
    const log = async () => (await get(`${assays}/jobs/${id}/trace`)).text;
    const first = await log();
    expect(first).toMatch(/section_start:\d+:prepare_executor\r.\[0K/);
    expect(first).toContain('\r');
    await clock.sleep(60_000);
    const second = await log();
    expect(second.startsWith(first)).toBe(true);
    expect(second.length).toBeGreaterThan(first.length);
    await clock.sleep(3 * 3_600_000);
    expect(await log()).toMatch(/Job's log exceeded limit of 4194304 bytes\./);
    const created = await jobNamed(names().pipelines.waiting, 'Build all Models');
    expect((await get(`${assays}/jobs/${created['id']}/trace`)).text).toBe('');
  });

  test('erasing takes log and artifacts away', async () => {
    const { id } = await jobNamed(names().pipelines.failed, 'Build all Models');
    expect((await post(`${assays}/jobs/${id}/erase`)).status).toBe(201);
    expect((await get(`${assays}/jobs/${id}/trace`)).text).toBe('');
    expect((await get(`${assays}/jobs/${id}/artifacts`)).status).toBe(404);
    expect((await post(`${assays}/jobs/${id}/erase`)).status).toBe(403);
  });

  test('archives come from object storage, which wants no credentials', async () => {
    const { id } = await jobNamed(names().pipelines.warned, 'Build all Models');
    const reply = await get(`${assays}/jobs/${id}/artifacts`);
    const location = reply.headers['location'] ?? '';
    expect([reply.status, new URL(location).origin === new URL(simulator.baseUrl).origin]).toEqual([302, false]);
    // A client that follows the redirect with its own header is served, one that forwards Authorization is not.
    expect((await get(location)).status).toBe(200);
    expect((await get(location, { as: null, headers: { authorization: 'Bearer x' } })).status).toBe(400);
    expect(simulator.state.leaks.map(leak => leak.headers)).toEqual([['private-token'], ['authorization']]);
    const { body, statusCode } = await request(location, { dispatcher: agent });
    const zip = Buffer.from(await body.arrayBuffer());
    expect([statusCode, zip.readUInt32LE(0)]).toEqual([200, 0x04034b50]);
    const [size, nameLength] = [zip.readUInt32LE(18), zip.readUInt16LE(26)];
    const first = inflateRawSync(zip.subarray(30 + nameLength, 30 + nameLength + size)).toString();
    const member = await get(`${assays}/jobs/${id}/artifacts/dataops-reports/index.html`);
    expect(member.text).toBe(first);
    await clock.advance(601_000);
    expect((await request(location, { dispatcher: agent })).statusCode).toBe(403);
  });

  test('artifacts are found by ref and job, kept, and expire', async () => {
    const by = `${assays}/jobs/artifacts/main/raw/target/model%20timings.csv?job=Build%20all%20Models`;
    expect((await get(by)).text).toMatch(/^model,rows,seconds\n/);
    expect((await get(`${assays}/jobs/artifacts/main/download`)).json).toEqual({ error: 'job is missing' });
    const { id } = await jobNamed(names().pipelines.warned, 'Build all Models');
    const one = `${assays}/jobs/${id}/artifacts`;
    expect((await get(`${one}/target%2Frun_results.json`)).status).toBe(404);
    expect((await get(`${one}/..%2F..%2Ftrace`)).status).toBe(400);
    const before = (await get(`${assays}/jobs/${id}`)).json;
    expect(before['artifacts_expire_at']).not.toBeNull();
    expect((await post(`${one}/keep`)).json['artifacts_expire_at']).toBeNull();
    simulator.state.redirectsArtifacts = false;
    await clock.advance(31 * 86_400_000);
    expect((await get(one)).status).toBe(200);
    expect(
      (await get(`${assays}/jobs/${(await jobNamed(names().pipelines.failed, 'Build all Models'))['id']}/artifacts`))
        .status,
    ).toBe(404);
  });
});

describe('repository', () => {
  const files = `${assays}/repository/files`;
  const intervals = `${files}/dataops%2Fmodelling%2Fassay_intervals.sql`;

  test('a file is read, changed once, and not changed again from an old state', async () => {
    const { json } = await get(`${intervals}?ref=main`);
    expect(Buffer.from(String(json['content']), 'base64').toString()).toContain('au_ppm_repeat');
    const change = {
      branch: 'main',
      commit_message: 'Fix',
      content: 'select 1\n',
      last_commit_id: json['last_commit_id'],
    };
    const put = await send('PUT', intervals, change);
    expect([put.status, put.json]).toEqual([
      200,
      { file_path: 'dataops/modelling/assay_intervals.sql', branch: 'main' },
    ]);
    const stale = await send('PUT', intervals, change);
    expect([stale.status, stale.json['message']]).toEqual([400, expect.stringContaining('has changed')]);
    const exists = await post(intervals, change);
    expect(exists.json).toEqual({ message: 'A file with this name already exists' });
    expect((await get(`${intervals}/raw?ref=HEAD`)).text).toBe('select 1\n');
    const head = await send('HEAD', `${intervals}?ref=main`);
    expect([head.status, head.headers['x-gitlab-size'], head.text]).toEqual([200, '9', '']);
  });

  test('developers may not push to protected branches', async () => {
    const actions = [{ action: 'create', file_path: 'a/b.txt', content: 'aGk=', encoding: 'base64' }];
    const commit = (branch: string) =>
      post(`${assays}/repository/commits`, { branch, commit_message: 'x', actions }, { as: 'developer' });
    expect((await commit('main')).status).toBe(400);
    const made = await commit('dev');
    expect([made.status, made.json['stats']]).toEqual([201, { additions: 1, deletions: 0, total: 1 }]);
    expect((await get(`${files}/a%2Fb.txt/raw?ref=dev`)).text).toBe('hi');
    expect((await get(`${assays}/repository/commits/${made.json['id']}/diff`)).rows[0]).toMatchObject({
      new_path: 'a/b.txt',
      new_file: true,
      diff: '@@ -0,0 +1,1 @@\n+hi\n',
    });
  });

  test('the tree pages by token, comparing finds what a branch added', async () => {
    const tree = `${assays}/repository/tree?recursive=true&per_page=100`;
    const whole = (await get(tree)).rows.map(row => row['path']);
    const seen: unknown[] = [];
    let next: string | undefined = `${tree.replace('100', '7')}&pagination=keyset`;
    while (next) {
      const page: Answer = await get(next);
      seen.push(...page.rows.map(row => row['path']));
      next = /<([^>]+)>; rel="next"/.exec(page.headers['link'] ?? '')?.[1];
    }
    expect(seen).toEqual(whole);
    const { json } = await get(`${assays}/repository/compare?from=main&to=dev`);
    expect(json).toMatchObject({ commits: [{}], diffs: [{ new_path: 'dataops/modelling/composites_2m.sql' }] });
  });
});

describe('merge requests', () => {
  const merges = `${assays}/merge_requests`;

  test('one is checked, merged, and gone from the open ones', async () => {
    await post(`${assays}/repository/branches`, { branch: 'fix', ref: 'main' });
    await post(`${assays}/repository/files/fix.txt`, { branch: 'fix', commit_message: 'Fix', content: 'x' });
    const wanted = { title: 'Fix', source_branch: 'fix', target_branch: 'main' };
    const made = await post(merges, wanted);
    expect([made.status, made.json['detailed_merge_status'], made.json['changes_count']]).toEqual([
      201,
      'checking',
      '1',
    ]);
    const { iid } = made.json;
    const twice = await post(merges, wanted);
    expect([twice.status, twice.json['message']]).toEqual([409, [expect.stringContaining(`!${iid}`)]]);
    expect((await send('PUT', `${merges}/${iid}/merge`)).status).toBe(405);
    await clock.sleep(3000);
    const other = await send('PUT', `${merges}/${iid}/merge`, { sha: 'f'.repeat(40) });
    expect([other.status, other.json['message']]).toEqual([409, expect.stringMatching(/^SHA does not match/)]);
    expect((await send('PUT', `${merges}/${iid}/merge`, {}, { as: 'reporter' })).status).toBe(401);
    expect((await send('PUT', `${merges}/${iid}/merge`, {})).json['state']).toBe('merged');
    expect((await get(`${assays}/repository/files/fix.txt/raw?ref=main`)).text).toBe('x');
    expect((await get(`${merges}?state=opened`)).rows.map(row => row['iid'])).not.toContain(iid);
  });

  test('a conflict is told and not merged', async () => {
    const draft = (await get(`${merges}?wip=yes`)).rows[0];
    const ready = await send('PUT', `${merges}/${draft?.['iid']}`, { title: 'Add the repeat assays' });
    expect(ready.json).toMatchObject({ draft: false, has_conflicts: true, detailed_merge_status: 'conflict' });
    const merge = await send('PUT', `${merges}/${draft?.['iid']}/merge`);
    expect([merge.status, merge.json]).toEqual([422, { message: 'Branch cannot be merged' }]);
  });

  test('comments go, newest first, on merge requests and issues', async () => {
    for (const path of [`${merges}/1/notes`, `${assays}/issues/2/notes`]) {
      await clock.advance(1000);
      expect((await post(path, { body: 'Seen.' })).status).toBe(201);
      expect((await get(path)).rows[0]).toMatchObject({ body: 'Seen.', author: { username: 'maya.lindqvist' } });
    }
    const closed = await send('PUT', `${assays}/issues/2`, { state_event: 'close', add_labels: 'done' });
    expect(closed.json).toMatchObject({ state: 'closed', labels: ['done', 'quality'] });
    expect((await send('DELETE', `${assays}/issues/2`)).status).toBe(403);
  });
});

describe('projects', () => {
  test('one is made, forked in the background, and removed', async () => {
    const made = await post('/projects', { name: 'New Loads', namespace_id: 12, initialize_with_readme: true });
    expect([made.status, made.json['path_with_namespace']]).toEqual([201, 'meridian/data/new-loads']);
    const again = await post('/projects', { name: 'New Loads', namespace_id: 12 });
    expect([again.status, again.json['message']]).toMatchObject([400, { path: ['has already been taken'] }]);
    const fork = await post(`/projects/${made.json['id']}/fork`, { path: 'copy', name: 'Copy' });
    expect([fork.status, fork.json['import_status']]).toEqual([201, 'started']);
    expect((await post(`/projects/${made.json['id']}/fork`, { path: 'copy' })).status).toBe(409);
    await clock.sleep(10_000);
    expect((await get('/projects/maya.lindqvist%2Fcopy')).json['import_status']).toBe('finished');
    const gone = await send('DELETE', '/projects/maya.lindqvist%2Fcopy');
    expect([gone.status, gone.json]).toEqual([202, { message: '202 Accepted' }]);
    expect((await get('/projects/maya.lindqvist%2Fcopy')).status).toBe(404);
  });

  test('secrets are in the answers of those who may see them', async () => {
    expect((await get(assays)).json).toMatchObject({
      runners_token: expect.stringMatching(/^GR1348941/),
      import_url: expect.stringContaining('import-password-1'),
    });
    expect((await get(assays, { as: 'developer' })).json['runners_token']).toBeUndefined();
    const values = (await get(`${assays}/variables`)).rows.map(row => [row['key'], row['value']]);
    expect(values).toContainEqual(['SNOWFLAKE_PASSWORD', 'snowflake-password-1']);
    expect(values).toContainEqual(['LAB_API_KEY', null]);
    const two = await get(`${assays}/variables/SNOWFLAKE_PASSWORD`);
    expect(two.status).toBe(409);
    const dev = await get(`${assays}/variables/SNOWFLAKE_PASSWORD?filter[environment_scope]=dev`);
    expect(dev.json['value']).toBe('snowflake-password-2');
  });

  test('a made access token works at once, a rotated one no longer', async () => {
    const wanted = { name: 'ci', scopes: ['read_api'], expires_at: '2026-12-01', access_level: 20 };
    const made = await post(`${assays}/access_tokens`, wanted);
    const use = (token: string) => get('/user', { as: null, headers: { 'private-token': token } });
    expect([made.status, (await use(String(made.json['token']))).status]).toEqual([201, 200]);
    const rotated = await post(`${assays}/access_tokens/${made.json['id']}/rotate`);
    expect([(await use(String(made.json['token']))).status, (await use(String(rotated.json['token']))).status]).toEqual(
      [401, 200],
    );
    expect(JSON.stringify((await get(`${assays}/access_tokens`)).rows)).not.toContain(String(rotated.json['token']));
  });
});

test('nested names of forms and queries', () => {
  const read = (text: string) => nest(new URLSearchParams(text));
  expect(read('scope[]=a&scope[]=b&variables[K]=v')).toEqual({ scope: ['a', 'b'], variables: { K: 'v' } });
  const items = [
    { key: 'A', value: '1' },
    { key: 'B', value: '2' },
  ];
  expect(read('v[0][key]=A&v[0][value]=1&v[1][key]=B&v[1][value]=2')).toEqual({ v: items });
  expect(read('v[][key]=A&v[][value]=1&v[][key]=B&v[][value]=2')).toEqual({ v: items });
});

// --- contract ---

test('the simulator knows every route of the contract, and the contract is well formed', async () => {
  simulator.state.quota.requests = 1000;
  const values: Record<string, string> = { id: '101', key: 'A', branch: 'dev', sha: 'main', file_path: 'README.md' };
  const shapes = contract.endpoints.map(one => `${one.method} ${one.path.replace(/\{\w+\}/g, '{}')}`);
  expect(new Set(shapes).size).toBe(shapes.length);
  for (const { id, method, path, parameters, evidence, source } of contract.endpoints) {
    expect([id, source]).toEqual([id, expect.stringMatching(/^https:/)]);
    expect(['documented', 'gitlab', 'inferred']).toContain(evidence);
    const named = parameters.filter(one => one.in === 'path').map(one => one.name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])).toEqual(named);
    // Nobody in particular asks: what answers is a refusal, but the platform's own and not that of a missing route.
    const target = path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '1');
    const { status, json } = await send(method, target, method === 'GET' || method === 'HEAD' ? undefined : {}, {
      as: null,
    });
    expect([method, path, status]).not.toEqual([method, path, 500]);
    expect([method, path, status]).not.toEqual([method, path, 405]);
    expect(json).not.toEqual({ error: '404 Not Found' });
  }
});
