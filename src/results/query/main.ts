import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { Fault } from '../../base/errors.ts';
import { formatJson } from '../../base/json.ts';
import type { KeptJob, KeptRequest } from '../rows/job.ts';
import { RowServer } from '../rows/serve.ts';
import { give, refuse, runJob } from '../worker-main.ts';
import { lockedConnection, permit, servingConnection } from './engine.ts';
import { outOfMemory, spoken } from './faults.ts';
import type { QueryHead, QueryJob } from './job.ts';
import { columnType, isJson, stored } from './values.ts';
import { text } from './view.ts';

/** The engine may take this much beside its own memory limit, for what the limit does not count. */
const besidesMib = 512;
const watchEveryMs = 100;

void runJob<QueryJob | KeptJob>(async (job, more) => {
  watchMemory(job.memoryMib);
  try {
    if ('serves' in job) return await serve(job, more);
    const connection = await lockedConnection(job);
    if (job.file !== undefined) await answer(connection, `FROM read_parquet(${text(job.file)})`);
    if (job.sql === undefined) return;
    await permit(connection, job.sql);
    if (job.parquet === undefined) await answer(connection, job.sql);
    else await connection.run(`COPY (${job.sql}) TO ${text(job.parquet)} (FORMAT parquet, COMPRESSION zstd)`);
  } catch (error) {
    throw error instanceof Error && !(error instanceof Fault) ? spoken(error, job.memoryMib) : error;
  }
});

/** Answers requests for rows, a line each, for as long as somebody asks. */
async function serve(job: KeptJob, requests: AsyncIterable<string>): Promise<void> {
  const rows = new RowServer(await servingConnection(job));
  for await (const line of requests) await give(`${formatJson(await answered(rows, line, job))}\n`);
}

async function answered(rows: RowServer, line: string, { memoryMib }: KeptJob): Promise<unknown> {
  try {
    return { answer: await rows.answer(JSON.parse(line) as KeptRequest) };
  } catch (error) {
    const { code, message, hint } = error instanceof Fault ? error : spoken(error as Error, memoryMib);
    return { fault: { code, message, hint } };
  }
}

/** First the columns, then the rows, as they are found. */
async function answer(connection: DuckDBConnection, sql: string): Promise<void> {
  const result = await connection.stream(sql);
  const names = result.deduplicatedColumnNames();
  const head: QueryHead = { columns: names.map((name, at) => ({ name, ...columnType(result.columnType(at)) })) };
  await give(`${JSON.stringify(head)}\n`);
  for await (const lines of linesOf(result, names)) await give(lines);
}

async function* linesOf(result: DuckDBResult, names: readonly string[]): AsyncGenerator<string> {
  const keys = names.map(name => JSON.stringify(name));
  const write = names.map((_, at) => (isJson(result.columnType(at)) ? asItIs : formatJson));
  for await (const rows of result.yieldConvertedRows(stored)) {
    let lines = '';
    for (const row of rows) lines += `{${keys.map((key, at) => `${key}:${write[at]?.(row[at])}`).join(',')}}\n`;
    yield lines;
  }
}

// It is JSON already; what follows is one line each.
const asItIs = (value: unknown) => (value === null ? 'null' : String(value).replace(/[\r\n]/g, ' '));

/** The engine counts most of its memory, but not all: a single huge text is not. */
function watchMemory(memoryMib: number): void {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() > (memoryMib + besidesMib) * 1_048_576) refuse(outOfMemory(memoryMib));
  }, watchEveryMs);
  timer.unref();
}
