import * as z from 'zod';
import type { StoredResult } from '../../results/result.ts';
import type { Answer } from '../answer.ts';
import type { Shared } from '../call.ts';
import { general, reading } from '../general-tool.ts';
import { pageSchema, storedSchema } from '../schema.ts';
import { fitting } from './read.ts';

/** Rows that are looked at for an answer; no more of them would fit. */
const mostRows = 1_000;

export const queryResultTool = general({
  name: 'query_result',
  title: 'Query stored results',
  description:
    'Run one DuckDB SELECT over stored tables, named by their handles in double quotes: FROM "result://..." a JOIN "result://..." b. The rows become a stored result; few are shown too.',
  input: z.strictObject({ sql: z.string() }),
  output: z.looseObject({ items: z.array(z.looseObject({})).optional(), result: storedSchema, page: pageSchema }),
  annotations: { ...reading, openWorldHint: false },
  listed: ({ parts }) => parts.duckdb,
  async call({ sql }, shared, { signal }) {
    const { storeQuery } = await import('../../results/query/query.ts');
    return answerTable(await storeQuery(sql, { ...shared, signal }), shared);
  },
});

/** A stored table with its rows where they all fit an answer, otherwise with what describes them. */
async function answerTable(result: StoredResult, shared: Shared): Promise<Answer> {
  const { rows } = await shared.results.rows(result, { limit: mostRows });
  const fits = result.rows <= mostRows && fitting(rows, shared.answerTokens) === rows.length;
  const page = { returned: result.rows, total: result.rows, complete: true, next: null };
  if (!fits)
    return { kind: 'result', result, summary: `${result.rows} rows, too many to show here.`, page, warnings: [] };
  return { kind: 'rows', noun: 'rows', rows, page, continued: false, result, warnings: [] };
}
