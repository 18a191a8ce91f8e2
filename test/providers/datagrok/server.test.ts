import { describe, expect, test } from 'vitest';
import { idOf } from '../../../src/providers/datagrok/simulator/seed/people.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

type Row = Record<string, unknown>;

const items = (data: Row) => data['items'] as Row[];

const names = (data: Row) => items(data).map(({ name }) => name);

test('packages are listed and shown, and which versions are current', async () => {
  const { ask } = await startDatagrok();
  expect(names(await ask('datagrok_list_packages'))).toEqual(['Chem', 'PowerPack', 'GeoTools']);
  const chem = await ask('datagrok_get_package', { package: 'Chem' });
  expect(chem).toMatchObject({ name: 'Chem', category: 'Cheminformatics' });
  const published = items(await ask('datagrok_list_published_packages', { package_id: chem['id'] }));
  expect(published.map(({ version, isCurrent }) => [version, isCurrent])).toEqual([
    ['1.13.2', false],
    ['1.14.0', true],
  ]);
  expect(await ask('datagrok_get_published_package', { published: published[1]?.['id'] })).toMatchObject({
    version: '1.14.0',
  });
});

test('the server tells its health, and takes many operations at once', async () => {
  const { ask, state, callFails } = await startDatagrok();
  expect(await ask('datagrok_check_health')).toMatchObject({ status: 'ok', version: '1.28.4' });
  state.failedServices.add('jupyter');
  expect(await ask('datagrok_check_health', { module: 'jupyter' })).toMatchObject({
    status: 'degraded',
    services: [{ key: 'jupyter', status: 'Failed' }],
  });
  const { summary, results } = await ask('datagrok_run_batch', {
    operations: [
      { id: 'g', action: 'groups.get', params: { id: 'Geology' } },
      { id: 'x', action: 'groups.get', params: { id: 'Nobody' } },
      { action: 'functions.run', params: { name: 'Abs', params: { x: -3 } }, dependsOn: ['g'] },
      { action: 'users.get', params: { id: 'mara.okafor' }, dependsOn: ['x'] },
    ],
  });
  expect(summary).toEqual({ total: 4, succeeded: 2, partial: 0, failed: 1, skipped: 1 });
  expect((results as Row[]).map(({ status, result }) => [status, typeof result === 'number' ? result : null])).toEqual([
    ['success', null],
    ['error', null],
    ['success', 3],
    ['skipped', null],
  ]);
  const shared = { entity: 'MaraOkafor:CopperheadNorth:Collars', groups: ['DataScience'], access: 'Edit' };
  expect(await ask('datagrok_share_entity', shared)).toMatchObject({ status: 'success', shared: ['DataScience'] });
  expect(await callFails('datagrok_share_entity', { ...shared, access: 'Own' })).toMatch(/^bad_arguments: /);
});

describe('internal routes', () => {
  test('list, save and delete scripts and queries', async () => {
    const { ask, state } = await startDatagrok();
    expect(names(await ask('datagrok_list_scripts', { order: '!name' }))).toEqual([
      'RockQuality',
      'KrigeBlocks',
      'CountRows',
      'Composite',
    ]);
    expect(await ask('datagrok_get_script', { script: 'Geology:Composite' })).toMatchObject({ language: 'r' });
    const { id } = await ask('datagrok_save_script', { name: 'Depth', language: 'python', script: 'd = 1' });
    expect(state.world.functions.get(String(id))).toMatchObject({ type: 'Script', script: 'd = 1' });
    expect(await ask('datagrok_delete_script', { script: id })).toMatchObject({ done: true });
    expect(state.world.functions.has(String(id))).toBe(false);
    expect(names(await ask('datagrok_list_queries'))).toEqual(['AssaysByHole', 'LatestBatch']);
    expect(await ask('datagrok_get_query', { query: 'Geology:Laboratory:LatestBatch' })).toMatchObject({
      query: expect.stringContaining('max(batch)'),
    });
    const laboratory = { id: idOf('connection Geology:Laboratory') };
    const saved = await ask('datagrok_save_query', { name: 'Holes', query: 'select 1', data_connection: laboratory });
    expect(state.world.functions.get(String(saved['id']))).toMatchObject({ type: 'DataQuery', query: 'select 1' });
    expect(await ask('datagrok_delete_query', { query: saved['id'] })).toMatchObject({ done: true });
  });

  test('list, find, save and delete projects', async () => {
    const { ask, state } = await startDatagrok();
    expect(names(await ask('datagrok_list_projects', { limit: 2, order: 'name' }))).toEqual([
      'CopperheadNorth',
      'CopperheadOverview',
    ]);
    expect(names(await ask('datagrok_search_projects', { name: 'overview' }))).toEqual(['CopperheadOverview']);
    expect(names(await ask('datagrok_list_recent_projects'))[0]).toBe('ShiftReport');
    expect(await ask('datagrok_get_project', { dashboard: 'MaraOkafor:CopperheadOverview' })).toMatchObject({
      grok_name: 'MaraOkafor:CopperheadOverview',
      isDashboard: true,
    });
    const { id } = await ask('datagrok_save_project', { name: 'CoreScans', description: 'Scans' });
    expect(state.world.projects.get(String(id))?.description).toBe('Scans');
    expect(await ask('datagrok_delete_project', { dashboard: id })).toMatchObject({ done: true });
    expect(state.world.projects.has(String(id))).toBe(false);
  });

  test('have spaces, with spaces, things and files in them', async () => {
    const { ask, state, stored } = await startDatagrok();
    expect(names(await ask('datagrok_list_spaces'))).toEqual(['Drilling', 'Geology']);
    expect(await ask('datagrok_get_space', { space: 'Geology:Drilling' })).toMatchObject({
      grok_name: 'Geology:Drilling',
    });
    expect(names(await ask('datagrok_list_subspaces', { space: 'Geology' }))).toEqual(['Drilling']);
    const { id } = await ask('datagrok_create_space', { name: 'Metallurgy' });
    const below = await ask('datagrok_create_subspace', { space: 'Metallurgy', name: 'Assays' });
    expect(state.world.spaces.get(String(below['id']))?.parent).toBe(id);
    const entity = idOf('project MaraOkafor:CopperheadNorth');
    expect(
      await ask('datagrok_add_to_space', { space: id, entity: 'MaraOkafor:CopperheadNorth', link: true }),
    ).toMatchObject({ done: true });
    const children = { space: id, types: ['Project'], linked: true };
    expect(items(await ask('datagrok_list_space_children', children))).toMatchObject([
      { name: 'CopperheadNorth', type: 'Project', isLink: true },
    ]);
    expect(await ask('datagrok_remove_from_space', { space: id, entity })).toMatchObject({ done: true });
    expect(state.world.spaces.get(String(id))?.entities).toEqual({});

    const file = { space: id, path: 'plans/a #1.csv' };
    expect(await ask('datagrok_upload_space_file', { ...file, source: [{ a: 1 }] })).toMatchObject({ done: true });
    expect((await stored(await ask('datagrok_download_space_file', file))).text).toBe('a\r\n1\r\n');
    const listed = await ask('datagrok_list_space_files', { space: id, recursive: true });
    expect(items(listed).map(({ path }) => path)).toEqual(['plans', 'plans/a #1.csv']);
    expect(await ask('datagrok_delete_space_file', file)).toMatchObject({ done: true });
    expect(await ask('datagrok_delete_space', { space: 'Metallurgy' })).toMatchObject({ done: true });
    expect(state.world.spaces.has(String(below['id']))).toBe(false);
  });
});
