import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storeQuery, writeColumnarForm } from '../../../src/results/query/query.ts';
import { readStoredRows } from '../../../src/results/rows/read-rows.ts';
import { operators } from '../../../src/results/tables/filter.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

const cells: Record<string, fc.Arbitrary<string>> = {
  depth: fc.integer({ min: -3, max: 9 }).map(String),
  au: fc.integer({ min: -20, max: 20 }).map(number => String(number / 8)),
  money: fc.constantFrom('12345678901234567.25', '12345678901234567.26', '0.5', '-3'),
  ag: fc.constantFrom('9', '10', '127', '0.005', '<0.01', '<=0.01', '>2000', '> 5', '1.5e+3', 'NS', 'BDL', '≥ 9'),
  sample_id: fc.constantFrom('1E5', '007', '7', '12E12', 'a', 'A', 'Zz'),
  note: fc.constantFrom('core', 'Core loss', ' x', 'Ås', 'öl', 'ß', '漢', '5\' " pipe', 'b\nc'),
  seldom: fc.constantFrom('same', 'sa\u00a0me', 'sa me', 'e\u0301', 'e', '🙂', '\u200bcore'),
  logged: fc.constantFrom('2025-03-01', '1969-12-31', '2026-11-21'),
  seen_at: fc.constantFrom(
    '2025-03-01T06:15:00Z',
    '2025-03-01T08:15+02:00',
    '2025-03-01T06:15:00.000001Z',
    '1969-12-31T23:59:59.5Z',
  ),
  drilled_at: fc.constantFrom('2025-03-01 06:15', '2025-03-01 06:15:00.25', '2024-02-29 00:00:00'),
  core: fc.constantFrom('true', 'FALSE'),
  extra: fc.constantFrom('"{""a"":1}"', '"[2]"'),
};
const sure: Record<string, string> = { ag: '<0.01', sample_id: '1E5', note: 'core', seldom: 'same', au: '0.125' };
const names = Object.keys(cells);
const values: fc.Arbitrary<unknown>[] = [
  fc.constantFrom(9, 0.125, 0, -1, 2000, 0.01, 0.005, 5, 127, 1e-7, 1e300),
  fc.constantFrom(
    '9',
    '0.5',
    '12345678901234567.25',
    'core',
    'CO',
    'sa me',
    'a',
    'ö',
    'NS',
    '<0.01',
    '7',
    '007',
    'true',
    '',
  ),
  fc.constantFrom(
    '2025-03-01',
    '2025-03',
    '2025-03-01T06:15:00Z',
    '2025-03-01T08:15:00+02:00',
    '2025-03-01T06:15:00.000001Z',
  ),
];
const condition = fc
  .tuple(
    fc.constantFrom(...names),
    fc.constantFrom(...operators),
    fc.oneof(...values),
    fc.array(fc.oneof(...values), { maxLength: 3 }),
  )
  .map(([column, op, one, several]) => ({ column, op, value: op === 'in' && several.length > 0 ? several : one }));
const sortKey = fc.record({
  column: fc.constantFrom(...names),
  order: fc.constantFrom('asc' as const, 'desc' as const),
});
const asked = fc.record({
  where: fc.array(condition, { maxLength: 2 }),
  sort: fc.array(sortKey, { maxLength: 2 }),
  offset: fc.nat({ max: 5 }),
  limit: fc.integer({ min: 1, max: 9 }),
});

const outcome = async (read: Promise<unknown>) => {
  try {
    return await read;
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string };
    return { code, message, hint };
  }
};

test('the columnar form gives the rows that the reader gives, whatever is asked', async () => {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const field = (text: string) => (/^"|^[^",\n]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
  const sample = fc.sample(fc.tuple(...Object.values(cells).map(cell => fc.option(cell, { nil: '', freq: 8 }))), {
    numRuns: 60,
    seed: 7,
  });
  const first = names.map(
    name => sure[name] ?? fc.sample(cells[name] as fc.Arbitrary<string>, { numRuns: 1, seed: 1 })[0],
  );
  const text = [names, first, ...sample].map(row => row.map(cell => field(cell ?? '')).join(',')).join('\n');
  const result = await store.write(origin(), { bytes: pieces(`${text}\n`, 4_096) });
  await writeColumnarForm(result, context);
  expect(result.columns.map(({ type, exceptions }) => (exceptions ? 'exceptions' : type))).toEqual([
    ...[
      'integer',
      'number',
      'number',
      'exceptions',
      'text',
      'text',
      'text',
      'date',
      'datetime',
      'datetime',
      'boolean',
      'json',
    ],
  ]);
  let byReader = 0;
  const results: typeof store = {
    ...store,
    rows: (...given) => {
      byReader++;
      return store.rows(...given);
    },
  };
  let searches = 0;
  await fc.assert(
    fc.asyncProperty(asked, async query => {
      const [own, columnar] = [
        await outcome(store.rows(result, query)),
        await outcome(readStoredRows(result, query, { ...context, results }, 0)),
      ];
      expect(columnar).toEqual(own);
      if (query.where.length + query.sort.length > 0) searches++;
      else byReader--;
    }),
    { numRuns: 300, endOnFailure: true },
  );
  // Texts that are not compared alike, nested values and the like are our reader's.
  expect(byReader / searches).toBeLessThan(0.6);
}, 120_000);

test('a result that was replaced is read as it is now', async () => {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const write = (text: string) => store.write(origin({ key: 'one' }), { bytes: pieces(text, 4_096) });
  const before = await write('a,b\n1,x\n2,y\n');
  await storeQuery(`SELECT * FROM "${before.uri}"`, context);
  await write('a,b\n2,z\n3,z\n');
  const page = await readStoredRows(before, { where: [{ column: 'a', op: '=', value: 2 }] }, context, 0);
  expect(page).toEqual({ rows: [{ a: 2, b: 'z' }], matched: 1, complete: true });
});
