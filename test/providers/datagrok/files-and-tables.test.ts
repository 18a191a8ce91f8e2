import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { assaysCsv, collarsCsv, noise } from '../../../src/providers/datagrok/simulator/seed/rock.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';
import { freshFolder } from '../../support/folder.ts';

const demo = 'System:DemoFiles';
const home = 'MaraOkafor:Home';

describe('files', () => {
  test('come down as a table or as bytes, whatever their names hold', async () => {
    const { ask, stored, lines } = await startDatagrok();
    const collars = await ask('datagrok_download_file', { connector: demo, path: 'geology/collars.csv' });
    expect(collars['result']).toMatchObject({ kind: 'table', name: 'collars.csv', rows: 40, media_type: 'text/csv' });
    expect((await stored(collars)).text).toBe(collarsCsv());
    const logo = await stored(await ask('datagrok_download_file', { connector: demo, path: '/geology/logo.png' }));
    expect([logo.kind, logo.bytes]).toEqual(['file', 2008]);
    expect(logo.content.subarray(8)).toEqual(noise('logo', 2000));
    const odd = {
      'odd names/Ñandú #04 100%?.csv': 'hole_id,depth_m\nÑandú-04,41.2\n',
      'odd names/TT+03 & "wedge".txt': 'wedge at 212 m\n',
      'odd names/no.extension/README': 'A folder with a period.\n',
    };
    for (const [path, content] of Object.entries(odd))
      expect((await stored(await ask('datagrok_download_file', { connector: demo, path }))).text).toBe(content);
    const shift = await ask('datagrok_download_file', { connector: demo, path: 'odd names/shift 07:30' });
    expect((await stored(shift)).content).toEqual(Buffer.from([0, 255, 10, 13, 128]));
    expect(lines()).toContain(
      'GET /api/public/v1/files/System.DemoFiles/odd%20names/%C3%91and%C3%BA%20%2304%20100%25%3F.csv',
    );
    const settings = { connector: 'System:AppData', path: 'GeoTools/settings.json' };
    // A file that begins like an error is not one.
    expect((await stored(await ask('datagrok_download_file', settings))).text).toBe('{"units":"metric","lengthM":2}\n');
    const empty = await ask('datagrok_download_file', { connector: demo, path: 'geology/empty.csv' });
    expect(empty['result']).toMatchObject({ bytes: 0 });
  });

  test('go up byte for byte: a result, rows, a local file, nothing at all', async () => {
    const folder = await freshFolder();
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out', 'log.las'), '~V\r\n\u00e9');
    await writeFile(join(folder, 'empty.bin'), '');
    // Longer than any error, and it begins like one.
    const model = JSON.stringify({ '#type': 'ApiErrors', blocks: 'x'.repeat(200_000) });
    await writeFile(join(folder, 'model.json'), model);
    const { ask, stored, requests } = await startDatagrok({ flags: { allow_dir: [folder] } });
    const photo = { connector: 'Geology:CoreArchive', path: 'photos/DDH001/box-01.jpg' };
    const { uri } = (await ask('datagrok_download_file', photo))['result'] as { uri: string };
    const sent = [
      ['copy of #1.jpg', uri, noise('box 1', 70_000)],
      [
        'rows.csv',
        [{ hole: 'DDH001', note: '6" core, wet' }, { hole: 'DDH002' }],
        'hole,note\r\nDDH001,"6"" core, wet"\r\nDDH002,\r\n',
      ],
      ['a/b/log.las', 'out/log.las', '~V\r\n\u00e9'],
      ['nothing', join(folder, 'empty.bin'), ''],
      ['model.json', 'model.json', model],
    ] as const;
    for (const [path, source, content] of sent) {
      expect(await ask('datagrok_upload_file', { connector: home, path, source })).toMatchObject({ done: true });
      const back = await stored(await ask('datagrok_download_file', { connector: home, path }));
      expect(back.content).toEqual(Buffer.from(content));
    }
    const uploads = requests.filter(({ method }) => method === 'POST');
    expect(uploads.map(({ headers }) => [headers['content-type'], headers['content-length']])).toEqual([
      ['application/octet-stream', '70000'],
      ['application/octet-stream', '44'],
      ['application/octet-stream', '6'],
      ['application/octet-stream', '0'],
      ['application/octet-stream', String(model.length)],
    ]);
  });

  test('that are no files, not there, or not for this account', async () => {
    const { callFails } = await startDatagrok();
    const get = (path: string, connector = demo) => callFails('datagrok_download_file', { connector, path });
    expect(await get('geology/none.csv')).toBe(
      'not_found: Datagrok refused datagrok_download_file (404): "File not found: geology/none.csv"\n' +
        'Next: datagrok_list_files shows those there are; what this account may not see looks the same.',
    );
    expect(await get('geology')).toMatch(/^rejected: .*"geology is a folder"/);
    expect(await get('geology/')).toMatch(
      /^bad_arguments: Arguments of datagrok_download_file: path: must name a file/,
    );
    expect(await get('../x')).toMatch(/^bad_arguments: path holds "\." or "\.\." as a step/);
    expect(await get('private.txt', 'TomasLindqvist:Home')).toMatch(/^not_found: /);
    const put = { connector: demo, path: 'x.txt', source: [{ a: 1 }] };
    expect(await callFails('datagrok_upload_file', put)).toBe(
      'missing_scope: Datagrok refused datagrok_upload_file (403): "You do not have permission to write to Demo files"\n' +
        'Next: Ask the owner of the thing, or an administrator, for the permission.',
    );
    expect(await callFails('datagrok_upload_file', { connector: home, path: 'x', source: '/etc/passwd' })).toMatch(
      /^not_configured: "\/etc\/passwd" is no result:\/\/ handle, and this server opens no files\./,
    );
  });
});

