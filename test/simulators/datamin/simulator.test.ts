import { createHash } from 'node:crypto';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import contract from '../../../src/providers/datamin/contract.json' with { type: 'json' };
import { readDateTime } from '../../../src/providers/datamin/simulator/parameters.ts';
import { pipelines, seed, taskOf } from '../../../src/providers/datamin/simulator/seed/seed.ts';
import { dataminSimulator, dataminSimulatorWith } from '../../../src/providers/datamin/simulator/simulator.ts';
import type { DataminState } from '../../../src/providers/datamin/simulator/state.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';

// --- a client written for this test alone ---

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Json;
}

/** Everything that some answer has; each test reads what its answer ought to have. */
interface Json {
  access_token: string;
  refresh_token: string;
  scope: string;
  error: string;
  errors: string[];
  pipeline_run_uuid: string;
  num_of_successes: number;
  num_of_failures: number;
  average_duration: number;
}

interface Entry {
  pipeline_run_uuid: string;
  task_uuid: string;
  task_type: string;
  is_successful: boolean;
  duration: number;
  output: string;
  metric_value: number;
  executed_at: string;
}

type Query = Record<string, string>;

const profiles = ['ylem', 'docs'] as const;
const day = 86_400_000;
const plain = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
const decoded = (entry: Entry | undefined) => Buffer.from(entry?.output ?? '', 'base64').toString('utf8');
const finishOf = (entry: Entry) => Date.parse(entry.executed_at);
const total = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);

async function start(profile: DataminState['profile'] = 'ylem', at?: number) {
  const clock = virtualClock(at);
  const simulator = await startSimulator(dataminSimulatorWith({ profile }), { clock });
  const agent = new Agent({ connections: 4 });
  onTestFinished(async () => {
    await agent.destroy();
    await simulator.close();
  });
  const { state, baseUrl } = simulator;
  const good: Query = {
    client_id: state.client.id,
    client_secret: state.client.secret,
    grant_type: 'client_credentials',
  };

  async function read(method: string, path: string, init: object = {}): Promise<Answer> {
    const reply = await request(baseUrl + path, { method: method as 'GET', dispatcher: agent, ...init });
    const text = await reply.body.text();
    const isJson = /^[[{n]/.test(text);
    return { status: reply.statusCode, headers: reply.headers, text, json: isJson ? JSON.parse(text) : undefined };
  }
  const askToken = (query: Query, method = 'POST', init: object = {}) =>
    read(method, `/oauth/token?${new URLSearchParams(query)}`, init);
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  let token = (await askToken(good)).json.access_token;
  const get = (path: string) => read('GET', path, bearer(token));
  const run = (pipeline: string, body?: string) =>
    read('POST', `/pipelines/${pipeline}/runs/`, { ...bearer(token), ...(body !== undefined && { body }) });
  const logOf = async (pipeline: string, from: number, to: number): Promise<Entry[]> =>
    JSON.parse((await get(`/stats/pipelines/${pipeline}/logs/${plain(from)}/${plain(to)}`)).text);
  /** Starts a run and returns what it has logged after so many ms. */
  async function finished(pipeline: string, body?: string, ms = 30_000): Promise<Entry[]> {
    const { json } = await run(pipeline, body);
    await clock.sleep(ms);
    const log = await logOf(pipeline, clock.now() - ms - 1000, clock.now());
    return log.filter(entry => entry.pipeline_run_uuid === json.pipeline_run_uuid);
  }
  async function renew() {
    token = (await askToken(good)).json.access_token;
  }
  return { clock, simulator, state, good, read, askToken, bearer, get, run, logOf, finished, renew, token };
}

const nightly = seed.nightly.uuid;
const stats = `/stats/pipelines/${nightly}`;

test('it hands out all that a client has to be told, and is the server of the published source by default', async () => {
  const { simulator, state } = await start();
  const { id, secret } = state.client;
  expect(simulator.settings).toEqual({ base_url: simulator.baseUrl, client_id: id, client_secret: secret });
  expect(simulator.environment).toMatchObject({
    DATAMIN_BASE_URL: simulator.baseUrl,
    DATAMIN_CLIENT_ID: id,
    DATAMIN_CLIENT_SECRET: secret,
  });
  expect([simulator.baseUrl.endsWith('/v1'), /^[0-9a-f]{64}$/.test(secret)]).toEqual([true, true]);
  const other = await startSimulator(dataminSimulator, { clock: virtualClock() });
  onTestFinished(other.close);
  expect(other.state.profile).toBe('ylem');
});

// --- tokens ---

test.each([
  ['ylem', 'stats:read,pipelines:run'],
  ['docs', 'workflows:run'],
] as const)('a token answer of %s has every field and is kept by nobody', async (profile, scope) => {
  const { askToken, good } = await start(profile);
  for (const method of ['POST', 'GET']) {
    const { status, headers, json } = await askToken(good, method);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
    const text = expect.stringMatching(/^[A-Z0-9]{48}$/);
    expect(json).toEqual({ access_token: text, expires_in: 86_400, refresh_token: text, scope, token_type: 'Bearer' });
  }
});

test('credentials in a form body count, and count more than those in the query; JSON and Basic do not', async () => {
  const { askToken, good } = await start();
  const form = { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } };
  const body = new URLSearchParams(good).toString();
  expect((await askToken({}, 'POST', { ...form, body })).status).toBe(200);
  expect((await askToken({ ...good, client_secret: 'x' }, 'POST', { ...form, body })).status).toBe(200);
  expect((await askToken(good, 'POST', { ...form, body: 'client_secret=x' })).status).toBe(401);
  const json = await askToken({}, 'POST', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(good),
  });
  expect([json.status, json.json.error]).toEqual([401, 'unsupported_grant_type']);
  const basic = `Basic ${btoa(`${good['client_id']}:${good['client_secret']}`)}`;
  const onlyBasic = await askToken({ grant_type: 'client_credentials' }, 'POST', { headers: { authorization: basic } });
  expect([onlyBasic.status, onlyBasic.json.error]).toEqual([401, 'invalid_client']);
});

