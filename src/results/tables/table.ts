import type { Row } from '../../base/json-value.ts';
import { type Column, type Format, valueIn } from '../result.ts';
import { openBytes, type StoredBytes } from '../store/stored-bytes.ts';
import { type Condition, columnNamed, testOf } from './filter.ts';
import { valueOfJson } from './json-column.ts';
import { ndjsonRecords } from './ndjson.ts';
import type { RowIndex } from './row-index.ts';
import { SortedRows, type SortKey } from './sort.ts';
import { type Batch, fieldRows, textRows, type Wanted } from './text/rows.ts';
import type { Reading } from './text/table.ts';
import { valueOfText } from './text/values.ts';

export interface RowQuery {
  /** Rows to skip, of those that match. */
  offset?: number | undefined;
  /** Most rows to return. Default 100. */
  limit?: number | undefined;
  /** Names, in the order wanted. Default all. */
  columns?: readonly string[] | undefined;
  where?: readonly Condition[] | undefined;
  /** Columns to sort by, the first first. Default: as the rows are stored. */
  sort?: readonly SortKey[] | undefined;
  signal?: AbortSignal | undefined;
}

export interface RowPage {
  rows: Row[];
  /** How many rows match in all; absent when the rest of a very large table was not searched. */
  matched?: number;
  /** Nothing comes behind these rows. */
  complete: boolean;
  /** Rows that were left out because nobody can say whether they match: `NS` is neither more nor less than 9. */
  undecided?: number;
}

/** A table on disk: enough to read any of its rows. */
export interface TableFile extends StoredBytes {
  format: Format;
  rows: number;
  columns: readonly Column[];
  index: RowIndex;
  /** Of text files: how they were read when they were stored. */
  reading?: Reading;
}

/** How far behind a full page matches are still counted. */
const countBytes = 134_217_728;

/** Reads rows, typed by their columns. Throws `bad_arguments` for an unknown column or an unfit condition. */
export async function readRows(table: TableFile, query: RowQuery): Promise<RowPage> {
  const { offset = 0, limit = 100, where = [], sort = [], signal } = query;
  const chosen = query.columns?.length ? query.columns.map(name => columnNamed(table.columns, name)) : table.columns;
  if (where.length + sort.length > 0 && table.rows > 0)
    return search(table, chosen, { offset, limit, where, sort, signal });
  const last = Math.min(offset + limit, table.rows);
  const rows: Row[] = [];
  if (offset < last) {
    const wanted = { positions: placesOf(table, chosen), skip: offset, take: last - offset };
    for await (const batch of valuesOf(table, wanted, signal)) rows.push(...batch.rows.map(rowUnder(chosen)));
  }
  return { rows, matched: table.rows, complete: last >= table.rows };
}

interface Search {
  offset: number;
  limit: number;
  where: readonly Condition[];
  sort: readonly SortKey[];
  signal: AbortSignal | undefined;
}

async function search(table: TableFile, chosen: readonly Column[], query: Search): Promise<RowPage> {
  const { offset, limit, where, sort, signal } = query;
  const sorted = sort.length > 0 ? new SortedRows(table.columns, sort, offset + limit) : undefined;
  const tests = where.map(condition => {
    const column = columnNamed(table.columns, condition.column);
    return { column, passes: testOf(condition, column) };
  });
  const page = { rows: [] as Row[], matched: 0, undecided: 0 };
  const take = (read: ReadValue) => {
    const row = () => Object.fromEntries(chosen.map(column => [column.name, read(column)]));
    if (sorted) sorted.add(sorted.columns.map(read), page.matched, row);
    else if (page.matched >= offset && page.rows.length < limit) page.rows.push(row());
    page.matched++;
  };
  const visit = (read: ReadValue) => {
    let isSure = true;
    for (const { column, passes } of tests) {
      const outcome = passes(read(column));
      if (outcome === false) return;
      isSure &&= outcome === true;
    }
    if (!isSure) page.undecided++;
    else take(read);
  };
  const told = () => (page.undecided > 0 ? { undecided: page.undecided } : {});
  let full = 0;
  for await (const end of visitRows(table, visit)) {
    signal?.throwIfAborted();
    if (page.rows.length >= limit && full === 0) full = end;
    // One match beyond the page is known by now or the search goes on: `complete` must be true or false for sure.
    const isFar = full > 0 && end > full + countBytes;
    if (isFar && page.matched > offset + page.rows.length) return { rows: page.rows, complete: false, ...told() };
  }
  const rows = sorted?.rows(offset) ?? page.rows;
  return { rows, matched: page.matched, complete: offset + rows.length >= page.matched, ...told() };
}

