import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { folderRegister } from '../../src/coordination/folder-register.ts';
import { memoryRegister } from '../../src/coordination/memory-register.ts';
import type { Register } from '../../src/coordination/register.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { startGuardContract } from '../support/start-guard.ts';

/** Each form, opened so that several who share it can be made, as the processes of a machine are. */
const forms: Record<string, (clock: Clock) => Promise<() => Register>> = {
  async memory(clock) {
    const register = memoryRegister(clock);
    return () => register;
  },
  async 'a folder'(clock) {
    const folder = await mkdtemp(join(tmpdir(), 'starts-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    return () => folderRegister(clock, join(folder, 'starts'));
  },
};

for (const [form, open] of Object.entries(forms)) startGuardContract(form, open);

test('a folder of starts holds no more than a day of them', async () => {
  const clock = virtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'starts-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const register = folderRegister(clock, folder);
  await register.write('old', 0, { a: 1 }, clock.now() + 1000);
  await clock.advance(2 * 86_400_000);
  await register.write('new', 0, { a: 1 }, clock.now() + 1000);
  expect(await readdir(folder)).toEqual(['new']);
  expect(await register.read('old')).toEqual({ version: 0 });
});
