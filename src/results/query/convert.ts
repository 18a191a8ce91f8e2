import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { Fault } from '../../base/errors.ts';
import type { Column } from '../result.ts';
import type { TableFile } from '../tables/table.ts';
import { longestLine, type PlainText, plainLines } from '../tables/text/plain-text.ts';
import type { Reading } from '../tables/text/table.ts';
import { engineType, momentOf, quoted, text } from './view.ts';

/**
 * Writes a stored table as Parquet, in the types that were decided when it was stored. DuckDB decides nothing: it gets
 * the file itself where any reader finds the same rows and values in it, otherwise a text that our reader has made of
 * it. Either way what came out is counted.
 * @throws Error where the rows or nulls are not those of the table
 */
export async function writeColumns(connection: DuckDBConnection, table: TableFile, target: string): Promise<void> {
  const { reading } = table;
  if (reading?.isRegular && !table.blocks) {
    // What DuckDB cannot read, or reads in another way, goes by the other.
    const isSame = await copy(connection, regularSource(table, reading), table, target).catch(() => false);
    if (isSame) return;
  }
  const path = `${target}.txt`;
  try {
    const plain: PlainText = { longest: 0, hasLineBreaks: false };
    await pipeline(Readable.from(plainLines(table, plain)), createWriteStream(path, { mode: 0o600 }));
    if (await copy(connection, plainSource(path, table.columns, plain), table, target)) return;
    throw new Error('it would not have the rows of the table');
  } catch (error) {
    throw await unconverted(error, target);
  } finally {
    await rm(path, { force: true });
  }
}

/** Out of memory or disk is told as it is; the rest, whatever the engine says of a file of ours, is no mistake of the statement. */
async function unconverted(cause: unknown, target: string): Promise<unknown> {
  await rm(target, { force: true });
  if (cause instanceof Error && /^(?:Out of Memory|IO) Error/i.test(cause.message)) return cause;
  return new Fault({
    code: 'bad_upstream_reply',
    message: 'The table could not be made ready for SQL.',
    hint: 'read_result reads, filters and sorts its rows. Report it with the file: SQL should take every table.',
    cause,
  });
}

async function copy(connection: DuckDBConnection, source: string, table: TableFile, target: string): Promise<boolean> {
  await rm(target, { force: true });
  // The second version of the format packs decimals into half the bytes.
  const how = 'FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2';
  await connection.run(`COPY (${source}) TO ${text(target)} (${how})`);
  return hasSameRows(connection, table, target);
}

async function hasSameRows(connection: DuckDBConnection, { rows, columns }: TableFile, path: string): Promise<boolean> {
  const counts = columns.map(({ name }) => `count(${quoted(name)})`).join(', ');
  const reader = await connection.runAndReadAll(`SELECT count(*), ${counts} FROM read_parquet(${text(path)})`);
  const [all, ...filled] = (reader.getRows()[0] ?? []).map(Number);
  return all === rows && columns.every(({ nulls }, at) => filled[at] === rows - nulls);
}

/** The file as it is. Columns are read as texts where a word of them stands for nothing. */
function regularSource({ path, columns }: TableFile, { dialect, hasLineBreaks, longestBytes }: Reading): string {
  const read = columns.map(column => (isDirect(column) ? engineType(column) : 'VARCHAR'));
  const values = columns.map(column => `${regularValue(column)} AS ${quoted(column.name)}`);
  const separator = String.fromCharCode(dialect.separator);
  const how = csvOptions(separator, { hasLineBreaks, longest: longestBytes });
  return `SELECT ${values.join(', ')} FROM read_csv(${text(path)}, ${columnSpec(columns, read)}, header = true, ${how})`;
}

const isDirect = ({ type, nothing }: Column) => !nothing && type !== 'datetime';

function regularValue(column: Column): string {
  const name = quoted(column.name);
  if (isDirect(column)) return name;
  const words = Object.keys(column.nothing ?? {}).map(text);
  const value = words.length > 0 ? `CASE WHEN ${name} IN (${words.join(', ')}) THEN NULL ELSE ${name} END` : name;
  return column.type === 'datetime' ? momentOf(value, column) : `CAST(${value} AS ${engineType(column)})`;
}

/** What `plainLines` writes: values in quotes, nulls without, and a column more so that no line is empty. */
function plainSource(path: string, columns: readonly Column[], plain: PlainText): string {
  const read = columns.map(column => (column.type === 'datetime' ? 'VARCHAR' : engineType(column)));
  const values = columns.map(column => {
    const name = quoted(column.name);
    return `${column.type === 'datetime' ? momentOf(name, column) : name} AS ${name}`;
  });
  let end = 'end';
  while (columns.some(({ name }) => name.toLowerCase() === end)) end += '_';
  const spec = columnSpec([...columns, { name: end }], [...read, 'VARCHAR']);
  // Otherwise a carriage return within a value would be taken for the end of the lines.
  const ours = `header = false, allow_quoted_nulls = false, new_line = '\\n'`;
  const how = `${ours}, ${csvOptions(',', plain)}`;
  return `SELECT ${values.join(', ')} FROM read_csv(${text(path)}, ${spec}, ${how})`;
}

const columnSpec = (columns: readonly { name: string }[], types: readonly string[]) =>
  `columns = {${columns.map(({ name }, at) => `${text(name)}: ${text(types[at] ?? 'VARCHAR')}`).join(', ')}}`;

function csvOptions(separator: string, { hasLineBreaks, longest }: PlainText): string {
  // Several threads may begin in the middle of a value that has a line break.
  const parallel = hasLineBreaks ? ', parallel = false' : '';
  const lines = longest > longestLine ? `, max_line_size = ${longest * 2}, buffer_size = ${longest * 4}` : '';
  const quotes = `quote = '"', escape = '"', nullstr = ''`;
  return `auto_detect = false, delim = ${text(separator)}, ${quotes}${parallel}${lines}`;
}
