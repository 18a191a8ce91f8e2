import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { Column } from '../result.ts';
import { columnNamed, orderValues } from './filter.ts';

/** One column that rows are sorted by. */
export interface SortKey {
  column: string;
  /** Default asc. */
  order?: 'asc' | 'desc' | undefined;
}

/** Rows that are kept while a table is sorted; more would take too much memory. */
const mostKept = 100_000;

interface Kept {
  keys: unknown[];
  row: Row;
  /** Its place among the rows that match, which decides between equals. */
  at: number;
}

/** The first rows of a table in an order, of as many as come by. Rows without a value come last either way. */
export class SortedRows {
  readonly columns: readonly Column[];
  readonly #compare: (a: Kept, b: Kept) => number;
  readonly #wanted: number;
  #kept: Kept[] = [];
  /** The last that still finds a place; undefined while there is room. */
  #last: Kept | undefined;

  /** @throws Fault `bad_arguments` for a column that is not there, `too_large` for too many rows */
  constructor(columns: readonly Column[], sort: readonly SortKey[], wanted: number) {
    if (wanted > mostKept) throw tooFar();
    this.columns = sort.map(({ column }) => columnNamed(columns, column));
    this.#wanted = wanted;
    const orders = this.columns.map((column, at) => orderValues(column, sort[at]?.order === 'desc'));
    this.#compare = (a, b) => {
      for (const [at, order] of orders.entries()) {
        const difference = order(a.keys[at], b.keys[at]);
        if (difference !== 0) return difference;
      }
      return a.at - b.at;
    };
  }

  /** `row` is only made of a row that may be among the first. */
  add(keys: unknown[], at: number, row: () => Row): void {
    const found: Kept = { keys, at, row: {} };
    if (this.#last && this.#compare(found, this.#last) > 0) return;
    found.row = row();
    this.#kept.push(found);
    if (this.#kept.length > 2 * this.#wanted + 1_000) this.#cut();
  }

  rows(offset: number): Row[] {
    this.#cut();
    return this.#kept.slice(offset).map(({ row }) => row);
  }

  #cut(): void {
    this.#kept = this.#kept.toSorted(this.#compare).slice(0, this.#wanted);
    if (this.#kept.length === this.#wanted) this.#last = this.#kept.at(-1);
  }
}

const tooFar = () =>
  new Fault({
    code: 'too_large',
    message: `Sorted rows can be read down to row ${mostKept.toLocaleString('en-US')}.`,
    hint: 'Use query_result with ORDER BY, and read its result.',
  });
