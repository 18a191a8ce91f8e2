import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/base/json-value.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import { profileColumns } from '../../../src/results/query/profile.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

/** A file as people have it, and what is right of it. */
interface Case {
  file: string;
  rows: Row[];
  /** Of columns that are worth a word. */
  types?: Record<string, string>;
  /** What is said, in order. None: nothing had to be decided. */
  says?: RegExp[];
}

const assay = [0.5, 0.7, 0.9].map((au, at) => ({ hole: 'Q1', from: at, to: at + 1, au }));

const cases: Case[] = [
  {
    file: 'collars.csv',
    rows: [
      ['Q1', 612503.56, 7458204.49, 413.831, '1048577', 20240131],
      ['Q2', 612581.12, 7458290.07, 414.2, '1048999', 20240229],
      ['Q3', 612600, 7458311.91, 415, '1049001', 20241231],
    ].map(([hole, easting, northing, elevation, sample, logged]) => {
      return { hole, easting, northing, elevation, sample, logged };
    }),
    types: { easting: 'number', northing: 'number', elevation: 'number', sample: 'text', logged: 'integer' },
  },
  { file: 'lines-lf-crlf.csv', rows: assay, types: { au: 'number' } },
  { file: 'lines-crlf-lf.csv', rows: assay, types: { au: 'number' } },
  { file: 'lines-crlf-one-lf.csv', rows: assay, types: { au: 'number' } },
  {
    file: 'stray-quotes.csv',
    rows: [
      { hole: 'Q1', note: '5" core', n: 1 },
      { hole: 'Q2', note: 'plain', n: 2 },
    ],
    says: [/1 value with quotes inside/],
  },
  {
    file: 'one-column-blank.csv',
    rows: [{ au: 1 }, { au: null }, { au: 2 }, { au: null }],
    says: [/2 blank lines/],
  },
  {
    file: 'e-notation.csv',
    rows: [
      { sample: '1E5', au: 0.1 },
      { sample: '2E10', au: 0.2 },
      { sample: '12E3', au: 0.3 },
    ],
    types: { sample: 'text', au: 'number' },
  },
  {
    file: 'case-twins.csv',
    rows: [
      { hole: 'Q1', au_1: 1, Au_2: 10, AU_3: 100 },
      { hole: 'Q2', au_1: 2, Au_2: 20, AU_3: 200 },
    ],
    says: [/"au" is called "au_1", "Au" is called "Au_2", "AU" is called "AU_3"/],
  },
  {
    file: 'below-detection.csv',
    rows: ['<0.01', '9', '10', '127', 'NS'].map((au, at) => ({ hole: 'Q1', from: at, to: at + 1, au })),
    types: { au: 'text' },
    says: [/au: 3 of 5 values are numbers, others are <0\.01 \(1\), NS \(1\)/],
  },
  {
    file: 'semicolon.csv',
    rows: [
      { hole: 'Q1', from: 0, to: 1 },
      { hole: 'Q1', from: 1, to: 3 },
    ],
    says: [/semicolons/],
  },
  {
    file: 'semicolon-decimal-comma.csv',
    rows: [
      { hole: 'Q1', from: 0, to: 1.5, au: 0.25 },
      { hole: 'Q1', from: 1.5, to: 3, au: 0.4 },
    ],
    says: [/semicolons/, /decimal comma/],
  },
  {
    file: 'tab.csv',
    rows: [
      { hole: 'Q1', from: 0, to: 1 },
      { hole: 'Q1', from: 1, to: 3 },
    ],
    says: [/tabs/],
  },
  { file: 'windows-1252.csv', rows: [{ hole: 'Q1', logger: 'Jørgen Ås' }], says: [/not UTF-8.*Windows-1252/] },
  { file: 'utf-16.csv', rows: [{ hole: 'Q1', from: 0 }], says: [/UTF-16/] },
  {
    file: 'blank-before-quote.csv',
    rows: [
      { hole: 'Q1', note: 'core, broken', n: 1 },
      { hole: 'Q2', note: 'whole', n: 2 },
    ],
  },
  { file: 'comment-lines.csv', rows: [{ hole: 'Q1', from: 0, to: 1 }], says: [/2 comments/] },
  { file: 'ctrl-z.csv', rows: [{ hole: 'Q1', from: 0 }] },
  {
    file: 'line-of-blanks.csv',
    rows: [
      { hole: 'Q1', from: 0 },
      { hole: 'Q2', from: 1 },
    ],
    says: [/1 blank line/],
  },
  {
    file: 'row-names.csv',
    rows: [
      { column_1: 1, hole: 'Q1', from: 0, to: 1 },
      { column_1: 2, hole: 'Q1', from: 1, to: 2 },
    ],
    says: [/no name for the first column/],
  },
  {
    file: 'trailing-comma.csv',
    rows: [
      { hole: 'Q1', from: 0, to: 1 },
      { hole: 'Q1', from: 1, to: 2 },
    ],
    says: [/behind the last column.* 2 rows/],
  },
  { file: 'ok-bom-quoted-header.csv', rows: [{ hole: 'Q1', from: 0 }] },
  {
    file: 'ok-quotes.csv',
    rows: [
      { hole: 'Q1', note: 'two\nlines' },
      { hole: 'Q2', note: 'he said "no"' },
      { hole: 'Q3', note: '5" pipe' },
    ],
  },
  {
    file: 'ok-long-ids.csv',
    rows: [
      { sample: '007', id: '9007199254740993' },
      { sample: '010', id: '1' },
    ],
  },
  {
    file: 'ok-headers.csv',
    rows: [{ hole: 'Q1', au: 1, au_2: 2, column_4: 3, column_5: 4 }],
    says: [/"au" is called "au_2"/],
  },
  {
    file: 'ok-hostile-headers.csv',
    rows: [Object.fromEntries(['__proto__', 'constructor', 'toString'].map((name, at) => [name, at + 1]))],
  },
  {
    file: 'ok-dates-numbers.csv',
    rows: [
      { day: '01/02/2024', amount: '1,234.5', share: '5%', plus: '+5' },
      { day: '13/02/2024', amount: '6,543,210.1', share: '6%', plus: '+6' },
    ],
    types: { day: 'text', amount: 'text', share: 'text', plus: 'text' },
  },
];

