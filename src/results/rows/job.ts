import type { Column } from '../result.ts';

/** What a kept engine is started with: the folder of the columnar forms that it may read, and nothing else. */
export interface KeptJob {
  serves: string;
  memoryMib: number;
  threads: number;
}

/** Rows of a columnar form: those of a selection, from one on. */
export interface RowsRequest {
  parquet: string;
  /** All that it has. */
  rows: number;
  columns: readonly Pick<Column, 'name'>[];
  /** SQL, by `predicateSql` and `orderSql`. */
  predicate?: string | undefined;
  order?: string | undefined;
  /** SQL that is true for a row with a value which only our own reading compares rightly. */
  odd?: string | undefined;
  offset: number;
  limit: number;
}

/** What the values of one column are like, of the rows that pass. */
export interface FigureRequest {
  parquet: string;
  figure: Pick<Column, 'name' | 'type' | 'exceptions'>;
  /** How many of the commonest values. */
  values: number;
  predicate?: string | undefined;
  odd?: string | undefined;
}

/** There is such a row: the rows have to be read without an engine. */
export interface OddReply {
  isOdd: true;
}

export type KeptRequest = RowsRequest | FigureRequest;

export interface RowsReply {
  /** Values in the order of the columns. */
  values: unknown[][];
  matched: number;
  undecided: number;
}

/** Figures of a column: `bins` of equal width between least and most, or the commonest values of a text. */
export interface ColumnFigures {
  column: string;
  filled: number;
  empty: number;
  least?: number | string;
  most?: number | string;
  mean?: number;
  bins?: number[];
  commonest?: { value: string; count: number }[];
  /** Values that stand among numbers and are none. */
  exceptions?: number;
}
