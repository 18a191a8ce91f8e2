import { appendFile, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/base/json-value.ts';
import { findSource, type SourceForm } from '../../../src/results/transfer/source.ts';
import { freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';

async function world() {
  const { store } = await freshStore();
  const folder = await freshFolder();
  const { source } = origin();
  const find = (given: unknown, folders = [folder]) =>
    findSource(given, { results: store, folders, origin: { source } });
  async function sent(given: unknown, form: SourceForm = 'csv') {
    const body = (await find(given)).body(form);
    const bytes = await buffer(body.open());
    return { text: bytes.toString(), bytes, size: body.size, mediaType: body.mediaType };
  }
  async function rows(given: unknown) {
    const all: Row[] = [];
    for await (const row of (await find(given)).rows()) all.push(row);
    return all;
  }
  return { store, folder, find, sent, rows };
}

const csvType = 'text/csv; charset=utf-8';

describe('a stored result as a source', () => {
  test('gives its bytes unchanged, as often as asked, and its rows typed', async () => {
    const { store, find, sent, rows } = await world();
    const odd = '\uFEFFhole_id,depth,remark\nDDH001,1.50,"6"" core"\nDDH002,,\n';
    const { uri } = await store.write(origin(), { bytes: pieces(odd) });
    const bytes = Buffer.from(odd);
    expect(await sent(uri)).toEqual({ text: odd.toString(), bytes, size: bytes.length, mediaType: csvType });
    expect((await sent(uri, 'bytes')).mediaType).toBe('application/octet-stream');
    const body = (await find(uri)).body('csv');
    expect([await text(body.open()), await text(body.open())].map(one => one.length)).toEqual([53, 53]);
    expect(await rows(uri)).toEqual([
      { hole_id: 'DDH001', depth: 1.5, remark: '6" core' },
      { hole_id: 'DDH002', depth: null, remark: null },
    ]);
    expect(await find(uri)).toMatchObject({ name: 'export.csv', extent: '2 rows' });
  });

  test('of lines of JSON becomes CSV where CSV is wanted, and stays as it is otherwise', async () => {
    const { store, sent } = await world();
    const made: Row[] = [{ a: 1, b: 'x, y' }, { a: null, c: { deep: [1] } }, { b: true }];
    const { uri, bytes } = await store.write(origin({ mediaType: 'application/x-ndjson' }), { rows: made });
    expect(await sent(uri)).toMatchObject({
      text: 'a,b,c\r\n1,"x, y",\r\n,,"{""deep"":[1]}"\r\n,true,\r\n',
      size: undefined,
      mediaType: csvType,
    });
    expect((await sent(uri, 'bytes')).bytes.length).toBe(bytes);
  });

  test('without a row is sent too; a file is no table', async () => {
    const { store, sent, find } = await world();
    const empty = await store.write(origin(), { bytes: pieces('') });
    expect(await sent(empty.uri, 'bytes')).toMatchObject({ text: '', size: 0 });
    const photo = await store.write(origin({ name: 'box.jpg', mediaType: 'image/jpeg' }), { bytes: pieces('\0\x01') });
    expect(await sent(photo.uri, 'bytes')).toMatchObject({ text: '\0\x01', size: 2 });
    const source = await find(photo.uri);
    expect(() => source.body('csv')).toThrow('box.jpg is a file, not a table.');
    expect(() => source.rows()).toThrow('box.jpg is a file, not a table.');
  });

  test('that is not there, or is a handle of something else, says what to give', async () => {
    const { find } = await world();
    await expect(find('result://abcdefghijkl')).rejects.toMatchObject({ code: 'not_found' });
    await expect(find('datarock://exports/1')).rejects.toMatchObject({
      code: 'bad_arguments',
      message: '"datarock://exports/1" holds no data of its own.',
    });
  });
});

test('rows are sent as CSV under every name they have, and read as they are', async () => {
  const { sent, rows, find } = await world();
  const given = [{ id: 'a', x: 1 }, { id: 'b', y: null, z: 'ä' }, { id: '' }];
  const csv = 'id,x,y,z\r\na,1,,\r\nb,,,ä\r\n,,,\r\n';
  expect(await sent(given)).toMatchObject({ text: csv, size: Buffer.byteLength(csv), mediaType: csvType });
  expect((await sent(given, 'bytes')).text).toBe(csv);
  expect((await sent([{ only: '' }])).text).toBe('only\r\n""\r\n');
  expect((await sent([{ constructor: 1 }, { other: 2 }])).text).toBe('constructor,other\r\n1,\r\n,2\r\n');
  expect(await rows(given)).toEqual(given);
  expect(await find([{ a: 1 }])).toMatchObject({ extent: '1 row' });
});

describe('a local file', () => {
  test('below an allowed folder goes unchanged, by path, relative path or URL', async () => {
    const { folder, sent, rows } = await world();
    const path = join(folder, 'Ñandú #04 100%.csv');
    await writeFile(path, 'hole,m\nDDH001,2.50\n');
    const whole = { text: 'hole,m\nDDH001,2.50\n', size: 19, mediaType: csvType };
    for (const given of [
      path,
      'Ñandú #04 100%.csv',
      './Ñandú #04 100%.csv',
      new URL(`file://${encodeURI(path).replace('#', '%23')}`).href,
    ])
      expect(await sent(given)).toMatchObject(whole);
    expect(await rows(path)).toEqual([{ hole: 'DDH001', m: 2.5 }]);
    await writeFile(join(folder, 'nothing.bin'), '');
    expect(await sent('nothing.bin', 'bytes')).toMatchObject({ text: '', size: 0 });
    await writeFile(join(folder, 'rows.json'), '[{"a":1},\n {"a":2,"b":"x"}]');
    expect(await sent('rows.json')).toMatchObject({ text: 'a,b\r\n1,\r\n2,x\r\n', mediaType: csvType });
    expect((await sent('rows.json', 'bytes')).text).toBe('[{"a":1},\n {"a":2,"b":"x"}]');
  });

  test('that grows goes as long as it was; one that shrinks is shorter than was said', async () => {
    const { folder, find } = await world();
    const path = join(folder, 'log.csv');
    await writeFile(path, 'a\n1\n');
    const body = (await find(path)).body('bytes');
    await appendFile(path, '2\n');
    expect([body.size, await text(body.open())]).toEqual([4, 'a\n1\n']);
    await truncate(path, 2);
    expect([body.size, await text(body.open())]).toEqual([4, 'a\n']);
  });

  test('outside of the folders is refused, whichever way the path leaves them', async () => {
    const { folder, find } = await world();
    const elsewhere = await freshFolder();
    await writeFile(join(elsewhere, 'secret.csv'), 'key\n1\n');
    await symlink(join(elsewhere, 'secret.csv'), join(folder, 'innocent.csv'));
    await symlink(elsewhere, join(folder, 'reports'));
    const ways = [
      join(elsewhere, 'secret.csv'),
      `../${elsewhere.split('/').at(-1)}/secret.csv`,
      `${folder}/../${elsewhere.split('/').at(-1)}/secret.csv`,
      'innocent.csv',
      'reports/secret.csv',
      'file://host/etc/passwd',
      `${folder}-twin/x.csv`,
      folder,
      '..',
    ];
    for (const way of ways)
      await expect(find(way), way).rejects.toMatchObject({
        code: 'bad_arguments',
        message: `${way} is outside of what this server may read.`,
      });
  });

  test('behind a link that stays inside is sent; a folder, a missing file and a missing root are told apart', async () => {
    const { folder, find, sent } = await world();
    await mkdir(join(folder, 'sub'));
    await writeFile(join(folder, 'sub', 'a.csv'), 'a\n1\n');
    await symlink('sub/a.csv', join(folder, 'latest.csv'));
    expect((await sent('latest.csv')).text).toBe('a\n1\n');
    await expect(find('sub')).rejects.toMatchObject({ code: 'bad_arguments', message: 'sub is not a file.' });
    await expect(find('b.csv')).rejects.toMatchObject({ code: 'not_found', message: 'There is no file b.csv.' });
    await expect(find('sub/a.csv/x')).rejects.toMatchObject({ code: 'not_found' });
    const gone = join(folder, 'gone');
    await expect(find('b.csv', [gone])).rejects.toMatchObject({ code: 'not_found' });
    await expect(find('b.csv', [])).rejects.toMatchObject({
      code: 'not_configured',
      message: '"b.csv" is no result:// handle, and this server opens no files.',
    });
  });

  test('replaced by a link after it was looked at is not followed', async () => {
    const { folder, find } = await world();
    const path = join(folder, 'a.csv');
    await writeFile(path, 'a\n1\n');
    const body = (await find(path)).body('bytes');
    const elsewhere = await freshFolder();
    await writeFile(join(elsewhere, 'secret.csv'), 'key\n1\n');
    await rm(path);
    await symlink(join(elsewhere, 'secret.csv'), path);
    await expect(text(body.open())).rejects.toMatchObject({ code: 'ELOOP' });
  });
});

describe('a plain text as a source', () => {
  const csv = 'hole,rqd\nDDH001,70\n';

  test('goes byte for byte, and has rows where it is CSV', async () => {
    const { sent, rows, find } = await world();
    expect(await sent(csv)).toMatchObject({ text: csv, size: csv.length, mediaType: csvType });
    expect(await sent('{"a": 1}\n', 'bytes')).toMatchObject({
      text: '{"a": 1}\n',
      mediaType: 'application/octet-stream',
    });
    expect(await rows(csv)).toEqual([{ hole: 'DDH001', rqd: 70 }]);
    expect(await find(csv)).toMatchObject({ extent: `${csv.length} bytes` });
  });

  test('of one line is a text unless it looks like a path, or a file is called so', async () => {
    const { folder, sent, find } = await world();
    await writeFile(join(folder, 'notes'), 'from the file');
    for (const text of ['hello world', 'hole,rqd', 'at 5 km/h it is fine'])
      expect(await sent(text, 'bytes')).toMatchObject({ text });
    expect(await sent('notes', 'bytes')).toMatchObject({ text: 'from the file' });
    for (const path of ['missing.csv', 'a/b', './a', '~/a', 'C:\\a'])
      await expect(find(path), path).rejects.toMatchObject({ code: expect.stringMatching(/not_found|bad_arguments/) });
    expect(await sent('missing.csv\n', 'bytes')).toMatchObject({ text: 'missing.csv\n' });
    await expect(find('missing.csv', [])).rejects.toMatchObject({ code: 'not_configured' });
    expect((await find('hello', [])).body('bytes').size).toBe(5);
  });

  test('of one line is no table', async () => {
    const { sent, rows } = await world();
    const refused = { code: 'bad_arguments', message: expect.stringContaining('It is one line') };
    await expect(sent('hello world')).rejects.toMatchObject(refused);
    await expect(rows('hello world')).rejects.toMatchObject(refused);
  });
});