async function workbench() {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const add = async (file: string) => {
    const bytes = await readFile(join(import.meta.dirname, 'cases', file));
    return store.write(origin({ name: file }), { bytes: pieces(bytes, 5), asIs: true });
  };
  const ask = async (sql: string) => (await store.rows(await storeQuery(sql, context), { limit: 1_000 })).rows;
  return { store, context, add, ask };
}

describe('a file from the field', () => {
  test.each(cases)('$file has the right rows, and says what was decided', async ({ file, rows, types, says = [] }) => {
    const { store, add } = await workbench();
    const result = await add(file);
    expect(result.kind).toBe('table');
    expect((await store.rows(result)).rows).toEqual(rows);
    expect(result.sample).toEqual(rows.slice(0, 5));
    expect(result.rows).toBe(rows.length);
    expect(Object.fromEntries(result.columns.map(({ name, type }) => [name, type]))).toMatchObject(types ?? {});
    const warnings = result.warnings ?? [];
    expect(warnings).toHaveLength(says.length);
    for (const [at, said] of says.entries()) expect(warnings[at]).toMatch(said);
  });

  test('has the same rows in SQL', async () => {
    const { add, ask } = await workbench();
    const tables = await Promise.all(cases.map(async one => ({ ...one, uri: (await add(one.file)).uri })));
    const some = tables.map(({ file, uri }) => `SELECT '${file}' AS file, to_json(t) AS data FROM "${uri}" t`);
    const found = await ask(some.join(' UNION ALL '));
    for (const { file, rows } of tables)
      expect([file, found.filter(row => row['file'] === file).map(row => row['data'])]).toEqual([file, rows]);
  });

  test('is handed on as it came', async () => {
    const { store, add } = await workbench();
    for (const { file } of cases) {
      const chunks: Buffer[] = [];
      for await (const chunk of await store.open(await add(file))) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks)).toEqual(await readFile(join(import.meta.dirname, 'cases', file)));
    }
  });
});

test('what is no table says why, with the line', async () => {
  const { add, store } = await workbench();
  const result = await add('ragged.csv');
  expect(result).toMatchObject({ kind: 'file', warnings: [expect.stringContaining('no table')] });
  expect(result.warnings?.[0]).toMatch(/Line 2 has 5 fields, the header has 4: Q1,0,1,0\.5,recheck/);
  const strict = store.write(origin(), { bytes: pieces('a,b\n1,2\n1,2,3\n') });
  await expect(strict).rejects.toMatchObject({
    message: expect.stringMatching(/Line 3 has 3 fields, the header has 2/),
  });
  const page = store.write(origin(), {
    bytes: pieces('<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>'),
  });
  await expect(page).rejects.toMatchObject({ message: expect.stringMatching(/XML.*AccessDenied/) });
});

