import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { createRedactor } from '../../src/base/redact.ts';
import { drawChart } from '../../src/results/chart/chart.ts';
import { exportedBytes } from '../../src/results/export.ts';
import { storeQuery } from '../../src/results/query/query.ts';
import { startWorker } from '../../src/results/worker.ts';
import { workerFlags } from '../../src/results/worker-launch.ts';
import { inTurn, runWorker } from '../../src/results/worker-pool.ts';
import { freshStore, origin, pieces } from '../support/folder.ts';

const { signal } = new AbortController();

async function workshop() {
  const { store, clock } = await freshStore();
  const table = await store.write(origin(), { bytes: pieces('a,b\n1,2\n3,4\n') });
  const context = (callerId: string) => ({
    results: store,
    clock,
    signal,
    redactor: createRedactor(),
    caller: { callerId },
  });
  const draw = (callerId: string, title: string) =>
    drawChart(table, { type: 'scatter', x: 'a', y: ['b'], title }, context(callerId));
  const ask = (callerId: string) => storeQuery(`SELECT sum(a) AS sum FROM "${table.uri}"`, context(callerId));
  return { store, clock, table, context, draw, ask };
}

test('a statement does not wait behind the charts of another caller', async () => {
  const { draw, ask } = await workshop();
  const ended: string[] = [];
  const charts = Array.from({ length: 5 }, (_, at) => draw('a', `chart ${at}`).then(() => ended.push('chart')));
  await Promise.all([...charts, ask('b').then(() => ended.push('statement'))]);
  expect(ended.indexOf('statement')).toBeLessThan(5);
  expect(ended).toHaveLength(6);
});

test('turns of charts, statements and exports are counted together, on who presented the token', async () => {
  const { table, context, draw, ask } = await workshop();
  // Two turns of one person, who comes with two credentials, held by exports that nobody reads on.
  const mine = (callerId: string) => ({ ...context(callerId), caller: { callerId, principal: 'gateway' } });
  const held = ['one', 'other'].map(callerId => inTurn(pieces('abc', 1), mine(callerId)));
  for (const bytes of held) await bytes.next();
  const ended: string[] = [];
  const { bytes } = exportedBytes(table, 'json', mine('third'));
  const waiting = bytes[Symbol.asyncIterator]()
    .next()
    .then(() => ended.push('export of the same'));
  await ask('somebody else').then(() => ended.push('statement'));
  await draw('somebody else', 'chart').then(() => ended.push('chart'));
  expect(ended).toEqual(['statement', 'chart']);
  for (const bytes of held) await bytes.return(undefined);
  await waiting;
  expect(ended).toHaveLength(3);
});

/** A clock whose alarms ring when they are told to, and the alarms that are set. */
function withAlarms(clock: Clock) {
  const alarms: { ms: number; ring(): void }[] = [];
  const alarm = (ms: number, ring: () => void) => {
    alarms.push({ ms, ring });
    return { at: 0, clear() {} };
  };
  return { alarms, clock: { ...clock, alarm } };
}

test.each(['query', 'chart'] as const)('a %s has its time from its turn on, and is stopped', async program => {
  const { context } = await workshop();
  const { alarms, clock } = withAlarms(context('a').clock);
  const job = runWorker(program, {}, { ...context('a'), clock }, async (_, done) => {
    for (const { ring } of alarms) ring();
    await done;
  });
  await expect(job).rejects.toMatchObject({ code: 'timed_out', message: expect.stringContaining('within 45 s') });
  expect(alarms.map(({ ms }) => ms)).toEqual([45_000]);
});

test('an export has its time as well', async () => {
  const { context } = await workshop();
  const { alarms, clock } = withAlarms(context('a').clock);
  const bytes = inTurn(pieces('abc', 1), { clock, signal });
  await bytes.next();
  for (const { ring } of alarms) ring();
  await expect(bytes.next()).rejects.toMatchObject({ code: 'timed_out' });
});

test.skipIf(process.platform === 'win32').each(['query', 'chart'] as const)(
  'the objects of a %s have a bound on their memory',
  async program => {
    const controller = new AbortController();
    const { done } = await startWorker(program, {}, controller.signal);
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,args=']);
    const mine = stdout.split('\n').filter(line => line.trim().startsWith(`${process.pid} `));
    expect(mine.filter(line => line.includes(`${program}.cjs`))).not.toHaveLength(0);
    for (const line of mine.filter(one => /(?:query|chart)\.cjs/.test(one)))
      expect(line).toContain('--max-old-space-size=768 ');
    controller.abort();
    await done.catch(() => {});
  },
);

test('what draws in WebAssembly is bounded, as its objects are', async () => {
  // A module with a memory of its own, which is asked for more until there is none.
  const grows = `
    const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 109, 2, 0]);
    const { m } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
    try { for (;;) m.grow(256); } catch { console.log(m.buffer.byteLength / 2 ** 20); }`;
  const { stdout } = await promisify(execFile)(process.execPath, [...workerFlags, '-e', grows]);
  expect(Number(stdout)).toBeGreaterThan(400);
  expect(Number(stdout)).toBeLessThanOrEqual(512);
});
