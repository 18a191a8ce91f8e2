import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/base/json-value.ts';
import { csvLine } from '../../../src/results/tables/csv.ts';
import type { Condition } from '../../../src/results/tables/filter.ts';
import { noteRow, type RowIndex } from '../../../src/results/tables/row-index.ts';
import { freshStore, origin, pieces, values } from '../../support/folder.ts';

async function storeCsv(text: string, size?: number) {
  const { store } = await freshStore();
  return { store, result: await store.write(origin(), { bytes: pieces(text, size) }) };
}

async function storeJson(text: string, mediaType = 'application/json') {
  const { store } = await freshStore();
  return { store, result: await store.write(origin({ name: 'rows.json', mediaType }), { bytes: pieces(text) }) };
}

describe('CSV', () => {
  test('gets columns with types, nulls and numbers', async () => {
    const { result, store } = await storeCsv(
      '\ufeffhole,depth,count,ok,day,at,code,note,id,extra,none\r\n' +
        'DDH é1,1,5,true,2025-03-01,2025-03-01T06:15:00Z,007,"a ""b"",\r\nc",12345678901234567890,"{""a"":[1]}",\r\n' +
        'DDH2,-25,7,FALSE,2025-03-02,2025-03-02 06:15,12,"NQ 2"" core",1,,\r\n' +
        ',.5,,,,2025-03-03,,,,"[2]",\r\n',
    );
    const types = Object.fromEntries(result.columns.map(({ name, type }) => [name, type]));
    expect(types).toEqual({
      hole: 'text',
      depth: 'number',
      count: 'integer',
      ok: 'boolean',
      day: 'date',
      at: 'datetime',
      code: 'text',
      note: 'text',
      id: 'text',
      extra: 'json',
      none: 'text',
    });
    expect(result.columns[0]).toEqual({ name: 'hole', type: 'text', nulls: 1, distinct: 2 });
    const digits = { whole: 2, scale: 1 };
    const figures = { min: -25, max: 1, mean: -23.5 / 3 };
    expect(result.columns[1]).toEqual({ name: 'depth', type: 'number', nulls: 0, ...figures, digits });
    expect(result.columns.at(-1)).toMatchObject({ nulls: 3 });
    const { rows } = await store.rows(result);
    expect(rows).toEqual(result.sample);
    expect(rows[0]).toMatchObject({ hole: 'DDH é1', depth: 1, ok: true, code: '007', note: 'a "b",\r\nc' });
    expect(rows[0]).toMatchObject({ id: '12345678901234567890', extra: { a: [1] }, none: null });
    expect(rows[1]).toMatchObject({ depth: -25, ok: false, extra: null });
  });

  test.each([
    ['a record with too few fields', 'a,b\n1,2\n3'],
    ['a record with too many fields', 'a,b\n1,2,3\n'],
    ['an open quote at the end', 'a,b\n1,"2\n'],
  ])('with %s is refused, and nothing is stored', async (_, text) => {
    const { store } = await freshStore();
    const written = store.write(origin(), { bytes: pieces(text) });
    await expect(written).rejects.toMatchObject({ code: 'bad_upstream_reply', hint: expect.stringContaining('again') });
    expect(await store.list()).toEqual([]);
  });

  test.each([
    ['nothing', '', []],
    ['a header', 'a,b\r\n', ['a', 'b']],
    ['a header without a line end', 'a,b', ['a', 'b']],
  ])('of %s has no rows', async (_, text, names) => {
    const { store, result } = await storeCsv(text);
    expect(result).toMatchObject({ kind: 'table', rows: 0, sample: [] });
    expect(result.columns.map(({ name }) => name)).toEqual(names);
    expect(await store.rows(result)).toEqual({ rows: [], matched: 0, complete: true });
    if (names.length === 0) return;
    const where: Condition[] = [{ column: 'a', op: 'not_null' }];
    expect(await store.rows(result, { where })).toEqual({ rows: [], matched: 0, complete: true });
  });

  test('with empty, repeated and hostile column names keeps every value', async () => {
    const { store, result } = await storeCsv('a,,a,a_2,__proto__,constructor\n1,2,3,4,5,6\n');
    const { rows } = await store.rows(result);
    expect(Object.entries(rows[0] ?? {})).toEqual([
      ['a', 1],
      ['column_2', 2],
      ['a_3', 3],
      ['a_2', 4],
      ['__proto__', 5],
      ['constructor', 6],
    ]);
  });

  test('in two-byte characters is read, and its bytes are kept', async () => {
    const { store } = await freshStore();
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a,b\n1,2\n', 'utf16le')]);
    const result = await store.write(origin(), { bytes: pieces(bytes) });
    expect(result).toMatchObject({ kind: 'table', rows: 1, bytes: 18, warnings: [expect.stringContaining('UTF-16')] });
    expect((await store.rows(result)).rows).toEqual([{ a: 1, b: 2 }]);
  });

  test('comes back as it was, whatever the values and however the bytes are cut', async () => {
    const { store } = await freshStore();
    const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"', ',', '\r\n', '\n', 'é', '🪨', ' '));
    const table = fc.integer({ min: 1, max: 4 }).chain(width =>
      fc.record({
        records: fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
        size: fc.integer({ min: 1, max: 40 }),
        offset: fc.nat({ max: 8 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(table, async ({ records, size, offset }) => {
        // A text column of plain letters first: the byte order mark and types are tested above.
        const all = records.map(record => ['x', ...record.map(value => `t${value}`)]);
        const header = all[0]?.map((_, number) => `c${number}`) ?? [];
        const bytes = pieces([header, ...all].map(csvLine).join(''), size);
        const result = await store.write(origin({ key: 'same' }), { bytes });
        const { rows } = await store.rows(result, { offset });
        expect(values(rows)).toEqual(all.slice(offset));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a page of a long table', () => {
  test('begins at any row, over the ends of the index too', async () => {
    const { store } = await freshStore();
    const lines = Array.from({ length: 12_000 }, (_, n) => `${n},"é\n${'x'.repeat(n % 13)}"\r\n`);
    const result = await store.write(origin(), { bytes: pieces(`n,text\r\n${lines.join('')}`, 10_000) });
    for (const offset of [0, 1, 999, 1_000, 1_001, 5_999, 11_998]) {
      const page = await store.rows(result, { offset, limit: 3, columns: ['n'] });
      const expected = [offset, offset + 1, offset + 2].filter(n => n < 12_000).map(n => ({ n }));
      expect(page).toEqual({ rows: expected, matched: 12_000, complete: offset + 3 >= 12_000 });
    }
    expect(await store.rows(result, { offset: 20_000 })).toEqual({ rows: [], matched: 12_000, complete: true });
  });

  test('of a million rows has an index of bounded length', () => {
    const index: RowIndex = { every: 1_000, offsets: [] };
    for (let row = 0; row < 5_000_000; row++) noteRow(index, row, row * 3);
    expect(index.offsets.length).toBeLessThanOrEqual(1_024);
    expect(index.offsets).toEqual(index.offsets.map((_, position) => position * index.every * 3));
    expect(index.offsets.length * index.every).toBeGreaterThanOrEqual(5_000_000);
  });
});

describe('JSON', () => {
  const row = { a: 1, b: 'x,]}"\\', c: { d: [1, 2] }, e: null };

  test.each([
    ['an array on one line', JSON.stringify([row, { a: 2.5, f: true }])],
    ['an indented array with a byte order mark', `\ufeff\n${JSON.stringify([row, { a: 2.5, f: true }], null, 2)}\n`],
  ])('in %s is a table, kept as it came', async (_, text) => {
    const { store, result } = await storeJson(text);
    expect(result).toMatchObject({ kind: 'table', format: 'ndjson', mediaType: 'application/json', rows: 2 });
    expect(result.columns.map(({ name, type, nulls }) => [name, type, nulls])).toEqual([
      ['a', 'number', 0],
      ['b', 'text', 1],
      ['c', 'json', 1],
      ['e', 'text', 2],
      ['f', 'boolean', 1],
    ]);
    const { rows } = await store.rows(result);
    expect(rows).toEqual([
      { ...row, f: null },
      { a: 2.5, b: null, c: null, e: null, f: true },
    ]);
    expect(await readFile(await store.path(result), 'utf8')).toBe(text);
  });

  test('keeps all digits of its numbers, in the file and in rows', async () => {
    const { store, result } = await storeJson('[{"id":12345678901234567890}]');
    expect(await readFile(await store.path(result), 'utf8')).toContain('12345678901234567890');
    expect(result.columns).toMatchObject([{ name: 'id', type: 'text' }]);
    expect((await store.rows(result)).rows).toEqual([{ id: '12345678901234567890' }]);
  });

  test.each([
    ['12345678901234567890', '7', 'text'],
    ['12345678901234567890', '1.5', 'number'],
    ['12345678901234567890', '"n/a"', 'text'],
    ['12345678901234567890', 'true', 'json'],
    ['"n/a"', '7', 'integer'],
    ['"first"', '7', 'text'],
    ['"Q-1"', '7', 'json'],
  ])('with %s and %s in one column, in either order, has the type %s', async (one, other, type) => {
    for (const [a, b] of [
      [one, other],
      [other, one],
    ]) {
      const { result } = await storeJson(`[{"a":${a}},{"a":${b}}]`);
      expect(result.columns).toMatchObject([{ name: 'a', type }]);
    }
  });

  test('counts long integers among the numbers of a column', async () => {
    const { result } = await storeJson('[{"a":1.5},{"a":10000000000000000000}]');
    expect(result.columns).toMatchObject([{ type: 'number', min: 1.5, max: '10000000000000000000', mean: 5e18 }]);
  });

  test('in lines is a table, mixed columns included', async () => {
    const { store, result } = await storeJson(
      '\ufeff{"a":1,"t":"x"}\r\n\n{"a":"n/a","t":"2025-01-01"}',
      'application/x-ndjson',
    );
    expect(result.columns.map(({ type }) => type)).toEqual(['integer', 'text']);
    expect((await store.rows(result, { offset: 1 })).rows).toEqual([{ a: null, t: '2025-01-01' }]);
    expect(result.warnings).toEqual(['a: n/a (1) read as empty.']);
  });

  test.each([
    ['an object', '{"items":[1]}'],
    ['an array of numbers', '[1,2]'],
    ['an array of objects and other things', '[{"a":1},2]'],
  ])('that is %s is kept as a file', async (_, text) => {
    const { store, result } = await storeJson(text);
    expect(result).toMatchObject({ kind: 'file', format: 'bytes', columns: [], rows: 0 });
    const kept = await readFile(await store.path(result), 'utf8');
    expect(kept.replaceAll(/[[\],\n]/g, '')).toBe(text.replaceAll(/[[\],\n]/g, ''));
  });

  test.each([
    ['an array', '[{"a":1},{"a":2}', 'application/json'],
    ['an array within an element', '[{"a":1},{"a":"tw', 'application/json'],
    ['lines', '{"a":1}\n{"a":', 'application/x-ndjson'],
  ])('cut short in %s is refused', async (_, text, type) => {
    await expect(storeJson(text, type)).rejects.toMatchObject({ code: 'bad_upstream_reply' });
  });

  test('of no rows is an empty table', async () => {
    const { store, result } = await storeJson(' [ ]');
    expect(result).toMatchObject({ kind: 'table', rows: 0 });
    expect(await store.rows(result)).toEqual({ rows: [], matched: 0, complete: true });
  });

  test('is what rows are stored as', async () => {
    const { store } = await freshStore();
    const rows: Row[] = Array.from({ length: 3_000 }, (_, n) => ({ n, name: `hole ${n}`, tags: [n] }));
    const result = await store.write(origin({ name: 'rows' }), { rows });
    expect(result).toMatchObject({ format: 'ndjson', rows: 3_000, sample: rows.slice(0, 5) });
    expect((await store.rows(result, { offset: 2_000, limit: 2 })).rows).toEqual(rows.slice(2_000, 2_002));
  });
});

test('more columns than anybody can use are kept as a file', async () => {
  const header = (columns: number) => Array.from({ length: columns }, (_, n) => `c${n}`).join(',');
  expect((await storeCsv(`${header(2_000)}\n`)).result).toMatchObject({ kind: 'table' });
  expect((await storeCsv(`${header(2_001)}\n`)).result).toMatchObject({ kind: 'file', format: 'bytes' });
  const row: Row = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`c${n}`, n]));
  const { store } = await freshStore();
  for (const rows of [[row], [row, row]])
    expect(await store.write(origin({ name: 'wide' }), { rows })).toMatchObject({ kind: 'file', format: 'bytes' });
});

describe('a filter', () => {
  const text =
    'hole,depth,ok,day,at\n' +
    'DDH001,1.5,true,2025-03-01,2025-03-01T06:00:00Z\n' +
    'DDH002,10,false,2025-03-02,2025-03-01T08:30:00+02:00\n' +
    'RC-003,9,,2025-03-03,2025-03-01T07:00:00\n' +
    ',,true,,\n';

  test.each<[string, Condition, number[]]>([
    ['compares numbers as numbers', { column: 'depth', op: '>', value: '9' }, [1]],
    ['leaves nulls out', { column: 'depth', op: '!=', value: 9 }, [0, 1]],
    ['finds nulls', { column: 'hole', op: 'is_null' }, [3]],
    ['finds what is not null', { column: 'ok', op: 'not_null' }, [0, 1, 3]],
    ['finds parts of a text in any case', { column: 'hole', op: 'contains', value: 'ddh' }, [0, 1]],
    ['takes a list', { column: 'depth', op: 'in', value: [10, '1.5'] }, [0, 1]],
    ['takes one value for a list', { column: 'depth', op: 'in', value: '1.5' }, [0]],
    ['knows truth', { column: 'ok', op: '=', value: true }, [0, 3]],
    ['compares days', { column: 'day', op: '>=', value: '2025-03-02' }, [1, 2]],
    ['compares moments over time zones', { column: 'at', op: '<=', value: '2025-03-01T06:30Z' }, [0, 1]],
    ['compares texts', { column: 'hole', op: '<', value: 'E' }, [0, 1]],
  ])('%s', async (_, condition, expected) => {
    const { store, result } = await storeCsv(text);
    const all = (await store.rows(result)).rows;
    const page = await store.rows(result, { where: [condition] });
    expect(page).toEqual({ rows: expected.map(n => all[n]), matched: expected.length, complete: true });
  });

  test('pages through what matches and counts it all', async () => {
    const { store, result } = await storeCsv(`n\n${Array.from({ length: 1_000 }, (_, n) => `${n}\n`).join('')}`, 500);
    const where: Condition[] = [
      { column: 'n', op: '>=', value: 500 },
      { column: 'n', op: '<', value: 600 },
    ];
    const page = await store.rows(result, { where, offset: 10, limit: 2 });
    expect(page).toEqual({ rows: [{ n: 510 }, { n: 511 }], matched: 100, complete: false });
    expect(await store.rows(result, { where, offset: 98, limit: 2 })).toMatchObject({ complete: true });
  });

  test('on an unknown column names the nearest and all', async () => {
    const { store, result } = await storeCsv(text);
    const hint = expect.stringMatching(/"depth".*hole, depth, ok/);
    const fault = { code: 'bad_arguments', hint };
    await expect(store.rows(result, { columns: ['detph'] })).rejects.toMatchObject(fault);
    const where: Condition[] = [{ column: 'Depth', op: '=', value: 1 }];
    await expect(store.rows(result, { where })).rejects.toMatchObject(fault);
  });

  test.each<Condition>([
    { column: 'depth', op: '>', value: 'deep' },
    { column: 'depth', op: '=' },
    { column: 'depth', op: 'in', value: 'deep' },
    { column: 'day', op: '<', value: 'yesterday' },
    { column: 'day', op: '<', value: '2025-3-2' },
    { column: 'at', op: '<', value: '1 March 2025' },
  ])('with a value that fits nothing is refused: %j', async condition => {
    const { store, result } = await storeCsv(text);
    await expect(store.rows(result, { where: [condition] })).rejects.toMatchObject({ code: 'bad_arguments' });
  });

  test('stops when the caller gives up', async () => {
    const { store, result } = await storeCsv(text);
    const reason = new Error('gave up');
    await expect(store.rows(result, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('sorted rows', () => {
  const text = 'hole,au,n\nQ2,9,1\nQ1,<0.01,2\nQ3,10,3\nQ1,,4\nQ2,NS,5\nQ1,127,6\n';
  const sorted = async (sort: { column: string; order?: 'asc' | 'desc' }[], changes = {}) => {
    const { store, result } = await storeCsv(text);
    const page = await store.rows(result, { sort, columns: ['n'], ...changes });
    return { ...page, rows: page.rows.map(row => row['n']) };
  };

  test('come by several columns, numbers as numbers, what is none last', async () => {
    expect((await sorted([{ column: 'au' }])).rows).toEqual([2, 1, 3, 6, 4, 5]);
    expect((await sorted([{ column: 'au', order: 'desc' }])).rows).toEqual([6, 3, 1, 2, 4, 5]);
    expect((await sorted([{ column: 'hole' }, { column: 'n', order: 'desc' }])).rows).toEqual([6, 4, 2, 5, 1, 3]);
  });

  test('can be paged through, and filtered', async () => {
    const sort = [{ column: 'n', order: 'desc' as const }];
    expect(await sorted(sort, { offset: 2, limit: 2 })).toEqual({ rows: [4, 3], matched: 6, complete: false });
    const where = [{ column: 'hole', op: 'in' as const, value: 'Q1, Q3' }];
    expect(await sorted(sort, { where })).toEqual({ rows: [6, 4, 3, 2], matched: 4, complete: true });
    await expect(sorted([{ column: 'gold' }])).rejects.toMatchObject({ code: 'bad_arguments' });
  });

  test('of a long table are the same as all of them sorted', async () => {
    const { store } = await freshStore();
    const values = Array.from({ length: 9_000 }, (_, at) => (at * 7_919) % 4_001);
    const result = await store.write(origin(), { bytes: pieces(`v\n${values.join('\n')}\n`, 65_536) });
    const page = await store.rows(result, { sort: [{ column: 'v', order: 'desc' }], offset: 300, limit: 50 });
    expect(page.rows.map(row => row['v'])).toEqual(values.toSorted((a, b) => b - a).slice(300, 350));
  });
});
