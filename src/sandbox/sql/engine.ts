import type { DuckDBConnection } from '@duckdb/node-api';
import { addSqlCommand, loadDuckdb } from '../../base/duckdb.ts';
import { moment, outputNames, reasonOf, setUp } from './postgres.ts';
import { plainValue, type SqlType, storedType } from './values.ts';

export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlTable {
  columns: Readonly<Record<string, SqlType>>;
  /** Asked only where a statement names the table. The same array again means that nothing has changed. */
  rows(): readonly SqlRow[];
}

export interface SqlStatement {
  sql: string;
  /** Everything there is, by name. */
  tables: Readonly<Record<string, SqlTable>>;
  /** Clock ms: what `now()` and `CURRENT_DATE` say. */
  now: number;
}

export interface SqlAnswer {
  columns: string[];
  rows: unknown[][];
}

/** A database in memory that speaks PostgreSQL. A failed statement has the reason in PostgreSQL's words. */
export interface SqlEngine {
  run(statement: SqlStatement): Promise<SqlAnswer | { error: string }>;
  close(): Promise<void>;
}

type DuckDb = typeof import('@duckdb/node-api');

export interface SqlEngineOptions {
  load?: () => Promise<DuckDb>;
  /** Real time that a statement may take: the sandbox has one process for everything. */
  longestMs?: number;
}

const memory = '512MiB';
const rowsAtOnce = 5_000;

/** DuckDB, which is an optional part of the program: without it every statement fails and says so. */
export function createSqlEngine({ load = loadDuckdb, longestMs = 20_000 }: SqlEngineOptions = {}): SqlEngine {
  let opened: Promise<Database | undefined> | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function open(): Promise<Database | undefined> {
    const duckDb = await load().catch(() => undefined);
    return duckDb && openDatabase(duckDb, longestMs);
  }

  async function run(statement: SqlStatement): Promise<SqlAnswer | { error: string }> {
    opened ??= open();
    const database = await opened;
    return database ? database.run(statement) : { error: noEngine };
  }

  return {
    run(statement) {
      const answer = turn.then(() => run(statement));
      turn = answer.catch(() => undefined);
      return answer;
    },
    async close() {
      await turn;
      (await opened)?.close();
    },
  };
}

const noEngine = `The sandbox has no SQL engine: DuckDB is not installed on this computer, or cannot run here. Run "${addSqlCommand}" once.`;

interface Database {
  run(statement: SqlStatement): Promise<SqlAnswer | { error: string }>;
  close(): void;
}

async function openDatabase(duckDb: DuckDb, longestMs: number): Promise<Database> {
  const instance = await duckDb.DuckDBInstance.create(':memory:', { threads: '2', memory_limit: memory });
  const connection = await instance.connect();
  for (const sql of setUp) await connection.run(sql);
  const loaded = new Map<string, readonly SqlRow[]>();

  async function prepare({ sql, tables, now }: SqlStatement): Promise<void> {
    for (const macro of moment(now)) await connection.run(macro);
    for (const [name, table] of Object.entries(tables)) {
      const isNew = !loaded.has(name);
      const rows = new RegExp(`\\b${name}\\b`, 'i').test(sql) ? table.rows() : loaded.get(name);
      if (!isNew && rows === loaded.get(name)) continue;
      await fill(connection, name, table, rows ?? []);
      loaded.set(name, rows ?? noRows);
    }
  }

  return {
    async run(statement) {
      await prepare(statement);
      const alarm = setTimeout(() => connection.interrupt(), longestMs);
      try {
        return await ask(duckDb, connection, statement.sql);
      } catch (error) {
        return { error: reasonOf(error instanceof Error ? error.message : String(error)) };
      } finally {
        clearTimeout(alarm);
      }
    },
    close: () => connection.closeSync(),
  };
}

const noRows: readonly SqlRow[] = [];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function fill(connection: DuckDBConnection, name: string, table: SqlTable, rows: readonly SqlRow[]) {
  const columns = Object.entries(table.columns).map(([column, type]) => [column, storedType(type)] as const);
  const list = columns.map(([column, type]) => `${quoted(column)} ${type}`).join(', ');
  await connection.run(`CREATE OR REPLACE TABLE ${quoted(name)} (${list})`);
  const shape = JSON.stringify([Object.fromEntries(columns)]).replaceAll("'", "''");
  const insert = `INSERT INTO ${quoted(name)} SELECT r.* FROM (SELECT unnest(from_json($1::JSON, '${shape}')) AS r)`;
  for (let start = 0; start < rows.length; start += rowsAtOnce)
    await connection.run(insert, [JSON.stringify(rows.slice(start, start + rowsAtOnce))]);
}

async function ask(duckDb: DuckDb, connection: DuckDBConnection, sql: string): Promise<SqlAnswer> {
  const parsed = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql]);
  const reader = await connection.runAndReadAll(sql);
  const types = reader.columnTypes();
  const rows = reader.getRows().map(row => row.map((value, at) => plainValue(duckDb, value, types[at])));
  return { columns: outputNames(String(parsed.getRows()[0]?.[0]), reader.columnNames()), rows };
}
