import { InMemoryTransport } from '@modelcontextprotocol/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSigner } from '../../src/base/signer.ts';
import { unseenRun } from '../../src/operations/run.ts';
import { createTasks, type TaskSource, type TaskSubject, tasksExtension } from '../../src/runs/tasks.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { serveClient } from '../../src/server/stdio.ts';
import { startWorld } from '../support/harness.ts';
import { modern, startListening } from '../support/listening.ts';
import { modernClient, type Reply } from '../support/modern.ts';

const rqd = {
  name: 'datarock_create_export',
  arguments: { project: 'Copperhead North', artefact: 'rqd', holes: 'all' },
};
const pipeline = { name: 'dataops_run_pipeline', arguments: { project: 'meridian/data/drill-assays', ref: 'main' } };
const idOf = ({ result }: Reply) => result?.['taskId'] as string;

const storedIn = (task: Reply['result']) => /result:\/\/\w+/.exec(JSON.stringify(task))?.[0];

it('a task whose start said much has an id that fits a header, and names the run all the same', async () => {
  const seen: TaskSubject[] = [];
  const source: TaskSource = {
    async look(subject) {
      seen.push(subject);
      return { status: 'working' };
    },
    cancel: async () => {},
  };
  const tasks = createTasks({ clock: virtualClock(), signer: createSigner(), source });
  const run = unseenRun('x://runs/1');
  for (const text of ['short', 'long'.repeat(2_000)]) {
    const { taskId } = tasks.create({ kind: 'run', run, details: { text }, warnings: [] });
    expect(String(taskId).length).toBeLessThan(4_100);
    await tasks.get(String(taskId), {});
  }
  expect(seen.map(({ run, details }) => [run, details])).toEqual([
    ['x://runs/1', { text: 'short' }],
    ['x://runs/1', undefined],
  ]);
});

