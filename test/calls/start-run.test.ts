import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fieldMeta, isGuarded } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { project, start } from '../support/dataops-world.ts';
import { startProgram } from '../support/process.ts';
import { respond, upstream } from '../support/upstream.ts';

const order = { project, ref: 'main', wait_seconds: 0 };
const sameStart = expect.stringMatching(/^The same start was made .* ago; this is that run\. .* again: true\.$/);

async function world() {
  const made = await start();
  const posts = () =>
    made.dataops.requests.filter(({ method, target }) => method === 'POST' && target.endsWith('/pipeline')).length;
  const run = async (args: object = {}) => {
    const { data, isError, text } = await made.callTool('dataops_run_pipeline', { ...order, ...args });
    const { uri } = (data['run'] ?? {}) as { uri?: string };
    return { uri, warnings: (data['warnings'] ?? []) as string[], isError, text };
  };
  return { ...made, posts, run };
}

describe('the same start', () => {
  test('made ten times at once is one start, and all others say so', async () => {
    const { run, posts } = await world();
    const answers = await Promise.all(Array.from({ length: 10 }, () => run()));
    expect(posts()).toBe(1);
    expect(new Set(answers.map(({ uri }) => uri)).size).toBe(1);
    expect(answers.filter(({ warnings }) => warnings.length > 0).map(({ warnings }) => warnings)).toEqual(
      Array(9).fill([sameStart]),
    );
  });

  test('finds the run for ten minutes, however its arguments are ordered; another is another', async () => {
    const { run, posts, clock } = await world();
    const first = await run({ variables: { A: '1', B: '2' } });
    const { call } = { call: run };
    const second = await call({ variables: { B: '2', A: '1' }, wait_seconds: 1 });
    expect([second.uri, second.warnings]).toEqual([first.uri, [sameStart]]);
    const other = await run({ variables: { A: '1', B: '3' } });
    expect(other.uri).not.toBe(first.uri);
    await clock.advance(601_000);
    expect((await run({ variables: { A: '1', B: '2' } })).uri).not.toBe(first.uri);
    expect(posts()).toBe(3);
  });

  test('starts another when it is asked to', async () => {
    const { run, posts } = await world();
    const first = await run();
    const second = await run({ again: true });
    expect([second.uri === first.uri, second.warnings, posts()]).toEqual([false, [], 2]);
    expect((await run()).uri).toBe(second.uri);
  });

  test('is made anew, unasked, when the run was cancelled', async () => {
    const { run, posts, call } = await world();
    const first = await run();
    const pipeline = first.uri?.split('/').at(-1) ?? '';
    await call('cancel_pipeline', { project, pipeline });
    const second = await run();
    expect([second.uri === first.uri, second.warnings, posts()]).toEqual([false, [], 2]);
  });

  test('cancelling is told again each time', async () => {
    const { run, call, dataops } = await world();
    const pipeline = (await run()).uri?.split('/').at(-1) ?? '';
    await call('cancel_pipeline', { project, pipeline });
    await call('cancel_pipeline', { project, pipeline });
    expect(dataops.requests.filter(({ target }) => target.endsWith('/cancel'))).toHaveLength(2);
  });

  test('which the platform refused is free at once', async () => {
    const { run, dataops, posts } = await world();
    dataops.faults.add({ kind: 'status', status: 400, match: { method: 'POST' }, times: 1 });
    expect((await run()).text).toMatch(/^rejected: /);
    expect([(await run()).isError, posts()]).toEqual([false, 2]);
  });

  test.each(['drop', 'hang', 'status', 'malformed', 'html'] as const)(
    'whose answer was lost (%s) is not made blindly, and says where to look',
    async kind => {
      const { run, dataops, posts, clock } = await world();
      const fault = kind === 'status' ? { kind, status: 502 } : { kind };
      dataops.faults.add({ ...fault, match: { method: 'POST' }, times: 1 });
      const first = run();
      if (kind === 'hang') {
        while (posts() === 0) await new Promise(resolve => setImmediate(resolve));
        await clock.advance(30_000);
      }
      expect((await first).text).toMatch(/may have (arrived|been started)\.\nNext: .*dataops_list_pipelines/);
      expect((await run()).text).toMatch(
        /^outcome_unknown: The same start was sent .* ago.*\nNext: .*dataops_list_pipelines.*again: true\.$/,
      );
      expect(posts()).toBe(1);
      expect([(await run({ again: true })).isError, posts()]).toEqual([false, 2]);
    },
  );
});

