import type { Readable } from 'node:stream';
import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import { indexFrom, type Paging, readPage } from '../../../http/paging/page.ts';
import type { RunKind } from '../../../operations/operation.ts';
import { type Collected, type OperationContext, operation } from '../../../operations/operation.ts';
import { uriTemplate } from '../../../operations/uri-template.ts';
import { columnNames } from '../../../results/tables/column-names.ts';
import { payload, required } from '../arguments.ts';
import { failedQuery } from '../schema.ts';
import { web } from '../web.ts';

const runTemplate = uriTemplate('dx://query-runs/{query_run}');

const queryRunId = required('Id or URI of the query run').meta({
  wire: 'id',
  fromUri: (uri: string) => runTemplate.match(uri)?.['query_run'],
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const variables = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .optional()
  .describe('Values for $name in the SQL');

export const withoutDollar = (given: z.output<typeof variables> = {}) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name.replace(/^\$/, ''), value]));

export interface QueryRun {
  status?: string;
  error?: { code?: string; message?: string } | null;
}

export const getQueryRun = operation({
  ...web('datacloud:query'),
  name: 'dx_get_query_run',
  route: 'GET /studio.queryRuns.info',
  risk: 'reads',
  summary: 'Show how far a query of the Data Studio is. wait_for_run waits for it.',
  input: z.strictObject({ query_run: queryRunId }),
  output: z.looseObject({ id: z.string(), status: z.string() }),
  repair: payload('query_run'),
  resource: { uri: runTemplate.template, title: 'A query run of the DX Data Studio' },
  example: { arguments: { query_run: 'dx://query-runs/8f2k1q0z9x4m' } },
});

export const getQueryResults = operation({
  ...web('datacloud:query'),
  name: 'dx_get_query_results',
  route: 'GET /studio.queryRuns.results',
  risk: 'reads',
  summary: 'Fetch what a finished query found, as one stored table of any length. Kept by DX for 30 days.',
  words: 'rows of an earlier query',
  input: z.strictObject({ query_run: queryRunId }),
  output: z.looseObject({}),
  example: { arguments: { query_run: 'dx://query-runs/8f2k1q0z9x4m' } },
  collects: 'table',
  collect: ({ query_run }, context) => fetchResults(query_run, context),
});

async function fetchResults(id: string, context: OperationContext): Promise<Collected> {
  const key = `${context.connection.name} dx query run ${id}`;
  const result = (await context.results.findByKey(key)) ?? (await download());
  const summary = `The query found ${result.rows} row${result.rows === 1 ? '' : 's'}.`;
  return { result, summary, showRows: true, warnings: [] };

  async function download() {
    const body = await csvOf(id, context);
    const origin = { operation: getQueryResults, arguments: { query_run: id }, key };
    return context.store({ ...origin, name: `DX query ${id}`, mediaType: 'text/csv' }, { bytes: body });
  }
}

// As CSV, which has no end; the same as JSON stops after 1,000 rows. The answer leads to a file store elsewhere.
async function csvOf(id: string, context: OperationContext): Promise<Readable> {
  try {
    const csv = { query: { format: 'csv' }, expect: 'stream' } as const;
    return (await context.request(getQueryResults, { query_run: id }, csv)).body as Readable;
  } catch (error) {
    if (isFault(error, 'conflict'))
      throw error.with({
        hint: `Call wait_for_run ${JSON.stringify({ run: runTemplate.expand({ query_run: id }) })}.`,
      });
    if (isFault(error, 'not_found'))
      throw error.with({ hint: 'DX keeps results for 30 days. Run the query again with dx_run_query.' });
    throw error;
  }
}

export const queryRun: RunKind = {
  noun: 'query',
  uri: runTemplate.template,
  // `started` is known from the vendor's command line only. An expired run has no results any more.
  words: {
    queued: 'queued',
    started: 'running',
    running: 'running',
    succeeded: 'succeeded',
    failed: 'failed',
    expired: 'failed',
  },
  pace: { firstMs: 1_000, longestMs: 5_000 },
  async poll({ query_run }, context) {
    const { body, headers } = await context.request(getQueryRun, { query_run });
    const { status = '', error } = payload('query_run')(body) as QueryRun;
    const wait = Number(headers['retry-after']);
    return {
      word: status,
      ...(wait > 0 ? { retryAfter: wait } : {}),
      ...(status === 'expired' ? { notes: ['Its results are gone: run the query again.'] } : {}),
      ...(error ? { fault: failedQuery(error.message ?? error.code ?? 'it does not say why') } : {}),
    };
  },
  result: { operation: () => getQueryResults, arguments: ({ query_run = '' }) => ({ query_run }) },
};

/** A feed gives this many rows at the most, and does not say whether there were more. */
const mostFeedRows = 1000;

/** Everything at once; `var-name` goes for each variable, which no single argument can say. */
const feedPages: Paging = {
  async *pages(fetch, from, wanted) {
    const start = indexFrom(from);
    const given = withoutDollar(fetch.path?.['variables'] as z.output<typeof variables>);
    const query = Object.fromEntries(Object.entries(given).map(([name, value]) => [`var-${name}`, value]));
    const { items: rows } = readPage({ items: feedRows, about: () => undefined }, await fetch({ query }));
    const end = start + wanted;
    const items = rows.slice(start, end);
    const full = rows.length >= mostFeedRows;
    if (end < rows.length) yield { items, next: end, total: full ? null : rows.length };
    else yield full ? { items, stuck: true } : { items, total: rows.length };
  },
};

function feedRows(body: unknown): unknown {
  const { rows, columns } = payload('data')(body) as { rows?: unknown; columns?: string[] | null };
  if (!Array.isArray(rows)) return rows;
  // A query may give two columns one name; both are answered.
  const { names } = columnNames(columns ?? []);
  return rows.map(row => (Array.isArray(row) ? Object.fromEntries(names.map((name, at) => [name, row[at]])) : row));
}

export const readDatafeed = operation({
  ...web('snapshots:read'),
  name: 'dx_read_datafeed',
  route: 'GET /queries.datafeed',
  risk: 'reads',
  summary: 'Read the rows of a saved query by the token of its data feed, at most 1,000.',
  words: 'feed saved query',
  input: z.strictObject({
    feed_token: required('Token of the feed').meta({ secret: true }),
    columns: z.array(z.string()).optional().describe('Only these columns'),
    variables: variables.meta({ in: 'local' }),
  }),
  output: z.looseObject({}),
  paging: feedPages,
  example: { arguments: { feed_token: 'feed-deployments-per-service', columns: ['service', 'deployments'] } },
});
