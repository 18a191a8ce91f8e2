import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { userFolders } from '../../../src/base/folders.ts';
import { diskFault } from '../../../src/results/disk.ts';
import { defaultResultsDirectory } from '../../../src/results/store/places.ts';
import { writeRecord } from '../../../src/results/store/record-files.ts';
import { openResultStore } from '../../../src/results/store/store.ts';
import { day, entriesOf, freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';

const small = 'hole_id,depth\nDDH001,1.5\nDDH002,2\n';

async function* cutShort(start: string) {
  yield Buffer.from(start);
  throw new Error('socket closed');
}

describe('a stored result', () => {
  test('is found by id and by URI, from another process too, with what made it', async () => {
    const { store, directory, clock } = await freshStore();
    const stored = await store.write(origin({ warnings: ['one hole failed'] }), { bytes: pieces(small) });
    const other = openResultStore({ directory, clock });
    expect(await other.get(stored.uri)).toEqual(stored);
    expect(await other.get(stored.id)).toEqual(stored);
    expect(stored).toMatchObject({ kind: 'table', format: 'csv', rows: 2, bytes: small.length });
    expect(stored).toMatchObject({ warnings: ['one hole failed'], expiresAt: '2026-11-28T08:00:00.000Z' });
    expect(await text(await other.open(stored))).toBe(small);
    expect(await readFile(await other.path(stored), 'utf8')).toBe(small);
  });

  test('can be read by this user only', async () => {
    const { store, directory } = await freshStore();
    await store.write(origin(), { bytes: pieces(small) });
    const modes = (await entriesOf(directory)).map(async name => (await stat(join(directory, name))).mode & 0o777);
    expect(await Promise.all(modes)).toEqual([0o600, 0o600]);
  });

  test('of unknown type is a file, byte for byte', async () => {
    const { store } = await freshStore();
    const bytes = Buffer.from([0x25, 0x50, 0, 0xff, 0x0a]);
    const stored = await store.write(origin({ name: 'log.pdf', mediaType: 'application/pdf' }), {
      bytes: pieces(bytes),
    });
    expect(stored).toMatchObject({ kind: 'file', format: 'bytes', rows: 0, columns: [], mediaType: 'application/pdf' });
    expect(await readFile(await store.path(stored))).toEqual(bytes);
    await expect(store.rows(stored)).rejects.toMatchObject({ code: 'bad_arguments' });
  });

  test('whose media type says nothing goes by the ending of its name', async () => {
    const { store } = await freshStore();
    const unspecific = origin({ name: 'hole.CSV', mediaType: 'binary/octet-stream' });
    expect((await store.write(unspecific, { bytes: pieces(small) })).rows).toBe(2);
  });

  test('whose data was cut off by somebody else is as good as gone', async () => {
    const { store } = await freshStore();
    const stored = await store.write(origin({ key: 'run 1' }), { bytes: pieces(small) });
    await writeFile(await store.path(stored), small.slice(0, 20));
    const again = { code: 'not_found', hint: expect.stringMatching(/^Make it again: call core_download_export/) };
    await expect(store.rows(stored)).rejects.toMatchObject(again);
    expect(await store.findByKey('run 1')).toBeUndefined();
  });

  test('is listed newest first until it is removed or expires', async () => {
    const { store, time } = await freshStore();
    const first = await store.write(origin({ name: 'first' }), { bytes: pieces(small) });
    time.now += day;
    const second = await store.write(origin({ name: 'second' }), { bytes: pieces(small) });
    const third = await store.write(origin({ name: 'third' }), { bytes: pieces(small) });
    await store.remove(third.uri);
    expect((await store.list()).map(({ id }) => id)).toEqual([second.id, first.id]);
    time.now += 6 * day;
    expect((await store.list()).map(({ id }) => id)).toEqual([second.id]);
  });

  test('that expired says how to make it again, before and after its data is swept', async () => {
    const { store, directory, time } = await freshStore();
    const stored = await store.write(origin(), { bytes: pieces(small) });
    time.now += 7 * day;
    const again = {
      code: 'not_found',
      hint: expect.stringMatching(/core_download_export on core with {"export":"e1"}/),
    };
    await expect(store.get(stored.uri)).rejects.toMatchObject(again);
    await store.sweep();
    expect(await entriesOf(directory)).toEqual([`${stored.id}.json`]);
    await expect(store.rows(stored)).rejects.toMatchObject(again);
    time.now += 7 * day;
    await store.sweep();
    expect(await entriesOf(directory)).toEqual([]);
  });

  test.each(['result://zzzzzzzzzzzz', '../../etc/passwd', 'result://../secret', ''])('%j is not found', async id => {
    const { store } = await freshStore();
    await expect(store.get(id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a key', () => {
  test('finds the result again, under the id that every process would give it', async () => {
    const { store, time } = await freshStore();
    const key = 'core://exports/1';
    expect(await store.findByKey(key)).toBeUndefined();
    const stored = await store.write(origin({ key }), { bytes: pieces(small) });
    expect(await store.findByKey(key)).toEqual(stored);
    const { store: elsewhere } = await freshStore();
    expect((await elsewhere.write(origin({ key }), { bytes: pieces(small) })).id).toBe(stored.id);
    time.now += 7 * day;
    expect(await store.findByKey(key)).toBeUndefined();
  });

  test('written by many at once leaves one whole result', async () => {
    const { store, directory, clock } = await freshStore();
    const other = openResultStore({ directory, clock });
    const writes = [10, 2_000, 30, 4_000].map((rows, number) => {
      const bytes = pieces(`n\n${`${number}\n`.repeat(rows)}`, 1_000);
      return (number % 2 ? store : other).write(origin({ key: 'same' }), { bytes });
    });
    await Promise.all(writes);
    const winner = await store.findByKey('same');
    if (!winner) throw new Error('nothing stored');
    const { rows } = await store.rows(winner, { limit: 5_000 });
    expect(rows).toHaveLength(winner.rows);
    expect(new Set(rows.map(row => row['n'])).size).toBe(1);
  });

  test('is there at every moment while it is written anew', async () => {
    const { store, directory, clock } = await freshStore();
    const other = openResultStore({ directory, clock });
    const write = (n: number) => store.write(origin({ key: 'k' }), { bytes: pieces(`a\n${n}\n`) });
    const { uri } = await write(0);
    let writing = true;
    const look = async () => {
      for (; writing; ) {
        expect((await other.get(uri)).rows).toBe(1);
        expect((await other.findByKey('k'))?.uri).toBe(uri);
      }
    };
    const looking = Promise.all(Array.from({ length: 4 }, look));
    for (let n = 1; n <= 40; n += 1) await write(n);
    writing = false;
    await looking;
  });

  test('written and pinned at once is lost by neither', async () => {
    const { store, directory } = await freshStore();
    const write = (n: number) => store.write(origin({ key: 'k' }), { bytes: pieces(`a\n${n}\n`) });
    const { uri } = await write(0);
    for (let n = 1; n <= 20; n += 1) {
      await Promise.all([write(n), store.pin(uri, true), write(-n), store.pin(uri, true)]);
      expect(await store.get(uri)).toMatchObject({ rows: 1, pinned: true });
      expect(await entriesOf(directory)).toHaveLength(2);
    }
  });

  test('written again replaces the result', async () => {
    const { store, directory } = await freshStore();
    await store.write(origin({ key: 'k' }), { bytes: pieces(small) });
    const second = await store.write(origin({ key: 'k' }), { bytes: pieces('a\n1\n') });
    expect((await store.rows(second)).rows).toEqual([{ a: 1 }]);
    expect(await entriesOf(directory)).toHaveLength(2);
  });
});

describe('nothing is left of a write', () => {
  test('whose source breaks', async () => {
    const { store, directory } = await freshStore();
    await expect(store.write(origin(), { bytes: cutShort(small) })).rejects.toThrow('socket closed');
    expect(await entriesOf(directory)).toEqual([]);
  });

  test('that is cancelled while the source hangs, and the source is closed', async () => {
    const { store, directory } = await freshStore();
    const controller = new AbortController();
    const source = new Readable({ read: () => {} });
    source.push('a,b\n'.repeat(500));
    const reason = new Error('the caller gave up');
    const written = store.write(origin({ signal: controller.signal }), { bytes: source });
    setImmediate(() => controller.abort(reason));
    await expect(written).rejects.toBe(reason);
    expect(source.destroyed).toBe(true);
    expect(await entriesOf(directory)).toEqual([]);
  });

  test('whose metadata cannot be written', async () => {
    const { store, directory } = await freshStore();
    const source = { ...origin().source, arguments: { export: 1n } };
    await expect(store.write(origin({ source }), { bytes: pieces(small) })).rejects.toThrow(/BigInt/);
    expect(await entriesOf(directory)).toEqual([]);
  });

  test('that is larger than the quota', async () => {
    const { store, directory } = await freshStore({ quotaBytes: 1_000 });
    const bytes = pieces('a\n1\n'.repeat(500), 100);
    await expect(store.write(origin(), { bytes })).rejects.toMatchObject({ code: 'too_large' });
    expect(await entriesOf(directory)).toEqual([]);
  });
});

describe('a sweep', () => {
  test('takes the oldest results beyond the quota, never the one just written', async () => {
    const { store, time } = await freshStore({ quotaBytes: 2_500 });
    const written = [];
    for (const name of ['one', 'two', 'three']) {
      written.push(await store.write(origin({ name }), { bytes: pieces(`a\n${'1\n'.repeat(499)}`) }));
      time.now += day / 24;
    }
    expect((await store.list()).map(({ name }) => name)).toEqual(['three', 'two']);
    const hint = expect.stringContaining('core_download_export');
    await expect(store.get(written[0]?.uri ?? '')).rejects.toMatchObject({ code: 'not_found', hint });
    const last = await store.write(origin({ name: 'four' }), { bytes: pieces(`a\n${'1\n'.repeat(1_200)}`) });
    expect((await store.list()).map(({ name }) => name)).toEqual(['four']);
    expect((await store.rows(last)).matched).toBe(1_200);
  });

  test('keeps the one just written, though pinned ones leave no room and time runs fast', async () => {
    const { store, directory } = await freshStore();
    const kept = await store.write(origin({ name: 'kept' }), { bytes: pieces(`a\n${'1\n'.repeat(400)}`) });
    await store.pin(kept.uri, true);
    let now = Date.parse(kept.createdAt);
    // Two minutes pass between any two looks.
    const clock = { ...systemClock(), now: () => (now += 120_000) };
    const fast = openResultStore({ directory, clock, quotaBytes: 1_000 });
    const { uri } = await fast.write(origin({ name: 'new' }), { bytes: pieces(`a\n${'1\n'.repeat(300)}`) });
    expect((await fast.get(uri)).name).toBe('new');
    expect((await fast.list()).map(({ name }) => name)).toEqual(['new', 'kept']);
  });

  test('takes what a crash left behind, and leaves what is being written', async () => {
    const { store, directory } = await freshStore();
    const stored = await store.write(origin(), { bytes: pieces(small) });
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [
      'deaddeaddead-0123456789ab.csv',
      'deaddeaddead.json.0123456789ab.tmp',
      'busybusybusy-0123456789ab.csv',
    ])
      await writeFile(join(directory, name), 'a,b\n1');
    await mkdir(join(directory, 'starts'));
    await utimes(join(directory, 'starts'), old, old);
    await utimes(join(directory, 'deaddeaddead-0123456789ab.csv'), old, old);
    await utimes(join(directory, 'deaddeaddead.json.0123456789ab.tmp'), old, old);
    await utimes(await store.path(stored), old, old);
    await store.sweep();
    const left = [
      'starts',
      `${stored.id}.json`,
      'busybusybusy-0123456789ab.csv',
      (await store.path(stored)).slice(directory.length + 1),
    ];
    expect((await entriesOf(directory)).toSorted()).toEqual(left.toSorted());
  });

  test('survives metadata of another version or cut in two', async () => {
    const { store, directory } = await freshStore();
    await writeFile(join(directory, 'aaaaaaaaaaaa.json'), '{"version":3}');
    await writeFile(join(directory, 'bbbbbbbbbbbb.json'), '{"version":1,"res');
    await store.write(origin(), { bytes: pieces(small) });
    expect(await store.list()).toHaveLength(1);
    await expect(store.get('bbbbbbbbbbbb')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the folder', () => {
  test('is not touched by opening a store, and need not exist to be listed', async () => {
    const directory = join(await freshFolder(), 'cache', 'results');
    const { store } = await freshStore({ directory });
    await expect(stat(directory)).rejects.toThrow('ENOENT');
    expect(await store.list()).toEqual([]);
    expect((await store.write(origin(), { bytes: pieces(small) })).rows).toBe(2);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
  });

  test('that cannot be made is for the operator to set right', async () => {
    const file = join(await freshFolder(), 'file');
    await writeFile(file, '');
    const { store } = await freshStore({ directory: join(file, 'results') });
    const fault = { code: 'not_configured', hint: expect.stringContaining('--results-dir') };
    await expect(store.write(origin(), { bytes: pieces(small) })).rejects.toMatchObject(fault);
  });

  test('that cannot be read is for the operator to set right, too', async () => {
    const directory = join(await freshFolder(), 'results');
    await writeFile(directory, 'a file where the folder should be');
    const { store } = await freshStore({ directory });
    const unusable = {
      code: 'not_configured',
      message: expect.stringContaining(`${directory} cannot be used (ENOTDIR)`),
    };
    await expect(store.list()).rejects.toMatchObject(unusable);
    await expect(store.usage()).rejects.toMatchObject(unusable);
    await expect(store.get('result://abcdefghijkl')).rejects.toMatchObject(unusable);
    await expect(store.findByKey('a run')).rejects.toMatchObject(unusable);
    const { store: other } = await freshStore();
    const result = await other.write(origin(), { bytes: pieces(small) });
    const record = { version: 1 as const, file: 'x', index: { every: 1, offsets: [] }, result };
    await expect(writeRecord(directory, record)).rejects.toMatchObject(unusable);
  });

  test('on a full disk is too small, and other errors stay what they are', () => {
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    expect(diskFault(full, '/r')).toMatchObject({ code: 'too_large', hint: expect.stringContaining('--results-dir') });
    const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    expect(diskFault(reset, '/r')).toBe(reset);
  });

  test('is in the cache folder of the system, and where it was before if there is one', async () => {
    const { cache } = await userFolders();
    const own = join(cache, 'results');
    expect(await defaultResultsDirectory()).toBe(own);
    expect(basename(cache)).toBe('data-platforms-mcp');
    const folder = await freshFolder();
    const windows = { environment: { LOCALAPPDATA: folder }, platform: 'win32' };
    const mac = { environment: { XDG_CACHE_HOME: folder }, platform: 'darwin' };
    for (const system of [windows, mac]) expect(await defaultResultsDirectory(system)).toBe(own);
    const former = join(folder, 'data-platforms-mcp', 'results');
    await mkdir(former, { recursive: true });
    for (const system of [windows, mac]) expect(await defaultResultsDirectory(system)).toBe(former);
  });
});

describe("somebody's own file", () => {
  const own = (name: string) => origin({ name, mediaType: name.endsWith('.csv') ? 'text/csv' : '' });

  test('is a table where it is one, and otherwise kept byte for byte', async () => {
    const { store } = await freshStore();
    const good = await store.write(own('a.csv'), { bytes: pieces(small), asIs: true });
    expect(good).toMatchObject({ kind: 'table', rows: 2 });
    const ragged = `${small}DDH003,1,2,3\n${'x,y\n'.repeat(40_000)}`;
    const odd = await store.write(own('b.csv'), { bytes: pieces(ragged, 50_000), asIs: true });
    expect(odd).toMatchObject({ kind: 'file', rows: 0, bytes: ragged.length });
    expect(await text(await store.open(odd))).toBe(ragged);
    const json = '[{"a": 1},\n{"a": 2}]';
    const plain = await store.write(own('c.json'), { bytes: pieces(json), asIs: true });
    expect([plain.kind, await text(await store.open(plain))]).toEqual(['table', json]);
    const left = await store.write(own('c.json'), { bytes: pieces(json), asIs: 'file' });
    expect([left.kind, await text(await store.open(left))]).toEqual(['file', json]);
  });

  test('that breaks off on its way is not stored', async () => {
    const { store, directory } = await freshStore();
    const cut = store.write(own('a.csv'), { bytes: cutShort('a,b\n1,2,3\n'), asIs: true });
    await expect(cut).rejects.toThrow('socket closed');
    expect(await entriesOf(directory)).toEqual([]);
  });
});
