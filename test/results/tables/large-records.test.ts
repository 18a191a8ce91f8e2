import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { joinTables } from '../../../src/results/tables/join.ts';
import { findSource } from '../../../src/results/transfer/source.ts';
import { freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';

const recordBytes = 10_000;
const long = 'x'.repeat(recordBytes);

/** Each way to a record without an end: what comes, under which name, and how the record is called. */
const endless: [string, string, string, RegExp][] = [
  ['a line of JSON', `{"a":1}\n{"a":"${long}"}\n{"a":3}\n`, 'rows.ndjson', /Line 2 has more than 10000 bytes/],
  ['a line of JSON that does not end', `{"a":1}\n{"a":"${long}${long}`, 'rows.ndjson', /Line 2 has more/],
  ['a cell of CSV', `a,b\n1,2\n3,${long}\n5,6\n`, 'rows.csv', /begins in line 3 has more than 10000 bytes/],
  ['an open quote in CSV', `a,b\n1,2\n3,"${long}\n5,6\n${long}`, 'rows.csv', /line 3 .*a quote in it may be open/],
  ['a file of one line', long + long, 'rows.csv', /line 1 has more than/],
];

describe('a record that is too large', () => {
  test.each(endless)('makes a file of %s, byte for byte, and says which it is', async (_, text, name, said) => {
    const { store } = await freshStore({ recordBytes });
    const stored = await store.write(origin({ name, mediaType: 'text/plain' }), { bytes: pieces(text, 1000) });
    expect(stored).toMatchObject({ kind: 'file', format: 'bytes', rows: 0, bytes: text.length });
    expect(stored.warnings).toEqual([expect.stringMatching(said)]);
    expect(stored.warnings?.[0]).toMatch(/record_mib/);
    await expect(store.rows(stored)).rejects.toMatchObject({ message: expect.stringMatching(said) });
    const source = await findSource(stored.uri, { results: store, folders: [], origin: origin() });
    expect(() => source.rows()).toThrow(said);
  });

  test('makes a file of a JSON array, byte for byte, and says which element it is', async () => {
    const { store } = await freshStore({ recordBytes });
    const text = `[{"a":1},{"a":"${long}"},\n{"a":3}]`;
    const stored = await store.write(origin({ name: 'a.json', mediaType: 'application/json' }), {
      bytes: pieces(text, 1000),
    });
    expect(stored).toMatchObject({ kind: 'file', mediaType: 'application/json', bytes: text.length });
    expect(stored.warnings).toEqual([expect.stringMatching(/Record 2 has more than/)]);
  });

  test('of rows that this server was given is kept, too', async () => {
    const { store } = await freshStore({ recordBytes });
    const stored = await store.write(origin(), { rows: [{ a: 1 }, { a: long }, { a: 3 }] });
    expect(stored).toMatchObject({ kind: 'file', warnings: [expect.stringMatching(/Record 2 has more than/)] });
  });

  test('of a part that is to be joined is refused, with the part', async () => {
    const path = join(await freshFolder(), 'part');
    await writeFile(path, `a,b\n1,2\n3,"${long}${long}`);
    const { batches } = await joinTables([{ key: 'Q1', path, recordBytes }], { keyColumn: 'hole_id' });
    const read = async () => {
      for await (const _ of batches);
    };
    await expect(read()).rejects.toMatchObject({ message: expect.stringMatching(/Part Q1: .* line 3 has more than/) });
  });

  test('is none at exactly the bound', async () => {
    const { store } = await freshStore({ recordBytes });
    const line = `{"a":"${'x'.repeat(recordBytes - 8)}"}`;
    const stored = await store.write(origin({ mediaType: 'application/x-ndjson' }), { bytes: pieces(line, 999) });
    expect(stored).toMatchObject({ kind: 'table', rows: 1 });
    expect(line).toHaveLength(recordBytes);
  });
});

describe('a header that is too large', () => {
  const many = Array.from({ length: 2_001 }, (_, at) => `c${at}`);
  test.each([
    ['2,001 columns of CSV', `${many.join(',')}\n`, 'a.csv', /It has 2001 columns; 2000 can be read/],
    ['a million commas', `${','.repeat(1_000_000)}\n`, 'a.csv', /more than 65536 fields; 2000 can be read/],
    ['2,001 keys', JSON.stringify(Object.fromEntries(many.map(name => [name, 1]))), 'a.ndjson', /more than 2000/],
    ['a name of 4 MiB', `a,${'b'.repeat(4_194_304)}\n1,2\n`, 'a.csv', /column 2 has 4194304 characters; 1000 can/],
    ['a key of 4 MiB', `{"${'b'.repeat(4_194_304)}":1}\n`, 'a.ndjson', /column 1 has 4194304 characters; 1000 can/],
  ])('makes a file of %s, with the reason', async (_, text, name, said) => {
    const { store } = await freshStore();
    const stored = await store.write(origin({ name, mediaType: '' }), { bytes: pieces(text, 65_536) });
    expect(stored).toMatchObject({ kind: 'file', columns: [], warnings: [expect.stringMatching(said)] });
    expect(JSON.stringify(stored).length).toBeLessThan(1_000);
  });
});

/** Stores 200 MB without an end in a process, and reports what that took. */
const program = `
  import { systemClock } from './src/base/clock.ts';
  import { openResultStore } from './src/results/store/store.ts';
  const [start, mediaType, directory, end] = process.argv.slice(2);
  async function* endless() {
    yield Buffer.from(start);
    const piece = Buffer.alloc(1_048_576, 'x');
    for (let at = 0; at < 200; at++) yield piece;
    yield Buffer.from(end);
  }
  const store = openResultStore({ directory, clock: systemClock() });
  const before = process.memoryUsage.rss();
  let longest = 0;
  let last = performance.now();
  const turn = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const source = { operation: 'x', arguments: {}, connection: 'c', at: '' };
  const { kind, bytes, warnings } = await store.write({ name: 'endless', mediaType, source }, { bytes: endless() });
  clearImmediate(next);
  const added = process.resourceUsage().maxRSS * 1024 - before;
  console.log(JSON.stringify({ kind, bytes, warnings, added, longest }));
`;

test('200 MB without an end take less than 150 MB, whatever they are', { timeout: 120_000 }, async () => {
  const directory = await freshFolder();
  const outfile = join(directory, 'endless.mjs');
  const stdin = { contents: program, resolveDir: process.cwd(), loader: 'ts' } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  for (const [start, mediaType, end = ''] of [
    ['{"a":"', 'application/x-ndjson'],
    ['[{"a":"', 'application/json', '"}]'],
    ['a,b\n1,"', 'text/csv'],
    ['a,b\n1,', 'text/csv'],
  ] as const) {
    const options = [outfile, start, mediaType, join(directory, 'results'), end];
    const { stdout } = await promisify(execFile)(process.execPath, options);
    const report = JSON.parse(stdout);
    if (process.env['REPORT']) console.log(start, report);
    expect(report).toMatchObject({ kind: 'file', warnings: [expect.stringMatching(/more than 16 MiB/)] });
    expect(report.bytes).toBeGreaterThan(200_000_000);
    expect(report.added).toBeLessThan(150_000_000);
  }
});
