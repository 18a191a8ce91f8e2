import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../support/harness.ts';

const rows = [
  { id: '007', au: 1.5, when: '2025-03-01T06:15:00Z', note: 'a, "b"' },
  { id: '8', au: null, when: null, note: 'é\n' },
];

async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { call, agreed, server } = await startWorld({
    platforms: ['datarock', 'datagrok'],
    flags: { allow_dir: folder },
  });
  const { results } = server.shared;
  const source = { operation: 'x_list_y', arguments: {}, connection: 'x', at: '2026-11-21' };
  const { uri } = await results.write({ name: 'assays', mediaType: '', source }, { rows });
  return { folder, call, agreed, server, results, uri };
}

it('gives a table in every format, which say the same', async () => {
  const { call, results, uri } = await world();
  const exported = async (format: string) => {
    const { data, isError, text: said } = await call('export_result', { result: uri, format });
    expect(isError, said).toBe(false);
    expect(data['name']).toBe(`assays.${format}`);
    return results.get(data['result'] as string);
  };
  const csv = await exported('csv');
  expect((await results.rows(csv)).rows).toEqual(rows);
  expect((await exported('csv')).uri).toBe(csv.uri);
  expect(await text(await results.open(csv))).toBe(
    'id,au,when,note\r\n007,1.5,2025-03-01T06:15:00Z,"a, ""b"""\r\n8,,,"é\n"\r\n',
  );
  const ndjson = await exported('ndjson');
  expect((await results.rows(ndjson)).rows).toEqual(rows);
  expect(JSON.parse(await text(await results.open(await exported('json'))))).toEqual(rows);
  const parquet = await exported('parquet');
  expect(parquet).toMatchObject({ kind: 'file', mediaType: 'application/vnd.apache.parquet' });
  expect((await text(await results.open(parquet))).slice(0, 4)).toBe('PAR1');
  expect(parquet.source).toMatchObject({ operation: 'export_result', from: [{ uri, operation: 'x_list_y' }] });
});

it('writes below an allowed folder, whole, and replaces nothing unasked', async () => {
  const { folder, call, agreed, uri } = await world();
  const order = { result: uri, format: 'json', path: 'assays.json' };
  expect((await call('export_result', order)).data).toMatchObject({ path: join(folder, 'assays.json'), rows: 2 });
  expect(JSON.parse(await readFile(join(folder, 'assays.json'), 'utf8'))).toEqual(rows);
  await writeFile(join(folder, 'assays.json'), 'mine');
  const refused = await call('export_result', order);
  expect(refused.text).toMatch(/^conflict: There is a file .*assays\.json already\.\nNext: .*overwrite: true/);
  expect(await readFile(join(folder, 'assays.json'), 'utf8')).toBe('mine');
  await agreed('export_result', { ...order, overwrite: true });
  expect(JSON.parse(await readFile(join(folder, 'assays.json'), 'utf8'))).toEqual(rows);
  expect(await readdir(folder)).toEqual(['assays.json']);
});

it('writes nowhere else', async () => {
  const { folder, call, agreed, uri } = await world();
  const outside = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await mkdir(join(folder, 'inner'));
  await symlink(outside, join(folder, 'way-out'));
  await writeFile(join(outside, 'theirs.csv'), 'theirs');
  await symlink(join(outside, 'theirs.csv'), join(folder, 'link.csv'));
  for (const path of ['../x.csv', join(outside, 'x.csv'), 'way-out/x.csv', 'missing/x.csv', '.', 'inner/../../x.csv']) {
    const { text: said } = await call('export_result', { result: uri, format: 'csv', path, overwrite: true });
    expect(said, path).toMatch(/^bad_arguments: .* is outside of where this server may write/);
  }
  expect((await call('export_result', { result: uri, format: 'csv', path: 'link.csv' })).text).toMatch(/^conflict: /);
  await agreed('export_result', { result: uri, format: 'csv', path: 'link.csv', overwrite: true });
  expect(await readFile(join(outside, 'theirs.csv'), 'utf8')).toBe('theirs');
  expect(await readdir(outside)).toEqual(['theirs.csv']);
});

it('makes nothing for a place that it may not write to, and leaves nothing open', async () => {
  const { call, server, uri } = await world();
  const order = { result: uri, format: 'parquet', path: '../x.parquet' };
  expect((await call('export_result', order)).text).toMatch(/^bad_arguments: \.\.\/x\.parquet is outside/);
  const { directory } = await server.shared.results.workspace(`export ${uri}`);
  expect(existsSync(directory)).toBe(false);
});