describe('a client that follows tasks', () => {
  it('gets one for what takes long, at once, and its result in the end', async () => {
    const world = await startWorld();
    const client = modernClient(world);
    const { result: discovered } = await client('server/discover');
    expect(discovered?.['capabilities']).toMatchObject({ extensions: { [tasksExtension]: {} } });

    const began = world.clock.now();
    const { result: started } = await client('tools/call', rqd);
    expect(world.clock.now() - began).toBeLessThan(3_000);
    expect(started).toMatchObject({
      resultType: 'task',
      status: 'working',
      ttlMs: null,
      createdAt: new Date(world.clock.now()).toISOString(),
      statusMessage: expect.stringMatching(/^Started datarock:\/\/exports\/[0-9a-f-]{36}\?asked=40\.$/),
    });
    const taskId = started?.['taskId'] as string;
    const first = await client('tasks/get', { taskId });
    expect(first.result).toMatchObject({
      resultType: 'complete',
      taskId,
      status: 'working',
      statusMessage: expect.stringMatching(/^export in_progress: \d+ of 40 holes$/),
      pollIntervalMs: 5_000,
    });
    expect(first.result).not.toHaveProperty('result');

    await world.clock.advance(3_600_000);
    const { result: done } = await client('tasks/get', { taskId });
    expect(done).toMatchObject({ status: 'completed', createdAt: started?.['createdAt'] });
    expect(done?.['result']).toMatchObject({
      structuredContent: {
        run: { status: 'succeeded', final: true },
        result: { rows: 8540 },
        details: { artefact: 'rqd', holes: 40 },
      },
      content: [{ type: 'text', text: expect.stringMatching(/^Run datarock:\/\/exports\//) }],
    });
    // Asked again it is the same, though nothing was kept of it.
    const { result: again } = await client('tasks/get', { taskId });
    expect(storedIn(done)).toBeDefined();
    expect(storedIn(again)).toBe(storedIn(done));
  });

  it('cancels the job itself, as often as it likes', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const client = modernClient(world);
    const taskId = idOf(await client('tools/call', pipeline));
    for (const _ of [1, 2]) {
      expect((await client('tasks/cancel', { taskId })).result).toEqual(
        expect.not.objectContaining({ taskId: expect.anything(), status: expect.anything() }),
      );
      await world.clock.advance(60_000);
      expect((await client('tasks/get', { taskId })).result).toMatchObject({ status: 'cancelled' });
    }
    const cancelled = world.dataops.requests.filter(({ target }) => target.endsWith('/cancel'));
    expect(cancelled).toHaveLength(1);
  });

  it('is told why its job could not be cancelled, without secrets', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const client = modernClient(world);
    const taskId = idOf(await client('tools/call', pipeline));
    const { token = '' } = world.dataops.settings;
    world.dataops.faults.add({ kind: 'status', status: 400, body: `no ${token}`, match: { method: 'POST' } });
    const { error } = await client('tasks/cancel', { taskId });
    expect(error?.message).toMatch(
      /^rejected: DataOps\.live answered 400 to dataops_cancel_pipeline: "no \[redacted\]"/,
    );
  });

  it('has its cancelling acknowledged where the platform has none', async () => {
    const world = await startWorld();
    const client = modernClient(world);
    const taskId = idOf(await client('tools/call', rqd));
    expect((await client('tasks/cancel', { taskId })).result).toMatchObject({ resultType: 'complete' });
    expect((await client('tasks/get', { taskId })).result).toMatchObject({ status: 'working' });
  });

  it('is served by any replica with the same key, and by no other', async () => {
    const key = 'k'.repeat(32);
    const world = await startWorld({ signer: createSigner(key) });
    const taskId = idOf(await modernClient(world)('tools/call', rqd));
    const again = { clock: world.clock, env: { ...world.datarock.environment }, platforms: [] };
    const replica = await startWorld({ ...again, signer: createSigner(key) });
    expect((await modernClient(replica)('tasks/get', { taskId })).result).toMatchObject({ status: 'working' });
    const stranger = await startWorld(again);
    expect((await modernClient(stranger)('tasks/get', { taskId })).error).toMatchObject({ code: -32602 });
  });

  it('finds no task of another caller, none that was altered, and none it made up', async () => {
    const world = await startWorld();
    const [one, other] = [modernClient(world, { subject: 'ada' }), modernClient(world, { subject: 'grace' })];
    const taskId = idOf(await one('tools/call', rqd));
    expect((await one('tasks/get', { taskId })).result).toMatchObject({ status: 'working' });
    const run = { run: 'datarock://exports/00000000-0000-0000-0000-000000000000', createdAt: 0 };
    const forged = `${Buffer.from(JSON.stringify(run)).toString('base64url')}.${taskId.split('.')[1]}`;
    const tries = [
      [other, taskId],
      [modernClient(world), taskId],
      [one, forged],
      [one, `${taskId}x`],
      [one, 'made-up'],
    ] as const;
    for (const [client, id] of tries)
      for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update'])
        expect((await client(method, { taskId: id })).error).toMatchObject({
          code: -32602,
          message: 'Failed to retrieve task: Task not found',
        });
  });

  it('goes on through what passes, and is told what does not', async () => {
    const world = await startWorld();
    const client = modernClient(world);
    const taskId = idOf(await client('tools/call', rqd));
    world.datarock.faults.add({ kind: 'status', status: 503 });
    expect((await client('tasks/get', { taskId })).result).toMatchObject({
      status: 'working',
      statusMessage: expect.stringMatching(/^It could not be looked at: /),
    });
    world.datarock.faults.clear();
    world.datarock.faults.add({ kind: 'status', status: 403 });
    expect((await client('tasks/get', { taskId })).result).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ text: expect.stringMatching(/^(missing_scope|unauthorized|rejected): /) }] },
    });
  });
});

it('a client that does not gets the run, and none of the methods', async () => {
  const world = await startWorld();
  const client = modernClient(world, { capabilities: {} });
  const { result } = await client('tools/call', rqd);
  expect(result).toMatchObject({ resultType: 'complete', structuredContent: { run: { status: 'succeeded' } } });
  for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update'])
    expect((await client(method, { taskId: 'any' })).error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { extensions: { [tasksExtension]: {} } } },
    });
});

it('a client that does not may not listen for them either', async () => {
  const world = await startListening();
  const listening = modern('subscriptions/listen', { notifications: { taskIds: ['any'] } });
  const refused = await world.post(listening.message, listening.headers);
  expect(refused).toMatchObject({ status: 400, message: { id: 1, error: { code: -32021 } } });

  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const handle = serveClient(world.server, ours);
  onTestFinished(() => handle.close());
  const answered = new Promise(resolve => {
    theirs.onmessage = resolve;
  });
  await theirs.start();
  await theirs.send(listening.message as never);
  expect(await answered).toMatchObject({ id: 1, error: { code: -32021 } });
});
