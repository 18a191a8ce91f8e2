import { describe, expect, it, test } from 'vitest';
import { seed, taskOf } from '../../../src/providers/datamin/simulator/seed/seed.ts';
import { dataminSimulatorWith } from '../../../src/providers/datamin/simulator/simulator.ts';
import type { DataminState } from '../../../src/providers/datamin/simulator/state.ts';
import type { Simulator } from '../../../src/sandbox/host.ts';
import { startWorld, type WorldOptions } from '../../support/harness.ts';

async function shop(options: WorldOptions = {}) {
  const world = await startWorld({ platforms: [], ...options, also: [dataminSimulatorWith({ profile: 'ylem' })] });
  const datamin = world.others['datamin'] as Simulator<DataminState>;
  return { ...world, datamin, state: datamin.state };
}

const nightly = { pipeline: seed.nightly.name };
const nobody = '11111111-1111-4111-8111-111111111111';
const starts = { method: 'POST', path: /\/runs\// };
type Row = Record<string, unknown>;

describe('a start', () => {
  test.each([500, 502, 503])('answered %d may have started, and is never to be repeated', async status => {
    const { call, datamin } = await shop();
    datamin.faults.add({ kind: 'status', status, match: starts });
    const seen = await call('datamin_run_pipeline', nightly);
    expect(seen.isError).toBe(true);
    expect(seen.text).toMatch(/It may have been started\.\nNext: datamin_list_runs shows it/);
    expect(seen.text).not.toMatch(/repeat/i);
    expect(datamin.requests.filter(({ target }) => target.endsWith('/runs/'))).toHaveLength(1);
  });

  it('without an id is followed to its end, not to its first task, and its next call works', async () => {
    const { call, state, clock } = await shop();
    state.runAnswer = 'nothing';
    const started = await call('datamin_run_pipeline', { ...nightly, wait_seconds: 0 });
    const { uri } = started.data['run'] as { uri: string };
    expect(started.data['run']).toMatchObject({ final: false });
    await clock.advance(2_000);
    expect((await call('wait_for_run', { run: uri, wait_seconds: 0 })).data['run']).toMatchObject({
      status: 'running',
    });
    const seen = await call('wait_for_run', { run: uri });
    expect(seen.data['run']).toMatchObject({ status: 'succeeded', vendor_status: 'presumed finished' });
    expect(seen.text).toMatch(/did not name the run; .* a guess/);
    expect(seen.data['tasks']).toHaveLength(5);
    const [run] = [...state.runs.keys()];
    const listed = await call('datamin_list_runs', { ...nightly, limit: 1 });
    expect((listed.data['items'] as Row[])[0]).toMatchObject({ run });
  });

  it('of a paused pipeline and of a client that may not are told apart', async () => {
    const { call, state } = await shop();
    const paused = await call('datamin_run_pipeline', { pipeline: seed.newsletter.name });
    expect(paused.text).toMatch(/^rejected: .* it is paused\./);
    state.rights.delete('run');
    state.revokeTokens();
    const barred = await call('datamin_run_pipeline', nightly);
    expect(barred.text).toMatch(/^missing_scope: .*lacks the right to run pipelines\.\nNext: .*pipelines:run/);
  });

  it('counts the tasks that were named: succeeded, failed, and those that never ran', async () => {
    const { call, state } = await shop();
    state.failingTasks.add(taskOf(seed.nightly, 'revenue'));
    const expected_task_uuids = seed.nightly.tasks.map(({ uuid }) => uuid);
    const seen = await call('datamin_run_pipeline', { ...nightly, expected_task_uuids });
    const { tally } = seen.data['run'] as { tally: Record<string, number> };
    expect(tally).toMatchObject({ asked: expected_task_uuids.length, failed: 1 });
    const { asked = 0, answered = 0, with_data = 0, failed = 0, missing = 0, open = 0, unasked = 0, empty = 0 } = tally;
    expect(answered).toBe(with_data + failed + empty + open);
    expect(asked + unasked).toBe(answered + missing);
    expect(missing).toBeGreaterThan(0);
    expect(seen.text).toMatch(/of \d tasks succeeded: 1 failed, \d missing/);
  });
});

describe('statistics', () => {
  it('of an id that nobody knows are no data, not zeros and false', async () => {
    const { call } = await shop();
    for (const [name, args] of [
      ['datamin_get_pipeline_stats', { pipeline: nobody }],
      ['datamin_get_task_stats', { task: nobody }],
    ] as const) {
      const { data } = await call(name, args);
      expect(data['note']).toMatch(/^No data in this window, or no such pipeline or task/);
      expect(data).not.toHaveProperty('is_last_run_successful');
      expect(data).not.toHaveProperty('average_duration');
      expect(data).not.toHaveProperty('last_run_duration');
    }
  });

  it('say what a failure is', async () => {
    const { call } = await shop();
    const { data } = await call('datamin_get_pipeline_stats', { ...nightly, from: '30d' });
    expect(data['note']).toMatch(/counts failed tasks/);
    expect((await call('datamin_get_pipeline_history', { ...nightly, period: 'month' })).text).toMatch(
      /counts failed tasks/,
    );
  });

  it('of another organisation are no missing scope', async () => {
    const { call, state } = await shop();
    state.foreign.add(seed.nightly.uuid);
    const seen = await call('datamin_get_pipeline_stats', nightly);
    expect(seen.text).toMatch(/^not_found: .*another organisation/);
    expect(seen.text).not.toMatch(/scope/);
  });

  it('of a run whose outcome or duration is absent add nothing to it', async () => {
    const { call, datamin } = await shop();
    const change = (json: unknown) =>
      (json as Row[]).map(({ is_successful: _, duration: __, ...row }, index) => ({
        ...row,
        ...(index > 0 ? { is_successful: true } : {}),
      }));
    datamin.faults.add({ kind: 'changed', change, match: { path: /\/logs\// } });
    const { data } = await call('datamin_list_runs', { ...nightly, limit: 'all' });
    const rows = data['items'] as Row[];
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) {
      expect(row).not.toHaveProperty('duration');
      expect(row['failed_tasks']).toBe(0);
    }
    expect(rows[0]).toMatchObject({ tasks_of_unknown_outcome: 1 });
    const run = await call('datamin_get_run', { ...nightly, run: rows[0]?.['run'], from: '8d' });
    expect(run.isError, run.text).toBe(false);
    const tasks = run.data['tasks'] as Row[];
    expect(tasks.filter(task => 'ok' in task)).toHaveLength(tasks.length - 1);
    expect(tasks.some(task => 'duration' in task)).toBe(false);
  });
});

describe('a token that does not come says why', () => {
  const token = { path: /\/oauth\/token/ };
  const asked = async ({ call }: Pick<Awaited<ReturnType<typeof shop>>, 'call'>) =>
    (await call('datamin_get_pipeline_stats', nightly)).text;

  it('the server is down', async () => {
    const world = await shop();
    world.datamin.faults.add({ kind: 'status', status: 502, body: 'bad gateway', match: token });
    const text = await asked(world);
    expect(text).toMatch(/^upstream_down: Datamin answered 502 .*\nNext: Repeat the call in a few minutes/);
    expect(text).not.toMatch(/CLIENT_ID|CLIENT_SECRET/);
  });

  it('a web page answered', async () => {
    const world = await shop();
    world.datamin.faults.add({ kind: 'html', match: token });
    expect(await asked(world)).toMatch(/^bad_upstream_reply: .*a web page.*\nNext: Check DATAMIN_BASE_URL/);
  });

  it('the client is unknown, or its secret is another one', async () => {
    const client = await shop({ env: { DATAMIN_CLIENT_ID: nobody } });
    expect(await asked(client)).toMatch(/DATAMIN_CLIENT_ID is probably wrong/);
    const secret = await shop({ env: { DATAMIN_CLIENT_SECRET: 'f'.repeat(64) } });
    expect(await asked(secret)).toMatch(/Check DATAMIN_CLIENT_SECRET: it does not belong to DATAMIN_CLIENT_ID/);
  });
});