it('leaves no draft of a Parquet file behind', async () => {
  const { call, server, uri } = await world();
  const order = { result: uri, format: 'parquet', path: 'x.parquet' };
  expect((await call('export_result', order)).data).toMatchObject({ name: 'assays.parquet', rows: 2 });
  expect((await call('export_result', order)).text).toMatch(/^conflict: /);
  const { directory } = await server.shared.results.workspace(`export ${uri}`);
  expect(await readdir(directory)).toEqual([]);
});

it('writes no file where no folder is allowed', async () => {
  const { call, server } = await startWorld();
  const source = { operation: 'x', arguments: {}, at: '2026-11-21' };
  const { uri } = await server.shared.results.write({ name: 'a', mediaType: '', source }, { rows });
  const { text: said } = await call('export_result', { result: uri, format: 'csv', path: '/tmp/x.csv' });
  expect(said).toMatch(/^not_configured: This server writes no files\.\nNext: .*--allow-dir/);
});

it('writes any result as it arrived', async () => {
  const { folder, call, results } = await world();
  const source = { operation: 'x_list_y', arguments: {}, connection: 'x', at: '2026-11-21' };
  const bytes = Buffer.from('hole;au\r\nQ1;0,5\r\n');
  const { uri } = await results.write({ name: 'a.csv', mediaType: 'text/csv', source }, { rows: [{ a: 1 }] });
  const { uri: file } = await results.write(
    { name: 'b.csv', mediaType: 'text/csv', source },
    {
      bytes: (async function* () {
        yield bytes;
      })(),
      asIs: true,
    },
  );
  expect((await call('export_result', { result: file, format: 'file' })).data).toMatchObject({
    result: file,
    bytes: bytes.length,
  });
  await call('export_result', { result: file, format: 'file', path: 'out.csv' });
  expect(await readFile(join(folder, 'out.csv'))).toEqual(bytes);
  await call('export_result', { result: uri, format: 'file', path: 'rows.ndjson' });
  expect(await readFile(join(folder, 'rows.ndjson'), 'utf8')).toBe('{"a":1}\n');
});

it('removes what a killed process left where it writes, and only that', async () => {
  const { folder, call, uri } = await world();
  const [left, young, other] = [
    '.data-platforms-mcp-0123456789ab.tmp',
    '.data-platforms-mcp-abcdef012345.tmp',
    '.x.tmp',
  ];
  for (const name of [left, young, other]) await writeFile(join(folder, name), 'half');
  for (const name of [left, other]) await utimes(join(folder, name), 1, 1);
  expect((await call('export_result', { result: uri, format: 'csv', path: 'a.csv' })).isError).toBe(false);
  expect((await readdir(folder)).toSorted()).toEqual([other, young, 'a.csv'].toSorted());
});

it('a path that the system does not take is told in words, without a folder of this machine that was not given', async () => {
  const { folder, call, uri, results } = await world();
  await writeFile(join(folder, 'file.csv'), 'a\n1\n');
  await symlink('loop-b', join(folder, 'loop-a'));
  await symlink('loop-a', join(folder, 'loop-b'));
  await mkdir(join(folder, 'inner'));
  const paths = {
    'a\0b.csv': /NUL/,
    [`${'x'.repeat(300)}.csv`]: /longer than a path may be/,
    [`${'d/'.repeat(2_000)}x.csv`]: /longer than a path may be|too_large|outside/,
    'loop-a/x.csv': /circles|outside/,
    'file.csv/x.csv': /as if it were a folder|outside|no file/,
    inner: /is a folder|conflict|outside|not a file/,
    '': /./,
  };
  const storeFolder = (await results.workspace('x')).directory.split('/work/')[0] as string;
  for (const [path, expected] of Object.entries(paths)) {
    const calls = [
      await call('export_result', { result: uri, format: 'csv', path }),
      await call('export_result', { result: uri, format: 'csv', path, overwrite: true }),
      await call('datagrok_upload_table', { name: 't', source: path }),
      await call('read_result', { result: path }),
      await call('query_result', { sql: `SELECT * FROM "${path}"` }),
    ];
    for (const [at, { text: said, isError }] of calls.entries()) {
      expect(isError, said).toBe(true);
      expect(said, path).not.toMatch(/failed unexpectedly|syscall|, (open|realpath|lstat|access) /);
      expect(said, path).not.toContain(storeFolder);
      if (at < 2) expect(said, path).toMatch(expected);
    }
  }
});

it('names the path that it would write to before anything is written', async () => {
  const { folder, call, uri } = await world();
  const { data } = await call('export_result', { result: uri, format: 'csv' });
  expect(data['path_to_write']).toBe(join(folder, 'assays.csv'));
  expect(existsSync(join(folder, 'assays.csv'))).toBe(false);
  const written = await call('export_result', { result: uri, format: 'csv', path: data['path_to_write'] });
  expect(written.data['path']).toBe(data['path_to_write']);
});