/** The value of a column in the row that is being looked at. */
type ReadValue = (column: Column) => unknown;

/** Looks at every row, and only at the values that are asked for; gives the byte behind each piece of the file. */
async function* visitRows(table: TableFile, visit: (read: ReadValue) => void): AsyncGenerator<number> {
  const all = { skip: 0, take: Number.POSITIVE_INFINITY };
  const { reading } = table;
  if (reading) {
    const places = new Map(table.columns.map((column, at) => [column, at]));
    const open = (start: number) => openBytes(table, start);
    const batches = fieldRows({ ...table, reading, open }, all, ({ text }, fields) =>
      visit(column => {
        const at = places.get(column) as number;
        return at < fields.count ? valueOfText(text(fields, at), column, reading.dialect) : null;
      }),
    );
    for await (const { end } of batches) yield end;
  } else {
    const positions = table.columns.map((_, at) => at);
    for await (const { rows, end } of jsonRows(table, { ...all, positions })) {
      for (const values of rows) visit(column => values[table.columns.indexOf(column)]);
      yield end;
    }
  }
}

/** Every row, typed by its columns, a piece of the file in memory at a time. */
export async function* allRows(table: TableFile, signal?: AbortSignal): AsyncGenerator<Row> {
  if (table.rows === 0) return;
  const toRow = rowUnder(table.columns);
  const wanted = { positions: table.columns.map((_, at) => at), skip: 0, take: Number.POSITIVE_INFINITY };
  for await (const { rows } of valuesOf(table, wanted, signal)) for (const values of rows) yield toRow(values);
}

const placesOf = (table: TableFile, columns: readonly Column[]) => columns.map(column => table.columns.indexOf(column));

/** Makes rows of values that stand in the order of the columns. */
const rowUnder =
  (columns: readonly Column[]) =>
  (values: readonly unknown[]): Row =>
    Object.fromEntries(columns.map(({ name }, at) => [name, values[at]]));

/** Values of the wanted columns, a batch for each piece of the file. */
export async function* valuesOf(table: TableFile, wanted: Wanted, signal?: AbortSignal): AsyncGenerator<Batch> {
  const { reading } = table;
  const open = (start: number) => openBytes(table, start);
  const batches = reading ? textRows({ ...table, reading, open }, wanted) : jsonRows(table, wanted);
  for await (const batch of batches) {
    signal?.throwIfAborted();
    yield batch;
  }
}

async function* jsonRows(table: TableFile, { positions, skip, take }: Wanted): AsyncGenerator<Batch> {
  const readers = positions.map(at => {
    const column = table.columns[at] as Column;
    return (record: Row) => valueOfJson(valueIn(record, column.source ?? column.name), column);
  });
  const entry = Math.min(Math.floor(skip / table.index.every), Math.max(0, table.index.offsets.length - 1));
  let row = entry * table.index.every;
  const start = table.index.offsets[entry] ?? 0;
  for await (const { records, ends } of ndjsonRecords(openBytes(table, start))) {
    const some = records.slice(Math.max(0, skip - row), Math.max(0, skip + take - row)) as Row[];
    row += records.length;
    yield {
      rows: some.map(record => readers.map(read => read(record))),
      end: start + (ends.at(-1) ?? 0),
    };
    if (row >= skip + take) return;
  }
}
