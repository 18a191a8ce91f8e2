import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { idOf, personalGroupId } from '../../../src/providers/datagrok/simulator/seed/people.ts';
import { collarsCsv, noise } from '../../../src/providers/datagrok/simulator/seed/rock.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

type Row = Record<string, unknown>;
const items = (data: Row) => data['items'] as Row[];
const names = (data: Row) => items(data).map(({ name }) => name);

describe('files', () => {
  test('are listed by the name of their share, at the root, in a folder, and all of them', async () => {
    const { ask, refusal, lines } = await startDatagrok();
    const list = (connector: string, args: Row = {}) => ask('datagrok_list_files', { connector, ...args });
    expect(items(await list('System:DemoFiles')).map(({ path, isFile }) => `${path} ${isFile}`)).toEqual([
      'geology false',
      'nothing here false',
      'odd names false',
      'readme.txt true',
    ]);
    expect(items(await list('system:demofiles', { dir: '/geology/' }))).toContainEqual({
      path: 'geology/collars.csv',
      isFile: true,
      size: Buffer.byteLength(collarsCsv()),
      updatedOn: expect.stringMatching(/^2026-/),
    });
    const all = await list('Geology:CoreArchive', { dir: 'photos', recursive: true });
    expect(items(all).map(({ path }) => path)).toEqual([
      'photos/DDH001',
      'photos/DDH001/box-01.jpg',
      'photos/DDH001/box-02.jpg',
    ]);
    const id = idOf('connection System:DemoFiles');
    expect(lines()).toContain(`GET /api/connectors/connections/${id}/files/`);
    expect(lines()).toContain(`GET /api/connectors/connections/${id}/files/geology/`);
    expect(await refusal('datagrok_list_files', { connector: 'System:DemoFile' })).toMatch(
      /^not_found: .*shows nothing called "System:DemoFile"\.\nNext: Did you mean "System:DemoFiles"\?/,
    );
  });

  test('are deleted after somebody agreed', async () => {
    const { ask, refusal, call } = await startDatagrok({ flags: { yes: false } });
    const notes = { connector: 'MaraOkafor:Home', path: 'notes.txt' };
    const question = await refusal('datagrok_delete_file', notes);
    expect(question).toContain('DELETE /public/v1/files/MaraOkafor.Home/notes.txt');
    expect((await ask('datagrok_download_file', notes))['result']).toMatchObject({ bytes: 28 });
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_delete_file', { ...notes, confirm })).data).toEqual({ done: true });
    expect(await refusal('datagrok_download_file', notes)).toMatch(/^not_found: /);
  });

  test('of a folder are fetched once, and afterwards only what changed', async () => {
    const { ask, server, faults, refusal } = await startDatagrok();
    const archive = { connector: 'Geology:CoreArchive', dir: 'photos', recursive: true };
    async function sync(args: Row = archive) {
      const data = await ask('datagrok_sync_folder', args);
      const result = await server.shared.results.get((data['result'] as { uri: string }).uri);
      const { rows } = await server.shared.results.rows(result);
      return rows;
    }
    const first = await sync();
    expect(first.map(({ path, status, bytes }) => [path, status, bytes])).toEqual([
      ['DDH001/box-01.jpg', 'new', 70_000],
      ['DDH001/box-02.jpg', 'new', 64_000],
    ]);
    const box = await server.shared.results.get(String(first[0]?.['result']));
    expect(await readFile(await server.shared.results.path(box))).toEqual(noise('box 1', 70_000));

    const share = 'Geology:CoreArchive';
    await ask('datagrok_upload_file', { connector: share, path: 'photos/DDH001/box-02.jpg', source: box.uri });
    await ask('datagrok_upload_file', { connector: share, path: 'photos/DDH002/Ñ #1 "a".csv', source: [{ a: 1 }] });
    const second = await sync();
    expect(second.map(({ path, status, bytes }) => [path, status, bytes])).toEqual([
      ['DDH001/box-01.jpg', 'not-modified', 70_000],
      ['DDH001/box-02.jpg', 'modified', 70_000],
      ['DDH002/Ñ #1 "a".csv', 'new', 6],
    ]);
    expect(second[0]?.['result']).toBe(first[0]?.['result']);
    await ask('datagrok_delete_file', { connector: share, path: 'photos/DDH001/box-01.jpg' });
    const third = await sync();
    expect(third.find(({ path }) => path === 'DDH001/box-01.jpg')).toMatchObject({ status: 'deleted', result: null });
    await expect(server.shared.results.get(box.uri)).rejects.toMatchObject({ code: 'not_found' });

    expect((await sync({ ...archive, ext: 'csv' })).map(({ path }) => path)).toEqual(['DDH002/Ñ #1 "a".csv']);
    const empty = await ask('datagrok_sync_folder', { connector: 'MaraOkafor:Home', dir: 'exports' });
    expect(empty['result']).toMatchObject({ rows: 0 });
    const drafts = { connector: 'MaraOkafor:Home', dir: 'drafts' };
    await ask('datagrok_upload_file', { connector: drafts.connector, path: 'drafts/a.csv', source: [{ a: 1 }] });
    expect((await sync(drafts)).map(({ status }) => status)).toEqual(['new']);
    faults.add({ kind: 'status', status: 204, body: '', match: { path: /files\/sync/ }, times: 1 });
    expect(await sync(drafts)).toEqual([{ path: 'a.csv', status: 'deleted', bytes: null, result: null }]);
    const logs = { connector: share, dir: 'logs', recursive: true };
    faults.add({ kind: 'truncate', match: { path: /files\/sync/ }, times: 1 });
    expect(await refusal('datagrok_sync_folder', logs)).toMatch(/^bad_upstream_reply: /);
    expect(await sync(logs)).toHaveLength(6);
  });
});

