import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../../src/base/json-value.ts';
import { type ExportFormat, exportedBytes } from '../../../src/results/export.ts';
import { foreignReader } from '../../../src/results/query/foreign.ts';
import { profileColumns } from '../../../src/results/query/profile.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import type { StoredResult } from '../../../src/results/result.ts';
import { freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';
import { type WrittenCell, workbook } from '../../support/workbook.ts';

/** A value as each form has it, and as it has to come out of all of them. */
interface Cell {
  value: string | number | boolean | null;
  /** As a field of CSV; default: as it comes out. */
  csv?: string;
  /** As a text of JSON. */
  json?: string;
  /** As an expression of DuckDB. */
  sql?: string;
  excel?: WrittenCell;
}

interface Kind {
  type: string;
  /** DuckDB's, in a Parquet file that arrives. */
  column: string;
  cell: fc.Arbitrary<Cell>;
  /** There in every table, so that the column cannot be taken for anything else. */
  sure: Cell;
}

const excelDay = (text: string) => Date.parse(`${text.slice(0, 10)}T00:00Z`) / 86_400_000 + 25_569;
const plainText = (value: string): Cell => ({ value });
const date = (value: string): Cell => ({ value, sql: `DATE '${value}'`, excel: { day: excelDay(value) } });

/** A time of day to the quarter of a second, as people and programs write it. */
const moments = fc.record({
  day: fc.integer({ min: 3_000, max: 22_000 }),
  minutes: fc.integer({ min: 0, max: 1_439 }),
  quarters: fc.constantFrom('', ':00', ':30', ':07.25', ':07.250', ':59.000001'),
  between: fc.constantFrom('T', ' '),
});
type Moment = typeof moments extends fc.Arbitrary<infer Value> ? Value : never;

const two = (number: number) => String(number).padStart(2, '0');
const dayText = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
const clockText = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
const seconds = {
  '': ':00',
  ':00': ':00',
  ':30': ':30',
  ':07.25': ':07.25',
  ':07.250': ':07.25',
  ':59.000001': ':59.000001',
};

function local({ day, minutes, quarters, between }: Moment): Cell {
  const written = `${dayText(day)}${between}${clockText(minutes)}${quarters}`;
  const value = `${dayText(day)}T${clockText(minutes)}${seconds[quarters as '']}`;
  return { value, csv: written, json: JSON.stringify(written), sql: `TIMESTAMP '${value}'`, excel: written };
}

/** The same moment told at another place. */
function zoned({ day, minutes, quarters, between }: Moment, [name, shift]: readonly [string, number]): Cell {
  const there = day * 1_440 + minutes + shift;
  const written = `${dayText(Math.floor(there / 1_440))}${between}${clockText(there % 1_440)}${quarters}${name}`;
  const value = `${dayText(day)}T${clockText(minutes)}${seconds[quarters as '']}Z`;
  return { value, csv: written, json: JSON.stringify(written), sql: `TIMESTAMPTZ '${value}'`, excel: written };
}
const zones = fc.constantFrom(
  ['Z', 0],
  ['+08:00', 480],
  ['-0330', -210],
  ['+0530', 330],
  ['+00:00', 0],
) as fc.Arbitrary<readonly [string, number]>;

const some: Moment = { day: 20_000, minutes: 375, quarters: ':30', between: 'T' };
const number = (text: string): Cell => ({ value: Number(text), csv: text, json: text, sql: text });
const exception = (text: string): Cell =>
  /^\d/.test(text) ? { value: text, json: text, excel: Number(text) } : { value: text };

const kinds: Record<string, Kind> = {
  depth: {
    type: 'integer',
    column: 'INTEGER',
    cell: fc.integer({ min: -9_999, max: 99_999 }).map(value => number(String(value))),
    sure: number('7'),
  },
  au: {
    type: 'number',
    column: 'DECIMAL(12, 3)',
    cell: fc.integer({ min: -99_999, max: 612_503_999 }).map(value => number(String(value / 1_000))),
    sure: number('0.125'),
  },
  ag: {
    type: 'text',
    column: 'VARCHAR',
    cell: fc.constantFrom('9', '10', '127', '<0.01', '>2000', 'NS').map(exception),
    sure: exception('<0.01'),
  },
  sample_id: {
    type: 'text',
    column: 'VARCHAR',
    cell: fc.constantFrom('1E5', '007', '12E12', '1.10', 'Q-1').map(plainText),
    sure: plainText('1E5'),
  },
  note: {
    type: 'text',
    column: 'VARCHAR',
    cell: fc.string({ unit: fc.constantFrom(...'aÅø漢 ",;|#\'\n'), maxLength: 9 }).map(text => plainText(`x${text}x`)),
    sure: plainText('xx'),
  },
  logged: {
    type: 'date',
    column: 'DATE',
    cell: fc.integer({ min: 3_000, max: 22_000 }).map(day => date(dayText(day))),
    sure: date('2026-11-21'),
  },
  drilled_at: { type: 'datetime', column: 'TIMESTAMP', cell: moments.map(local), sure: local(some) },
  seen_at: {
    type: 'datetime',
    column: 'TIMESTAMPTZ',
    cell: fc.tuple(moments, zones).map(([moment, zone]) => zoned(moment, zone)),
    sure: zoned(some, ['+08:00', 480]),
  },
  core: {
    type: 'boolean',
    column: 'BOOLEAN',
    cell: fc.boolean().map(value => ({ value, sql: String(value) })),
    sure: { value: true, sql: 'true' },
  },
};
const names = Object.keys(kinds);
const none: Cell = { value: null, csv: '', sql: 'NULL', excel: null };

const tables = fc
  .array(
    fc.tuple(
      ...Object.values(kinds).map(({ cell }) =>
        fc.oneof({ weight: 6, arbitrary: cell }, { weight: 1, arbitrary: fc.constant(none) }),
      ),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map(rows => [Object.values(kinds).map(({ sure }) => sure), ...rows]);

const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;
const jsonOf = ({ value, json }: Cell) => json ?? JSON.stringify(value);
const rowsOfJson = (rows: Cell[][]) =>
  rows.map(row => `{${row.map((cell, at) => `${JSON.stringify(names[at])}:${jsonOf(cell)}`).join(',')}}`);
const field = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

async function writer() {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  const directory = await freshFolder();
  const forms: Record<string, (rows: Cell[][]) => Promise<Buffer>> = {
    'a.csv': async rows =>
      Buffer.from(
        `${[names, ...rows.map(row => row.map(({ value, csv }) => csv ?? String(value)))].map(line => line.map(field).join(',')).join('\n')}\n`,
      ),
    'a.ndjson': async rows => Buffer.from(rowsOfJson(rows).join('\n')),
    'list.json': async rows => Buffer.from(`[\n${rowsOfJson(rows).join(',\n')}\n]`),
    'within.json': async rows => Buffer.from(`{"took": 3, "data": {"rows": [${rowsOfJson(rows).join(', ')}]}}`),
    'a.xlsx': async rows =>
      workbook({
        Assays: [names, ...rows.map(row => row.map(({ value, excel }) => (excel === undefined ? value : excel)))],
      }),
    'a.parquet': async rows => {
      const path = join(directory, 'a.parquet');
      const line = (row: Cell[]) =>
        `(${row.map(({ value, sql }, at) => `CAST(${sql ?? sqlText(String(value))} AS ${kinds[names[at] as string]?.column})`).join(', ')})`;
      const list = names.map(name => `"${name}"`).join(', ');
      await connection.run(
        `COPY (SELECT * FROM (VALUES ${rows.map(line).join(', ')}) AS t(${list})) TO '${path}' (FORMAT parquet)`,
      );
      return readFile(path);
    },
  };
  return { connection, directory, forms };
}

const withoutZeros = (text: string) => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');

/** A value that DuckDB prints of the exported Parquet, as it came out of the store. */
function printed(value: unknown, { type }: { type: string }): unknown {
  if (value === null) return null;
  const text = String(value);
  if (type === 'datetime') return text.replace(' ', 'T').replace(/\+00$/, 'Z');
  return type === 'number' ? withoutZeros(text) : text;
}

test('a table has the same values in rows, SQL, figures and exports, in whatever form it arrived', async () => {
  const clock = (await freshStore()).clock;
  const { store } = await freshStore({ readForeign: foreignReader({ clock }) });
  const context = { results: store, clock, signal: new AbortController().signal };
  const { connection, directory, forms } = await writer();
  const rowsOf = async (result: StoredResult) => (await store.rows(result, { limit: 1_000 })).rows;
  const exported = async (result: StoredResult, format: ExportFormat) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of exportedBytes(result, format, context).bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  let run = 0;
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom(...Object.keys(forms)), async (table, form) => {
      const expected: Row[] = table.map(row => Object.fromEntries(names.map((name, at) => [name, row[at]?.value])));
      const bytes = (await forms[form]?.(table)) as Buffer;
      const result = await store.write(origin({ name: form, mediaType: 'application/octet-stream' }), {
        bytes: pieces(bytes, 1_000),
        asIs: true,
      });
      const types = (columns: StoredResult['columns']) =>
        columns.map(({ name, type, isLocal }) => [name, type, isLocal]);
      const wanted = names.map(name => [name, kinds[name]?.type, name === 'drilled_at' ? true : undefined]);
      expect(types(result.columns)).toEqual(wanted);
      expect(result.sample).toEqual(expected.slice(0, 5));
      expect(await rowsOf(result)).toEqual(expected);

      const asked = await storeQuery(`SELECT * FROM "${result.uri}"`, context);
      expect(await rowsOf(asked)).toEqual(expected);
      expect(types(asked.columns)).toEqual(wanted);

      const csv = await store.write(origin(), { bytes: pieces(await exported(result, 'csv'), 1_000) });
      expect(await rowsOf(csv)).toEqual(expected);
      expect(JSON.parse((await exported(result, 'json')).toString())).toEqual(expected);

      const path = join(directory, `${++run}.parquet`);
      await writeFile(path, await exported(result, 'parquet'));
      const reader = await connection.runAndReadAll(`SELECT columns(*)::VARCHAR FROM '${path}'`);
      expect(
        reader.getRows().map(row => row.map((value, at) => printed(value, kinds[names[at] as string] as Kind))),
      ).toEqual(expected.map(row => Object.values(row).map(value => (value === null ? null : String(value)))));

      const profiles = await profileColumns(result, result.columns, context);
      for (const column of result.columns) {
        const filled = expected.map(row => row[column.name]).filter(value => value !== null);
        expect(column.nulls).toBe(expected.length - filled.length);
        expect(profiles.get(column.name)?.distinct).toBe(new Set(filled).size);
        const isOrdered = column.type === 'date' || column.type === 'datetime';
        if (!isOrdered) continue;
        const inOrder = filled.map(String).toSorted();
        expect(profiles.get(column.name)).toMatchObject({ min: inOrder[0], max: inOrder.at(-1) });
      }
      for (const name of ['depth', 'au']) {
        const numbers = expected.flatMap(row => (typeof row[name] === 'number' ? [row[name]] : []));
        const column = result.columns.find(one => one.name === name);
        expect(column).toMatchObject({ min: Math.min(...numbers), max: Math.max(...numbers) });
      }
    }),
    {
      numRuns: 18,
      endOnFailure: true,
      examples: Object.keys(forms).map(form => [[Object.values(kinds).map(({ sure }) => sure)], form]) as never,
    },
  );
}, 240_000);
