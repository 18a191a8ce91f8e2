import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exportedBytes } from '../../../src/results/export.ts';
import { profileColumns } from '../../../src/results/query/profile.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import { freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';

/** A cell as it stands in a file, and as it has to come out everywhere. `text`: in columns that turn out to be text. */
interface Cell {
  written: string;
  value: unknown;
}

interface Kind {
  name: string;
  type: string;
  cell: fc.Arbitrary<Cell>;
  /** Written with the decimal mark of the file. */
  isDecimal?: true;
}

const same = (written: string): Cell => ({ written, value: written });
const none: Cell = { written: '', value: null };
const exact = (digits: string): Cell => {
  const plain = digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
  const number = Number(plain);
  const isSafe = !Number.isInteger(number) || Number.isSafeInteger(number);
  return { written: digits, value: String(number) === plain && isSafe ? number : plain };
};
const digits = (least: number, most: number) =>
  fc
    .tuple(
      fc.constantFrom('1', '4', '9'),
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: least - 1, maxLength: most - 1 }),
    )
    .map(parts => parts.join(''));
const decimal = (whole: fc.Arbitrary<string>, scale: number) =>
  fc
    .tuple(fc.constantFrom('', '-'), whole, digits(scale, scale))
    .map(([sign, left, right]) => exact(`${sign}${left}.${right}`));
const orNone = (cell: fc.Arbitrary<Cell>) =>
  fc.oneof({ weight: 6, arbitrary: cell }, { weight: 1, arbitrary: fc.constant(none) });
const day = fc.integer({ min: 0, max: 20_000 }).map(days => new Date(days * 86_400_000).toISOString().slice(0, 10));
const letters = fc.string({ unit: fc.constantFrom(...'aÅøz "\',;|\t#é-') }).map(text => `x${text}x`);

const kinds: Kind[] = [
  { name: 'from', type: 'integer', cell: orNone(fc.integer().map(number => exact(String(number)))) },
  { name: 'long', type: 'integer', cell: orNone(digits(17, 17).map(exact)) },
  { name: 'huge', type: 'integer', cell: orNone(digits(25, 30).map(exact)) },
  { name: 'au', type: 'number', isDecimal: true, cell: orNone(decimal(fc.constantFrom('0', '7', '612503'), 3)) },
  { name: 'money', type: 'number', isDecimal: true, cell: orNone(decimal(digits(14, 17), 2)) },
  {
    name: 'cu',
    type: 'number',
    isDecimal: true,
    cell: fc.oneof(
      decimal(fc.constant('3'), 2),
      fc.constantFrom('NA', 'null', '-', 'n/a').map(written => ({ written, value: null })),
    ),
  },
  { name: 'ag', type: 'text', cell: fc.constantFrom(...['9', '10', '127', '<0.01', '>2000', 'NS'].map(same)) },
  { name: 'sample_id', type: 'text', cell: fc.constantFrom(...['1E5', '007', '12E12', '1.10', '42', 'Q-1'].map(same)) },
  { name: 'note', type: 'text', cell: orNone(letters.map(same)) },
  { name: 'logged', type: 'date', cell: orNone(day.map(same)) },
  { name: 'core', type: 'boolean', cell: orNone(fc.boolean().map(value => ({ written: String(value), value }))) },
];

const dialect = fc.record({
  separator: fc.constantFrom(',', ';', '\t', '|'),
  end: fc.constantFrom('\n', '\r\n', '\r', '\r\r\n'),
  headerEnd: fc.constantFrom('same', '\n'),
  decimalMark: fc.constantFrom('.', ','),
  isQuoted: fc.boolean(),
  before: fc.constantFrom('', '\ufeff', 'sep', '# laboratory 12\n'),
  after: fc.constantFrom('', 'end', 'blank', '\x1a'),
  encoding: fc.constantFrom('utf8', 'latin1', 'utf16le'),
  size: fc.integer({ min: 1, max: 5_000 }),
});

type Dialect = typeof dialect extends fc.Arbitrary<infer Value> ? Value : never;

/** Rows whose columns cannot be mistaken: of each kind there is a value that only it allows. */
const sure: Record<string, string> = {
  ag: '<0.01',
  au: '0.125',
  money: '12345678901234567.25',
  cu: '3.14',
  sample_id: '1E5',
  long: '90071992547409931',
  huge: '9007199254740993123456789',
};

const rows = fc.array(fc.tuple(...kinds.map(({ cell }) => cell)), { minLength: 1, maxLength: 12 }).map(random => {
  const first = kinds.map(({ name, type }, at): Cell => {
    const text = sure[name];
    if (text !== undefined) return type === 'text' ? same(text) : exact(text);
    return (
      { from: exact('7'), note: same('xx'), logged: same('2026-11-21'), core: { written: 'true', value: true } }[
        name
      ] ?? (random[0]?.[at] as Cell)
    );
  });
  return [first, ...random, first];
});

