import type { Column } from '../result.ts';
import { shortDecimal } from '../tables/number-tally.ts';
import { exactNumberPattern } from '../tables/values.ts';
import type { QueryTable } from './job.ts';

/** DuckDB's type of a column, in which no value of it loses a digit. */
export function engineType({ type, digits, isLocal }: Pick<Column, 'type' | 'digits' | 'isLocal'>): string {
  switch (type) {
    case 'integer':
      return digits && digits.whole > shortDecimal ? 'DECIMAL(38, 0)' : 'BIGINT';
    case 'number':
      return digits ? decimal(digits) : 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'date':
      return 'DATE';
    case 'datetime':
      return isLocal ? 'TIMESTAMP' : 'TIMESTAMPTZ';
    case 'json':
      return 'JSON';
    default:
      return 'VARCHAR';
  }
}

function decimal({ whole, scale }: { whole: number; scale: number }): string {
  const width = whole + scale;
  return `DECIMAL(${width <= shortDecimal ? Math.max(width, 1) : 38}, ${scale})`;
}

/** The statement that makes a stored table readable under its URI. */
export const viewOf = ({ uri, parquet }: Pick<QueryTable, 'uri' | 'parquet'>): string =>
  `CREATE VIEW ${quoted(uri)} AS SELECT * FROM read_parquet(${text(parquet)})`;

/** A moment out of its text: in a column with zones, one without is UTC; one without seconds is on the minute. */
export function momentOf(value: string, column: Pick<Column, 'isLocal'>): string {
  const type = engineType({ type: 'datetime', ...column });
  const withSeconds = `regexp_replace(${value}, '^(.{10}[T ]\\d\\d:\\d\\d)($|Z|[+-])', '\\1:00\\2')`;
  return `coalesce(try_cast(${value} AS ${type}), CAST(${withSeconds} AS ${type}))`;
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

/**
 * `number(x)`: the number that a text is exactly, and null for what else stands among numbers, as `<0.01` and `NS`. The
 * figures of such a column are of these.
 */
export const numberMacro = `CREATE MACRO number(x) AS CASE WHEN regexp_matches(trim(x::VARCHAR), ${text(exactNumberPattern)})
  THEN try_cast(trim(x::VARCHAR) AS DOUBLE) END`;
