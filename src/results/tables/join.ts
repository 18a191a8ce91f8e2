import { createReadStream } from 'node:fs';
import { Fault, isFault } from '../../base/errors.ts';
import { firstOf } from '../../base/nearest.ts';
import { ifMissing } from '../disk.ts';
import { columnNames, csvRecords } from './csv.ts';
import type { RecordTable } from './recognise.ts';

/** A CSV file with a header, and what its rows have in common, for example the hole they describe. */
export interface Part {
  key: string;
  path: string;
}

/** Many CSV files as one table, ready to be stored. */
export interface JoinedTable extends RecordTable {
  /** Which columns are missing where, which parts are empty. Complete from the start. */
  warnings: string[];
  /** Rows by key. Filled while the batches are read. */
  partRows: ReadonlyMap<string, number>;
}

const headerPiece = 4_096;
const namedParts = 5;

/**
 * Joins the parts one below the other, in their order. Columns are matched by name, in the order they are first
 * seen; a column that a part lacks is empty there. `keyColumn` leads, and holds the part's key unless the part has
 * a column of that name. Throws `bad_upstream_reply` naming the part that is damaged.
 */
export async function joinTables(
  parts: readonly Part[],
  { keyColumn, signal }: { keyColumn: string; signal?: AbortSignal },
): Promise<JoinedTable> {
  const headers: string[][] = [];
  for (const part of parts) {
    signal?.throwIfAborted();
    headers.push(await headerOf(part));
  }
  const columns = [...new Set([keyColumn, ...headers.flat()])];
  const partRows = new Map<string, number>();

  async function* batches(): AsyncGenerator<string[][]> {
    for (const [number, part] of parts.entries()) {
      const header = headers[number] ?? [];
      // Where each column of the whole is in this part; -1: nowhere.
      const places = columns.map(column => header.indexOf(column));
      const lead = header.includes(keyColumn) ? undefined : part.key;
      let skip = 1;
      for await (const records of recordsOf(part)) {
        signal?.throwIfAborted();
        const rows = records.slice(skip).map(record => {
          const fields = places.map(place => record[place] ?? '');
          if (lead !== undefined) fields[0] = lead;
          return fields;
        });
        skip = Math.max(0, skip - records.length);
        partRows.set(part.key, (partRows.get(part.key) ?? 0) + rows.length);
        if (rows.length > 0) yield rows;
      }
    }
  }
  return { columns, batches: batches(), warnings: warningsOf(parts, headers, columns, keyColumn), partRows };
}

/** Whether the part can be read to its end as a table. */
export async function isWhole(part: Part): Promise<boolean> {
  try {
    for await (const _ of recordsOf(part));
    return true;
  } catch (error) {
    if (isFault(error, 'bad_upstream_reply')) return false;
    throw error;
  }
}

async function headerOf(part: Part): Promise<string[]> {
  for await (const [first] of recordsOf(part, headerPiece)) {
    if (first) return columnNames(first);
  }
  return [];
}

async function* recordsOf(part: Part, highWaterMark = 65_536): AsyncGenerator<string[][]> {
  try {
    for await (const { records } of csvRecords(createReadStream(part.path, { highWaterMark }))) yield records;
  } catch (error) {
    throw isFault(error) ? error.with({ message: `Part ${part.key}: ${error.message}` }) : missing(part, error);
  }
}

function missing(part: Part, error: unknown): Fault {
  ifMissing(undefined)(error);
  return new Fault({
    code: 'not_found',
    message: `Part ${part.key} is no longer there to be joined.`,
    hint: 'Call the download again: parts that are still there are not fetched twice.',
    cause: error,
  });
}

function warningsOf(parts: readonly Part[], headers: string[][], columns: string[], keyColumn: string): string[] {
  const keysWhere = (holds: (header: string[]) => boolean) =>
    parts.flatMap(({ key }, number) => (holds(headers[number] ?? []) ? key : []));
  const empty = keysWhere(header => header.length === 0);
  const warnings = empty.length > 0 ? [`No header and no rows in ${listed(empty)}.`] : [];
  for (const column of columns) {
    const lacking = keysWhere(header => header.length > 0 && !header.includes(column));
    if (column !== keyColumn && lacking.length > 0) {
      warnings.push(`Column "${column}" is missing in ${listed(lacking)} and empty there.`);
    }
  }
  return warnings;
}

function listed(keys: string[]): string {
  return `${keys.length === 1 ? 'part' : 'parts'} ${firstOf(keys, namedParts)}`;
}
