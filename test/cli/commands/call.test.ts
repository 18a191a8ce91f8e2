import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { dataopsSimulator } from '../../../src/providers/dataops/simulator/simulator.ts';
import { datarockSimulator } from '../../../src/providers/datarock/simulator/simulator.ts';
import type { DatarockState } from '../../../src/providers/datarock/simulator/state.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';
import { commandLine, onSandbox, start, temporaryFolder } from '../../support/command-line.ts';

/** A platform outside the process under test, in real time, that finishes exports at once. */
async function platform(change: (state: DatarockState) => unknown = () => {}) {
  const simulator = await startSimulator(datarockSimulator, { clock: systemClock() });
  onTestFinished(() => simulator.close());
  simulator.state.paceMs = 0;
  await change(simulator.state);
  const env = { ...simulator.environment, DATA_PLATFORMS_RESULTS_DIR: await temporaryFolder() };
  return { ...simulator, env };
}

const order = ['--project', 'Copperhead North', '--artefact', 'RQD', '--holes', 'DDH001', '--holes', 'DDH002'];

test('prints what a model would read', async () => {
  const { code, stdout, stderr } = await commandLine(['call', 'datarock_list_projects', ...(await onSandbox())]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^All 4 projects\.\nuuid,name\n/);
});

test('prints JSON, with arguments as flags or as JSON', async () => {
  const flags = await onSandbox();
  const [asFlags, asJson] = await Promise.all([
    commandLine(['call', 'datarock_list_holes', '--project', 'Copperhead North', '--limit', '2', '--json', ...flags]),
    commandLine(['call', 'datarock_list_holes', '--json', '{"project": "Copperhead North", "limit": 2}', ...flags]),
  ]);
  expect(JSON.parse(asFlags.stdout).items).toEqual([{ id: 'DDH001' }, { id: 'DDH002' }]);
  expect(JSON.parse(asJson.stdout).items).toEqual(JSON.parse(asFlags.stdout).items);
});

test('an operation that is not listed can be called, and so can a general tool', async () => {
  const flags = await onSandbox();
  const unlisted = await commandLine(['call', 'datarock_list_exports', '--json', ...flags]);
  expect(JSON.parse(unlisted.stdout).page.complete).toBe(true);
  const general = await commandLine(['call', 'check_connections', '--json', ...flags]);
  expect(JSON.parse(general.stdout).connections[0].status).toBe('ok');
});

test('waits for a run to its end, telling how far it is', async () => {
  const { state, env } = await platform(one => {
    one.paceMs = 60_000;
  });
  const running = start(['call', 'datarock_create_export', ...order], env);
  await running.shows('stderr', 'export in_progress');
  for (const hole of [...state.exports.values()].flatMap(({ holes }) => holes)) hole.doneAt = 0;
  const { code, stdout, stderr } = await running.done;
  expect(code).toBe(0);
  expect(stdout).toMatch(/succeeded [\s\S]*2 of 2 holes/);
  expect(stdout).toMatch(/Stored as result:\/\/\w+: 414 rows/);
  expect(stdout).toContain('version: v2');
  expect(stderr).toMatch(/^export in_progress: 0 of 2 holes\n/);
});

test('--version and --no-wait: the first belongs to the tool, the second stops at the URI', async () => {
  const { state, env } = await platform(one => {
    one.paceMs = 60_000;
  });
  const argv = ['call', 'datarock_create_export', ...order, '--version', 'v1', '--no-wait', '--json'];
  const file = join(await temporaryFolder(), 'the config.json');
  await writeFile(file, '{}');
  const { code, stdout, stderr } = await commandLine([...argv, '--config', file], env);
  expect(code).toBe(0);
  const { run, details } = JSON.parse(stdout);
  expect(run).toMatchObject({ uri: expect.stringMatching(/^datarock:\/\/exports\//), final: false });
  expect(stderr).toContain(`Resume with: data-platforms-mcp call wait_for_run --run '${run.uri}' --config '${file}'\n`);
  expect(details.version).toBe('v1');
  expect(state.exports.size).toBe(1);
});

test('an interruption ends it at once, names the run, and leaves it', async () => {
  const { state, env } = await platform(one => {
    one.paceMs = 60_000;
  });
  const running = start(['call', 'datarock_create_export', ...order], env);
  await running.shows('stderr', 'export in_progress');
  running.interrupt();
  const { code, stdout, stderr } = await running.done;
  const [id] = state.exports.keys();
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr).toContain(
    `Resume with: data-platforms-mcp call wait_for_run --run 'datarock://exports/${id}?asked=2'\n`,
  );
});

test('an interruption while files are fetched is one, and names the run too', async () => {
  const { env, faults, requests } = await platform();
  faults.add({ kind: 'hang', match: { path: /\.csv/ } });
  const running = start(['call', 'datarock_create_export', ...order], env);
  await running.shows('stderr', 'export completed');
  await expect.poll(() => requests.some(({ site }) => site === 'storage')).toBe(true);
  running.interrupt();
  const { code, stderr } = await running.done;
  expect(code).toBe(130);
  expect(stderr).toContain('Resume with: data-platforms-mcp call wait_for_run');
});

describe('with --json, a failure', () => {
  test('is JSON too, in words and with its code', async () => {
    const { env } = await platform();
    const argv = ['call', 'datarock_list_holes', '--project', 'Coperhead North', '--json'];
    const { code, stdout, stderr } = await commandLine(argv, env);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'not_found',
        message: 'datarock_list_projects shows nothing called "Coperhead North".',
        hint: expect.stringContaining('Did you mean "Copperhead North"?'),
      },
    });
    expect(stderr).toContain('nothing called "Coperhead North"');
    const { code: misused, stdout: unknown } = await commandLine(['call', 'datarock_list_hole', '--json'], env);
    expect([misused, JSON.parse(unknown).error.code]).toEqual([2, 'unknown_operation']);
  });

  test('names the run that goes on', async () => {
    const { env, faults, state } = await platform();
    faults.add({ kind: 'status', status: 401, match: { method: 'GET', path: /export\/artefacts\// } });
    const { code, stdout } = await commandLine(['call', 'datarock_create_export', ...order, '--json'], env);
    const [id] = state.exports.keys();
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'unauthorized', status: 401 },
      run: { uri: `datarock://exports/${id}?asked=2` },
    });
  });
});

