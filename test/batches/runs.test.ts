import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { commandLine, onSandbox } from '../support/command-line.ts';
import { startWorld, type World } from '../support/harness.ts';
import { modernClient } from '../support/modern.ts';

type Row = Record<string, unknown>;

const many = 60;
const sites = { status: 'failed' };

/** As many projects as take longer than a call: the platform is slow. */
async function slowly(): Promise<{ world: World; names: string[] }> {
  const world = await startWorld({ platforms: ['dataops'] });
  const listed = await world.call('dataops_list_projects', { search: 'site-logs', limit: many, fields: ['id'] });
  const { uri } = listed.data['result'] as { uri: string };
  const { data } = await world.call('read_result', { result: uri, limit: many });
  world.dataops.faults.add({ kind: 'slow', ms: 20_000, match: { path: /\/pipelines/ } });
  return { world, names: (data['items'] as Row[]).map(({ id }) => String(id)) };
}

describe('what does not end within one call', () => {
  it('is a run that goes on by itself, and is waited for like any other', async () => {
    const { world, names } = await slowly();
    const { call, dataops } = world;
    const asked = () => dataops.requests.filter(({ target }) => target.includes('/pipelines')).length;
    const first = await call('dataops_list_pipelines', { ...sites, project: names });
    const { uri } = first.data['run'] as { uri: string };
    expect(first.text).toMatch(/^Run batch:\/\/\w+: running, \d+ of 60 projects\.\nNext: wait_for_run/);
    let last = first;
    for (let waits = 0; !(last.data['run'] as Row)['final'] && waits < 10; waits += 1)
      last = await call('wait_for_run', { run: uri, wait_seconds: 45 });
    expect(last.text).toMatch(
      /^Run batch:\/\/\w+: succeeded, 60 of 60 projects\.\n\d+ pipelines?, of \d+ of 60 projects/,
    );
    expect(asked()).toBe(many);
  });

  it('ends with what it has when it is cancelled', async () => {
    const { world, names } = await slowly();
    const first = await world.call('dataops_list_pipelines', { ...sites, project: names });
    const { uri } = first.data['run'] as { uri: string };
    const ended = await world.call('wait_for_run', { run: uri, cancel: true });
    expect(ended.data['run']).toMatchObject({ status: 'cancelled', final: true });
    expect(ended.text).toMatch(/projects gave no answer/);
    const again = await world.call('wait_for_run', { run: uri });
    expect(again.data['run']).toMatchObject({ status: 'cancelled' });
  });

  it('is a task for a client that knows them', async () => {
    const { world, names } = await slowly();
    const client = modernClient(world);
    const { result } = await client('tools/call', {
      name: 'dataops_list_pipelines',
      arguments: { ...sites, project: names },
    });
    expect(result).toMatchObject({ resultType: 'task', status: 'working' });
    const taskId = result?.['taskId'];
    let seen: Row | undefined = result;
    for (let looks = 0; seen?.['status'] === 'working' && looks < 300; looks += 1) {
      await world.clock.sleep(2_000);
      seen = (await client('tasks/get', { taskId })).result;
    }
    expect(seen).toMatchObject({ status: 'completed' });
    expect(JSON.stringify(seen)).toContain('of 60 projects');
  });

  it('is nobody else’s, and nobody can change what it does', async () => {
    const { world, names } = await slowly();
    const first = await world.call('dataops_list_pipelines', { ...sites, project: names });
    const { uri } = first.data['run'] as { uri: string };
    await world.call('wait_for_run', { run: uri, cancel: true });
    const other = world.server.served({ name: 'other', callerId: 'other' });
    const asked = await other.tools.call('wait_for_run', { run: uri });
    expect(JSON.stringify(asked.content)).toContain('not_found: There is no batch');
    await expect(other.resources.read(uri)).rejects.toThrow();
    // Whoever can write into the folder, but has not the key.
    const path = (await world.server.shared.results.workspace(uri)).path('plan');
    const { plan, signature } = JSON.parse(await readFile(path, 'utf8')) as { plan: string; signature: string };
    await writeFile(path, JSON.stringify({ plan: plan.replace('failed', 'success'), signature }));
    const altered = await world.call('wait_for_run', { run: uri });
    expect(altered.text).toMatch(/^not_found: There is no batch/);
  });

  it('is not there under a URI that somebody made up', async () => {
    const { call } = await startWorld();
    const seen = await call('wait_for_run', { run: 'batch://abcdefghijkl' });
    expect(seen.text).toMatch(/^not_found: There is no batch/);
  });
});

describe('on the command line', () => {
  it('answers with the table, tells how far it is, and exits by what came', async () => {
    const sandbox = await onSandbox();
    const seen = await commandLine(['call', 'datarock_list_artefacts', '--project', 'all', ...sandbox]);
    expect(seen.code, seen.stderr).toBe(0);
    expect(seen.stdout).toMatch(/^17 artefacts, of 4 of 4 projects\./);
    expect(seen.stderr).toMatch(/batch:\/\/\w+: \d of 4 projects/);
    const some = await commandLine([
      'call',
      'datarock_list_holes',
      '--project',
      'Copperhead North,Nowhere',
      ...sandbox,
    ]);
    expect(some.code).toBe(6);
    expect(some.stdout).toMatch(/1 of 2 projects: .*Nowhere/);
  });
});