test('a local file is for callers on this machine only, whatever folders are allowed', async () => {
  const folder = await freshFolder();
  await writeFile(join(folder, 'a.csv'), 'a\n1\n');
  const order = { table: 'North:A', source: join(folder, 'a.csv') };
  const here = await startDatagrok({ flags: { allow_dir: [folder] } });
  expect(await here.ask('datagrok_upload_table', order)).toHaveProperty('id');
  const remote = await startDatagrok({ flags: { allow_dir: [folder] }, local: false });
  expect(await remote.callFails('datagrok_upload_table', order)).toMatch(
    /^not_configured: .*this server opens no files\./,
  );
  expect(remote.lines()).toEqual([]);
});

describe('tables', () => {
  test('come down as CSV with their types', async () => {
    const { ask, stored } = await startDatagrok();
    const assays = await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:Assays' });
    expect((await stored(assays)).text).toBe(assaysCsv());
    const { columns, name, rows } = assays['result'] as {
      columns: { name: string; type: string }[];
      name: string;
      rows: number;
    };
    expect([name, rows]).toEqual(['Assays.csv', assaysCsv().split('\n').length - 2]);
    expect(columns.map(column => `${column.name} ${column.type}`)).toEqual([
      'hole_id text',
      'depth_from integer',
      'depth_to integer',
      'cu_percent number',
      'au_gpt number',
    ]);
  });

  test('go up from a result of CSV unchanged, from lines of JSON and rows as CSV, and say where they are', async () => {
    const { ask, stored, state, server, requests } = await startDatagrok();
    const before = await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:Assays' });
    const { uri } = before['result'] as { uri: string };
    const made = await ask('datagrok_upload_table', { table: 'Ñandú #1: 50% & more', source: uri });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      grok_name: 'MaraOkafor:Ñandú #1: 50% & more',
      url: `${state.server}/p/MaraOkafor.Ñandú%20#1.%2050%%20&%20more`,
    });
    expect((await stored(await ask('datagrok_download_table', { table: made['id'] }))).text).toBe(assaysCsv());

    const rows = [
      { hole: 'DDH001', rqd: 71.5 },
      { hole: 'DDH002', rqd: null, note: 'x, "y"' },
    ];
    const expected = 'hole,rqd,note\r\nDDH001,71.5,\r\nDDH002,,"x, ""y"""\r\n';
    const source = { operation: 'x', arguments: {}, connection: 'x', at: '2026-11-21' };
    const lines = await server.shared.results.write(
      { name: 'rows', mediaType: 'application/x-ndjson', source },
      { rows },
    );
    for (const given of [rows, lines.uri]) {
      const { grok_name } = await ask('datagrok_upload_table', { table: 'CopperheadNorth:RQD', source: given });
      expect(grok_name).toBe('MaraOkafor:CopperheadNorth:RQD');
      expect((await stored(await ask('datagrok_download_table', { table: grok_name }))).text).toBe(expected);
    }
    const types = requests.filter(({ method }) => method === 'POST').map(({ headers }) => headers['content-type']);
    expect(types).toEqual(Array(3).fill('text/csv; charset=utf-8'));
  });

  test('are named as the address needs it, and names that it cannot say are refused', async () => {
    const { callFails, ask, state, lines, datagrok } = await startDatagrok();
    const refused = await callFails('datagrok_download_table', { table: 'Okafor M.:Collars' });
    expect(refused).toMatch(/^bad_arguments: .*a period cannot be part of a name in an address: give the id \(UUID\)/);
    expect(lines()).toEqual([]);
    const address = `${state.server}/p/MaraOkafor.CopperheadNorth.Collars`;
    const { result } = await ask('datagrok_download_table', { table: address });
    expect(result).toMatchObject({ rows: 40 });
    expect(lines()).toEqual(['GET /api/public/v1/tables/MaraOkafor.CopperheadNorth.Collars']);
    expect(await callFails('datagrok_download_table', { table: 'https://x.example/p/100%' })).toMatch(
      /^bad_arguments: /,
    );
    expect(await callFails('datagrok_download_table', { table: 'Collars' })).toMatch(/name is ambiguous: Collars/);
    expect(await callFails('datagrok_download_table', { table: 'MaraOkafor:Legacy:OldGrid' })).toBe(
      'upstream_down: Datagrok failed at datagrok_download_table: "Unable to read the data of table MaraOkafor:Legacy:OldGrid"\n' +
        'Next: The failure is inside the platform, or inside the function. Its server log has the details.',
    );
    expect(datagrok.requests.filter(({ target }) => target.includes('OldGrid'))).toHaveLength(1);
  });

  test('of another form than a table are refused before anything is sent', async () => {
    const { ask, callFails, lines } = await startDatagrok();
    const photo = { connector: 'Geology:CoreArchive', path: 'photos/DDH001/box-01.jpg' };
    const { uri } = (await ask('datagrok_download_file', photo))['result'] as { uri: string };
    const sent = lines().length;
    expect(await callFails('datagrok_upload_table', { table: 'Photo', source: uri })).toMatch(
      /^bad_arguments: box-01\.jpg is a file, not a table\./,
    );
    expect(lines()).toHaveLength(sent);
  });
});

