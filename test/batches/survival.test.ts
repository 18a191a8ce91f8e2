import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { dataminSimulator } from '../../src/providers/datamin/simulator/simulator.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { temporaryFolder } from '../support/command-line.ts';
import { startProgram } from '../support/process.ts';

const many = 1_204;
/** What is under way at once where no quota is documented. */
const atOnce = 4;
/** Requests after which the process is killed. */
const kills = [200, 450, 700, 950];

const uuidOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

test('of 1,204 things none is lost, twice there or asked for again, though the process is killed four times', async () => {
  const simulator = await startSimulator(dataminSimulator, { clock: systemClock() });
  const folder = await temporaryFolder();
  const config = join(folder, 'config.json');
  const pipelines = Object.fromEntries(
    Array.from({ length: many }, (_, index) => [`Pipeline ${index}`, uuidOf(index)]),
  );
  await writeFile(config, JSON.stringify({ connections: { datamin: { ...simulator.settings, pipelines } } }));
  const run = (...words: string[]) =>
    startProgram(['call', ...words, '--config', config, '--results-dir', join(folder, 'results')]);
  const asked = () => simulator.requests.filter(({ target }) => target.includes('/stats/')).length;

  let uri = '';
  let program = run('datamin_get_pipeline_stats', '--pipeline', 'all', '--from', '7d', '--confirm-many', String(many));
  for (const kill of kills) {
    await expect.poll(asked, { timeout: 60_000, interval: 5 }).toBeGreaterThan(kill);
    program.child.kill('SIGKILL');
    const { signal } = await program.ended;
    expect(signal).toBe('SIGKILL');
    uri ||= /batch:\/\/\w+/.exec(program.stderr)?.[0] ?? '';
    program = run('wait_for_run', '--run', uri, '--json');
  }
  const { code } = await program.ended;
  expect(code, program.stderr).toBeLessThanOrEqual(6);
  const answer = JSON.parse(program.stdout) as { run: object; result: { uri: string; rows: number } };
  expect(answer.run).toMatchObject({ uri, final: true, progress: { done: many, total: many } });
  expect(asked()).toBeGreaterThanOrEqual(many);
  expect(asked()).toBeLessThanOrEqual(many + kills.length * atOnce);

  const sql = `SELECT count(*) AS rows, count(DISTINCT pipeline_uuid) AS things FROM "${answer.result.uri}"`;
  const counted = run('query_result', '--sql', sql, '--json');
  expect((await counted.ended).code, counted.stderr).toBe(0);
  expect(JSON.parse(counted.stdout)).toMatchObject({ items: [{ rows: many, things: many }] });
  await simulator.close();
}, 180_000);
