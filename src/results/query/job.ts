import type { Column, Format } from '../result.ts';

/** A stored table as the process that asks it needs it. */
export interface QueryTable {
  /** What the statement calls it. */
  uri: string;
  path: string;
  format: Format;
  columns: readonly Pick<Column, 'name' | 'type'>[];
}

/** What the server gives to the process that runs DuckDB. */
export interface QueryJob {
  sql: string;
  tables: readonly QueryTable[];
  memoryMib: number;
  threads: number;
  /** Writes the rows there as Parquet instead of giving them out. */
  parquet?: string;
}

/** The first line that the process gives out; the rows follow, one JSON object a line. */
export interface QueryHead {
  columns: Pick<Column, 'name' | 'type'>[];
}
