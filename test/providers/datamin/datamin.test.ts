import { describe, expect, it } from 'vitest';
import { datamin } from '../../../src/providers/datamin/provider.ts';
import { seed, taskOf } from '../../../src/providers/datamin/simulator/seed/seed.ts';
import { dataminSimulatorWith } from '../../../src/providers/datamin/simulator/simulator.ts';
import type { DataminState, Profile } from '../../../src/providers/datamin/simulator/state.ts';
import { createResources } from '../../../src/resources/registry.ts';
import type { Simulator } from '../../../src/sandbox/host.ts';
import { startWorld, type WorldOptions } from '../../support/harness.ts';

async function shop(profile: Profile = 'ylem', options: WorldOptions = {}) {
  const world = await startWorld({ ...options, also: [dataminSimulatorWith({ profile })] });
  const simulator = world.others['datamin'] as Simulator<DataminState>;
  const tokens = () => simulator.requests.filter(({ target }) => target.startsWith('/v1/oauth'));
  return { ...world, datamin: simulator, state: simulator.state, tokens };
}
const nightly = { pipeline: seed.nightly.name };
type Row = Record<string, unknown>;

describe.each(['ylem', 'docs'] as const)('in profile %s', profile => {
  it('a run waits, says what it presumes, and shows what each task made', async () => {
    const { call } = await shop(profile);
    const seen = await call('datamin_run_pipeline', { ...nightly, input: { since: '2026-11-20' } });
    expect(seen.data['run']).toMatchObject({
      status: 'succeeded',
      vendor_status: 'presumed finished',
      notes: [expect.stringMatching(/^Presumed: 5 tasks/)],
    });
    const tasks = seen.data['tasks'] as Row[];
    expect(tasks.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['query', 'aggregator', 'transformer', 'condition']),
    );
    const query = tasks.find(({ type }) => type === 'query')?.['output'] as {
      kind: string;
      result: string;
      rows: number;
    };
    expect(query).toMatchObject({ kind: 'table', result: expect.stringMatching(/^result:\/\//) });
    const rows = await call('read_result', { result: query.result, limit: 1000 });
    expect(rows.data['page']).toMatchObject({ total: query.rows });
  });

  it('a run is over when the tasks that were named have run', async () => {
    const { call, clock } = await shop(profile);
    const began = clock.now();
    const expected_task_uuids = ['orders', 'revenue'];
    const seen = await call('datamin_run_pipeline', { ...nightly, expected_task_uuids });
    expect(seen.data['run']).toMatchObject({
      status: 'succeeded',
      vendor_status: 'succeeded',
      progress: { done: 2, total: 2, unit: 'tasks' },
    });
    expect(clock.now() - began).toBeLessThan(10_000);
  });

  it('a failed task fails the run, and its errors are shown', async () => {
    const { call, state } = await shop(profile);
    state.failingTasks.add(taskOf(seed.nightly, 'revenue'));
    state.failureOutput = 'errors';
    const seen = await call('datamin_run_pipeline', nightly);
    expect(seen.data['run']).toMatchObject({ status: 'failed', final: true });
    const failed = (seen.data['tasks'] as Row[]).find(({ ok }) => ok === false);
    expect(failed).toMatchObject({ type: 'aggregator', output: { kind: 'json', value: [{ Code: 10500 }] } });
  });

  it('lists runs, newest first, one row for each', async () => {
    const { call } = await shop(profile);
    const { data } = await call('datamin_list_runs', { ...nightly, from: '7d' });
    const times = (data['items'] as Row[]).map(({ finished_at }) => String(finished_at));
    expect(times.length).toBeGreaterThanOrEqual(6);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set((data['items'] as Row[]).map(({ run }) => run)).size).toBe(times.length);
  });

  it('counts, compares and dates', async () => {
    const { call } = await shop(profile);
    const stats = await call('datamin_get_pipeline_stats', { ...nightly, from: '30d' });
    expect(stats.data).toMatchObject({
      num_of_successes: expect.any(Number),
      last_run_executed_at: expect.stringMatching(/Z$/),
    });
    const task = await call('datamin_get_task_stats', { task: 'orders', from: '30d' });
    expect(task.data).toMatchObject({ average_duration: expect.any(Number) });
    for (const [name, args] of [
      ['datamin_get_pipeline_history', nightly],
      ['datamin_get_task_history', { task: 'orders' }],
    ] as const) {
      const { data } = await call(name, { ...args, from: '2025-11-15', period: 'month', periods: 12 });
      const months = data['items'] as Row[];
      expect(months.map(({ date_from }) => date_from)).toEqual(months.map(({ date_from }) => date_from).toSorted());
      expect(months.map(({ partial }) => partial === true)).toEqual([
        true,
        ...Array(months.length - 2).fill(false),
        true,
      ]);
    }
    expect((await call('datamin_get_pipeline_last_run', nightly)).data).toMatchObject({
      executed_at: expect.stringMatching(/Z$/),
    });
    expect((await call('datamin_get_task_last_run', { task: 'orders' })).data).toMatchObject({
      duration: expect.any(Number),
    });
  });

  it.each(['tasks', 'results', 'pipeline_run_uuid', 'workflow_run_uuid'] as const)(
    'names the run from an answer of the form %s',
    async form => {
      const { call, state } = await shop(profile);
      state.runAnswer = form;
      const { data } = await call('datamin_run_pipeline', { ...nightly, wait_seconds: 0 });
      expect((data['run'] as Row)['uri']).toMatch(/^datamin:\/\/pipelines\/5b7e.*\/runs\/[0-9a-f-]{36}\?since=\d+$/);
    },
  );
});

describe('a run', () => {
  it('that the answer does not name is guessed at, and said to be', async () => {
    const { call, state } = await shop();
    state.runAnswer = 'nothing';
    const seen = await call('datamin_run_pipeline', nightly);
    expect(seen.text).toMatch(/did not name the run; .* a guess/);
  });

  it('that never logs is unknown, not an error', async () => {
    const { call, clock } = await shop();
    const started = await call('datamin_run_pipeline', { pipeline: seed.crm.name, wait_seconds: 0 });
    await clock.advance(120_000);
    const seen = await call('wait_for_run', { run: (started.data['run'] as Row)['uri'] });
    expect(seen.isError).toBe(false);
    expect(seen.data['run']).toMatchObject({ status: 'unknown', notes: [expect.stringMatching(/logged nothing yet/)] });
  });

  it('is never started twice, whatever happens to the answer', async () => {
    for (const kind of ['truncate', 'drop'] as const) {
      const { call, datamin } = await shop();
      datamin.faults.add({ kind, match: { method: 'POST', path: /runs/ } });
      await call('datamin_run_pipeline', nightly);
      expect(datamin.requests.filter(({ target }) => target.endsWith('/runs/'))).toHaveLength(1);
    }
  });

  it.each([
    [seed.newsletter.name, 'rejected', /paused/],
    [seed.template.name, 'not_found', /template/],
    ['11111111-1111-4111-8111-111111111111', 'not_found', /no such one/],
  ])('of %s is refused as %s', async (pipeline, code, message) => {
    const { call } = await shop();
    const seen = await call('datamin_run_pipeline', { pipeline });
    expect(seen.text).toMatch(new RegExp(`^${code}: `));
    expect(seen.text).toMatch(message);
  });

  it('of one pipeline may be read by its resource', async () => {
    const { call } = await shop();
    const { data } = await call('datamin_list_runs', { ...nightly, limit: 1 });
    const [row] = data['items'] as Row[];
    const seen = await call('datamin_get_run', { ...nightly, run: row?.['run'] });
    expect(seen.data['tasks']).toHaveLength(Number(row?.['tasks']));
    const raw = await call('datamin_get_run', { ...nightly, run: row?.['run'], decode_output: false });
    expect(typeof (raw.data['tasks'] as Row[])[0]?.['output']).toBe('string');
  });
});

describe('tokens', () => {
  it('are fetched once for ten calls, and once more for ten that find it revoked', async () => {
    const { call, state, tokens } = await shop();
    const ten = () => Promise.all(Array.from({ length: 10 }, () => call('datamin_get_pipeline_stats', nightly)));
    expect((await ten()).every(({ isError }) => !isError)).toBe(true);
    expect(tokens()).toHaveLength(1);
    state.revokeTokens();
    expect((await ten()).every(({ isError }) => !isError)).toBe(true);
    expect(tokens()).toHaveLength(2);
  });

  it('are renewed before they lapse', async () => {
    const { call, clock, tokens, datamin } = await shop();
    await call('datamin_get_pipeline_stats', nightly);
    await clock.advance(86_400_000 - 30_000);
    await call('datamin_get_pipeline_stats', nightly);
    expect(tokens()).toHaveLength(2);
    expect(datamin.requests.some(({ status }) => status === 401)).toBe(false);
  });

  it.each(['query', 'form'] as const)('come by credentials in the %s', async credentials_in => {
    const { call, tokens } = await shop('ylem', { env: { DATAMIN_CREDENTIALS_IN: credentials_in } });
    expect((await call('datamin_get_pipeline_stats', nightly)).isError).toBe(false);
    expect(tokens()[0]?.target.includes('client_secret')).toBe(credentials_in === 'query');
  });

  it('that are refused are explained, and no secret is shown', async () => {
    const secret = 'f'.repeat(64);
    const wrong = await shop('ylem', { env: { DATAMIN_CLIENT_SECRET: secret } });
    const seen = await wrong.call('datamin_get_pipeline_stats', nightly);
    expect(seen.text).toMatch(
      /^unauthorized: Datamin answered 401 \(invalid_client\).*\nNext: Check DATAMIN_CLIENT_SECRET: it does not belong to DATAMIN_CLIENT_ID/,
    );
    expect(JSON.stringify(seen.raw)).not.toContain(secret);
    const unknown = await shop('ylem', { env: { DATAMIN_CLIENT_ID: '11111111-1111-4111-8111-111111111111' } });
    expect((await unknown.call('datamin_get_pipeline_stats', nightly)).text).toMatch(
      /DATAMIN_CLIENT_ID is probably wrong/,
    );
  });

  it('without a scope, and plans without the API, have their own hints', async () => {
    const { call, state } = await shop();
    state.rights.delete('stats');
    expect((await call('datamin_get_pipeline_stats', nightly)).text).toMatch(/^missing_scope: .*\nNext: .*stats:read/);
    state.rights.add('stats');
    state.revokeTokens();
    state.apiInPlan = false;
    expect((await call('datamin_get_pipeline_stats', nightly)).text).toMatch(/^unauthorized: .*\nNext: .*plan/);
  });
});

describe('oddities', () => {
  it('a bare first day is tried once, and remembered', async () => {
    const { call, datamin } = await shop();
    datamin.faults.add({ kind: 'status', status: 400, match: { path: /aggregated-stats\/[^/]*%20/ } });
    const asked = () => datamin.requests.filter(({ target }) => target.includes('aggregated-stats')).length;
    await call('datamin_get_pipeline_history', { ...nightly, period: 'month' });
    expect(asked()).toBe(2);
  });

  it('a null answer is no periods, and the zero date is never', async () => {
    const { call, state } = await shop();
    state.nullAggregates = true;
    expect((await call('datamin_get_pipeline_history', { ...nightly, period: 'week' })).text).toMatch(
      /^No rows of pipeline history/,
    );
    const stats = await call('datamin_get_pipeline_stats', { pipeline: '11111111-1111-4111-8111-111111111111' });
    expect(stats.data).toMatchObject({ num_of_successes: 0, last_run_executed_at: null });
  });

  it('no run yet, and no access, are told as what they are', async () => {
    const { call } = await shop();
    expect((await call('datamin_get_pipeline_last_run', { pipeline: seed.draft.name })).text).toMatch(
      /^not_found: There has been no run yet/,
    );
  });

  it('one output that cannot be read does not lose the run', async () => {
    const { call, state } = await shop();
    state.oddOutputs.set(taskOf(seed.nightly, 'orders'), '*** not base64 ***');
    const seen = await call('datamin_run_pipeline', nightly);
    const orders = (seen.data['tasks'] as Row[]).find(({ type }) => type === 'query');
    expect(orders).toMatchObject({ output: { kind: 'raw', text: '*** not base64 ***' } });
    expect(seen.data['tasks']).toHaveLength(5);
  });
});

it("the vendor page's own examples come out as rows, a data source and nothing", async () => {
  const { call } = await shop();
  const { data } = await call('datamin_list_runs', { pipeline: seed.documented.name, from: '60d', limit: 'all' });
  const kinds: unknown[] = [];
  for (const { run } of data['items'] as Row[]) {
    const seen = await call('datamin_get_run', { pipeline: seed.documented.name, run, from: '60d' });
    const [{ output }] = seen.data['tasks'] as [{ output: Row }];
    kinds.push(output['kind']);
    if (output['kind'] !== 'table') continue;
    const rows = await call('read_result', { result: output['result'] });
    expect(rows.data['items']).toHaveLength(12);
    expect((rows.data['items'] as Row[])[0]).toMatchObject({ amount: 299.76, id: 1 });
  }
  expect(new Set(kinds)).toEqual(new Set(['table', 'data_source_uuid', 'empty']));
});

it('a start whose token was revoked is sent again with a new one, and starts once', async () => {
  const { call, state, datamin } = await shop();
  await call('datamin_get_pipeline_stats', nightly);
  state.revokeTokens();
  expect((await call('datamin_run_pipeline', { ...nightly, wait_seconds: 0 })).isError).toBe(false);
  const starts = datamin.requests.filter(({ target }) => target.endsWith('/runs/'));
  expect(starts.map(({ status }) => status)).toEqual([401, 201]);
});

it('times come out as ISO 8601 from either form', async () => {
  const { call, state } = await shop();
  const plain = (await call('datamin_get_pipeline_last_run', nightly)).data;
  state.statsDates = 'rfc3339';
  const rfc = (await call('datamin_get_pipeline_last_run', nightly)).data;
  expect(rfc['executed_at']).toBe(plain['executed_at']);
  expect(rfc['executed_at_raw']).not.toBe(plain['executed_at_raw']);
});

it('resources show pipelines, runs and statistics, by name', async () => {
  const world = await shop();
  const resources = createResources(world.server.shared, world.server.tools);
  const read = async (uri: string) =>
    JSON.parse((await resources.read(uri)).contents.map(one => ('text' in one ? one.text : '')).join(''));
  expect((await resources.list()).resources.map(({ uri }) => uri)).toEqual(
    expect.arrayContaining(['datamin://pipelines', 'datamin://tasks']),
  );
  expect((await read('datamin://pipelines')).items).toHaveLength(11);
  const name = encodeURIComponent(seed.nightly.name);
  expect(await read(`datamin://pipelines/${name}/last-run`)).toMatchObject({ is_successful: expect.any(Boolean) });
  expect(await read(`datamin://pipelines/${name}/stats?from=7d`)).toMatchObject({
    num_of_successes: expect.any(Number),
  });
  const { items } = await read(`datamin://pipelines/${name}/runs`);
  expect(await read(`datamin://pipelines/${name}/runs/${items[0].run}`)).toMatchObject({ tasks: expect.any(Array) });
  expect(await resources.complete('datamin://pipelines/{pipeline}/last-run', 'pipeline', 'night', {})).toEqual([
    seed.nightly.name,
  ]);
});

it.each(['', '/v1', '/v1/'])('a base URL may end in "%s"', ending => {
  const settings = datamin.settings.parse({
    client_id: 'x',
    client_secret: 'secret',
    base_url: `https://datamin.example${ending}`,
  });
  expect(settings['base_url']).toBe('https://datamin.example/v1');
});

it('configured names are listed, completed and accepted', async () => {
  const { call, server } = await shop();
  expect((await call('datamin_list_pipelines')).data['items']).toContainEqual({
    name: seed.nightly.name,
    uuid: seed.nightly.uuid,
  });
  expect((await call('datamin_get_task_stats', { task: 'ordres' })).text).toMatch(/Did you mean "orders"/);
  expect((await server.tools.list()).filter(({ name }) => name.startsWith('datamin_'))).toHaveLength(10);
});