describe('functions', () => {
  test('are listed with their parameters, found by filter, and shown', async () => {
    const { ask } = await startDatagrok();
    const queries = await ask('datagrok_list_functions', { text: 'source="data-query"' });
    expect(items(queries).map(row => row['grok_name'])).toEqual([
      'Geology:Laboratory:AssaysByHole',
      'Geology:Laboratory:LatestBatch',
    ]);
    expect(queries['page']).toMatchObject({ total: 2, complete: true });
    const all = items(await ask('datagrok_list_functions', { limit: 'all' }));
    expect(all.find(({ name }) => name === 'Sin')).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Sin',
      grok_name: 'Sin',
      friendlyName: 'Sin',
      description: 'Sin of x',
      source: 'function',
      tags: ['math'],
      updatedOn: '2026-02-02T08:00:00.000Z',
      inputs: 'x: double',
      outputs: 'result: double',
    });
    expect(await ask('datagrok_get_function', { function: 'Geology:Composite' })).toMatchObject({
      grok_name: 'Geology:Composite',
      language: 'r',
      script: expect.stringContaining('aggregate(assays'),
    });
  });

  test('are saved under an id of their own, changed under the same', async () => {
    const { ask, state, refusal } = await startDatagrok();
    const script = { name: 'Depth', source: 'script', language: 'python', script: '#name: Depth\n' };
    const saved = await ask('datagrok_save_function', script);
    expect(saved).toMatchObject({ name: 'Depth', grok_name: 'MaraOkafor:Depth', source: 'script', language: 'python' });
    const id = String(saved['id']);
    expect(state.world.functions.get(id)?.script).toBe('#name: Depth\n');
    await ask('datagrok_save_function', { ...script, id, script: '#name: Depth\nd = 1\n' });
    expect(state.world.functions.get(id)?.script).toBe('#name: Depth\nd = 1\n');
    const query = {
      name: 'Holes',
      source: 'data-query',
      query: 'select * from holes',
      data_connection: { id: idOf('connection Geology:Laboratory') },
    };
    expect(await ask('datagrok_save_function', query)).toMatchObject({
      query: 'select * from holes',
      source: 'data-query',
    });
    expect(await refusal('datagrok_save_function', { ...query, data_connection: undefined })).toMatch(
      /connection is required/,
    );
  });
});

