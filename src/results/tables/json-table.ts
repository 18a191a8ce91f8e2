import type { Row } from '../../base/json-value.ts';
import { type Column, valueIn } from '../result.ts';
import { columnNames } from './column-names.ts';
import { type Declared, JsonColumn } from './json-column.ts';
import type { Records } from './ndjson.ts';
import { noteRow, type RowIndex } from './row-index.ts';
import { mostColumns, type TableFacts } from './text/table.ts';

const sampleRows = 5;

/** Reads lines of JSON once. Undefined where some are no objects, or have too many keys: they are no table. */
export async function readJsonTable(
  batches: AsyncIterable<Records>,
  declared: readonly Declared[] = [],
): Promise<TableFacts | undefined> {
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
  #isTable = true;

  constructor(declared: readonly Declared[]) {
    this.#columns = new Map(declared.map(column => [column.name, new JsonColumn(column.name, column)]));
  }

  add(record: unknown, end: number): void {
    this.#isTable &&= isRow(record) && this.#columns.size <= mostColumns;
    if (!this.#isTable) return;
    const row = record as Row;
    noteRow(this.#index, this.#rows++, this.#start);
    if (this.#rows <= sampleRows) this.#first.push(row);
    for (const [name, value] of Object.entries(row)) {
      const column = this.#columns.get(name) ?? new JsonColumn(name);
      this.#columns.set(name, column);
      column.add(value);
    }
    this.#start = end;
  }

  finish(): TableFacts | undefined {
    if (!this.#isTable || this.#columns.size > mostColumns) return undefined;
    const keys = [...this.#columns.keys()];
    const { names, notes } = columnNames(keys);
    const columns: Column[] = [...this.#columns.values()].map((column, at) => {
      const name = names[at] as string;
      return { ...column.column(this.#rows), name, ...(name === keys[at] ? {} : { source: keys[at] as string }) };
    });
    const sample = this.#first.map(row => {
      return Object.fromEntries(columns.map(({ name, source }) => [name, valueIn(row, source ?? name) ?? null]));
    });
    return { rows: this.#rows, columns, sample, index: this.#index, notes };
  }
}

function isRow(record: unknown): record is Row {
  return typeof record === 'object' && record !== null && !Array.isArray(record);
}
