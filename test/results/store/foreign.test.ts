import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderRegister } from '../../../src/coordination/folder-register.ts';
import { markerFile } from '../../../src/results/store/claim.ts';
import { openResultStore } from '../../../src/results/store/store.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { ownKey } from '../../../src/server/own-key.ts';
import { startWorld } from '../../support/harness.ts';

async function start() {
  const directory = await mkdtemp(join(tmpdir(), 'data-platforms-foreign-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const clock = virtualClock();
  const store = openResultStore({ directory, clock, quotaBytes: 1_000_000 });
  const source = { operation: 'x_list_y', arguments: {}, connection: 'x', at: new Date(clock.now()).toISOString() };
  const write = (name: string) =>
    store.write({ name, mediaType: 'application/x-ndjson', source }, { rows: [{ a: 1 }] });
  return { directory, clock, store, write };
}

/** So old that whoever wrote it must be gone. */
async function put(path: string, text = 'mine') {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await utimes(path, 1, 1);
  await utimes(dirname(path), 1, 1);
}

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('a folder with other things in it', () => {
  it('keeps them, whatever they are called and however old', async () => {
    const { directory, clock, store, write } = await start();
    await write('ours');
    const theirs = [
      'thesis.docx',
      'id_rsa',
      'notes.json',
      'work/plan/draft.md',
      'callers/list/anna.txt',
      'a/b.csv',
      '.x.tmp',
    ];
    for (const name of theirs) await put(join(directory, name));
    await clock.advance(30 * 86_400_000);
    await store.sweep();
    for (const name of theirs) expect(await readFile(join(directory, name), 'utf8'), name).toBe('mine');
    expect(await store.list()).toEqual([]);
  });

  it('loses what the store began and never finished', async () => {
    const { directory, store, write } = await start();
    await write('ours');
    const [data, draft] = ['0123456789ab-0123456789ab.csv', '0123456789ab.json.0123456789ab.tmp'];
    for (const name of [data, draft]) await put(join(directory, name));
    await store.sweep();
    expect([await isThere(join(directory, data)), await isThere(join(directory, draft))]).toEqual([false, false]);
  });
});

describe('a folder that is to be the results folder', () => {
  const named = (directory: string) => openResultStore({ directory, clock: virtualClock() });
  const source = { operation: 'x_list_y', arguments: {}, connection: 'x', at: '2026-11-21' };
  const writeTo = (directory: string) =>
    named(directory).write({ name: 'y', mediaType: '', source }, { rows: [{ a: 1 }] });

  it.each([
    ['thesis.docx'],
    ['id_rsa'],
    ['work/plan/draft.md'],
    ['callers/list/anna.txt'],
    ['starts/x/1'],
    ['notes.json'],
    ['0123456789ab-0123456789ab.docx'],
  ])('is refused where %s is in it and no marker, whatever is asked of it', async name => {
    const { directory } = await start();
    await put(join(directory, name));
    const refused = { code: 'not_configured', message: expect.stringContaining(`("${name.split('/')[0]}")`) };
    const store = named(directory);
    await expect(writeTo(directory)).rejects.toMatchObject(refused);
    await expect(store.list()).rejects.toMatchObject(refused);
    await expect(store.get('result://0123456789ab')).rejects.toMatchObject(refused);
    await expect(store.sweep()).rejects.toMatchObject(refused);
    await expect(store.workspace('x')).rejects.toMatchObject(refused);
    await expect(startWorld({ flags: { results_dir: directory } })).rejects.toMatchObject(refused);
    expect(await readdir(directory)).toEqual([name.split('/')[0]]);
    expect(ownKey(directory)).toHaveLength(32);
    expect(await readFile(join(directory, name), 'utf8')).toBe('mine');
  });

  it('gets the marker where it is new, empty, of before, or has what systems put there', async () => {
    const { directory, write } = await start();
    await put(join(directory, 'lost+found'), '');
    await put(join(directory, '.DS_Store'), '');
    const marker = join(directory, markerFile);
    const { uri } = await write('ours');
    expect((await stat(marker)).mode & 0o777).toBe(0o600);
    // As the version before left it.
    await rm(marker);
    await put(join(directory, 'callers', 'a'.repeat(32), '0123456789ab.json'), '{}');
    await put(join(directory, 'work', 'b'.repeat(32), 'c'.repeat(32)), 'part');
    await put(join(directory, 'starts', 'A'.repeat(22), '1'), '{}');
    await put(join(directory, 'key'), 'k'.repeat(32));
    expect((await named(directory).get(uri)).uri).toBe(uri);
    expect(await isThere(marker)).toBe(false);
    await writeTo(directory);
    expect(await isThere(marker)).toBe(true);
    // From then on it is ours, whatever comes in.
    await put(join(directory, 'thesis.docx'));
    await writeTo(directory);
  });

  it('keeps in its work areas and registers what has another form', async () => {
    const { directory, clock, store, write } = await start();
    await write('ours');
    const theirs = [`work/${'b'.repeat(32)}/thesis.docx`, `starts/${'A'.repeat(22)}/notes.txt`];
    for (const name of theirs) await put(join(directory, name));
    await put(join(directory, 'work', 'b'.repeat(32), 'c'.repeat(32)), 'part');
    await put(join(directory, 'starts', 'A'.repeat(22), '1'), JSON.stringify({ value: {}, lapsesAt: 1 }));
    await clock.advance(30 * 86_400_000);
    await store.sweep();
    await folderRegister(clock, join(directory, 'starts')).write('B'.repeat(22), 0, {}, clock.now());
    const [area] = theirs;
    expect(await readFile(join(directory, area as string), 'utf8')).toBe('mine');
    expect(await isThere(join(directory, 'work', 'b'.repeat(32), 'c'.repeat(32)))).toBe(false);
    expect(await readFile(join(directory, 'starts', `${'A'.repeat(22)}.gone`, 'notes.txt'), 'utf8')).toBe('mine');
  });
});

describe('a record that somebody has put there', () => {
  it('with a data file that is a link to elsewhere names nothing', async () => {
    const { directory, store, write } = await start();
    const { uri, id, bytes } = await write('ours');
    const record = JSON.parse(await readFile(join(directory, `${id}.json`), 'utf8')) as { file: string };
    const outside = join(await mkdtemp(join(tmpdir(), 'data-platforms-outside-')), 'secret.csv');
    onTestFinished(() => rm(dirname(outside), { recursive: true, force: true }));
    await writeFile(outside, 'x'.repeat(bytes));
    await rm(join(directory, record.file));
    await symlink(outside, join(directory, record.file));
    await expect(store.get(uri)).rejects.toMatchObject({ code: 'not_found' });
  });

  it("with another result's data file names nothing, and removes nothing of it", async () => {
    const { directory, store, write } = await start();
    const [mine, other] = [await write('mine'), await write('other')];
    const path = (id: string) => join(directory, `${id}.json`);
    const { file } = JSON.parse(await readFile(path(other.id), 'utf8')) as { file: string };
    const record = JSON.parse(await readFile(path(mine.id), 'utf8')) as object;
    await writeFile(path(mine.id), JSON.stringify({ ...record, file }));
    await expect(store.get(mine.uri)).rejects.toMatchObject({ code: 'not_found' });
    await store.remove(mine.uri).catch(() => {});
    expect((await store.get(other.uri)).uri).toBe(other.uri);
  });

  it.each([
    ['file', (path: string) => ({ file: path })],
    ['columns', (path: string) => ({ parquet: { file: path, bytes: 4 } })],
    ['id', () => ({ result: { id: 'somebodyelse' } })],
  ])('with a strange %s neither reads nor removes anything', async (_, planted) => {
    const { directory, clock, store, write } = await start();
    const outside = join(await mkdtemp(join(tmpdir(), 'data-platforms-outside-')), 'secret.csv');
    onTestFinished(() => rm(dirname(outside), { recursive: true, force: true }));
    await writeFile(outside, 'a\n1\n');
    const { id, uri } = await write('ours');
    const path = join(directory, `${id}.json`);
    const record = JSON.parse(await readFile(path, 'utf8')) as { result: object };
    const change = planted(`../${dirname(outside).split('/').at(-1)}/secret.csv`) as { result?: object };
    const result = { ...record.result, bytes: 4, ...change.result };
    await writeFile(path, JSON.stringify({ ...record, ...change, result }));
    await expect(store.get(uri)).rejects.toMatchObject({ code: 'not_found' });
    await clock.advance(30 * 86_400_000);
    await store.sweep();
    await store.remove(uri).catch(() => {});
    expect(await readFile(outside, 'utf8')).toBe('a\n1\n');
  });
});
