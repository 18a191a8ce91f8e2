import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OperationContext, RunKind } from '../../src/operations/operation.ts';
import { readRun, waitForRun } from '../../src/operations/run.ts';
import { exportRun } from '../../src/providers/datarock/operations/exports.ts';
import type { DatarockState } from '../../src/providers/datarock/simulator/state.ts';
import { startWorld, type World } from '../support/harness.ts';

const slow = (world: World, paceMs: number) => {
  (world.datarock.state as DatarockState).paceMs = paceMs;
};

const all = { project: 'Copperhead North', artefact: 'rqd', holes: 'all' };
const polls = ({ datarock }: World) =>
  datarock.requests.filter(({ method, target }) => method === 'GET' && target.startsWith('/v3/export/'));

it('a wait ends at once where the platform asks for a longer one', async () => {
  const { clock } = await startWorld();
  let looks = 0;
  const kind: RunKind = {
    noun: 'job',
    uri: 'x://jobs/{job}',
    words: { busy: 'running' },
    pace: { firstMs: 1_000, longestMs: 1_000 },
    async poll() {
      looks += 1;
      return { word: 'busy', retryAfter: looks === 1 ? 5 : 60 };
    },
  };
  const began = clock.now();
  const meter = { requests: 0, polls: 0 };
  const context = { clock, meter, progress() {} } as unknown as OperationContext;
  const run = await waitForRun(kind, 'x://jobs/1', {}, context, began + 20_000);
  expect([run.status, looks, clock.now() - began]).toEqual(['running', 2, 5_000]);
});

describe('starting a run', () => {
  it('waits, tells progress, and answers what the run made', async () => {
    const world = await startWorld();
    const told: string[] = [];
    const seen = await world.call('datarock_create_export', all, { progress: message => told.push(message) });
    expect(seen.data['run']).toMatchObject({
      status: 'succeeded',
      vendor_status: 'completed',
      final: true,
      progress: { done: 40, total: 40, unit: 'holes' },
    });
    expect(seen.data['result']).toMatchObject({ rows: 8540 });
    expect(told.some(message => /export in_progress: \d+ of 40 holes/.test(message))).toBe(true);
    expect(told.at(-1)).toMatch(/joining 40 files/);
  });

  it('hands out the run when the wait is over, and any process goes on from its URI', async () => {
    const world = await startWorld();
    slow(world, 60_000);
    const began = world.clock.now();
    const seen = await world.call('datarock_create_export', { ...all, wait_seconds: 20 });
    expect(world.clock.now() - began).toBeLessThan(25_000);
    expect(seen.data['run']).toMatchObject({ status: 'running', final: false });
    const { uri } = seen.data['run'] as { uri: string };
    expect(seen.data['next']).toBe(`wait_for_run {"run":"${uri}","wait_seconds":50}`);
    const other = await startWorld({ clock: world.clock, env: world.datarock.environment as Record<string, string> });
    await world.clock.advance(3_600_000);
    const done = await other.call('wait_for_run', { run: uri });
    expect(done.data).toMatchObject({ run: { status: 'succeeded' }, result: { rows: 8540 } });
  });

  it('is told as started, whatever goes wrong in this server afterwards', async () => {
    const world = await startWorld();
    const poll = vi.spyOn(exportRun, 'poll').mockRejectedValue(new TypeError('no such field'));
    onTestFinished(() => poll.mockRestore());
    const seen = await world.call('datarock_create_export', all);
    expect(seen.isError).toBeFalsy();
    expect(seen.data['run']).toMatchObject({ status: 'queued', final: false });
    expect(seen.text).toMatch(/Started, but looking at it failed: no such field/);
  });

  it('never takes longer than a call may, whatever it is asked', async () => {
    const world = await startWorld();
    slow(world, 600_000);
    const began = world.clock.now();
    await world.call('datarock_create_export', { ...all, wait_seconds: 45 });
    expect(world.clock.now() - began).toBeLessThanOrEqual(50_000);
  });

  it('looks less and less often', async () => {
    const world = await startWorld();
    slow(world, 600_000);
    const { data } = await world.call('datarock_create_export', { ...all, wait_seconds: 45 });
    const { uri } = data['run'] as { uri: string };
    expect(polls(world).length).toBeLessThanOrEqual(6);
    const times = polls(world).map(({ at }) => at);
    const pauses = times.slice(1, -1).map((at, index) => at - (times[index] as number));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(uri).toMatch(/^datarock:/);
  });

  it('costs no more than the start, the polls and a file for each hole when the ids are known', async () => {
    const world = await startWorld();
    const projects = await world.call('datarock_list_projects');
    const project = (projects.data['items'] as { uuid: string }[])[0]?.uuid;
    await world.call('datarock_list_artefacts', { project });
    const holes = (await world.call('datarock_list_holes', { project })).data['items'] as { id: string }[];
    const seen = await world.call('datarock_create_export', {
      project,
      artefact: 'rqd',
      holes: holes.map(({ id }) => id),
    });
    expect(seen.usage.requests).toBe(1 + seen.usage.polls + 40);
    expect(seen.usage.signatures).toBe(1 + seen.usage.polls);
  });

  it('splits what one request should not hold, and joins it again', async () => {
    const world = await startWorld();
    slow(world, 1);
    const seen = await world.call('datarock_create_export', {
      ...all,
      project: 'Iron Knoll Grade Control',
      artefact: 'depth_registration',
    });
    expect(world.datarock.requests.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(seen.data['run']).toMatchObject({ status: 'succeeded', progress: { done: 620, total: 620 } });
    expect(seen.text).toMatch(/620 of 620 holes have data\./);
    const { uri } = seen.data['run'] as { uri: string };
    const page = await world.call('datarock_get_export', { export: uri, limit: 'all' });
    expect(page.data['page']).toMatchObject({ returned: 620, complete: true });
  });

  it('starts the rest by name when a later part is refused', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'status', status: 500, match: { method: 'POST' }, skip: 1 });
    const seen = await world.call('datarock_create_export', {
      ...all,
      project: 'Iron Knoll Grade Control',
      wait_seconds: 0,
    });
    expect(seen.isError).toBe(false);
    expect(seen.text).toMatch(/Started for the first 500 of 620 holes only: .* from hole GC0501 on/);
  });
});

