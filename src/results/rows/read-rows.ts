import { findDuckdb } from '../../base/duckdb.ts';
import { type QueryContext, writeColumnarForm } from '../query/query.ts';
import { type Column, type StoredResult, valueIn } from '../result.ts';
import { columnNamed } from '../tables/filter.ts';
import { valueOfJson } from '../tables/json-column.ts';
import type { RowPage, RowQuery } from '../tables/table.ts';
import { figuresOf, mostCommon } from './figures.ts';
import type { ColumnFigures, FigureRequest, OddReply, RowsReply, RowsRequest } from './job.ts';
import { askKept } from './kept-engine.ts';
import { orderSql, predicateSql, type Said, Unsaid } from './predicate.ts';

/** A smaller table is read as fast from its text. */
const leastForEngine = 4_194_304;

/**
 * Rows of a stored table from an offset, filtered and sorted: of a large one from its columnar form, where there is an
 * engine and it decides everything that is asked as `filter.ts` does.
 * @throws Fault as `ResultStore.rows`
 */
export async function readStoredRows(
  result: StoredResult,
  query: RowQuery,
  context: QueryContext,
  leastBytes = leastForEngine,
): Promise<RowPage> {
  const page = result.bytes < leastBytes ? undefined : await fromColumns(result, query, context);
  return page ?? context.results.rows(result, { ...query, signal: context.signal });
}

async function fromColumns(result: StoredResult, query: RowQuery, context: QueryContext): Promise<RowPage | undefined> {
  const { offset = 0, limit = 100, where = [], sort = [] } = query;
  const parquet = await columnsFor(result, context);
  if (parquet === undefined) return undefined;
  const columns = query.columns?.length ? query.columns.map(name => columnNamed(result.columns, name)) : result.columns;
  const asked = said(() => [predicateSql(where, result.columns), orderSql(sort, result.columns)] as const);
  if (!asked) return undefined;
  const [predicate, order] = asked;
  const request: RowsRequest = {
    parquet,
    rows: result.rows,
    columns: columns.map(({ name }) => ({ name })),
    predicate: predicate.sql,
    order: order.sql,
    odd: oddIn(...asked),
    offset,
    limit,
  };
  const reply = await unlessFailed(askKept<RowsReply | OddReply>(request, context), context);
  if (!reply || 'isOdd' in reply) return undefined;
  const { values, matched, undecided } = reply;
  const rows = values.map(row => {
    return Object.fromEntries(columns.map((column, at) => [column.name, valueOfJson(row[at], column)]));
  });
  return { rows, matched, complete: offset + rows.length >= matched, ...(undecided > 0 ? { undecided } : {}) };
}

/** Whatever an engine could not do, our own reading can; it also says what has gone. */
async function unlessFailed<Reply>(reply: Promise<Reply>, { signal }: QueryContext): Promise<Reply | undefined> {
  try {
    return await reply;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** One test for all of it; undefined where nothing can be odd. */
function oddIn(...parts: Said[]): string | undefined {
  const odd = [...new Set(parts.flatMap(part => part.odd))];
  return odd.length > 0 ? odd.join(' OR ') : undefined;
}

interface FiguresQuery {
  column: string;
  where?: RowQuery['where'];
  /** How many of the commonest values of a column of texts are told. */
  values?: number | undefined;
}

/** What the values of a column are like, of the rows that match. */
export async function readFigures(
  result: StoredResult,
  { column: name, where = [], values = mostCommon }: FiguresQuery,
  context: QueryContext,
  leastBytes = leastForEngine,
): Promise<ColumnFigures> {
  const column = columnNamed(result.columns, name);
  const parquet = result.bytes < leastBytes ? undefined : await columnsFor(result, context);
  const asked = parquet && said(() => predicateSql(where, result.columns));
  const own = async () => figuresOf(column, await valuesOf(result, column, where, context), values);
  if (!parquet || !asked) return own();
  const { type, exceptions } = column;
  const figure: FigureRequest['figure'] = { name: column.name, type, ...(exceptions ? { exceptions } : {}) };
  const request: FigureRequest = { parquet, figure, values, predicate: asked.sql, odd: oddIn(asked) };
  const reply = await unlessFailed(askKept<ColumnFigures | OddReply>(request, context), context);
  return !reply || 'isOdd' in reply ? own() : reply;
}

async function valuesOf(result: StoredResult, column: Column, where: RowQuery['where'], context: QueryContext) {
  const limit = Number.MAX_SAFE_INTEGER;
  const { rows } = await context.results.rows(result, { columns: [column.name], where, limit, signal: context.signal });
  return rows.map(row => valueIn(row, column.name));
}

/** Path of the columnar form of a table, made where it is missing; undefined where there is no engine. */
async function columnsFor(result: StoredResult, context: QueryContext): Promise<string | undefined> {
  if (result.kind !== 'table' || result.rows === 0 || !(await findDuckdb())) return undefined;
  const known = await context.results.table(result);
  if (known.parquet !== undefined) return known.parquet;
  await writeColumnarForm(result, context);
  return (await context.results.table(result)).parquet;
}

function said<Sql>(make: () => Sql): Sql | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unsaid) return undefined;
    throw error;
  }
}