test('every way of asking wrongly has its own error', async () => {
  const { askToken, good } = await start();
  const { client_id: _, ...nobody } = good;
  const { grant_type: __, ...nothing } = good;
  const wrong: [Query, number, string][] = [
    [{ ...good, client_secret: 'a'.repeat(64) }, 401, 'invalid_client'],
    [nobody, 401, 'invalid_client'],
    [{ ...good, client_id: 'me' }, 500, 'server_error'],
    [{ ...good, client_id: nightly }, 500, 'server_error'],
    [nothing, 401, 'unsupported_grant_type'],
    [{ ...good, grant_type: 'magic' }, 401, 'unauthorized_client'],
    [{ ...good, grant_type: 'refresh_token' }, 400, 'invalid_request'],
    [{ ...good, grant_type: 'authorization_code' }, 400, 'invalid_request'],
    [{ ...good, grant_type: 'refresh_token', refresh_token: 'A' }, 401, 'invalid_grant'],
    [{ ...good, scope: 'everything', client_secret: 'x' }, 400, 'invalid_scope'],
    [{ ...good, scope: 'stats:read', client_secret: 'x' }, 401, 'invalid_client'],
  ];
  for (const [query, status, error] of wrong) {
    const reply = await askToken(query);
    expect([reply.status, reply.json]).toEqual([status, { error, error_description: expect.any(String) }]);
  }
});

test('a token lives for 24 hours, beside the others, unless it is revoked', async () => {
  const { clock, askToken, good, read, bearer, state, token } = await start();
  const status = async (with_: string) => (await read('GET', `${stats}/last-run/stats`, bearer(with_))).status;
  await clock.sleep(day / 2);
  const second = (await askToken(good)).json.access_token;
  await clock.sleep(day / 2 - 1);
  expect([await status(token), await status(second)]).toEqual([200, 200]);
  await clock.sleep(1);
  expect([await status(token), await status(second)]).toEqual([401, 200]);
  state.revokeTokens();
  expect(await status(second)).toBe(401);
  expect(state.grants).toHaveLength(2);
});

test('a refresh gives a new pair and ends the old one; the refresh token dies with its access token', async () => {
  const { clock, askToken, good, read, bearer } = await start();
  const first = (await askToken(good)).json;
  const refresh = (refresh_token: string) => askToken({ grant_type: 'refresh_token', client_id: 'any', refresh_token });
  const second = await refresh(first.refresh_token);
  expect([second.status, second.json.scope]).toEqual([200, first.scope]);
  expect((await refresh(first.refresh_token)).json.error).toBe('invalid_grant');
  const look = (with_: string) => read('GET', `${stats}/last-run/stats`, bearer(with_));
  expect((await look(first.access_token)).status).toBe(401);
  expect((await look(second.json.access_token)).status).toBe(200);
  await clock.sleep(day);
  expect((await refresh(second.json.refresh_token)).status).toBe(401);
});

