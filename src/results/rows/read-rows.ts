import { findDuckdb } from '../../base/duckdb.ts';
import { type QueryContext, writeColumnarForm } from '../query/query.ts';
import { type Column, type StoredResult, valueIn } from '../result.ts';
import { columnNamed } from '../tables/filter.ts';
import type { RowPage, RowQuery } from '../tables/table.ts';
import { figuresOf, mostCommon } from './figures.ts';
import type { ColumnFigures, FigureRequest, RowsReply, RowsRequest } from './job.ts';
import { askKept } from './kept-engine.ts';
import { orderSql, predicateSql, Unsaid } from './predicate.ts';

/** A smaller table is read as fast from its text. */
const leastForEngine = 4_194_304;

/**
 * Rows of a stored table from an offset, filtered and sorted: of a large one from its columnar form, where there is an
 * engine and it decides everything that is asked as `filter.ts` does. Times out of a columnar form are in UTC.
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
  const asked = said(() => ({ predicate: predicateSql(where, result.columns), order: orderSql(sort, result.columns) }));
  if (!asked) return undefined;
  const named = columns.map(({ name }) => ({ name }));
  const request: RowsRequest = { parquet, rows: result.rows, columns: named, ...asked, offset, limit };
  const { values, matched, undecided } = await askKept<RowsReply>(request, context);
  const rows = values.map(row => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
  return { rows, matched, complete: offset + rows.length >= matched, ...(undecided > 0 ? { undecided } : {}) };
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
  const asked = parquet && said(() => ({ predicate: predicateSql(where, result.columns) }));
  if (!parquet || !asked) return figuresOf(column, await valuesOf(result, column, where, context), values);
  const { type, exceptions } = column;
  const figure: FigureRequest['figure'] = { name: column.name, type, ...(exceptions ? { exceptions } : {}) };
  return askKept<ColumnFigures>({ parquet, figure, values, ...asked }, context);
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