describe('what is destructive', () => {
  async function dataops() {
    const simulator = await startSimulator(dataopsSimulator, { clock: systemClock() });
    onTestFinished(() => simulator.close());
    const env = { ...simulator.environment, DATA_PLATFORMS_RESULTS_DIR: await temporaryFolder() };
    const schedule = String(simulator.state.names.schedules.paused);
    const removal = [
      'call',
      'dataops_delete_schedule',
      '--project',
      'meridian/data/drill-assays',
      '--schedule',
      schedule,
    ];
    const deleted = () => simulator.requests.filter(({ method }) => method === 'DELETE').length;
    return { env, removal, deleted };
  }

  test('is put to the person at the terminal, and sent when they say yes', async () => {
    const { env, removal, deleted } = await dataops();
    const no = await start(removal, env, 'no\n').done;
    expect(no).toMatchObject({ code: 130, stdout: '' });
    expect(no.stderr).toContain('Delete the ');
    expect(deleted()).toBe(0);
    expect(await start(removal, env, 'y\n').done).toMatchObject({ code: 0 });
    expect(deleted()).toBe(1);
  });

  test('is not sent where nobody can be asked, unless the command says so', async () => {
    const { env, removal, deleted } = await dataops();
    const unasked = await commandLine(removal, env);
    expect(unasked).toMatchObject({ code: 3, stdout: '' });
    expect(unasked.stderr).toMatch(/repeat the command with --yes/);
    expect(deleted()).toBe(0);
    expect((await commandLine([...removal, '--yes'], env)).code).toBe(0);
    expect(deleted()).toBe(1);
  });
});

describe('exit codes', () => {
  test('6 for a run that failed', async () => {
    const { env } = await platform(({ failedHoles }) => failedHoles.add('DDH001').add('DDH002'));
    const { code, stdout } = await commandLine(['call', 'datarock_create_export', ...order], env);
    expect(stdout).toMatch(/: failed,/);
    expect(code).toBe(6);
  });

  const list = ['call', 'datarock_list_projects'];
  test.each<[number, string, string[], (state: DatarockState) => unknown]>([
    [3, 'a credential that is refused', list, state => state.replaceKey()],
    [3, 'a permission that is missing', list, state => Object.assign(state, { permitted: false })],
    [4, 'a thing that is not there', ['call', 'datarock_get_export', '--export', 'nope'], () => {}],
    [2, 'an argument that is not there', [...list, '--projct', 'x'], () => {}],
    [2, 'a tool that is not there', ['call', 'datarock_list_project'], () => {}],
    [2, 'arguments that are missing', ['call', 'datarock_list_holes'], () => {}],
    [
      3,
      'a change where only reading is allowed',
      ['call', 'datarock_create_export', ...order, '--read-only'],
      () => {},
    ],
  ])('%d for %s', async (code, _, argv, change) => {
    const { env } = await platform(change);
    const outcome = await commandLine(argv, env);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(/^data-platforms-mcp: \S.*\n {2}\S.*\n$/);
  });

  test('5 for an answer that is no answer', async () => {
    const { env, faults } = await platform();
    faults.add({ kind: 'html' });
    expect(await commandLine(list, env)).toMatchObject({ code: 5, stdout: '' });
  });

  test('3 for a platform nobody connected', async () => {
    expect(await commandLine(list)).toMatchObject({ code: 3, stdout: '' });
  });
});