test('a token may do what its scope says; 401 and 403 come without a word', async () => {
  const { askToken, good, read, bearer, state, token } = await start();
  const scoped = async (scope: string) => (await askToken({ ...good, scope })).json.access_token;
  const run = `/pipelines/${nightly}/runs/`;
  const look = `${stats}/last-run/stats`;
  const silent = (status: number) => ({
    status,
    text: '',
    headers: expect.not.objectContaining({ 'content-type': expect.anything() }),
  });
  expect(await read('GET', look, bearer(await scoped('pipelines:run')))).toMatchObject(silent(403));
  expect(await read('POST', run, bearer(await scoped('stats:read')))).toMatchObject(silent(403));
  expect((await read('POST', run, bearer(await scoped('pipelines:run')))).status).toBe(201);
  for (const authorization of [token, `bearer ${token}`, `Bearer  ${token}`, 'Bearer x', ''])
    expect(await read('GET', look, { headers: { authorization } })).toMatchObject(silent(401));
  expect(await read('GET', `${look}?access_token=${token}`)).toMatchObject(silent(401));
  state.apiInPlan = false;
  expect(await read('GET', look, bearer(token))).toMatchObject(silent(401));
});

// --- paths ---

test('only the run path ends in a slash; paths are checked before anybody is asked who he is', async () => {
  const { read, get } = await start();
  const log = `${stats}/logs/2026-11-01%2000:00:00`;
  const lost = [
    await read('POST', '/oauth/token/'),
    await read('POST', `/pipelines/${nightly}/runs`),
    await get(`${stats}/last-run/stats/`),
    await get(`${log}/2026-11-02%2000:00:00/`),
    await get(`${log}/2026-11-02%2F00:00:00`),
    await get('/pipelines'),
  ];
  for (const { status, text } of lost) expect([status, text]).toEqual([404, '404 page not found\n']);
  const doubled = await read('GET', `//stats//tasks/x/last-run/stats?a=//`);
  expect([doubled.status, doubled.headers['location']]).toEqual([301, '/v1/stats/tasks/x/last-run/stats?a=//']);
  const wrong = await read('GET', `/pipelines/${nightly}/runs/`);
  expect([wrong.status, wrong.text]).toEqual([405, '']);
});

test('path segments are decoded once, and a plus is a plus', async () => {
  const { get } = await start();
  const [from, to] = ['2026-11-20%2000:00:00', '2026-11-20%2023%3A59%3A59.5'];
  expect((await get(`${stats}/logs/${from}/${to}`)).status).toBe(200);
  expect((await get(`${stats}/logs/${from}/${to.replace('%20', '+')}`)).json.errors).toHaveLength(1);
});

test.each(profiles)('every route of the contract is there: %s', async profile => {
  const { read, bearer, token, good, state } = await start(profile);
  const values: Query = { from: '2026-11-01 00:00:00', to: '2026-11-21 00:00:00', period: 'day', n: '3' };
  for (const { id, method, path, parameters, evidence, source } of contract.endpoints) {
    expect([id, source]).toEqual([id, expect.stringMatching(/^https:/)]);
    expect(['documented', 'open-source', 'inferred']).toContain(evidence);
    const named = parameters.filter(one => one.in === 'path').map(one => one.name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])).toEqual(named);
    const uuid = path.includes('/tasks/') ? taskOf(seed.nightly, 'orders') : nightly;
    const filled = path.replace(/\{(\w+)\}/g, (_, name) =>
      encodeURIComponent({ ...values, uuid }[name as string] ?? ''),
    );
    const query = path.includes('oauth') ? `?${new URLSearchParams(good)}` : '';
    const { status } = await read(method, filled + query, bearer(token));
    const expected = method === 'POST' && !query ? 201 : id === 'E10' && profile === 'docs' ? 404 : 200;
    expect([id, status]).toEqual([id, expected]);
  }
  expect(state.runs.size).toBe(1);
});

// --- parameters ---

const badTime = 'parsing time "2020-01-01" as "2006-01-02 15:04:05": cannot parse "" as " "';

test('bad parameters are listed in order', async () => {
  const { get } = await start();
  const badRequest = (...errors: unknown[]) => ({ status: 400, json: { code: 400, message: 'Bad Request', errors } });
  const any = expect.stringMatching(/^parsing time /);
  expect(await get('/stats/pipelines/abc/logs/x/2020-13-01 00:00:00')).toMatchObject(
    badRequest('invalid UUID length: 3', any, 'parsing time "2020-13-01 00:00:00": month out of range'),
  );
  expect(await get(`/stats/tasks/${'z'.repeat(36)}/last-run/stats`)).toMatchObject(badRequest('invalid UUID format'));
  expect(await get('/stats/tasks/abc/aggregated-stats/2020-01-01 00:00:00/months/-1')).toMatchObject(
    badRequest('must be a valid UUID v4', 'must be a valid value', 'must contain digits only'),
  );
  const upper = nightly.toUpperCase();
  expect((await get(`/stats/pipelines/${upper}/last-run/stats`)).status).toBe(200);
  expect((await get(`/stats/pipelines/${upper}/aggregated-stats/2026-01-01 00:00:00/day/1`)).status).toBe(400);
});