describe('replacing what is there', () => {
  test('is asked for by size; what is new is not, and a stranger’s folder is not read', async () => {
    const { callFails, call, ask, stored, lines } = await startDatagrok({ flags: { yes: false } });
    const source = [{ a: 1 }];
    const table = 'MaraOkafor:CopperheadNorth:Collars';
    const size = Buffer.byteLength(collarsCsv());
    const question = await callFails('datagrok_upload_table', { table, source });
    expect(question).toMatch(
      new RegExp(
        `^needs_confirmation: Replace the table .* The table ${table} is there already \\(${size} bytes\\) and its data would be replaced\\. ` +
          `.*This would be sent: POST /public/v1/tables/${table.replaceAll(':', '\\.')} with 1 row\\b`,
      ),
    );
    expect((await stored(await ask('datagrok_download_table', { table }))).text).toBe(collarsCsv());
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect(await call('datagrok_upload_table', { table, source, confirm })).toMatchObject({ isError: false });
    expect((await stored(await ask('datagrok_download_table', { table }))).text).toBe('a\r\n1\r\n');
    expect(await ask('datagrok_upload_table', { table: 'MaraOkafor:CopperheadNorth:New', source })).toHaveProperty(
      'id',
    );

    expect(await callFails('datagrok_upload_file', { connector: home, path: 'notes.txt', source })).toMatch(
      /^needs_confirmation: .*The file notes\.txt is there already \(\d+ bytes\) and would be replaced\./,
    );
    expect(await ask('datagrok_upload_file', { connector: home, path: 'new.txt', source })).toMatchObject({
      done: true,
    });
    const broken = await callFails('datagrok_upload_table', { table: 'MaraOkafor:Legacy:OldGrid', source });
    expect(broken).toMatch(/OldGrid is there already \(not readable\)/);
    expect(lines().filter(line => line.startsWith('POST')).length).toBe(3);
  });
});

