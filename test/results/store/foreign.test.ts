import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openResultStore } from '../../../src/results/store/store.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';

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

describe('a record that somebody has put there', () => {
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