test('date-times are read as the server reads them', () => {
  expect(readDateTime('2024-02-29 23:59:59.125')).toBe(Date.UTC(2024, 1, 29, 23, 59, 59, 125));
  expect(readDateTime('0001-01-01 00:00:00')).toBe(Date.parse('0001-01-01T00:00:00Z'));
  expect(readDateTime('2020-01-01')).toEqual({ complaint: badTime });
  expect(readDateTime('2023-02-29 00:00:00')).toEqual({
    complaint: 'parsing time "2023-02-29 00:00:00": day out of range',
  });
  for (const text of ['2024-01-01T00:00:00', '2024-01-01 00:00:00Z', '2024-01-01 00:00:00+01:00', '2024-1-1 00:00:00'])
    expect(readDateTime(text)).toHaveProperty('complaint');
});

// --- runs ---

test('the two profiles answer a started run in their own ways, and others can be chosen', async () => {
  const { run, state } = await start('docs');
  const listed = await run(seed.churn.uuid);
  const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const task = {
    id: expect.any(Number),
    state: 'pending',
    task_run_uuid: uuid,
    workflow_run_uuid: [...state.runs.keys()][0],
    is_successful: false,
    output: null,
    errors: null,
    created_at: '',
    updated_at: '',
  };
  expect([listed.status, listed.json]).toEqual([
    201,
    ['customers', 'open tickets'].map(name => ({ ...task, task_uuid: taskOf(seed.churn, name) })),
  ]);
  state.profile = 'ylem';
  expect(await run(nightly)).toMatchObject({ status: 201, json: { pipeline_run_uuid: [...state.runs.keys()][1] } });
  Object.assign(state, { runStatus: 200, runAnswer: 'results' });
  expect(await run(nightly)).toMatchObject({ status: 200, json: { results: [{ state: 'pending' }] } });
  state.runAnswer = 'workflow_run_uuid';
  expect((await run(nightly)).json).toEqual({ workflow_run_uuid: [...state.runs.keys()][3] });
  state.runAnswer = 'nothing';
  expect((await run(nightly)).json).toEqual({});
});

