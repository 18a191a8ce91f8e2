import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/base/json-value.ts';
import { profileColumns } from '../../../src/results/query/profile.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

const wide = (text: string, isBig = false) => {
  const bytes = Buffer.from(text, 'utf16le');
  return isBig ? bytes.swap16() : bytes;
};

/** Further inputs of the kinds in `cases`, as a laboratory or a spreadsheet writes them. */
const variants: Record<string, { bytes: string | Buffer; rows: Row[]; says?: RegExp[] }> = {
  'a decimal comma beside detection limits': {
    bytes: 'hole;au\nQ1;<0,01\nQ2;0,25\nQ3;1,5\nQ4;NS\nQ5;12,7\n',
    rows: ['<0,01', '0.25', '1.5', 'NS', '12.7'].map((au, at) => ({ hole: `Q${at + 1}`, au })),
    says: [/semicolons/, /decimal comma/, /3 of 5 values are numbers, others are <0,01 \(1\), NS \(1\)/],
  },
  'bounds in signs of their own': {
    bytes: 'hole,au\nQ1,≤5\nQ2,≥7\nQ3,9\n',
    rows: ['≤5', '≥7', '9'].map((au, at) => ({ hole: `Q${at + 1}`, au })),
    says: [/1 of 3 values are numbers, others are ≤5 \(1\), ≥7 \(1\)/],
  },
  'a placeholder with an exponent': {
    bytes: 'hole,au\nQ1,-1e30\nQ2,0.5\nQ3,0.7\n',
    rows: ['-1e30', '0.5', '0.7'].map((au, at) => ({ hole: `Q${at + 1}`, au })),
    says: [/2 of 3 values are numbers, others are -1e30 \(1\)/],
  },
  'versions, which are names': {
    bytes: 'version,n\n1.10,1\n1.1,2\n2.0,3\n',
    rows: ['1.10', '1.1', '2.0'].map((version, at) => ({ version, n: at + 1 })),
  },
  'a carriage return within a value': {
    bytes: 'hole,note,au\nQ1,a\rb,0.5\nQ2,c,0.7\n',
    rows: [
      { hole: 'Q1', note: 'a\rb', au: 0.5 },
      { hole: 'Q2', note: 'c', au: 0.7 },
    ],
  },
  'UTF-16 without a mark': {
    bytes: wide('hole,from\r\nQ1,0\r\nQ2,1\r\n'),
    rows: [
      { hole: 'Q1', from: 0 },
      { hole: 'Q2', from: 1 },
    ],
    says: [/UTF-16/],
  },
  'UTF-16, the other way about': {
    bytes: wide('\ufeffhole\tau\r\nÅ1\t0,5\r\nQ2\t0,75\r\n', true),
    rows: [
      { hole: 'Å1', au: 0.5 },
      { hole: 'Q2', au: 0.75 },
    ],
    says: [/tabs/, /decimal comma/, /UTF-16/],
  },
};

async function workbench() {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const add = (bytes: string | Buffer) => store.write(origin(), { bytes: pieces(bytes, 7), asIs: true });
  const ask = async (sql: string) => (await store.rows(await storeQuery(sql, context), { limit: 1_000 })).rows;
  const addJson = (text: string) =>
    store.write(origin({ name: 't.ndjson', mediaType: 'application/x-ndjson' }), { bytes: pieces(text) });
  return { store, context, add, addJson, ask };
}

test.each(Object.entries(variants))('%s', async (_, { bytes, rows, says = [] }) => {
  const { store, add, ask } = await workbench();
  const result = await add(bytes);
  expect((await store.rows(result)).rows).toEqual(rows);
  expect(await ask(`SELECT * FROM "${result.uri}"`)).toEqual(rows);
  expect(result.warnings ?? []).toEqual(says.map(said => expect.stringMatching(said)));
});

