import type { Row } from '../../base/json-value.ts';
import { checkNames, mostColumns, NotATable } from '../not-a-table.ts';
import { type Column, valueIn } from '../result.ts';
import { columnNames } from './column-names.ts';
import { columnNotes } from './exceptions.ts';
import { type Declared, JsonColumn, valueOfJson } from './json-column.ts';
import type { Records } from './ndjson.ts';
import { noteRow, type RowIndex } from './row-index.ts';
import type { TableFacts } from './text/table.ts';

const sampleRows = 5;

/**
 * Reads lines of JSON once.
 * @throws NotATable where some are no objects, or have too many keys
 */
export async function readJsonTable(
  batches: AsyncIterable<Records>,
  declared: readonly Declared[] = [],
): Promise<TableFacts> {
  const table = new JsonTable(declared);
  // To the end, as reading is what saves it.
  for await (const { records, ends } of batches) {
    for (const [at, record] of records.entries()) table.add(record, ends[at] ?? 0);
  }
  return table.finish();
}

class JsonTable {
  readonly #columns: Map<string, JsonColumn>;
  readonly #index: RowIndex = { every: 1_000, offsets: [] };
  readonly #first: Row[] = [];
  #rows = 0;
  #start = 0;
  /** Why it is no table. What is left of it is still looked at: it may be damaged. */
  #reason: string | undefined;

  constructor(declared: readonly Declared[]) {
    this.#columns = new Map(declared.map(column => [column.name, new JsonColumn(column.name, column)]));
  }

  add(record: unknown, end: number): void {
    if (this.#reason !== undefined) return;
    if (!isRow(record)) {
      this.#reason = `Record ${this.#rows + 1} is no object.`;
      return;
    }
    const row: Row = record;
    noteRow(this.#index, this.#rows++, this.#start);
    if (this.#rows <= sampleRows) this.#first.push(row);
    for (const name of Object.keys(row)) {
      const column = this.#columns.get(name) ?? new JsonColumn(name);
      this.#columns.set(name, column);
      column.add(row[name]);
      if (this.#columns.size > mostColumns) {
        this.#reason = `It has more than ${mostColumns} columns, which is as many as can be read.`;
        return;
      }
    }
    this.#start = end;
  }

  finish(): TableFacts {
    if (this.#reason !== undefined) throw new NotATable(this.#reason, { isTooMuch: true });
    const keys = [...this.#columns.keys()];
    checkNames(keys);
    const { names, notes } = columnNames(keys);
    const columns: Column[] = [...this.#columns.values()].map((column, at) => {
      const name = names[at] as string;
      return { ...column.column(this.#rows), name, ...(name === keys[at] ? {} : { source: keys[at] as string }) };
    });
    const sample = this.#first.map(row => {
      return Object.fromEntries(
        columns.map(column => [column.name, valueOfJson(valueIn(row, column.source ?? column.name), column)]),
      );
    });
    const told = [...notes, ...columnNotes(columns, this.#rows)];
    return { rows: this.#rows, columns, sample, index: this.#index, notes: told };
  }
}

function isRow(record: unknown): record is Row {
  return typeof record === 'object' && record !== null && !Array.isArray(record);
}
