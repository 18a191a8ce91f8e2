import type { Column, ColumnType } from '../result.ts';
import type { QueryTable } from './job.ts';

type Named = Pick<Column, 'name' | 'type'>;

/** DuckDB's type of a column as it is read. Times are read as text, because DuckDB wants seconds in them. */
const types: Record<ColumnType, string> = {
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  datetime: 'VARCHAR',
  text: 'VARCHAR',
  json: 'JSON',
};

/**
 * The statement that makes a stored table readable under its URI. Columns have the types that were found when the table
 * was stored; nothing is guessed again.
 */
export function viewOf(table: QueryTable): string {
  const names = sqlNames(table.columns);
  const twins = table.columns.some(({ name }, position) => names[position] !== name);
  const source = table.format === 'csv' ? csv(table, names) : twins ? objects(table, names) : json(table);
  const values = table.columns.map(({ type }, position) => {
    const name = quoted(names[position] as string);
    return type === 'datetime' ? `${utc(name)} AS ${name}` : name;
  });
  return `CREATE VIEW ${quoted(table.uri)} AS SELECT ${values.join(', ')} FROM ${source}`;
}

/** DuckDB does not tell names apart that differ in case alone: "Au", "AU" become "Au", "AU_2". */
export function sqlNames(columns: readonly Pick<Column, 'name'>[]): string[] {
  const taken = new Set(columns.map(({ name }) => name));
  const folded = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; folded.has(unique.toLowerCase()) || (unique !== name && taken.has(unique)); count++)
      unique = `${name}_${count}`;
    folded.add(unique.toLowerCase());
    return unique;
  });
}

// Not strict, so that inch marks and mixed line ends are read as they were when the table was stored.
function csv({ path, columns }: QueryTable, names: readonly string[]): string {
  const spec = columns.map(({ type }, position) => field(names[position] as string, types[type]));
  const how = `header = true, auto_detect = false, strict_mode = false, nullstr = ''`;
  return `read_csv(${text(path)}, columns = {${spec.join(', ')}}, delim = ',', quote = '"', escape = '"', ${how})`;
}

function json({ path, columns }: QueryTable): string {
  const spec = columns.map(({ name, type }) => field(name, types[type]));
  return `read_json(${text(path)}, columns = {${spec.join(', ')}}, format = 'newline_delimited')`;
}

/** Every object whole, and each column taken out of it: `read_json` cannot tell names apart by case either. */
function objects({ path, columns }: QueryTable, names: readonly string[]): string {
  const values = columns.map((column, position) => `${taken(column)} AS ${quoted(names[position] as string)}`);
  const source = `read_json_objects(${text(path)}, format = 'newline_delimited')`;
  return `(SELECT ${values.join(', ')} FROM ${source})`;
}

function taken({ name, type }: Named): string {
  const pointer = text(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return type === 'json' ? `json -> ${pointer}` : `CAST(json ->> ${pointer} AS ${types[type]})`;
}

/** A time without a zone is UTC, one without seconds is on the minute. */
function utc(name: string): string {
  const withSeconds = `regexp_replace(${name}, '^(.{10}[T ]\\d\\d:\\d\\d)($|Z|[+-])', '\\1:00\\2')`;
  return `timezone('UTC', coalesce(try_cast(${name} AS TIMESTAMPTZ), CAST(${withSeconds} AS TIMESTAMPTZ)))`;
}

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
export const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const field = (name: string, type: string) => `${text(name)}: ${text(type)}`;