describe('connections', () => {
  test('are listed and shown without their secrets', async () => {
    const { ask, refusal, call } = await startDatagrok();
    const shares = await ask('datagrok_list_connections', { data_source: 'Files' });
    expect(items(shares).map(row => row['grok_name'])).toEqual([
      'System:DemoFiles',
      'System:AppData',
      'MaraOkafor:Home',
    ]);
    expect(names(await ask('datagrok_list_connections', { tags: ['core', 'photos'] }))).toEqual(['CoreArchive']);
    const laboratory = await ask('datagrok_get_connection', { data_connection: 'Geology:Laboratory' });
    expect(laboratory).toMatchObject({
      dataSource: 'Postgres',
      parameters: { server: 'lab-db.sandbox.example', port: 5432, db: 'assays' },
      credentials: { openParameters: { login: 'lab_reader' } },
    });
    const credentials = await call('datagrok_get_credentials', { entity: 'Geology:Laboratory' });
    expect(credentials.data).toMatchObject({
      entityBindId: idOf('connection Geology:Laboratory'),
      parameters: { password: expect.stringMatching(/^\[(hidden|redacted)\]$/) },
      openParameters: { login: 'lab_reader' },
    });
    expect(JSON.stringify(credentials.raw)).not.toContain('sandbox-lab-password');
    expect(await refusal('datagrok_get_credentials', { entity: 'Geology:GroundWater' })).toMatch(/^missing_scope: /);
  });

  test('are saved, tried and deleted; what is not there is not deleted', async () => {
    const { ask, agreed, state, refusal, call } = await startDatagrok({ flags: { yes: false } });
    const archive = { name: 'Archive', dataSource: 'S3', parameters: { bucket: 'core' } };
    expect((await agreed('datagrok_test_connection', archive)).data).toEqual({ works: true });
    const old = { name: 'Old', dataSource: 'Postgres', parameters: { server: 'lab-db-old.sandbox.example' } };
    expect((await agreed('datagrok_test_connection', old)).data).toEqual({
      works: false,
      said: 'Connection to lab-db-old.sandbox.example timed out',
    });
    const saved = await ask('datagrok_save_connection', {
      ...archive,
      save_credentials: true,
      credentials: { parameters: { accessKey: 'a-secret-access-key' } },
    });
    expect(saved).toMatchObject({ name: 'Archive', grok_name: 'MaraOkafor:Archive', dataSource: 'S3' });
    expect(JSON.stringify(saved)).not.toContain('a-secret-access-key');
    const [kept] = [...state.world.credentials.values()].filter(({ entity }) => entity === saved['id']);
    expect(kept?.parameters).toEqual({ accessKey: 'a-secret-access-key' });

    const question = await refusal('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive' });
    expect(question).toMatch(/^needs_confirmation: .*This is "Archive" \(S3\)\./);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive', confirm })).data).toEqual(
      { done: true },
    );
    expect(state.world.connections.has(String(saved['id']))).toBe(false);
    expect(await refusal('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive' })).toMatch(
      /^not_found: /,
    );
  });

  test('have credentials that are set and taken away', async () => {
    const { ask, state } = await startDatagrok();
    const entity = idOf('connection Geology:CoreArchive');
    const saved = await ask('datagrok_save_credentials', {
      entity,
      parameters: { secret: 'not-for-the-model' },
      open_parameters: { login: 'reader' },
    });
    expect(saved).toMatchObject({ entityBindId: entity, openParameters: { login: 'reader' } });
    expect(JSON.stringify(saved)).not.toContain('not-for-the-model');
    expect(state.world.credentials.get(String(saved['id']))?.parameters).toEqual({ secret: 'not-for-the-model' });
    expect(await ask('datagrok_delete_credentials', { id: saved['id'] })).toEqual({ done: true });
    expect(state.world.credentials.has(String(saved['id']))).toBe(false);
  });
});

