import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { dataopsSimulator } from '../../src/providers/dataops/simulator/simulator.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { temporaryFolder } from '../support/command-line.ts';
import { startProgram } from '../support/process.ts';

type Row = Record<string, unknown>;

test('a change for many whose process is killed sends nothing twice, and says apart what was under way', async () => {
  const simulator = await startSimulator(dataopsSimulator, { clock: systemClock() });
  onTestFinished(() => simulator.close());
  const folder = await temporaryFolder();
  const results = ['--results-dir', join(folder, 'results'), '--yes'];
  const run = (...words: string[]) => startProgram([...words, ...results], simulator.environment);
  const posted = () => simulator.requests.filter(({ method }) => method === 'POST');
  // The first four are answered, the next hang until the process is gone.
  const names = Array.from({ length: 12 }, (_, index) => `audit-${index}`);
  simulator.faults.add({ kind: 'slow', ms: 30_000, match: { method: 'POST', path: /branches/ }, skip: 4, times: 4 });
  const rows = JSON.stringify(names.map(name => ({ name })));
  const given = JSON.stringify({ project: '101', branch: '{name}', ref: 'main' });
  const program = run(
    'call',
    'call_for_each',
    '--operation',
    'dataops_create_branch',
    '--rows',
    rows,
    '--arguments',
    given,
  );
  await expect.poll(() => posted().length, { timeout: 30_000, interval: 5 }).toBeGreaterThanOrEqual(8);
  program.child.kill('SIGKILL');
  await program.ended;
  const uri = /batch:\/\/\w+/.exec(program.stderr)?.[0] as string;

  const resumed = run('call', 'wait_for_run', '--run', uri, '--json');
  expect((await resumed.ended).code, resumed.stderr).toBe(6);
  const { items } = JSON.parse(resumed.stdout) as { items: Row[] };
  const count = (outcome: string) => items.filter(row => row['outcome'] === outcome).length;
  expect(items).toHaveLength(12);
  expect(count('may have been done')).toBe(4);
  expect(count('done')).toBe(8);
  expect(posted().length).toBe(12);
}, 60_000);