test('has a record of its own for each caller', async () => {
  const { server, posts } = await world();
  const caller = (name: string) => server.served({ name, callerId: name }).tools;
  const ask = (name: string) => caller(name).call('dataops_run_pipeline', order);
  await Promise.all([ask('ada'), ask('ada'), ask('grace')]);
  expect(posts()).toBe(2);
});

describe('processes that share a results folder', () => {
  /** A platform that counts starts and answers each as told. */
  async function platform(answer: 'answers' | 'hangs') {
    let starts = 0;
    const clock = virtualClock();
    const { origin } = await upstream(clock, ({ method, url }, response) => {
      if (method !== 'POST')
        return respond(response, 200, {}, url.endsWith('/jobs') ? [] : { id: 7, status: 'running' });
      starts += 1;
      if (answer === 'answers') respond(response, 201, {}, { id: 7, project_id: 42, status: 'created' });
    });
    const folder = await mkdtemp(join(tmpdir(), 'data-platforms-starts-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const env = { HOME: folder, DATAOPS_BASE_URL: origin, DATAOPS_TOKEN: 'glpat-aaaaaaaaaaaaaaaaaaaa' };
    const words = [
      'call',
      'dataops_run_pipeline',
      '--project',
      '42',
      '--ref',
      'main',
      '--results-dir',
      join(folder, 'r'),
    ];
    const run = (...more: string[]) => startProgram([...words, '--no-wait', '--json', ...more], env);
    return { run, starts: () => starts, folder: join(folder, 'r') };
  }

  /** What the killed process wrote, as it reads when its lease of 15 s is over. */
  async function lapse(folder: string): Promise<void> {
    const files = await readdir(join(folder, 'starts'), { recursive: true, withFileTypes: true });
    for (const file of files.filter(file => file.isFile())) {
      const path = join(file.parentPath, file.name);
      const kept = JSON.parse(await readFile(path, 'utf8'));
      expect(kept.value.aliveUntil).toBeGreaterThan(Date.now());
      await writeFile(path, JSON.stringify({ ...kept, value: { ...kept.value, aliveUntil: Date.now() } }));
    }
  }

  test('start it once, all of them together', async () => {
    const { run, starts } = await platform('answers');
    const programs = [run(), run(), run()];
    const codes = await Promise.all(programs.map(({ ended }) => ended));
    expect(
      codes.map(({ code }) => code),
      programs.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0, 0]);
    expect(starts()).toBe(1);
    const warnings = programs.map(({ stdout }) => (JSON.parse(stdout).warnings ?? []) as string[]);
    expect(warnings.flat()).toEqual([sameStart, sameStart]);
    const again = run('--again');
    await again.ended;
    expect([starts(), JSON.parse(again.stdout).warnings ?? []]).toEqual([2, []]);
  });

  test('do not start again what one of them had sent when it was killed', async () => {
    const { run, starts, folder } = await platform('hangs');
    const killed = run();
    while (starts() === 0) await new Promise(resolve => setTimeout(resolve, 20));
    killed.child.kill('SIGKILL');
    await killed.ended;
    await lapse(folder);
    const others = [run(), run()];
    await Promise.all(others.map(({ ended }) => ended));
    for (const { stdout } of others)
      expect(JSON.parse(stdout).error).toMatchObject({
        code: 'outcome_unknown',
        hint: expect.stringMatching(/dataops_list_pipelines.*again: true/),
      });
    expect(starts()).toBe(1);
  }, 60_000);
});

test('every guarded start says where to look, and sends no file whose bytes could change unseen', async () => {
  const code = await Promise.all(providers.map(provider => provider.load()));
  const guarded = code.flatMap(operationsOf).filter(isGuarded);
  expect(guarded.length).toBeGreaterThan(5);
  for (const { name, verifyWith, input } of guarded) {
    expect(verifyWith, name).toMatch(/\w_(list|get)_\w/);
    expect(
      Object.values(input.shape).filter(field => fieldMeta(field).source),
      name,
    ).toEqual([]);
  }
});