describe('dashboards', () => {
  const tables = ['MaraOkafor:CopperheadNorth:Collars', 'MaraOkafor:CopperheadNorth:Assays'];

  test('are made of tables, with a layout or without', async () => {
    const { ask, state, lines, requests } = await startDatagrok();
    const made = await ask('datagrok_create_dashboard', { name: 'Grades, north', tables });
    expect(made).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      grok_name: 'MaraOkafor:Grades, north',
      url: `${state.server}/p/MaraOkafor.Grades,%20north`,
    });
    const project = state.world.projects.get(String(made['id']));
    const ids = tables.map(name => [...state.world.tables.values()].find(one => one.namespace + one.name === name)?.id);
    expect(project).toMatchObject({ isDashboard: true, tables: ids });
    expect(project?.layout).toBeUndefined();
    expect(lines()).toEqual([
      'POST /api/public/v1/dashboards/Grades%2C%20north/MaraOkafor.CopperheadNorth.Collars,MaraOkafor.CopperheadNorth.Assays',
    ]);
    expect([requests[0]?.headers['content-type'], requests[0]?.headers['content-length']]).toEqual([undefined, '0']);
    const layout = { views: [{ '#type': 'ViewLayout', columns: [] }] };
    const { id } = await ask('datagrok_create_dashboard', { name: 'Plan', tables: ids, layout });
    expect(state.world.projects.get(String(id))?.layout).toEqual(layout);
  });

  test('that are there are replaced once somebody agreed, as far as the server tells that they are there', async () => {
    const { callFails, call, ask, lines, state } = await startDatagrok({ flags: { yes: false } });
    const order = { name: 'CopperheadOverview', tables };
    const question = await callFails('datagrok_create_dashboard', order);
    expect(question).toMatch(
      /^needs_confirmation: .* The dashboard MaraOkafor:CopperheadOverview is there already and would be replaced\./,
    );
    expect(lines()).toEqual(['GET /api/projects/CopperheadOverview']);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_create_dashboard', { ...order, confirm })).data).toMatchObject({
      grok_name: 'MaraOkafor:CopperheadOverview',
    });
    expect(await ask('datagrok_create_dashboard', { name: 'Fresh', tables })).toHaveProperty('id');
    state.absent.set('C4-get', 404);
    expect(await ask('datagrok_create_dashboard', order)).toHaveProperty('id');
  });

  test('are made of what is on the server, and tables there are listed with whose they are', async () => {
    const { callFails, ask } = await startDatagrok();
    expect(await callFails('datagrok_create_dashboard', { name: 'X', tables: 'result://k3v9x0q2m1ab' })).toMatch(
      /tables\.0: must be on the server: datagrok_upload_table makes a table of a result/,
    );
    const { items } = await ask('datagrok_list_tables', { text: 'BlastHoles' });
    expect(items).toMatchObject([{ grok_name: 'TomasLindqvist:GradeControl:BlastHoles', author: 'tomas.lindqvist' }]);
  });

  test('are shared once, after somebody agreed, and the GET that does it is never repeated', async () => {
    const { callFails, call, state, lines, faults, requests } = await startDatagrok({ flags: { yes: false } });
    const order = { dashboard: 'MaraOkafor:CopperheadOverview', groups: ['Geology', 'Data science'], access: 'Edit' };
    const question = await callFails('datagrok_share_dashboard', order);
    expect(question).toContain(
      'GET /public/v1/dashboards/MaraOkafor.CopperheadOverview/shares {"groups":["Geology","Data science"],"access":"Edit"}',
    );
    const shares = () => lines().filter(line => line.includes('/shares'));
    expect(shares()).toEqual([]);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_share_dashboard', { ...order, confirm })).data).toMatchObject({ status: 'success' });
    expect(shares()).toEqual([
      'GET /api/public/v1/dashboards/MaraOkafor.CopperheadOverview/shares?groups=Geology,Data%20science&access=Edit',
    ]);
    const granted = [...state.world.grants].filter(([, access]) => access === 'Edit').map(([key]) => key);
    const groups = [...state.world.groups.values()].filter(({ friendlyName }) => order.groups.includes(friendlyName));
    const id = [...state.world.projects.values()].find(({ name }) => name === 'CopperheadOverview')?.id;
    expect(granted).toEqual(expect.arrayContaining(groups.map(group => `${id}/${group.id}`)));

    faults.add({ kind: 'drop', match: { path: /shares/ } });
    const used = await callFails('datagrok_share_dashboard', { ...order, confirm });
    expect(used).toMatch(/^needs_confirmation: The token .* was used/);
    const again = /confirm: "([^"]+)"/.exec(used)?.[1];
    const answer = await call('datagrok_share_dashboard', { ...order, confirm: again });
    expect(answer.text).toMatch(/^upstream_down: .*The request may have arrived/);
    expect(requests.filter(({ target }) => target.includes('/shares'))).toHaveLength(2);
  });

  test('whose sharing failed inside a 200 are not shared', async () => {
    const { callFails, ask, state } = await startDatagrok();
    const dashboard = 'MaraOkafor:CopperheadOverview';
    expect(await callFails('datagrok_share_dashboard', { dashboard, groups: ['Nobody'] })).toMatch(
      /^not_found: Datagrok refused datagrok_share_dashboard \(404\): "Group not found: Nobody"/,
    );
    expect(await callFails('datagrok_share_entity', { entity: dashboard, groups: ['Nobody', 'No one'] })).toBe(
      'rejected: Datagrok shared it with nobody; it failed for ["Nobody","No one"].\n' +
        'Next: Check the names of the groups and users; datagrok_lookup_groups finds them.',
    );
    const part = { status: 'partial_success', shared: ['Geology'], alreadyShared: ['priya.raman'], failed: ['Nobody'] };
    const groups = ['Geology', 'Nobody', 'priya.raman'];
    expect(await ask('datagrok_share_entity', { entity: dashboard, groups })).toEqual(part);
    state.shareAnswer = 'json';
    expect(await ask('datagrok_share_dashboard', { dashboard, groups: ['Geology'] })).toEqual({
      status: 'success',
      shared: [],
      alreadyShared: ['Geology'],
      failed: [],
    });
    state.shareAnswer = 'text';
    expect(await ask('datagrok_share_dashboard', { dashboard, groups: ['Geology'] })).toMatchObject({
      status: 'success',
    });
    for (const status of [404, 405] as const) {
      state.absent.set('A6', status);
      expect(await callFails('datagrok_share_dashboard', { dashboard, groups: ['Geology'] })).toMatch(
        new RegExp(`^not_found: Datagrok answered ${status}.*\\nNext: .*shares by datagrok_share_entity`),
      );
    }
  });
});

test('a large table crosses as it is', async () => {
  const { ask, stored } = await startDatagrok();
  const data = await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:BlockModel' });
  const first = await stored(data);
  expect(first.rows).toBe(120_000);
  const { uri } = data['result'] as { uri: string };
  const { id } = await ask('datagrok_upload_table', { table: 'Blocks', source: uri });
  const second = await stored(await ask('datagrok_download_table', { table: id }));
  const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  expect([second.bytes, digest(second.content)]).toEqual([first.bytes, digest(first.content)]);
});
