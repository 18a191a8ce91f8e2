import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeQuery, writeColumnarForm } from '../../../src/results/query/query.ts';
import type { StoredResult } from '../../../src/results/result.ts';
import type { ResultStore } from '../../../src/results/store/store.ts';
import { day, freshStore, origin, pieces } from '../../support/folder.ts';

const rows = 80_000;
const long = `hole,n,au\n${Array.from({ length: rows }, (_, n) => `DH${n % 40},${n},${(n % 9_973) / 100}\n`).join('')}`;

async function workbench() {
  const world = await freshStore();
  const context = { results: world.store, clock: world.clock, signal: new AbortController().signal };
  const result = await world.store.write(origin({ key: 'long' }), { bytes: pieces(long, 65_536) });
  return { ...world, context, result };
}

async function bytesOf(store: ResultStore, result: StoredResult): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.open(result)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('a large table that is compressed has the same rows, the same bytes, and takes less', async () => {
  const { store, result, context } = await workbench();
  const before = await store.usage();
  await writeColumnarForm(result, context);
  const both = await store.usage();
  expect(both.bytes).toBeGreaterThan(before.bytes);
  await store.pack(result);
  expect((await store.usage()).bytes).toBeLessThan(0.7 * before.bytes);
  expect(await bytesOf(store, result)).toBe(long);
  for (const offset of [0, 1, 29_999, rows - 2]) {
    const page = await store.rows(result, { offset, limit: 2, columns: ['n'] });
    expect(page.rows).toEqual([{ n: offset }, { n: offset + 1 }]);
  }
  const where = [{ column: 'n', op: '>=' as const, value: rows - 3 }];
  expect((await store.rows(result, { where })).matched).toBe(3);
  const asked = await storeQuery(`SELECT count(*) AS n, max(au) AS au FROM "${result.uri}"`, context);
  expect((await store.rows(asked)).rows).toEqual([{ n: rows, au: 99.72 }]);
});

test('what was compressed before anybody asked is asked all the same', async () => {
  const { store, result, context } = await workbench();
  await store.pack(result);
  const asked = await storeQuery(`SELECT sum(n)::BIGINT AS n FROM "${result.uri}"`, context);
  expect((await store.rows(asked)).rows).toEqual([{ n: (rows * (rows - 1)) / 2 }]);
});

test('the columnar form is written once, and goes with its table', async () => {
  const { store, result, context, directory, time } = await workbench();
  const ask = () => storeQuery(`SELECT count(*) AS n FROM "${result.uri}"`, context);
  await Promise.all([ask(), writeColumnarForm(result, context)]);
  const parquet = async () => (await readdir(directory)).filter(name => name.endsWith('.parquet'));
  expect(await parquet()).toHaveLength(1);
  await store.write(origin({ key: 'long' }), { bytes: pieces('a,b\n1,2\n') });
  expect(await parquet()).toEqual([]);
  await writeColumnarForm(await store.get(result.uri), context);
  expect(await parquet()).toHaveLength(1);
  time.now += 8 * day;
  await store.sweep();
  expect(await parquet()).toEqual([]);
});

test('a result of the version before is read again when it is first asked', async () => {
  const { store, directory, context } = await workbench();
  const result = await store.write(origin({ key: 'old' }), { bytes: pieces('hole_id,au,Au\n1E3,0.5,NA\n7,1,2\n') });
  const path = join(directory, `${result.id}.json`);
  const record = JSON.parse(await readFile(path, 'utf8'));
  const columns = [
    { name: 'hole_id', type: 'number', nulls: 0, min: 7, max: 1_000, mean: 503.5 },
    { name: 'au', type: 'number', nulls: 0 },
    { name: 'Au', type: 'text', nulls: 0 },
  ];
  const { reading: _, ...rest } = record;
  await writeFile(
    path,
    JSON.stringify({ ...rest, version: 1, result: { ...record.result, columns, warnings: ['old'] } }),
  );

  const known = await store.get(result.uri);
  expect(known.columns.map(({ name, type }) => [name, type])).toEqual([
    ['hole_id', 'text'],
    ['au_1', 'number'],
    ['Au_2', 'integer'],
  ]);
  expect(known.warnings).toEqual([
    'old',
    expect.stringContaining('"Au" is called "Au_2"'),
    expect.stringContaining('NA (1)'),
  ]);
  const expected = [
    { hole_id: '1E3', au_1: 0.5, Au_2: null },
    { hole_id: '7', au_1: 1, Au_2: 2 },
  ];
  expect((await store.rows(known)).rows).toEqual(expected);
  const asked = await storeQuery(`FROM "${result.uri}"`, context);
  expect((await store.rows(asked)).rows).toEqual(expected);
});

test('a columnar form that is gone is written again', async () => {
  const { store, result, context } = await workbench();
  await writeColumnarForm(result, context);
  await rm((await store.table(result)).parquet ?? '');
  const asked = await storeQuery(`SELECT count(*) AS n FROM "${result.uri}"`, context);
  expect((await store.rows(asked)).rows).toEqual([{ n: rows }]);
});
