import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';

/** What a column of a simulated database holds, as PostgreSQL calls it. */
export type SqlType = 'bigint' | 'double precision' | 'text' | 'text[]' | 'boolean' | 'timestamp' | 'date' | 'jsonb';

const storedTypes: Readonly<Record<SqlType, string>> = {
  bigint: 'BIGINT',
  'double precision': 'DOUBLE',
  text: 'VARCHAR',
  'text[]': 'VARCHAR[]',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
  jsonb: 'JSON',
};

/** What DuckDB calls a type of PostgreSQL. */
export const storedType = (type: SqlType): string => storedTypes[type];

const isoOf = (micros: bigint): string => new Date(Number(micros / 1000n)).toISOString();
const pad = (value: number): string => String(value).padStart(2, '0');

/** A value as it goes out in JSON: times as ISO-8601 in UTC, intervals as PostgreSQL writes them. */
export function plainValue(
  duckDb: typeof import('@duckdb/node-api'),
  value: DuckDBValue,
  type: DuckDBType | undefined,
): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof duckDb.DuckDBTimestampValue || value instanceof duckDb.DuckDBTimestampTZValue)
    return isoOf(value.micros);
  if (value instanceof duckDb.DuckDBDecimalValue) return value.toDouble();
  if (value instanceof duckDb.DuckDBIntervalValue) return intervalText(value);
  if (value instanceof duckDb.DuckDBListValue) return value.items.map(item => plainValue(duckDb, item, type));
  return String(value);
}

function intervalText({ months, days, micros }: { months: number; days: number; micros: bigint }): string {
  const seconds = Number(micros) / 1_000_000;
  const whole = Math.trunc(Math.abs(seconds));
  const clock = `${pad(Math.trunc(whole / 3600))}:${pad(Math.trunc(whole / 60) % 60)}:${pad(whole % 60)}`;
  const words = [
    count(Math.trunc(months / 12), 'year'),
    count(months % 12, 'mon'),
    count(days, 'day'),
    micros === 0n && (months !== 0 || days !== 0) ? '' : `${seconds < 0 ? '-' : ''}${clock}`,
  ];
  return words.filter(Boolean).join(' ');
}

const count = (number: number, noun: string): string =>
  number === 0 ? '' : `${number} ${noun}${Math.abs(number) === 1 ? '' : 's'}`;
