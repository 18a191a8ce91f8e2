import type { Column } from '../result.ts';
import type { Declared } from '../tables/json-column.ts';
import type { TableFile } from '../tables/table.ts';

/** A stored table as the process that asks it needs it. */
export interface QueryTable {
  /** What the statement calls it. */
  uri: string;
  columns: readonly Column[];
  /** Its columnar form: a Parquet file. */
  parquet: string;
  /** The table as it is stored, where the columnar form has yet to be written. */
  convert?: TableFile;
}

/** What the server gives to the process that runs DuckDB. */
export interface QueryJob {
  /** Absent where the columnar forms are all that is wanted, or the rows of a file. */
  sql?: string;
  /** A Parquet file of somebody else, all of whose rows are wanted. */
  file?: string;
  tables: readonly QueryTable[];
  memoryMib: number;
  threads: number;
  /** Writes the rows there as Parquet instead of giving them out. */
  parquet?: string;
}

/** The first line that the process gives out; the rows follow, one JSON object a line. */
export interface QueryHead {
  columns: Declared[];
}