describe('numbers among words', () => {
  test('are compared as numbers, bounds as what they say', async () => {
    const { add, store } = await workbench();
    const result = await add('below-detection.csv');
    const found = async (op: '>' | '<' | '<=' | '=' | '!=' | 'in', value: unknown) => {
      const page = await store.rows(result, { where: [{ column: 'au', op, value }], columns: ['au'] });
      return [page.rows.map(row => row['au']), page.undecided ?? 0];
    };
    expect(await found('>', 9)).toEqual([['10', '127'], 1]);
    expect(await found('>', '9')).toEqual([['10', '127'], 1]);
    expect(await found('<', 10)).toEqual([['<0.01', '9'], 1]);
    expect(await found('<', 0.001)).toEqual([[], 2]);
    expect(await found('<=', 0.01)).toEqual([['<0.01'], 1]);
    expect(await found('=', 10)).toEqual([['10'], 0]);
    expect(await found('=', 'NS')).toEqual([['NS'], 0]);
    expect(await found('!=', 10)).toEqual([['<0.01', '9', '127', 'NS'], 0]);
    expect(await found('in', [9, '<0.01'])).toEqual([['<0.01', '9'], 0]);
    await expect(found('>', 'NS')).rejects.toMatchObject({ code: 'bad_arguments' });
  });

  test('have figures of their own', async () => {
    const { add, context } = await workbench();
    const result = await add('below-detection.csv');
    const au = result.columns[3];
    expect(au).toMatchObject({ min: 9, max: 127, exceptions: { numbers: 3, others: 2 } });
    const profile = await profileColumns(result, result.columns, context);
    expect(profile.get('au')?.quartiles).toEqual([9.5, 10, 68.5]);
  });

  test('in a column of words alone cannot be more than anything', async () => {
    const { store } = await workbench();
    const result = await store.write(origin(), { bytes: pieces('rock,n\nbasalt,1\ntuff,2\n') });
    const where = [{ column: 'rock', op: '>' as const, value: 9 }];
    await expect(store.rows(result, { where })).rejects.toMatchObject({ message: expect.stringContaining('is text') });
  });
});

test('columns that differ in capital letters cannot be taken for each other in SQL', async () => {
  const { add, ask } = await workbench();
  const { uri } = await add('case-twins.csv');
  expect(await ask(`SELECT sum("AU_3")::INT AS s, max("Au_2") AS m FROM "${uri}"`)).toEqual([{ s: 300, m: 20 }]);
  await expect(ask(`SELECT sum("AU") FROM "${uri}"`)).rejects.toMatchObject({
    code: 'bad_arguments',
    hint: expect.stringContaining('AU_3'),
  });
});

test('a value is found by what is seen of it', async () => {
  const { add, store, ask } = await workbench();
  const result = await add('invisible.csv');
  const found = async (op: '=' | 'contains' | 'in', value: string) =>
    (await store.rows(result, { where: [{ column: 'hole', op, value }] })).rows.map(({ x }) => x);
  const redactor = createRedactor();
  const shown = redactor.stored((await store.rows(result)).rows).map(({ hole }) => String(hole));
  expect(shown).toEqual(['Q◌1', 'Q2◌', 'Q3']);
  for (const [at, value] of shown.entries())
    for (const op of ['=', 'contains', 'in'] as const) {
      expect(await found(op, value), `${op} ${value}`).toEqual([at + 1]);
      expect(await found(op, value.replace('◌', '')), `${op} ${value} unmarked`).toEqual([at + 1]);
    }
  expect(await found('=', 'Q◌3')).toEqual([]);
  expect(await ask(`SELECT x FROM "${result.uri}" WHERE visible(hole) = 'Q1' OR visible(hole) = 'Q2'`)).toEqual([
    { x: 1 },
    { x: 2 },
  ]);
});

test('a column is found by what is seen of its name', async () => {
  const { store } = await workbench();
  const result = await store.write(origin(), { bytes: pieces('ho\u200ble,x\nQ1,1\n') });
  for (const column of ['hole', 'ho◌le', 'ho\u200ble'])
    expect((await store.rows(result, { where: [{ column, op: '=', value: 'Q1' }] })).matched, column).toBe(1);
});

test('digits survive SQL', async () => {
  const { add, ask } = await workbench();
  const { uri } = await add('collars.csv');
  const sql = await readFile(join(import.meta.dirname, 'cases', 'decimals.sql'), 'utf8');
  const statement = sql.trim().replace('result://...', uri);
  expect(await ask(statement)).toEqual([{ whole: '9007199254740993', money: '12345678901234567.89' }]);
});

test('a huge value can be queried', async () => {
  const { store, ask } = await workbench();
  const text = `id,blob\n1,"${'x'.repeat(3_000_000)}"\n2,y\n`;
  const { uri } = await store.write(origin(), { bytes: pieces(text, 65_536) });
  expect(await ask(`SELECT length(blob) AS n FROM "${uri}" ORDER BY n`)).toEqual([{ n: 1 }, { n: 3_000_000 }]);
});
