import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { datagrokSimulator } from '../../src/providers/datagrok/simulator/simulator.ts';
import { datarockSimulator } from '../../src/providers/datarock/simulator/simulator.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { temporaryFolder } from '../support/command-line.ts';
import { startProgram } from '../support/process.ts';

test('the weekly chain runs from the shell twice, the second time gone on with after a kill', async () => {
  const clock = systemClock();
  const datarock = await startSimulator(datarockSimulator, { clock });
  const datagrok = await startSimulator(datagrokSimulator, { clock });
  onTestFinished(async () => {
    await datarock.close();
    await datagrok.close();
  });
  datarock.state.paceMs = 1;
  const folder = await temporaryFolder();
  const env = { ...datarock.environment, ...datagrok.environment };
  const results = ['--results-dir', join(folder, 'results')];
  const run = (since: string) =>
    startProgram(
      ['run', 'weekly-rqd', '--project', 'Copperhead North', '--group', 'Geology', '--since', since, ...results],
      env,
    );
  const exports = () => datarock.requests.filter(({ method }) => method === 'POST').length;
  const polls = () =>
    datarock.requests.filter(({ method, target }) => method === 'GET' && target.includes('/export/')).length;

  const agreed = startProgram(['chain', 'approve', 'weekly-rqd', ...results], env);
  expect((await agreed.ended).code, agreed.stderr).toBe(0);
  const first = run('6d');
  expect((await first.ended).code, first.stderr).toBe(0);
  expect(first.stdout).toMatch(/4 of 4 steps done\./);

  const [started, seen] = [exports(), polls()];
  // Under way at the first look, and done by the time that the next process looks.
  datarock.state.paceMs = 50;
  const killed = run('7d');
  await expect.poll(polls, { timeout: 60_000, interval: 5 }).toBeGreaterThan(seen);
  killed.child.kill('SIGKILL');
  expect((await killed.ended).signal).toBe('SIGKILL');
  const second = run('7d');
  expect((await second.ended).code, second.stderr).toBe(0);
  expect(second.stdout).toMatch(/4 of 4 steps done/);
  // The export that was under way was gone on with, not begun again.
  expect(exports() - started).toBe(1);
}, 120_000);
