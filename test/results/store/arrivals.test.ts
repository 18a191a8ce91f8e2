import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { foreignReader } from '../../../src/results/query/foreign.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import type { StoredResult } from '../../../src/results/result.ts';
import { entriesOf, freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';
import { workbook } from '../../support/workbook.ts';

async function workbench() {
  const clock = (await freshStore()).clock;
  const { store, directory } = await freshStore({ readForeign: foreignReader({ clock }) });
  const context = { results: store, clock, signal: new AbortController().signal };
  const add = (name: string, bytes: string | Buffer, changes = {}) =>
    store.write(origin({ name, mediaType: 'application/octet-stream', ...changes }), {
      bytes: pieces(bytes, 4_096),
      asIs: true,
    });
  const rowsOf = async (result: StoredResult) => (await store.rows(result, { limit: 1_000 })).rows;
  const ask = async (result: StoredResult) => rowsOf(await storeQuery(`SELECT * FROM "${result.uri}"`, context));
  const bytesOf = async (result: StoredResult) => {
    const chunks: Buffer[] = [];
    for await (const chunk of await store.open(result)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  };
  return { store, directory, add, rowsOf, ask, bytesOf };
}

const results = [
  { status: 'success', unique_id: 'model.a', execution_time: 1.5, thread: { id: 1 } },
  { status: 'error', unique_id: 'model.b', execution_time: 0.25, thread: null },
];

describe('JSON that arrives', () => {
  test.each([
    [
      'run_results.json',
      JSON.stringify({ metadata: { dbt: '1.9' }, results, elapsed_time: 3 }, null, 2),
      [/Its rows are the list "results"/],
    ],
    [
      'nested.json',
      JSON.stringify({ data: { page: { nodes: results } } }),
      [/Its rows are the list "data.page.nodes"/],
    ],
    ['array.json', JSON.stringify(results), []],
    ['lines.ndjson', results.map(one => JSON.stringify(one)).join('\n'), []],
  ])('%s is a table, and is handed on as it came', async (name, text, says) => {
    const { add, rowsOf, ask, bytesOf } = await workbench();
    const result = await add(name, text);
    expect(result).toMatchObject({ kind: 'table', format: 'ndjson', rows: 2, bytes: Buffer.byteLength(text) });
    expect(await rowsOf(result)).toEqual(results);
    expect(await ask(result)).toEqual(results);
    expect((await bytesOf(result)).toString()).toBe(text);
    expect(result.warnings ?? []).toEqual(says.map(said => expect.stringMatching(said)));
  });

  test('keeps every digit of what it holds', async () => {
    const { add, rowsOf } = await workbench();
    const result = await add('ids.json', '{"rows":[{"id":9007199254740993,"d":1.10},{"id":1,"d":2}]}');
    expect(await rowsOf(result)).toMatchObject([
      { id: '9007199254740993', d: 1.1 },
      { id: '1', d: 2 },
    ]);
  });

  test.each([
    ['two lists', '{"a":[{"x":1}],"b":[{"y":1},{"y":2}]}', [/several lists: a \(1 rows\), b \(2 rows\)/]],
    ['no list', '{"a":1,"b":[1,2],"c":[]}', []],
    ['no JSON at all', '{"a":', []],
    ['an array that is cut short', '[{"a":1},', [/damaged or cut short/]],
  ])('with %s is a file', async (_, text, says) => {
    const { add, bytesOf } = await workbench();
    const result = await add('x.json', text);
    expect(result.kind).toBe('file');
    expect((await bytesOf(result)).toString()).toBe(text);
    expect(result.warnings ?? []).toEqual(says.map(said => expect.stringMatching(said)));
  });
});

test('Parquet that arrives is a table in its own types', async () => {
  const { add, rowsOf, ask, bytesOf } = await workbench();
  const path = join(await freshFolder(), 'made.parquet');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(
    `COPY (SELECT 'Q1' AS hole, 12345678901234567.89::DECIMAL(38,2) AS money, 9007199254740993 AS big, 0.3::FLOAT AS au,
      DATE '2026-11-21' AS day, TIMESTAMP '2026-11-21 06:15:00' AS at, [1, 2] AS list, NULL::INT AS none) TO '${path}' (FORMAT parquet)`,
  );
  const bytes = await readFile(path);
  const result = await add('assays.parquet', bytes);
  const rows = [
    {
      ...{ hole: 'Q1', money: '12345678901234567.89', big: '9007199254740993', au: 0.3 },
      ...{ day: '2026-11-21', at: '2026-11-21T06:15:00', list: [1, 2], none: null },
    },
  ];
  expect(await rowsOf(result)).toEqual(rows);
  expect(await ask(result)).toEqual(rows);
  expect(await bytesOf(result)).toEqual(bytes);
  expect(await add('broken.parquet', bytes.subarray(0, 200))).toMatchObject({
    kind: 'file',
    warnings: [expect.any(String)],
  });
});

describe('a workbook that arrives', () => {
  const collars = [
    ['Collars of Copperhead North'],
    [],
    ['hole', 'sample', 'easting', 'au', 'drilled', 'done', 'au'],
    ['Q1', '007', 612503.56, '<0.01', { day: 45_982 }, true, 1],
    ['Q2', '1E5', 612600, 9.5, { day: 45_983.5 }, false, 2],
    [],
    ['Q3', '010', 0.1, 'NS', null, null, 3],
  ];

  test('is the table of its first sheet, and the others are results of their own', async () => {
    const { add, rowsOf, ask, bytesOf, store } = await workbench();
    const bytes = workbook({
      Collars: collars,
      Notes: [['only a title']],
      Assays: [
        ['hole', 'cu'],
        ['Q1', 0.25],
      ],
    });
    const result = await add('holes.xlsx', bytes);
    const rows = [
      {
        hole: 'Q1',
        sample: '007',
        easting: 612503.56,
        au: '<0.01',
        drilled: '2025-11-21T00:00:00',
        done: true,
        au_2: 1,
      },
      { hole: 'Q2', sample: '1E5', easting: 612600, au: '9.5', drilled: '2025-11-22T12:00:00', done: false, au_2: 2 },
      { hole: 'Q3', sample: '010', easting: 0.1, au: 'NS', drilled: null, done: null, au_2: 3 },
    ];
    expect(await rowsOf(result)).toEqual(rows);
    expect(await bytesOf(result)).toEqual(bytes);
    expect((await ask(result))[1]).toEqual({ ...rows[1], drilled: '2025-11-22T12:00:00' });
    expect(result.columns[3]).toMatchObject({ exceptions: { numbers: 1, others: 2 }, min: 9.5, max: 9.5 });
    const told = (result.warnings ?? []).join(' ');
    expect(told).toMatch(/It has 2 sheets; these are the rows of "Collars"\. 1 row above the header left out\./);
    const [, uri = ''] = /Sheet "Assays" is stored as (result:\/\/\w{12})/.exec(told) ?? [];
    expect(await rowsOf(await store.get(uri))).toEqual([{ hole: 'Q1', cu: 0.25 }]);
    expect((await store.get(uri)).name).toBe('holes.xlsx: Assays');
  });

  test.each([
    ['without a table', () => workbook({ Notes: [['only a title']] }), /No sheet of it has a header and rows/],
    ['that is no workbook', () => Buffer.from('PK\x03\x04 and nothing more'), /no workbook/],
  ])('%s is a file that says why', async (_, make, why) => {
    const { add, bytesOf } = await workbench();
    const bytes = make();
    const result = await add('x.xlsx', bytes);
    expect(result).toMatchObject({ kind: 'file', warnings: [expect.stringMatching(why)] });
    expect(await bytesOf(result)).toEqual(bytes);
  });
});

test('where nobody can read them, they are files', async () => {
  const { store } = await freshStore();
  const result = await store.write(origin({ name: 'a.parquet', mediaType: 'application/vnd.apache.parquet' }), {
    bytes: pieces('PAR1'),
  });
  expect(result).toMatchObject({ kind: 'file', rows: 0 });
});

test('the rows of a file count in the quota and go with it', async () => {
  const { add, store, directory } = await workbench();
  const result = await add('array.json', JSON.stringify(results));
  expect((await store.usage()).bytes).toBeGreaterThan(result.bytes);
  await store.remove(result.uri);
  expect(await entriesOf(directory)).toEqual([]);
});