describe('cancelling a call', () => {
  it('stops looking and leaves the job alone', async () => {
    const world = await startWorld();
    slow(world, 60_000);
    const stop = new AbortController();
    let looks = 0;
    const call = world.call('datarock_create_export', all, {
      signal: stop.signal,
      progress() {
        looks += 1;
        if (looks === 2) stop.abort();
      },
    });
    const seen = await call;
    expect(seen.text).toMatch(/looking at it failed: datarock_create_export was cancelled/);
    expect(seen.data['next']).toMatch(/wait_for_run/);
    const before = polls(world).length;
    await world.clock.advance(600_000);
    expect(polls(world).length).toBe(before);
    expect((world.datarock.state as DatarockState).exports.size).toBe(1);
  });
});

describe('wait_for_run', () => {
  it.each(['datarock://projects', 'nonsense', 'https://example.com/x', 'datagrok://exports/1'])(
    'refuses %s and shows what a run looks like',
    async run => {
      const { call } = await startWorld();
      expect((await call('wait_for_run', { run })).text).toMatch(
        /^bad_arguments: .*not the URI of a run.*\nNext: .*datarock:\/\/exports\/\{export\}/,
      );
    },
  );
});

describe('status words', () => {
  const kind = { words: { completed: 'succeeded', in_progress: 'running' } } as unknown as RunKind;
  it.each([
    ['completed', 'succeeded', true],
    ['in_progress', 'running', false],
    ['archiving', 'running', false],
    ['Cancelled by user', 'cancelled', true],
    ['failure', 'failed', true],
    ['expired', 'failed', true],
  ] as const)('%s reads as %s', (word, status, final) => {
    expect(readRun(kind, 'x://1', { word })).toMatchObject({ status, final, vendor_status: word });
  });
});
