import type { Row } from '../base/json-value.ts';
import { newId, type Provenance, resultUri, type StoredResult } from './result.ts';

/** What an answer says of rows that it shows, and by which the next call can name them. */
export type Handle = Pick<StoredResult, 'uri' | 'kind' | 'rows' | 'warnings'>;

/** Where shown rows come from, as the store is told. */
interface ShownOrigin {
  name: string;
  mediaType: string;
  source: Provenance;
  warnings?: readonly string[] | undefined;
}

/** Rows that were shown, and have a handle although nobody has asked for it yet. */
export interface PendingRows {
  origin: ShownOrigin;
  rows: readonly Row[];
}

/** So many lists are remembered; each is as much as one answer holds. */
const mostPending = 200;
const mostForgotten = 1_000;

/**
 * Lists that were shown whole. Most are never asked for again, so that they are written when somebody does; of those
 * that were forgotten meanwhile it is still known how they are made.
 */
export class PendingResults {
  readonly #rows = new Map<string, PendingRows>();
  readonly #forgotten = new Map<string, Provenance>();

  /** Without effect on the disk. The same list at the same time has the same handle. */
  add(origin: ShownOrigin, rows: readonly Row[]): Handle {
    const { operation, connection, arguments: given, at } = origin.source;
    const id = newId(`shown ${JSON.stringify([operation, connection, given, at])}`);
    this.#rows.set(id, { origin, rows });
    const [oldest] = this.#rows;
    if (this.#rows.size > mostPending && oldest) {
      this.#rows.delete(oldest[0]);
      this.#forgotten.set(oldest[0], oldest[1].origin.source);
      const [first = ''] = this.#forgotten.keys();
      if (this.#forgotten.size > mostForgotten) this.#forgotten.delete(first);
    }
    return { uri: resultUri(id), kind: 'table', rows: rows.length };
  }

  get(id: string): PendingRows | undefined {
    return this.#rows.get(id);
  }

  /** How a list was made that is no longer here. */
  sourceOf(id: string): Provenance | undefined {
    return this.#forgotten.get(id);
  }

  /** It is stored by now. */
  delete(id: string): void {
    this.#rows.delete(id);
  }
}
