import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { collarsCsv } from '../../../src/providers/datagrok/simulator/seed/rock.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

async function start() {
  const world = await startDatagrok();
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const server = world.server.factory({ era: 'legacy' });
  const client = new Client({ name: 'test', version: '1' });
  await Promise.all([server.connect(ours as never), client.connect(theirs)]);
  async function read(uri: string) {
    const { contents } = await client.readResource({ uri });
    return JSON.parse((contents[0] as { text: string }).text);
  }
  const complete = async (uri: string, name: string, value: string) =>
    (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values;
  return { ...world, client, read, complete };
}

describe('resources', () => {
  test('are listings, and templates for tables, files, functions and dashboards', async () => {
    const { client } = await start();
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      'datagrok://functions',
      'datagrok://connections',
      'datagrok://users',
      'datagrok://users/current',
      'datagrok://groups',
    ]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(one => one.uriTemplate)).toEqual(
      expect.arrayContaining([
        'datagrok://tables/{table}',
        'datagrok://files/{connector}/{+path}',
        'datagrok://functions/{function}',
        'datagrok://dashboards/{dashboard}',
        'datagrok://shares/{connector}/files{?dir,recursive}',
      ]),
    );
  });

  test('read the same as their tools do, paths with their slashes', async () => {
    const { read } = await start();
    const file = await read('datagrok://files/System%3ADemoFiles/geology/collars.csv');
    expect(file.result).toMatchObject({ kind: 'table', rows: 40, bytes: Buffer.byteLength(collarsCsv()) });
    const odd = encodeURIComponent('Ñandú #04 100%?.csv');
    expect((await read(`datagrok://files/System:DemoFiles/odd%20names/${odd}`)).result).toMatchObject({ rows: 1 });
    expect((await read('datagrok://tables/MaraOkafor%3ACopperheadNorth%3ACollars')).result).toMatchObject({ rows: 40 });
    expect(await read('datagrok://functions/Geology%3AComposite')).toMatchObject({ language: 'r' });
    expect((await read('datagrok://functions')).page).toMatchObject({ total: 16, complete: true });
    expect(await read('datagrok://dashboards/MaraOkafor%3ACopperheadOverview')).toMatchObject({ isDashboard: true });
    const files = await read('datagrok://shares/System%3ADemoFiles/files?dir=geology');
    expect(files.items.map(({ path }: { path: string }) => path)).toEqual([
      'geology/assays.csv',
      'geology/collars.csv',
      'geology/empty.csv',
      'geology/logo.png',
    ]);
    expect((await read('datagrok://connections')).items).toHaveLength(6);
  });

  test('are completed: functions by what the server finds, shares by name', async () => {
    const { complete } = await start();
    expect(await complete('datagrok://functions/{function}', 'function', 'assay')).toEqual([
      'AssaysByHole',
      'Geology:Laboratory:AssaysByHole',
    ]);
    expect(await complete('datagrok://files/{connector}/{+path}', 'connector', 'System:')).toEqual([
      'System:DemoFiles',
      'System:AppData',
    ]);
  });

  test('of a server without the undocumented routes do not stand in the way of the documented ones', async () => {
    const { state, client, read } = await start();
    for (const id of ['B3-list', 'B5-list', 'B7-list', 'B8-list', 'B11']) state.absent.set(id, 404);
    await expect(client.readResource({ uri: 'datagrok://connections' })).rejects.toThrow(/does not offer/);
    expect((await read('datagrok://tables/MaraOkafor%3ACopperheadNorth%3ACollars')).result).toMatchObject({ rows: 40 });
  });
});
