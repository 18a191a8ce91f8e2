import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderRegister } from '../../src/coordination/folder-register.ts';
import { takeLease } from '../../src/coordination/lease.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { startProgram } from '../support/process.ts';

async function shared() {
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'lease-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { clock, folder, register: folderRegister(clock, folder) };
}

test('a lease is one process’s, and everybody’s once it is released', async () => {
  const { clock, register } = await shared();
  const first = await takeLease(clock, register, 'batch');
  expect(await takeLease(clock, register, 'batch')).toBeUndefined();
  await first?.release();
  const second = await takeLease(clock, register, 'batch');
  expect(second).toBeDefined();
  await second?.release();
});

test('whoever was killed on this machine is not waited for; of another machine nobody knows', async () => {
  const { clock, register } = await shared();
  const lease = await takeLease(clock, register, 'batch');
  const { version, value } = await register.read('batch');
  await lease?.release();
  const gone = startProgram(['--version']);
  await gone.ended;
  const until = clock.now() + 6_000;
  const left = { ...value, until, pid: gone.child.pid as number };
  await register.write('batch', version + 1, left, until);
  const taken = await takeLease(clock, register, 'batch');
  expect(taken).toBeDefined();
  await taken?.release();

  const elsewhere = { ...left, place: 'another machine' };
  await register.write('other', 0, elsewhere, until);
  expect(await takeLease(clock, register, 'other')).toBeUndefined();
});

test('however long it is held, two small files are left', async () => {
  const { clock, folder, register } = await shared();
  const lease = await takeLease(clock, register, 'batch');
  for (let times = 0; times < 20; times += 1) await clock.sleep(2_500);
  expect(lease?.lost.aborted).toBe(false);
  await lease?.release();
  const left = (await readdir(join(folder, 'batch'))).map(Number);
  expect(left.length).toBeLessThanOrEqual(2);
  expect(Math.max(...left)).toBeGreaterThan(5);
});

test('whoever was held up for long does not write over what others have done since', async () => {
  const { clock, register } = await shared();
  const until = clock.now() + 1_000_000;
  const { version } = await register.read('batch');
  const first = (await register.write('batch', version, { by: 'first' }, until)) as number;
  let last = first;
  for (let times = 0; times < 5; times += 1)
    last = (await register.write('batch', last, { by: 'others' }, until)) as number;
  expect(await register.write('batch', first, { by: 'late' }, until)).toBeUndefined();
  expect(await register.read('batch')).toEqual({ version: last, value: { by: 'others' } });
});
