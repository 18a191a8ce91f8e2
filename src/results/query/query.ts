import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Fault, isFault } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { firstOf } from '../../base/nearest.ts';
import { type Column, provenance, type StoredResult } from '../result.ts';
import type { ResultStore } from '../store/store.ts';
import { closestColumn } from '../tables/filter.ts';
import { type JobContext, runWorker } from '../worker-pool.ts';
import { withColumnarForms } from './columnar.ts';
import type { QueryHead, QueryJob, QueryTable } from './job.ts';
import { meaningOf } from './meaning.ts';
import { splitHead } from './output.ts';

/** What one statement may take. */
const limits = { memoryMib: 1_024, threads: Math.min(4, availableParallelism()) };

export interface QueryContext extends JobContext {
  results: ResultStore;
  clock: Clock;
}

/** Stored results that one statement may name: each of them is opened. */
const mostTables = 100;

const handle = /result:\/\/[a-z0-9]{12}(?![a-z0-9])/g;

/**
 * Runs one SELECT over the stored results that it names, in a process of its own, and stores its rows under a handle
 * that depends on the statement alone: an answer that has expired comes back under the same handle.
 * @throws Fault `bad_arguments` for what is no SELECT, or names something that is not there; `not_found` for an expired
 * result; `too_large` for too much memory; `timed_out`
 */
export async function storeQuery(sql: string, context: QueryContext): Promise<StoredResult> {
  const tables = await namedResults(sql, context.results);
  return askTables(tables, { sql }, context, async (output, done) => {
    const [head, rows] = await splitHead(output, done);
    const { columns } = JSON.parse(head) as QueryHead;
    const source = {
      operation: 'query_result',
      arguments: { sql },
      at: new Date(context.clock.now()).toISOString(),
      from: tables.map(provenance),
    };
    const origin = { name: nameOf(sql, tables), mediaType: 'application/x-ndjson', source, key: `query ${sql}` };
    return context.results.write({ ...origin, signal: context.signal }, { bytes: rows, columns });
  });
}

/** Runs a statement of our own over one result; its rows as objects. For what is small. */
export async function askResult(
  result: StoredResult,
  sql: (table: string) => string,
  context: QueryContext,
): Promise<Record<string, unknown>[]> {
  return askTables([result], { sql: sql(`"${result.uri}"`) }, context, async (output, done) => {
    let text = '';
    for await (const piece of output.setEncoding('utf8')) text += piece;
    await done;
    const [, ...lines] = text.split('\n').filter(Boolean);
    return lines.map(line => parseJson(line) as Record<string, unknown>);
  });
}

/** Writes a stored table as Parquet to a file that does not exist yet. */
export async function writeParquet(result: StoredResult, path: string, context: QueryContext): Promise<void> {
  await askTables([result], { sql: `FROM "${result.uri}"`, parquet: path }, context, (_, done) => done);
}

/** Writes the columnar form of a table before anybody asks for it. */
export async function writeColumnarForm(result: StoredResult, context: QueryContext): Promise<void> {
  await withColumnarForms([result], context.results, async tables => {
    if (tables.some(({ convert }) => convert)) await withWorker({ tables }, context, (_, done) => done);
  });
}

type ReadOutput<Outcome> = (output: Readable, done: Promise<void>) => Promise<Outcome>;

const askTables = <Outcome>(
  tables: readonly StoredResult[],
  job: Pick<QueryJob, 'sql' | 'parquet'>,
  context: QueryContext,
  read: ReadOutput<Outcome>,
): Promise<Outcome> =>
  withColumnarForms(tables, context.results, readable => withWorker({ ...job, tables: readable }, context, read));

async function namedResults(sql: string, results: ResultStore): Promise<StoredResult[]> {
  const named = [...new Set(sql.match(handle))];
  if (named.length > mostTables)
    throw new Fault({
      code: 'too_large',
      message: `The statement names ${named.length.toLocaleString('en-US')} stored results; ${mostTables} are the most.`,
      hint: 'Combine some of them first: the rows of a statement are a stored result too.',
    });
  return Promise.all(named.map(uri => results.get(uri)));
}

/** Runs a statement in the pool; a fault about a column that is not there names the ones that are. */
async function withWorker<Outcome>(
  job: Pick<QueryJob, 'sql' | 'tables' | 'parquet'>,
  context: QueryContext,
  read: ReadOutput<Outcome>,
): Promise<Outcome> {
  try {
    return await runWorker('query', { ...job, ...limits }, context, read);
  } catch (error) {
    throw isFault(error, 'bad_arguments') ? withColumns(error, job.tables) : error;
  }
}

/** The fault, with the column that was probably meant where it is about one that is not there. */
function withColumns(fault: Fault, tables: readonly QueryTable[]): Fault {
  const missing = /^There is no column "(.+)"\.$/.exec(fault.message)?.[1];
  const names = [...new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)))];
  const hints = [];
  const near = missing === undefined ? undefined : closestColumn(missing, names);
  if (near) hints.push(`Did you mean "${near}"?`);
  if (missing !== undefined) hints.push(...tables.map(({ uri, columns }) => `${uri} has: ${listed(columns)}.`));
  if (/\btext\b/.test(fault.message)) hints.push(...tables.flatMap(({ columns }) => columns.flatMap(numbersHint)));
  return hints.length ? fault.with({ hint: hints.join(' ') }) : fault;
}

/** How the numbers are got of a column in which other things stand among them. */
function numbersHint({ name, exceptions }: Column): string[] {
  if (!exceptions) return [];
  const others = exceptions.commonest.map(({ text }) => text).join(', ');
  return [
    `"${name}" is text, as ${others} stand among its numbers: number("${name}") is the number, and null for those.`,
  ];
}

const mostNames = 40;

const listed = (columns: QueryTable['columns']) =>
  firstOf(
    columns.map(({ name }) => name),
    mostNames,
  );

const nameOf = (sql: string, tables: readonly StoredResult[]) =>
  meaningOf(sql, wanted => tables.find(({ uri }) => uri === wanted)?.name ?? wanted);
