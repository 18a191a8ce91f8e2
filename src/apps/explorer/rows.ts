import type { ViewedRows } from '../../answers/view.ts';
import type { ColumnFigures } from '../../results/rows/job.ts';
import type { ViewRowsInput } from '../../tools/results/view.ts';
import type { Host } from '../core/host.ts';

export type Columns = NonNullable<ViewedRows['about']>['columns'];
export type Conditions = NonNullable<ViewRowsInput['where']>;
export type Sort = NonNullable<ViewRowsInput['sort']>;

/** Rows and columns that come with one request. */
const chunkRows = 200;
const blockColumns = 40;
/** Requests under way at once, and pieces that are kept. */
const atOnce = 2;
const mostKept = 200;

interface Piece {
  values: unknown[][];
  /** Row and place of cells that are not whole. */
  cut: Set<string>;
}

interface Wanted {
  chunk: number;
  block: number;
}

/** The rows of a stored table under a filter and an order, fetched as they come into sight. */
export class Rows {
  readonly columns: Columns;
  where: Conditions = [];
  sort: Sort = [];
  matched: number;
  undecided = 0;
  figures = new Map<string, ColumnFigures>();
  readonly #host: Host;
  readonly #uri: string;
  readonly #changed: (problem?: unknown) => void;
  #pieces = new Map<string, Piece>();
  #queue: Wanted[] = [];
  #asked = new Set<string>();
  /** Counts filters and orders: what comes for an earlier one is no longer wanted. */
  #turn = 0;
  #running = 0;

  constructor(host: Host, table: ViewedRows, changed: (problem?: unknown) => void) {
    this.#host = host;
    this.#uri = table.result.uri;
    this.columns = table.about?.columns ?? [];
    this.matched = table.result.rows;
    this.#changed = changed;
  }

  select(where: Conditions, sort: Sort): void {
    if (JSON.stringify(where) !== JSON.stringify(this.where)) this.figures = new Map();
    this.where = where;
    this.sort = sort;
    this.#turn += 1;
    this.#running = 0;
    this.#pieces = new Map();
    this.#asked = new Set();
    this.#queue = [];
  }

  /** Undefined where it has not come yet. */
  cell(row: number, column: number): { value: unknown; isCut: boolean } | undefined {
    const piece = this.#pieces.get(keyOf(placeOf(row, column)));
    const values = piece?.values[row % chunkRows];
    if (!piece || !values) return undefined;
    const place = column % blockColumns;
    return { value: values[place], isCut: piece.cut.has(`${row % chunkRows} ${place}`) };
  }

  /** Says what is in sight; what was wanted before and is no longer in sight is not fetched. */
  see(rows: [number, number], columns: [number, number]): void {
    this.#queue = [];
    const [first, last] = [placeOf(rows[0], columns[0]), placeOf(rows[1], columns[1])];
    for (let chunk = first.chunk; chunk <= last.chunk; chunk++)
      for (let block = first.block; block <= last.block; block++)
        if (!this.#asked.has(keyOf({ chunk, block }))) this.#queue.push({ chunk, block });
    this.#next();
  }

  /** Values as they are, for copying and for reading one whole. */
  async read(offset: number, limit: number, columns: readonly string[], cell = 5_000): Promise<unknown[][]> {
    return (await this.#view({ offset, limit, columns: [...columns], cell })).rows;
  }

  /** Fetches figures of the columns that have none yet, one after the other. */
  async measure(names: readonly string[]): Promise<void> {
    const turn = this.#turn;
    for (const name of names) {
      if (turn !== this.#turn) return;
      if (this.figures.has(name)) continue;
      this.figures.set(name, { column: name, filled: 0, empty: 0 });
      const { figures } = await this.#view({ limit: 0, figures: [name], sort: [] });
      if (turn !== this.#turn) return;
      for (const one of figures) this.figures.set(name, one);
      this.#changed();
    }
  }

  #view(asked: Partial<ViewRowsInput>): Promise<ViewedRows> {
    const { where, sort } = this;
    const args = { result: this.#uri, where, sort, ...asked } satisfies ViewRowsInput;
    return this.#host.call<ViewedRows>('view_rows', args);
  }

  #next(): void {
    while (this.#running < atOnce) {
      const wanted = this.#queue.shift();
      if (!wanted) return;
      void this.#fetch(wanted);
    }
  }

  async #fetch({ chunk, block }: Wanted): Promise<void> {
    const turn = this.#turn;
    const key = keyOf({ chunk, block });
    this.#asked.add(key);
    this.#running += 1;
    try {
      const names = this.columns.slice(block * blockColumns, (block + 1) * blockColumns).map(({ name }) => name);
      const view = await this.#view({ offset: chunk * chunkRows, limit: chunkRows, columns: names });
      if (turn === this.#turn) this.#keep(key, view);
    } catch (error) {
      if (turn === this.#turn) this.#changed(error);
    }
    if (turn !== this.#turn) return;
    this.#running -= 1;
    this.#next();
  }

  #keep(key: string, view: ViewedRows): void {
    this.#pieces.set(key, { values: view.rows, cut: new Set(view.cut.map(([row, place]) => `${row} ${place}`)) });
    for (const old of this.#pieces.keys()) {
      if (this.#pieces.size <= mostKept) break;
      this.#pieces.delete(old);
      this.#asked.delete(old);
    }
    this.matched = view.matched ?? this.matched;
    this.undecided = view.undecided ?? 0;
    this.#changed();
  }
}

const placeOf = (row: number, column: number): Wanted => ({
  chunk: Math.floor(row / chunkRows),
  block: Math.floor(column / blockColumns),
});
const keyOf = ({ chunk, block }: Wanted) => `${chunk} ${block}`;
