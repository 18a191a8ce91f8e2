import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../support/harness.ts';

const project = 'meridian/data/drill-assays';
const file = 'dataops/modelling/dbt_project.yml';

/** What changes, replaces or deletes something asks somebody, whichever operation does it. */
describe('on DataOps.live', () => {
  const start = () => startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' } });
  const commit = (branch: string, ...actions: object[]) => ({ project, branch, message: 'Change', actions });
  const asks = /^needs_confirmation: Commit to the branch/;

  it('a commit asks before it deletes or moves a file anywhere, or replaces one where others build on it', async () => {
    const world = await start();
    await world.call('dataops_create_branch', { project, branch: 'mine', ref: 'main' });
    const listed = await world.call('dataops_list_files', { project, recursive: true, limit: 'all' });
    const paths = (listed.data['items'] as { path: string; type: string }[]).filter(({ type }) => type === 'blob');
    const [{ path = file } = {}] = paths;
    const update = { action: 'update', file_path: path, content: 'x: 1\n' };
    for (const [branch, action] of [
      ['mine', { action: 'delete', file_path: path }],
      ['mine', { action: 'move', file_path: 'elsewhere.yml', previous_path: path }],
      ['main', update],
    ] as const) {
      const asked = await world.call('dataops_create_commit', commit(branch, action));
      expect(asked.text).toMatch(asks);
      expect(asked.text).toContain(path);
    }
    const direct = { project, path, branch: 'main', message: 'Change', content: 'x: 1\n' };
    expect((await world.call('dataops_update_file', direct)).text).toMatch(/^needs_confirmation: Replace the file/);
    expect(world.dataops.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    const free = await world.call('dataops_create_commit', commit('mine', update));
    expect(free.isError, free.text).toBe(false);
    const added = { action: 'create', file_path: 'new.yml', content: 'x: 1\n' };
    const more = await world.call('dataops_create_commit', commit('main', added));
    expect(more.text).not.toMatch(/^needs_confirmation/);
  });

  it('a schedule is named, with what goes with it', async () => {
    const world = await start();
    const { data } = await world.call('dataops_list_schedules', { project });
    const [{ id, description }] = data['items'] as [{ id: number; description: string }];
    const asked = await world.call('dataops_delete_schedule', { project, schedule: String(id) });
    expect(asked.text).toMatch(/^needs_confirmation: Delete the schedule "/);
    expect(asked.text).toContain(description);
    const taken = await world.call('dataops_take_schedule', { project, schedule: String(id) });
    expect(taken.text).toMatch(/^needs_confirmation: Run the schedule .* It runs with the rights of /);
  });
});

describe('on Datagrok', () => {
  it('a data connection that is there is replaced once somebody has agreed; a new one asks nobody', async () => {
    const world = await startWorld({ platforms: ['datagrok'], flags: { toolsets: 'datagrok:all' } });
    const archive = { name: 'Archive', dataSource: 'S3', parameters: { bucket: 'core' } };
    const made = await world.call('datagrok_save_connection', archive);
    expect(made.isError, made.text).toBe(false);
    const asked = await world.call('datagrok_save_connection', { ...archive, id: made.data['id'] });
    expect(asked.text).toMatch(/^needs_confirmation: Replace the data connection "Archive \(MaraOkafor:Archive\)"\?/);
  });
});

describe('on DX', () => {
  const data = { reference: 'kestrel/booking-api', key: 'side-door' };

  it('custom data that is there is told before it is overwritten, one value or many', async () => {
    const { call } = await startWorld({ platforms: ['dx'], flags: { toolsets: 'dx:all' } });
    const set = (percent: number) => call('dx_set_custom_data', { ...data, value: { percent } });
    expect((await set(81)).isError).toBe(false);
    expect((await set(81)).isError).toBe(false);
    expect((await set(82)).text).toMatch(/^needs_confirmation: Replace the custom data .*\{"percent":81\} now/);
    const many = { source: [{ ...data, value: { percent: 82 } }] };
    expect((await call('dx_set_all_custom_data', many)).text).toMatch(/side-door of kestrel\/booking-api/);
    const fresh = { source: [{ ...data, key: 'another', value: { percent: 82 } }] };
    expect((await call('dx_set_all_custom_data', fresh)).isError).toBe(false);
  });

  it('owners are not replaced unasked', async () => {
    const { call } = await startWorld({ platforms: ['dx'], flags: { toolsets: 'dx:all' } });
    const [{ id = '' } = {}] = (await call('dx_list_teams', {})).data['items'] as { id?: string }[];
    const change = { identifier: 'booking-api', owner_team_ids: [id] };
    for (const [name, more] of [
      ['dx_update_entity', {}],
      ['dx_upsert_entity', { type: 'service' }],
    ] as const) {
      const asked = await call(name, { ...change, ...more });
      expect(asked.text).toMatch(/^needs_confirmation: .* is owned by /);
    }
    const service = { reference_id: 'booking-api', name: 'Booking API', dx_team_id: '1' };
    expect((await call('dx_sync_service', service)).text).toMatch(/^needs_confirmation: Make another team the owner/);
  });
});

describe('on this machine', () => {
  async function start() {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'data-platforms-allowed-')));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const world = await startWorld({ flags: { allow_dir: folder } });
    const { results } = world.server.shared;
    const source = { operation: 'test', arguments: {}, connection: 'test', at: new Date().toISOString() };
    const origin = { name: 'rows', mediaType: 'application/x-ndjson', source };
    const { uri: result } = await results.write(origin as never, { rows: [{ a: 1 }] } as never);
    const exported = (args: object) => world.call('export_result', { result, format: 'csv', ...args });
    return { folder, exported, result };
  }

  it('a file that is there is replaced once somebody has agreed, and for this file as it was', async () => {
    const { folder, exported } = await start();
    const path = join(folder, 'rows.csv');
    await writeFile(path, 'mine');
    expect((await exported({ path })).text).toMatch(/^conflict/);
    const asked = await exported({ path, overwrite: true });
    expect(asked.text).toMatch(/^needs_confirmation: Replace the file ".*rows\.csv" \(4 bytes/);
    expect(await readFile(path, 'utf8')).toBe('mine');
    const confirm = /confirm: "([^"]+)"/.exec(asked.text)?.[1];
    await writeFile(path, 'mine, and more');
    expect((await exported({ path, overwrite: true, confirm })).text).toMatch(/The token does not fit/);
    const again = /confirm: "([^"]+)"/.exec((await exported({ path, overwrite: true })).text)?.[1];
    expect((await exported({ path, overwrite: true, confirm: again })).isError).toBe(false);
    expect(await readFile(path, 'utf8')).toMatch(/^a\r?\n1/);
  });

  it('nothing hidden is written, whatever is agreed to', async () => {
    const { folder, exported } = await start();
    await mkdir(join(folder, '.ssh'));
    for (const path of ['.bashrc', '.ssh/config'])
      expect((await exported({ path: join(folder, path), overwrite: true })).text).toMatch(
        /^bad_arguments: .* is hidden/,
      );
  });
});