test.each(profiles)('what cannot be run is refused without a body: %s', async profile => {
  const { run, state } = await start(profile);
  const unknown = nightly.replace('5', '6');
  for (const uuid of [unknown, 'abc', seed.template.uuid, seed.draft.uuid, seed.neighbours.uuid]) {
    const { status, text, headers } = await run(uuid);
    expect([status, text, headers['content-type']]).toEqual([404, '', 'application/json']);
  }
  const paused = await run(seed.newsletter.uuid);
  expect([paused.status, paused.text]).toEqual([403, '']);
  expect(paused.headers).toMatchObject({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
  const large = await run(seed.webhook.uuid, 'x'.repeat(65_536));
  expect([large.status, large.text, state.runs.size]).toEqual([500, '', 0]);
  expect((await run(seed.webhook.uuid, 'x'.repeat(65_535))).status).toBe(201);
});

test('tasks finish one after the other, newest first in the log, and only the branch of the condition is taken', async () => {
  const { run, clock, logOf } = await start();
  const at = clock.now();
  const { pipeline_run_uuid } = (await run(nightly)).json;
  const seen: number[] = [];
  let log: Entry[] = [];
  for (let second = 0; second < 8; second += 1) {
    log = await logOf(nightly, at, clock.now() + 3_600_000);
    seen.push(log.length);
    await clock.sleep(1000);
  }
  expect([seen[0], seen[1], seen.at(-1)]).toEqual([0, 0, 5]);
  expect(new Set(seen).size).toBeGreaterThan(2);
  expect(log.map(finishOf)).toEqual(log.map(finishOf).sort((a, b) => b - a));
  expect(log.every(entry => entry.pipeline_run_uuid === pipeline_run_uuid && entry.is_successful)).toBe(true);
  const byType = Object.fromEntries(log.map(entry => [entry.task_type, decoded(entry)]));
  const orders = JSON.parse(byType['query'] ?? '') as { amount: number }[];
  const [{ value }] = JSON.parse(byType['aggregator'] ?? '');
  expect(value).toBeCloseTo(total(orders.map(order => order.amount)), 2);
  expect(byType['transformer']).toMatch(/^country,orders,revenue\nAT,\d+,/);
  const { result, original_input } = JSON.parse(byType['condition'] ?? '');
  expect(Buffer.from(original_input, 'base64').toString()).toBe(byType['aggregator']);
  expect(Object.keys(byType).sort()).toEqual(
    ['aggregator', 'condition', 'query', 'transformer', result ? 'notification' : 'api_call'].sort(),
  );
});

test('both branches of the condition are taken in the course of a month', async () => {
  const { clock, logOf } = await start();
  const log = await logOf(nightly, clock.now() - 30 * day, clock.now());
  const took = (name: string) => log.filter(entry => entry.task_uuid === taskOf(seed.nightly, name)).length;
  expect(took('warn the owner')).toBeGreaterThan(2);
  expect(took('book in ledger')).toBeGreaterThan(2);
  const warning = log.find(entry => entry.task_type === 'notification');
  expect(warning).toMatchObject({ output: '', metric_value: 0 });
});

test('a failed task triggers nothing, other branches go on; what it leaves behind depends on the server', async () => {
  const { finished, state } = await start();
  state.failingTasks.add(taskOf(seed.nightly, 'revenue'));
  const log = await finished(nightly);
  expect(log.map(entry => [entry.task_type, entry.is_successful]).sort()).toEqual([
    ['aggregator', false],
    ['query', true],
    ['transformer', true],
  ]);
  const errors = JSON.parse(decoded(log.find(entry => !entry.is_successful)));
  expect(errors).toEqual([{ Code: 10500, Severity: 'error', Message: expect.any(String) }]);
  state.failingTasks.add(taskOf(seed.nightly, 'orders'));
  state.failureOutput = 'older';
  const [query, ...others] = await finished(nightly);
  expect(others).toEqual([]);
  const bytes = Buffer.from(query?.output ?? '', 'base64');
  expect([bytes.length, (bytes[6] ?? 0) >> 4, (bytes[8] ?? 0) >> 6]).toEqual([16, 4, 2]);
});

test('a silent run never logs; a slow one takes its time; an odd output goes out as it is', async () => {
  const { finished, run, state, logOf, clock } = await start();
  expect(await finished(seed.crm.uuid, undefined, 600_000)).toEqual([]);
  state.slowness = 20;
  const at = clock.now();
  const { pipeline_run_uuid } = (await run(nightly)).json;
  await clock.sleep(20_000);
  expect(await logOf(nightly, at, clock.now())).toEqual([]);
  await clock.sleep(60_000);
  state.oddOutputs.set(taskOf(seed.nightly, 'orders'), 'not/base64?');
  const log = await logOf(nightly, at, clock.now());
  expect(log.filter(entry => entry.pipeline_run_uuid === pipeline_run_uuid)).toHaveLength(5);
  expect(log.find(entry => entry.task_type === 'query')?.output).toBe('not/base64?');
});

test('merge waits for all, "for each" multiplies what follows', async () => {
  const { clock, logOf } = await start();
  const log = await logOf(seed.churn.uuid, clock.now() - day, clock.now());
  const runs = new Map<string, Entry[]>();
  for (const entry of log) runs.set(entry.pipeline_run_uuid, [...(runs.get(entry.pipeline_run_uuid) ?? []), entry]);
  expect(runs.size).toBe(24);
  const letters = [...runs.values()].map(entries => {
    const items = JSON.parse(decoded(entries.find(entry => entry.task_type === 'for_each')) || '[]');
    const written = entries.filter(entry => entry.task_type === 'gpt');
    expect(written).toHaveLength(items.length);
    const [merge, ...queries] = ['merge', 'query'].flatMap(type => entries.filter(entry => entry.task_type === type));
    if (merge?.task_type === 'merge')
      for (const query of queries) expect(finishOf(merge)).toBeGreaterThan(finishOf(query));
    else expect(queries.every(query => query.is_successful)).toBe(false);
    for (const entry of written.filter(one => one.is_successful)) expect(decoded(entry)).toMatch(/^Dear .+ 10 % off —/);
    return items.length;
  });
  expect([Math.min(...letters), Math.max(...letters)]).toEqual([0, expect.toSatisfy((most: number) => most > 1)]);
  const merged = JSON.parse(decoded(log.find(entry => entry.task_type === 'merge')));
  expect(merged[0]).toEqual({
    customer_id: 1,
    days_since_order: expect.any(Number),
    name: 'Zoë Brandt',
    open_tickets: expect.any(Number),
  });
});

test('the input is the first task; without one it sees null; what is no JSON breaks a later task', async () => {
  const { finished, state } = await start();
  const trigger = (log: Entry[]) => log.find(entry => entry.task_type === 'external_trigger');
  const text = '{ "customer_id": 1, "info": "größer" }';
  expect(decoded(trigger(await finished(seed.webhook.uuid, text)))).toBe(text);
  expect([...state.runs.values()][0]?.input.toString()).toBe(text);
  expect(trigger(await finished(seed.webhook.uuid))?.output).toBe('bnVsbA==');
  const broken = await finished(seed.webhook.uuid, 'hello');
  expect(broken.map(entry => [entry.task_type, entry.is_successful])).toEqual([
    ['code', false],
    ['external_trigger', true],
  ]);
  expect(JSON.parse(decoded(broken[0]))[0].Code).toBe(100);
});

test('a task that runs a pipeline starts a run of its own; until then that pipeline has no last run', async () => {
  const { finished, get, clock, logOf } = await start();
  const last = `/stats/pipelines/${seed.stock.uuid}/last-run/stats`;
  const refused = await get(last);
  expect([refused.status, refused.json]).toEqual([403, { code: 403, message: 'Forbidden' }]);
  expect(refused.headers['content-type']).toBe('application/json; charset=utf-8');
  const log = await finished(seed.webhook.uuid, '{}');
  const [feed, ...more] = await logOf(seed.stock.uuid, clock.now() - 60_000, clock.now());
  expect(more).toEqual([]);
  expect(feed?.pipeline_run_uuid).not.toBe(log[0]?.pipeline_run_uuid);
  expect(decoded(feed)).toMatch(/^<\?xml/);
  const started = log.find(entry => entry.task_type === 'run_pipeline');
  expect(Date.parse(feed?.executed_at ?? '')).toBeGreaterThan(Date.parse(started?.executed_at ?? ''));
  expect((await get(last)).json).toEqual({
    is_successful: true,
    executed_at: expect.any(String),
    duration: feed?.duration,
  });
});

// --- the log ---

test.each([
  ['ylem', 'pipeline_run_uuid'],
  ['docs', 'workflow_run_uuid'],
] as const)('the three outputs on the vendor page are outputs of a task: %s', async (profile, runField) => {
  const { clock, logOf } = await start(profile);
  const log = await logOf(seed.documented.uuid, clock.now() - 7 * day, clock.now());
  expect(log.map(({ is_successful, duration, output }) => [is_successful, duration, output.length])).toEqual([
    [true, 105, 2428],
    [false, 1245, 24],
    [false, 294, 0],
  ]);
  const [rows, source] = log;
  const bytes = Buffer.from(rows?.output ?? '', 'base64');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect([bytes.length, sha256]).toEqual([1821, '08a124531afddbb81814d03efcca952d133c37a72255966d044c5f2c3976dd05']);
  expect(source?.output).toBe('+iIYz/dFRiOhzfOmibIOxQ==');
  expect(Object.keys(rows ?? {})).toEqual([
    runField,
    'task_uuid',
    'task_type',
    'is_successful',
    'duration',
    'output',
    'metric_value',
    'executed_at',
  ]);
  const form = profile === 'docs' ? /^[\d-]{10}T[\d:]{8}Z$/ : /^[\d-]{10}T[\d:]{8}\.\d{0,5}[1-9]Z$/;
  for (const entry of log) expect(entry.executed_at).toMatch(form);
});

test('a window shows whole runs that touch it, bounds included, and nothing of the future', async () => {
  const { clock, logOf, get } = await start();
  const from = clock.now() - day;
  const whole = await logOf(nightly, from, clock.now());
  const times = whole.map(entry => Math.floor(Date.parse(entry.executed_at) / 1000) * 1000);
  const first = Math.min(...times);
  expect(await logOf(nightly, first, first + 1000)).toEqual(whole);
  expect(await logOf(nightly, from, first - 1000)).toEqual([]);
  expect(await logOf(nightly, clock.now(), from)).toEqual([]);
  expect(await logOf(nightly, clock.now(), Date.UTC(9000, 0))).toEqual([]);
  await clock.sleep(3 * 3_600_000);
  expect(await logOf(nightly, clock.now() - 3_600_000, clock.now() + day)).toHaveLength(whole.length);
  const ancient = `/stats/pipelines/${seed.basket.uuid}/logs/0001-01-01 00:00:00/2025-10-01 00:00:00`;
  expect(JSON.parse((await get(ancient)).text)).toHaveLength(20);
  expect(
    (await get(`/stats/pipelines/${nightly.replace('5', '6')}/logs/2020-01-01 00:00:00/2030-01-01 00:00:00`)).text,
  ).toBe('[]');
});

test('a metric pipeline keeps numbers and no outputs', async () => {
  const { clock, logOf } = await start();
  const log = await logOf(seed.basket.uuid, clock.now() - day, clock.now());
  expect(log).toMatchObject([
    { task_type: 'aggregator', output: '' },
    { task_type: 'query', output: '', metric_value: 0 },
  ]);
  expect(log[0]?.metric_value).toBeGreaterThan(20);
});

test('history is the same in every sandbox', async () => {
  const logs = await Promise.all(
    profiles.map(async () => {
      const { logOf, clock } = await start();
      return logOf(seed.churn.uuid, clock.now() - 10 * day, clock.now());
    }),
  );
  expect(logs[0]?.length).toBeGreaterThan(1000);
  expect(logs[0]).toEqual(logs[1]);
});

// --- statistics ---

const newYear = Date.UTC(2026, 0, 1);
const march = Date.UTC(2026, 2, 1);

test.each(profiles)('consolidated statistics of a pipeline count as the server counts: %s', async profile => {
  const { get, logOf, state } = await start(profile);
  state.profile = 'ylem';
  const log = await logOf(nightly, newYear, march);
  state.profile = profile;
  const runs = new Set(log.map(entry => entry.pipeline_run_uuid)).size;
  const failures = log.filter(entry => !entry.is_successful).length;
  expect([runs, failures > 5]).toEqual([59, true]);
  const [newest] = log;
  const ofNewest = log.filter(entry => entry.pipeline_run_uuid === newest?.pipeline_run_uuid);
  expect((await get(`${stats}/stats/${plain(newYear)}/${plain(march)}`)).json).toEqual({
    num_of_successes: runs - failures,
    num_of_failures: failures,
    average_duration: Math.trunc(total(log.map(entry => entry.duration)) / runs),
    is_last_run_successful: newest?.is_successful,
    last_run_executed_at: newest?.executed_at.slice(0, 19).replace('T', ' '),
    last_run_duration: total(ofNewest.map(entry => entry.duration)),
  });
});

test('consolidated statistics of a task count its own executions; the last run may be older than the window', async () => {
  const { get, logOf } = await start();
  const task = taskOf(seed.nightly, 'warn the owner');
  const log = (await logOf(nightly, newYear, march)).filter(entry => entry.task_uuid === task);
  const path = `/stats/tasks/${task}/stats`;
  const last = {
    is_last_run_successful: true,
    last_run_executed_at: log[0]?.executed_at.slice(0, 19).replace('T', ' '),
    last_run_duration: log[0]?.duration,
  };
  expect((await get(`${path}/${plain(newYear)}/${plain(march)}`)).json).toEqual({
    num_of_successes: log.length,
    num_of_failures: 0,
    average_duration: Math.trunc(total(log.map(entry => entry.duration)) / log.length),
    ...last,
  });
  const empty = { num_of_successes: 0, num_of_failures: 0, average_duration: 0 };
  expect((await get(`${path}/${plain(march)}/${plain(march)}`)).json).toEqual({ ...empty, ...last });
});

test('nothing known is zeros and the first day there ever was, never 404', async () => {
  const { get, state } = await start();
  const window = `${plain(newYear)}/${plain(march)}`;
  const unknown = nightly.replace('5', '6');
  const zeros = {
    num_of_successes: 0,
    num_of_failures: 0,
    average_duration: 0,
    is_last_run_successful: false,
    last_run_executed_at: '0001-01-01 00:00:00',
    last_run_duration: 0,
  };
  for (const path of [`pipelines/${unknown}`, `tasks/${unknown}`, `pipelines/${seed.stock.uuid}`])
    expect(await get(`/stats/${path}/stats/${window}`)).toMatchObject({ status: 200, json: zeros });
  expect((await get(`/stats/tasks/${unknown}/aggregated-stats/${plain(newYear)}/day/9`)).text).toBe('[]');
  expect((await get(`/stats/tasks/${unknown}/last-run/stats`)).status).toBe(403);
  state.statsDates = 'rfc3339';
  expect((await get(`/stats/tasks/${unknown}/stats/${window}`)).text).toContain('"0001-01-01T00:00:00Z"');
  const { uuid, tasks } = seed.neighbours;
  for (const path of [`pipelines/${uuid}`, `tasks/${tasks[0]?.uuid}`]) {
    for (const what of [`stats/${window}`, `aggregated-stats/${plain(newYear)}/day/9`, 'last-run/stats'])
      expect((await get(`/stats/${path}/${what}`)).json).toEqual({ code: 403, message: 'Forbidden' });
  }
  expect((await get(`/stats/pipelines/${uuid}/logs/${window}`)).status).toBe(403);
});

interface Bucket {
  date_from: string;
  date_to: string;
  num_of_successes: number;
  num_of_failures: number;
  average_duration: number;
}

describe('aggregated statistics', () => {
  async function buckets(path: string, at?: number) {
    const world = await start('ylem', at);
    const { text } = await world.get(`/stats/${path}`);
    const given = JSON.parse(text) as Bucket[];
    const sorted = [...given].sort((a, b) => (a.date_from < b.date_from ? -1 : 1));
    return { ...world, given, sorted };
  }

  test('twelve months agree with the consolidated ones, in no order', async () => {
    const path = `pipelines/${nightly}/aggregated-stats/2025-11-01 08:30:00/month/12`;
    const { given, sorted, get } = await buckets(path);
    expect(given).toHaveLength(12);
    expect(given).not.toEqual(sorted);
    expect(sorted[0]).toMatchObject({ date_from: '2025-11-01 00:00:00', date_to: '2025-11-30 23:59:59' });
    for (const { date_from, date_to, ...counts } of sorted.slice(2, 5))
      expect((await get(`${stats}/stats/${date_from}/${date_to}`)).json).toMatchObject(counts);
    const failures = sorted.map(bucket => bucket.num_of_failures);
    expect(failures.indexOf(Math.max(...failures))).toBe(3);
    const durations = sorted.map(bucket => bucket.average_duration);
    expect(durations[1]).toBeGreaterThan((durations[3] ?? 0) * 2);
  });

  test('a start in the middle of a month gives thirteen calendar months, the outer ones cut off', async () => {
    const { sorted } = await buckets(`pipelines/${nightly}/aggregated-stats/2025-10-15 00:00:00/month/12`);
    expect(sorted.map(bucket => bucket.date_from.slice(0, 7))).toHaveLength(13);
    const runs = (bucket?: Bucket) => (bucket ? bucket.num_of_successes + bucket.num_of_failures : 0);
    expect([sorted[0]?.date_from, runs(sorted[0])]).toEqual(['2025-10-01 00:00:00', 17]);
    expect([sorted[12]?.date_to, runs(sorted[12])]).toEqual(['2026-10-31 23:59:59', 14]);
  });

  test('weeks begin on Monday, quarters and years where they do, and empty periods are left out', async () => {
    const task = taskOf(seed.basket, 'mean');
    const first = async (period: string, n: number) => {
      const { sorted } = await buckets(`tasks/${task}/aggregated-stats/2026-11-18 00:00:00/${period}/${n}`);
      return sorted.map(({ date_from, date_to, num_of_successes }) => [
        date_from.slice(0, 10),
        date_to.slice(0, 10),
        num_of_successes,
      ]);
    };
    expect(await first('day', 9)).toEqual(['18', '19', '20'].map(date => [`2026-11-${date}`, `2026-11-${date}`, 1]));
    expect(await first('week', 2)).toEqual([['2026-11-16', '2026-11-22', 3]]);
    expect(await first('quarter', 1)).toEqual([['2026-10-01', '2026-12-31', 3]]);
    expect(await first('year', 1)).toEqual([['2026-01-01', '2026-12-31', 3]]);
    expect(await first('day', 0)).toEqual([]);
  });

  test('there are 14 months of history, whatever the day', async () => {
    const at = Date.UTC(2031, 4, 31, 12);
    const { sorted } = await buckets(`pipelines/${seed.churn.uuid}/aggregated-stats/2029-01-01 00:00:00/year/9`, at);
    expect(sorted.map(bucket => bucket.date_from.slice(0, 4))).toEqual(['2030', '2031']);
    const runs = total(sorted.map(bucket => bucket.num_of_successes + bucket.num_of_failures));
    expect(Math.round(runs / 24 / 30.4)).toBe(14);
  });

  test.each([
    ['docs', 200],
    ['ylem', 400],
  ] as const)('a date alone is good enough for %s only', async (profile, status) => {
    const { get } = await start(profile);
    const { text, ...reply } = await get(`${stats}/aggregated-stats/2020-01-01/month/99`);
    expect(reply.status).toBe(status);
    if (status === 400) expect(reply.json.errors).toEqual([badTime]);
    else expect(JSON.parse(text)).toHaveLength(15);
    expect((await get(`${stats}/aggregated-stats/2026-01-01 00:00:00/month/1`)).status).toBe(200);
  });

  test('they may be null', async () => {
    const { get, state } = await start();
    state.nullAggregates = true;
    expect((await get(`${stats}/aggregated-stats/2026-01-01 00:00:00/month/1`)).text).toBe('null');
  });
});

test('the last run is the newest one, by schedule or by call, and moves with time', async () => {
  const { get, clock, run, renew } = await start();
  const last = async (path: string) => JSON.parse((await get(`/stats/${path}/last-run/stats`)).text).executed_at;
  expect((await last(`pipelines/${nightly}`)).slice(0, 13)).toBe('2026-11-20 02');
  await run(nightly);
  await clock.sleep(60_000);
  expect((await last(`pipelines/${nightly}`)).slice(0, 15)).toBe('2026-11-21 00:0');
  expect((await last(`tasks/${taskOf(seed.nightly, 'orders')}`)).slice(0, 15)).toBe('2026-11-21 00:0');
  await clock.sleep(day);
  await renew();
  expect((await last(`pipelines/${nightly}`)).slice(0, 13)).toBe('2026-11-21 02');
});

test('every name in the seed is one thing only, and every UUID of version 4', () => {
  const uuids = pipelines.flatMap(({ uuid, tasks }) => [uuid, ...tasks.map(task => task.uuid)]);
  expect(new Set(uuids).size).toBe(uuids.length);
  for (const uuid of uuids)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  for (const { tasks } of pipelines) {
    for (const { task } of tasks.flatMap(one => one.after ?? [])) expect(tasks.map(one => one.name)).toContain(task);
  }
});