describe('users', () => {
  test('are listed, shown by login, and are who the key says', async () => {
    const { ask } = await startDatagrok();
    expect(items(await ask('datagrok_list_users', { text: 'tomas', with_group: true }))).toMatchObject([
      { login: 'tomas.lindqvist', status: 'active', group: { personal: true } },
    ]);
    expect(await ask('datagrok_get_user', { user: 'jonas.weber' })).toMatchObject({
      status: 'blocked',
      lastName: 'Weber',
    });
    expect(await ask('datagrok_get_current_user')).toMatchObject({ login: 'mara.okafor' });
  });

  test('are made, changed, blocked and let in again', async () => {
    const { ask, state, refusal } = await startDatagrok();
    const nils = { login: 'nils.holm', first_name: 'Nils', last_name: 'Holm', email: 'nils@copperhead.example' };
    const { id } = await ask('datagrok_save_user', nils);
    expect(state.world.users.get(String(id))).toMatchObject({ login: 'nils.holm', status: 'active', lastName: 'Holm' });
    expect(await refusal('datagrok_save_user', nils)).toMatch(/^conflict: .*"User nils\.holm already exists"/);
    expect(await ask('datagrok_save_user', { ...nils, id, last_name: 'Berg' })).toMatchObject({ lastName: 'Berg' });
    expect(await ask('datagrok_block_user', { user: 'nils.holm' })).toMatchObject({ id, status: 'blocked' });
    expect(state.world.users.get(String(id))?.status).toBe('blocked');
    expect(await ask('datagrok_unblock_user', { user: 'nils.holm' })).toMatchObject({ id, status: 'active' });
  });
});

