import { createReadStream } from 'node:fs';
import type { Row } from '../../base/json-value.ts';
import { type Column, type Format, valueIn } from '../result.ts';
import { valueOfText } from './columns.ts';
import type { Batch } from './csv.ts';
import { csvRecords } from './csv.ts';
import { type Condition, columnNamed, testOf } from './filter.ts';
import { ndjsonRecords } from './ndjson.ts';

/** Where rows begin: `offsets[i]` is the byte of row `i * every`. */
export interface RowIndex {
  every: number;
  offsets: number[];
}

const indexLimit = 1_024;

/** Notes where a row begins. A long table gets a coarser index, not a longer one. */
export function noteRow(index: RowIndex, row: number, start: number): void {
  if (row % index.every !== 0) return;
  index.offsets.push(start);
  if (index.offsets.length <= indexLimit) return;
  index.offsets = index.offsets.filter((_, position) => position % 2 === 0);
  index.every *= 2;
}

export interface RowQuery {
  /** Rows to skip, of those that match. */
  offset?: number | undefined;
  /** Most rows to return. Default 100. */
  limit?: number | undefined;
  /** Names, in the order wanted. Default all. */
  columns?: readonly string[] | undefined;
  where?: readonly Condition[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface RowPage {
  rows: Row[];
  /** How many rows match in all; absent when the rest of a very large table was not searched. */
  matched?: number;
  /** Nothing comes behind these rows. */
  complete: boolean;
}

/** A table on disk: enough to read any of its rows. */
export interface TableFile {
  path: string;
  format: Format;
  rows: number;
  columns: readonly Column[];
  index: RowIndex;
}

/** How far behind a full page matches are still counted. */
const countBytes = 134_217_728;

/** Reads rows, typed by their columns. Throws `bad_arguments` for an unknown column or an unfit condition. */
export async function readRows(table: TableFile, query: RowQuery): Promise<RowPage> {
  const { offset = 0, limit = 100, where = [] } = query;
  const chosen = query.columns?.map(name => columnNamed(table.columns, name)) ?? table.columns;
  const cells = chosen.map(column => ({ name: column.name, read: cellReader(table, column) }));
  const tests = where.map(condition => {
    const column = columnNamed(table.columns, condition.column);
    return { read: cellReader(table, column), passes: testOf(condition, column) };
  });
  const rowOf = (record: unknown): Row => Object.fromEntries(cells.map(cell => [cell.name, cell.read(record)]));
  if (tests.length === 0 || table.rows === 0) return slice(table, { offset, limit, signal: query.signal }, rowOf);

  const rows: Row[] = [];
  let matched = 0;
  let full = 0;
  for await (const { records, ends } of recordsFrom(table, 0, query.signal)) {
    for (const record of records) {
      if (!tests.every(test => test.passes(test.read(record)))) continue;
      if (matched >= offset && rows.length < limit) rows.push(rowOf(record));
      matched++;
    }
    const end = ends.at(-1) ?? 0;
    if (rows.length >= limit && full === 0) full = end;
    // One match beyond the page is known by now or the search goes on: `complete` must be true or false for sure.
    if (full > 0 && end > full + countBytes && matched > offset + rows.length) return { rows, complete: false };
  }
  return { rows, matched, complete: offset + rows.length >= matched };
}

/** Every row, typed by its columns, a piece of the file in memory at a time. */
export async function* allRows(table: TableFile, signal?: AbortSignal): AsyncGenerator<Row> {
  const cells = table.columns.map(column => ({ name: column.name, read: cellReader(table, column) }));
  if (table.rows === 0) return;
  for await (const { records } of recordsFrom(table, 0, signal)) {
    for (const record of records) yield Object.fromEntries(cells.map(cell => [cell.name, cell.read(record)]));
  }
}

async function slice(
  table: TableFile,
  { offset, limit, signal }: { offset: number; limit: number; signal: AbortSignal | undefined },
  rowOf: (record: unknown) => Row,
): Promise<RowPage> {
  const last = Math.min(offset + limit, table.rows);
  const rows: Row[] = [];
  if (offset < last) {
    const entry = Math.floor(offset / table.index.every);
    let row = entry * table.index.every;
    for await (const { records } of recordsFrom(table, table.index.offsets[entry] ?? 0, signal)) {
      for (const record of records.slice(Math.max(0, offset - row), Math.max(0, last - row))) rows.push(rowOf(record));
      row += records.length;
      if (row >= last) break;
    }
  }
  return { rows, matched: table.rows, complete: last >= table.rows };
}

async function* recordsFrom(
  table: TableFile,
  start: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Batch<unknown>> {
  // The header was left out of the index, so a table read from its first row begins there.
  const bytes = createReadStream(table.path, { start: Math.max(start, table.index.offsets[0] ?? 0) });
  const batches = table.format === 'csv' ? csvRecords(bytes) : ndjsonRecords(bytes);
  for await (const batch of batches) {
    signal?.throwIfAborted();
    yield batch;
  }
}

function cellReader(table: TableFile, column: Column): (record: unknown) => unknown {
  if (table.format === 'csv') {
    const position = table.columns.indexOf(column);
    return record => valueOfText((record as string[])[position] ?? '', column.type);
  }
  const { name } = column;
  return record => valueIn(record as Row, name) ?? null;
}
