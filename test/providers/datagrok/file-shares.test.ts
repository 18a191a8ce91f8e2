import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { idOf } from '../../../src/providers/datagrok/simulator/seed/people.ts';
import { collarsCsv, noise } from '../../../src/providers/datagrok/simulator/seed/rock.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

type Row = Record<string, unknown>;

const items = (data: Row) => data['items'] as Row[];

describe('files', () => {
  test('are listed by the name of their share, at the root, in a folder, and all of them', async () => {
    const { ask, callFails, lines } = await startDatagrok();
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
    expect(await callFails('datagrok_list_files', { connector: 'System:DemoFile' })).toMatch(
      /^not_found: .*shows nothing called "System:DemoFile"\.\nNext: Did you mean "System:DemoFiles"\?/,
    );
  });

  test('are deleted after somebody agreed', async () => {
    const { ask, callFails, call } = await startDatagrok({ flags: { yes: false } });
    const notes = { connector: 'MaraOkafor:Home', path: 'notes.txt' };
    const question = await callFails('datagrok_delete_file', notes);
    expect(question).toContain('DELETE /public/v1/files/MaraOkafor.Home/notes.txt');
    expect((await ask('datagrok_download_file', notes))['result']).toMatchObject({ bytes: 28 });
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_delete_file', { ...notes, confirm })).data).toMatchObject({ done: true });
    expect(await callFails('datagrok_download_file', notes)).toMatch(/^not_found: /);
  });

  test('of a folder are fetched once, and afterwards only what changed', async () => {
    const { ask, server, faults, callFails } = await startDatagrok();
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

    // It is a reading: what somebody has pinned stays, although it is gone there.
    const pinned = String(third.find(({ path }) => path === 'DDH001/box-02.jpg')?.['result']);
    await server.shared.results.pin(pinned, true);
    await ask('datagrok_delete_file', { connector: share, path: 'photos/DDH001/box-02.jpg' });
    const fourth = await sync();
    expect(fourth.find(({ path }) => path === 'DDH001/box-02.jpg')).toMatchObject({
      status: 'deleted',
      result: pinned,
    });
    expect(await server.shared.results.get(pinned)).toMatchObject({ bytes: 70_000 });

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
    expect(await callFails('datagrok_sync_folder', logs)).toMatch(/^bad_upstream_reply: /);
    expect(await sync(logs)).toHaveLength(6);
  });
});