function written(table: Cell[][], how: Dialect): Buffer {
  const { separator, end, isQuoted, encoding } = how;
  const hasComma = how.decimalMark === ',' && separator !== ',';
  const field = (text: string) => (isQuoted || /[",;|\t\r\n#]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const line = (cells: string[]) => cells.map(field).join(separator);
  const lines = table.map(row =>
    line(
      row.map(({ written: text }, at) =>
        hasComma && kinds[at]?.isDecimal && /\d/.test(text) ? text.replace('.', ',') : text,
      ),
    ),
  );
  // Where lines end in carriage returns alone, all of them do: otherwise they could be part of values.
  const headerEnd = how.headerEnd === 'same' || end === '\r' ? end : how.headerEnd;
  const before =
    how.before === 'sep'
      ? `sep=${separator}${end}`
      : encoding === 'utf8'
        ? how.before
        : how.before.replace('\ufeff', '');
  const after = { end, blank: end + end, '\x1a': `${end}\x1a`, '': '' }[how.after] ?? '';
  const text = `${before}${line(kinds.map(({ name }) => name))}${headerEnd}${lines.join(end)}${after}`;
  if (encoding === 'utf16le') return Buffer.from(`\ufeff${text}`, 'utf16le');
  return Buffer.from(text, encoding as BufferEncoding);
}

const under = (table: Cell[][]) =>
  table.map(row => Object.fromEntries(kinds.map(({ name }, at) => [name, row[at]?.value])));

async function workbench() {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  return { store, context, directory: await freshFolder() };
}

test('rows are what the generator wrote, in whatever way', async () => {
  const { store } = await workbench();
  await fc.assert(
    fc.asyncProperty(rows, dialect, async (table, how) => {
      const bytes = written(table, how);
      const result = await store.write(origin({ key: 'one' }), { bytes: pieces(bytes, how.size) });
      expect(result.columns.map(({ type }) => type)).toEqual(kinds.map(({ type }) => type));
      expect((await store.rows(result)).rows).toEqual(under(table));
      expect(result.rows).toBe(table.length);
    }),
    { numRuns: 150, endOnFailure: true },
  );
});

test('SQL, figures and exports have the same values', async () => {
  const { store, context, directory } = await workbench();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const bytesOf = async (result: Parameters<typeof exportedBytes>[0], format: 'csv' | 'parquet') => {
    const chunks: Uint8Array[] = [];
    const exported = exportedBytes(result, format, context);
    for await (const chunk of exported.bytes) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rows, dialect, async (table, how) => {
      const result = await store.write(origin({ name: `t${++run}.csv` }), {
        bytes: pieces(written(table, how), how.size),
      });
      const expected = under(table);
      const asked = await storeQuery(`SELECT * FROM "${result.uri}"`, context);
      expect((await store.rows(asked)).rows).toEqual(expected);
      expect(asked.columns.map(({ name, type }) => [name, type])).toEqual(kinds.map(({ name, type }) => [name, type]));

      const csv = await store.write(origin(), { bytes: pieces(await bytesOf(result, 'csv'), 4_096) });
      expect((await store.rows(csv)).rows).toEqual(expected);

      const path = join(directory, `${run}.parquet`);
      await writeFile(path, await bytesOf(result, 'parquet'));
      const reader = await connection.runAndReadAll(`SELECT columns(*)::VARCHAR FROM '${path}'`);
      const plain = (value: unknown) =>
        value === null
          ? null
          : String(value)
              .replace(/(\.\d*?)0+$/, '$1')
              .replace(/\.$/, '');
      const text = (value: unknown) => plain(typeof value === 'number' ? String(value) : value);
      expect(reader.getRows().map(row => row.map(plain))).toEqual(expected.map(row => Object.values(row).map(text)));

      const profiles = await profileColumns(result, result.columns, context);
      for (const { name, nulls } of result.columns) {
        const filled = expected.map(row => row[name]).filter(value => value !== null);
        expect(nulls).toBe(expected.length - filled.length);
        expect(profiles.get(name)?.distinct).toBe(new Set(filled).size);
      }
      const au = expected.flatMap(row => (typeof row['au'] === 'number' ? [row['au']] : []));
      const column = result.columns.find(({ name }) => name === 'au');
      expect(column).toMatchObject({ min: Math.min(...au), max: Math.max(...au) });
    }),
    { numRuns: 4, endOnFailure: true },
  );
}, 120_000);