describe('groups', () => {
  test('are listed, looked up and shown with who is in them', async () => {
    const { ask } = await startDatagrok();
    const real = await ask('datagrok_list_groups', { text: 'personal=false', relations: ['children'], limit: 'all' });
    expect(names(real)).toEqual(expect.arrayContaining(['Geology', 'DataScience', 'AllUsers']));
    expect(items(real).find(({ name }) => name === 'DataScience')?.['children']).toHaveLength(2);
    expect(names(await ask('datagrok_lookup_groups', { query: 'geo' }))).toEqual(['Geology', 'MineGeology']);
    expect(await ask('datagrok_get_group', { group: 'Geology' })).toMatchObject({
      name: 'Geology',
      children: expect.arrayContaining([expect.objectContaining({ isAdmin: true })]),
    });
    expect(names(await ask('datagrok_list_group_members', { group: 'Geology' }))).toEqual([
      'MaraOkafor',
      'TomasLindqvist',
      'InesFerreira',
      'MineGeology',
    ]);
    expect(names(await ask('datagrok_list_group_members', { group: 'Geology', admin: true }))).toEqual(['MaraOkafor']);
    expect(names(await ask('datagrok_list_group_memberships', { group: 'MineGeology' }))).toEqual(['Geology']);
    expect(await ask('datagrok_get_current_group')).toMatchObject({ name: 'MaraOkafor', personal: true });
    expect(await ask('datagrok_get_own_group')).toMatchObject({ name: 'MaraOkafor', personal: true });
  });

  test('are made and deleted; members come and go, and those who stay are kept', async () => {
    const { ask, state, refusal, call } = await startDatagrok({ flags: { yes: false } });
    const { id } = await ask('datagrok_save_group', { name: 'CoreShed', friendlyName: 'Core shed' });
    const membersOf = (group: unknown) =>
      [...state.world.relations.values()]
        .filter(({ parent }) => parent === group)
        .map(({ child, isAdmin }) => [child, isAdmin]);
    await ask('datagrok_change_group_members', { group: 'CoreShed', add: ['hana.sato', 'MineGeology'], admin: true });
    await ask('datagrok_change_group_members', { group: 'CoreShed', add: ['priya.raman'] });
    const mine = [...state.world.groups.values()].find(({ name }) => name === 'MineGeology')?.id;
    expect(membersOf(id)).toEqual([
      [personalGroupId('hana.sato'), true],
      [mine, true],
      [personalGroupId('priya.raman'), false],
    ]);
    const order = { group: 'CoreShed', remove: ['hana.sato', 'MineGeology'] };
    const question = await refusal('datagrok_change_group_members', order);
    expect(question).toMatch(/^needs_confirmation: .*This takes Hana Satō, Mine geology out of CoreShed\./);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_change_group_members', { ...order, confirm })).isError).toBe(false);
    expect(membersOf(id)).toEqual([[personalGroupId('priya.raman'), false]]);
    expect(await refusal('datagrok_change_group_members', { group: 'CoreShed', remove: ['jonas.weber'] })).toMatch(
      /^bad_arguments: jonas\.weber is not a member\.\nNext: Members are: Priya Raman\./,
    );
    const gone = await refusal('datagrok_delete_group', { group: 'CoreShed' });
    const agreed = /confirm: "([^"]+)"/.exec(gone)?.[1];
    expect((await call('datagrok_delete_group', { group: 'CoreShed', confirm: agreed })).data).toEqual({ done: true });
    expect(state.world.groups.has(String(id))).toBe(false);
  });

  test('are asked for, and let in or refuse', async () => {
    const { ask, state } = await startDatagrok();
    expect(await ask('datagrok_request_membership', { group: 'DataScience' })).toMatchObject({
      approved: null,
      to: { name: 'DataScience' },
    });
    const open = items(await ask('datagrok_list_membership_requests', { group: 'Geology' })).filter(
      ({ approved }) => approved === null || approved === undefined,
    );
    expect(open.map(row => (row['from'] as Row)['name'])).toEqual(['PriyaRaman', 'LenaNovak']);
    expect(await ask('datagrok_approve_membership', { request: open[0]?.['id'] })).toMatchObject({ approved: true });
    expect(await ask('datagrok_deny_membership', { request: open[1]?.['id'] })).toMatchObject({ approved: false });
    const geology = [...state.world.groups.values()].find(({ name }) => name === 'Geology')?.id;
    const children = [...state.world.relations.values()]
      .filter(({ parent }) => parent === geology)
      .map(({ child }) => child);
    expect(children).toContain(personalGroupId('priya.raman'));
    expect(children).not.toContain(personalGroupId('lena.novak'));
  });
});

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
  const { ask, state, refusal } = await startDatagrok();
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
  expect(await refusal('datagrok_share_entity', { ...shared, access: 'Own' })).toMatch(/^bad_arguments: /);
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
    expect(await ask('datagrok_delete_script', { script: id })).toEqual({ done: true });
    expect(state.world.functions.has(String(id))).toBe(false);
    expect(names(await ask('datagrok_list_queries'))).toEqual(['AssaysByHole', 'LatestBatch']);
    expect(await ask('datagrok_get_query', { query: 'Geology:Laboratory:LatestBatch' })).toMatchObject({
      query: expect.stringContaining('max(batch)'),
    });
    const laboratory = { id: idOf('connection Geology:Laboratory') };
    const saved = await ask('datagrok_save_query', { name: 'Holes', query: 'select 1', data_connection: laboratory });
    expect(state.world.functions.get(String(saved['id']))).toMatchObject({ type: 'DataQuery', query: 'select 1' });
    expect(await ask('datagrok_delete_query', { query: saved['id'] })).toEqual({ done: true });
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
    expect(await ask('datagrok_delete_project', { dashboard: id })).toEqual({ done: true });
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
    expect(await ask('datagrok_add_to_space', { space: id, entity: 'MaraOkafor:CopperheadNorth', link: true })).toEqual(
      { done: true },
    );
    const children = { space: id, types: ['Project'], linked: true };
    expect(items(await ask('datagrok_list_space_children', children))).toMatchObject([
      { name: 'CopperheadNorth', type: 'Project', isLink: true },
    ]);
    expect(await ask('datagrok_remove_from_space', { space: id, entity })).toEqual({ done: true });
    expect(state.world.spaces.get(String(id))?.entities).toEqual({});

    const file = { space: id, path: 'plans/a #1.csv' };
    expect(await ask('datagrok_upload_space_file', { ...file, source: [{ a: 1 }] })).toEqual({ done: true });
    expect((await stored(await ask('datagrok_download_space_file', file))).text).toBe('a\r\n1\r\n');
    const listed = await ask('datagrok_list_space_files', { space: id, recursive: true });
    expect(items(listed).map(({ path }) => path)).toEqual(['plans', 'plans/a #1.csv']);
    expect(await ask('datagrok_delete_space_file', file)).toEqual({ done: true });
    expect(await ask('datagrok_delete_space', { space: 'Metallurgy' })).toEqual({ done: true });
    expect(state.world.spaces.has(String(below['id']))).toBe(false);
  });
});
