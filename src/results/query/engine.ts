import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { Fault } from '../../base/errors.ts';
import type { KeptJob } from '../rows/job.ts';
import { rowMacros } from '../rows/predicate.ts';
import { writeColumns } from './convert.ts';
import type { QueryJob } from './job.ts';
import { objection } from './statement.ts';
import { numberMacro, text, viewOf } from './view.ts';

/**
 * An engine that reads the named tables and nothing else, and cannot be told otherwise. Tables that have no columnar
 * form yet get theirs before it is locked.
 */
export async function lockedConnection({
  tables,
  file,
  memoryMib,
  threads,
  parquet,
}: Omit<QueryJob, 'sql'>): Promise<DuckDBConnection> {
  const connection = await boundedConnection({ memoryMib, threads });
  for (const { convert, parquet: target } of tables) if (convert) await writeColumns(connection, convert, target);
  await connection.run(numberMacro);
  for (const table of tables) await connection.run(viewOf(table));
  const paths = [...tables.map(table => table.parquet), parquet, file].filter(path => path !== undefined);
  await connection.run(`SET allowed_paths = [${paths.map(text).join(', ')}]`);
  await lock(connection);
  return connection;
}

/** An engine that reads the columnar forms of one folder, for statements of ours alone. */
export async function servingConnection({ serves, ...bounds }: KeptJob): Promise<DuckDBConnection> {
  const connection = await boundedConnection(bounds);
  for (const macro of rowMacros) await connection.run(macro);
  await connection.run(`SET allowed_directories = [${text(serves)}]`);
  await lock(connection);
  return connection;
}

async function boundedConnection({ memoryMib, threads }: Pick<QueryJob, 'memoryMib' | 'threads'>) {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${memoryMib}MiB`,
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(visibleMacro);
  return connection;
}

async function lock(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
}

/** `visible("column")`: its value as it is seen, for who asks for what was shown. By `lookalike` of `base/unicode/visible.ts`. */
const visibleMacro = `CREATE MACRO visible(value) AS trim(regexp_replace(regexp_replace(CAST(value AS VARCHAR), ${text(
  '(?:\\x{1b}\\[|\\x{9b})[0-?]*[ -/]*[@-~]|[\\x{ad}\\x{34f}\\x{61c}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{2800}\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0000}-\\x{e0fff}]|[^\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}\\t\\n\\r]',
)}, '', 'g'), '\\p{Zs}', ' ', 'g'))`;

/** @throws Fault `bad_arguments` for anything but one SELECT over named results */
export async function permit(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]);
  const found = objection(String(reader.getRows()[0]?.[0]));
  if (found)
    throw new Fault({
      code: 'bad_arguments',
      message: found,
      hint: 'Give one SELECT that reads stored results by their handles in quotes, FROM "result://...", and nothing else.',
    });
}
