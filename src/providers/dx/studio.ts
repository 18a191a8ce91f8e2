import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { OperationContext } from '../../operations/operation.ts';
import { payload } from './arguments.ts';
import { getQueryResults, getQueryRun, type QueryRun } from './operations/queries.ts';
import { runQuery } from './operations/run-query.ts';
import { failedQuery } from './schema.ts';

/** Ms between two looks at a short query, and how long one is looked at in a call that wants it for something else. */
const paceMs = 1_000;
const longestMs = 20_000;

/** Whether this connection can ask the Data Studio at all: it is another API than the one that takes data in. */
export const canAsk = ({ connection }: OperationContext): boolean => connection.apis?.['web'] !== undefined;

/**
 * Rows of a short query of the Data Studio, for what no method answers. At most 1,000, which is what DX gives as JSON.
 * @throws Fault as `dx_run_query` does, `timed_out` after 20 s
 */
export async function studioRows(sql: string, variables: Row, context: OperationContext): Promise<Row[]> {
  const { body } = await context.request(runQuery, { sql, variables });
  const id = (payload('query_run')(body) as Row | null)?.['id'];
  if (typeof id !== 'string') throw unnamed();
  const until = context.clock.now() + longestMs;
  for (;;) {
    const look = await context.request(getQueryRun, { query_run: id });
    const run = (payload('query_run')(look.body) ?? {}) as QueryRun;
    if (run.error) throw failedQuery(run.error.message ?? run.error.code ?? 'it does not say why');
    if (run.status === 'succeeded') break;
    if (context.clock.now() >= until) throw tooSlow();
    await context.clock.sleep(paceMs, context.signal);
  }
  const { body: found } = await context.request(getQueryResults, { query_run: id });
  const { columns, rows } = (payload('results')(found) ?? {}) as Found;
  return (rows ?? []).map(row => Object.fromEntries((columns ?? []).map((name, at) => [name, row?.[at]])));
}

interface Found {
  columns?: string[] | null;
  rows?: (unknown[] | null)[] | null;
}

const unnamed = () =>
  new Fault({
    code: 'bad_upstream_reply',
    message: 'DX took the query and did not say under which id.',
    hint: 'Call again; nothing was changed.',
  });

const tooSlow = () =>
  new Fault({
    code: 'timed_out',
    message: `The Data Studio has not answered within ${longestMs / 1_000} s.`,
    hint: 'Call again in a while.',
  });