describe('numbers among words', () => {
  test('are numbers in SQL under number(), as in the figures', async () => {
    const { add, ask, context } = await workbench();
    const result = await add('hole,au\nQ1,<0.01\nQ2,9\nQ3,10\nQ4, 127 \nQ5,NS\nQ6,1.5e-3\nQ7,>2000\n');
    const sql = `SELECT sum(number(au)) AS total, count(number(au)) AS n, max(number(au)) AS most FROM "${result.uri}"`;
    expect(await ask(sql)).toEqual([{ total: 146, n: 3, most: 127 }]);
    expect(result.columns[1]).toMatchObject({ min: 9, max: 127, exceptions: { numbers: 3, others: 4 } });
    const profile = await profileColumns(result, result.columns, context);
    expect(profile.get('au')?.quartiles).toEqual([9.5, 10, 68.5]);
    await expect(ask(`SELECT avg(au) FROM "${result.uri}"`)).rejects.toMatchObject({
      hint: expect.stringContaining('number("au") is the number, and null for those'),
    });
  });

  test('with a decimal comma are compared as numbers', async () => {
    const { store, add } = await workbench();
    const result = await add('hole;au\nQ1;<0,01\nQ2;0,25\nQ3;1,5\nQ4;NS\nQ5;12,7\n');
    const page = await store.rows(result, { where: [{ column: 'au', op: '>', value: 1 }], columns: ['au'] });
    expect(page).toMatchObject({ rows: [{ au: '1.5' }, { au: '12.7' }], undecided: 1 });
  });

  test('are the same in JSON, and in what a statement finds', async () => {
    const { store, addJson, ask } = await workbench();
    const result = await addJson(
      '{"hole":"Q1","au":"<0.01","cu":1.5,"n":7}\n{"hole":"Q2","au":9,"cu":"NA","n":"8"}\n{"hole":"Q3","au":"127.50","cu":null,"n":9}\n{"hole":"Q4","au":"NS","cu":0.25,"n":null}\n',
    );
    const rows = [
      { hole: 'Q1', au: '<0.01', cu: 1.5, n: 7 },
      { hole: 'Q2', au: '9', cu: null, n: 8 },
      { hole: 'Q3', au: '127.50', cu: null, n: 9 },
      { hole: 'Q4', au: 'NS', cu: 0.25, n: null },
    ];
    expect((await store.rows(result)).rows).toEqual(rows);
    expect(result.sample).toEqual(rows);
    expect(await ask(`SELECT * FROM "${result.uri}"`)).toEqual(rows);
    expect(result.columns).toMatchObject([
      { type: 'text' },
      { type: 'text', min: 9, max: 127.5, exceptions: { numbers: 2, others: 2 } },
      { type: 'number', nothing: { NA: 1 }, nulls: 2 },
      { type: 'integer', nulls: 1, min: 7, max: 9 },
    ]);
    expect(result.warnings).toEqual([
      expect.stringMatching(/^au: 2 of 4 values are numbers, others are <0\.01 \(1\), NS \(1\)/),
      'cu: NA (1) read as empty.',
    ]);
    expect(await ask(`SELECT sum(number(au)) AS au, sum(cu) AS cu FROM "${result.uri}"`)).toEqual([
      { au: 136.5, cu: 1.75 },
    ]);
  });

  test('texts of JSON that only look like numbers stay texts', async () => {
    const { store, addJson } = await workbench();
    const result = await addJson('{"port":"80","state":"ok","tag":"1.10"}\n{"port":"443","state":"NA","tag":"x"}\n');
    expect(result.columns.map(({ type, exceptions }) => [type, exceptions])).toEqual(
      result.columns.map(() => ['text', undefined]),
    );
    expect((await store.rows(result)).rows[1]).toEqual({ port: '443', state: 'NA', tag: 'x' });
  });
});

test('a statement needs no stored table', async () => {
  const { ask } = await workbench();
  expect(await ask("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t(n, name)")).toEqual([
    { n: 1, name: 'a' },
    { n: 2, name: 'b' },
  ]);
  expect(await ask('SELECT sum(range)::INT AS s FROM range(5)')).toEqual([{ s: 10 }]);
  await expect(ask("SELECT * FROM read_csv('/etc/passwd')")).rejects.toMatchObject({ code: 'bad_arguments' });
  await expect(ask('SELECT * FROM holes')).rejects.toMatchObject({ message: 'There is no table "holes".' });
});

describe('a decimal comma that comes late', () => {
  const many = (value: string) => Array.from({ length: 12_000 }, (_, at) => `Q${at};${value}`).join('\n');

  test('is found all the same, and said', async () => {
    const { store, add, ask } = await workbench();
    const result = await add(`hole;au\n${many('1')}\nX1;0,25\nX2;1,5\n`);
    expect(result).toMatchObject({
      columns: [{ type: 'text' }, { type: 'number', min: 0.25, max: 1.5 }],
      warnings: expect.arrayContaining([expect.stringMatching(/decimal comma: 0,25 was read as 0\.25/)]),
    });
    const last = [
      { hole: 'X1', au: 0.25 },
      { hole: 'X2', au: 1.5 },
    ];
    expect((await store.rows(result, { offset: 12_000 })).rows).toEqual(last);
    expect(await ask(`SELECT * FROM "${result.uri}" WHERE hole LIKE 'X%'`)).toEqual(last);
  });

  test('among numbers with a point makes a text, which is said', async () => {
    const { add } = await workbench();
    const result = await add(`hole;au;cu\n${many('0.5;0.5')}\nX1;0,25;0.25\n`);
    expect(result).toMatchObject({
      columns: [{ type: 'text' }, { type: 'text' }, { type: 'number' }],
      warnings: expect.arrayContaining([expect.stringMatching(/^au is text: among its numbers stands 0,25/)]),
    });
  });
});
