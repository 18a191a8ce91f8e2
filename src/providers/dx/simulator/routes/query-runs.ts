import * as crypto from 'node:crypto';
import * as z from 'zod';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import type { SqlAnswer } from '../../../../sandbox/sql/engine.ts';
import { text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import { tablesOf } from '../tables.ts';
import type { QueryRun } from '../things/studio.ts';
import { iso, pick } from '../world.ts';

const rowsOfRun = 1000;
const keptMs = 30 * 86_400_000;
const scopes = ['datacloud:query'] as const;
const later = { 'retry-after': '1' };

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const variables = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.union([scalar, z.array(scalar)]));

/** Fails unless it is one statement that only reads. */
function checkReadOnly(sql: string): void {
  const bare = sql.replace(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*(?:'|$)/g, ' ').trim();
  if (!/^(select|with)\b/i.test(bare) || /\b(insert|update|delete|drop|alter|create|grant|truncate)\s/i.test(bare))
    throw invalid('sql must be one read-only SELECT statement', { message: 'Only SELECT statements are allowed' });
  if (/;\s*\S/.test(bare)) throw invalid('sql must be one statement', { message: 'Only one statement is allowed' });
}

// A quote that is doubled in a text ends one and begins the next.
const quotedText = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*(?:'|$)|"[^"]*(?:"|$)/g;
const sleeping = /\bpg_sleep\(\s*(\d+(?:\.\d+)?)\s*\)/gi;

/** The SQL with a value, or a list of them, in the place of each `$name`; the first name without a value. */
function filledIn(sql: string, given: Readonly<Record<string, unknown>>): { sql: string; missing?: string } {
  const kept = sql.match(quotedText) ?? [];
  let missing: string | undefined;
  const fill = (text: string): string =>
    text.replace(/\$([A-Za-z_]\w*)/g, (whole, name: string) => {
      if (Object.hasOwn(given, name)) return literals(given[name]);
      missing ??= whole;
      return whole;
    });
  const filled = sql.split(quotedText).map((text, index) => fill(text) + (kept[index] ?? ''));
  return { sql: filled.join(''), ...(missing !== undefined && { missing }) };
}

function literals(value: unknown): string {
  if (Array.isArray(value)) return value.map(literals).join(', ') || 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value).toUpperCase();
}

/** The answer to a statement, or what the database says against it. */
async function attempt({ world, now, sql: engine }: Call, text: string, given: Record<string, unknown>) {
  const { sql, missing } = filledIn(text, given);
  if (missing !== undefined) return { error: `there is no variable ${missing}` };
  return engine.run({ sql, tables: tablesOf(world, now), now });
}

/** Clock ms that a statement asks to sleep. */
const sleepMsOf = (sql: string): number =>
  [...sql.matchAll(sleeping)].reduce((sum, [, seconds]) => sum + Number(seconds) * 1000, 0);

async function execute(
  call: Call,
  { sql, variables: given = {} }: { sql: string; variables?: Record<string, unknown> },
) {
  checkReadOnly(sql);
  const { world, state, now } = call;
  const { queueMs, runMs, timeoutMs } = state.queries;
  const outcome = await attempt(call, sql, given);
  const slept = sleepMsOf(sql);
  const startsAt = now + queueMs;
  const run: QueryRun = {
    id: randomId(),
    submittedAt: now,
    startsAt,
    finishesAt: startsAt + Math.min(runMs + slept, timeoutMs),
    outcome: runMs + slept > timeoutMs ? { error: 'Query timeout.' } : outcome,
  };
  world.queryRuns.set(run.id, run);
  const query_run = describe(call, run);
  const headers = { ...later, location: query_run.info_url };
  return { status: 202, headers, json: { ok: true, query_run } };
}

const randomId = (): string => [...crypto.randomBytes(12)].map(byte => (byte % 36).toString(36)).join('');

function statusOf({ state, now }: Call, { startsAt, finishesAt, outcome }: QueryRun): string {
  if (now < startsAt) return 'queued';
  if (now < finishesAt) return state.queries.runningWord;
  if (now >= finishesAt + keptMs) return 'expired';
  return 'error' in outcome ? 'failed' : 'succeeded';
}

function describe(call: Call, run: QueryRun) {
  const { id, submittedAt, finishesAt, outcome } = run;
  const isDone = call.now >= finishesAt;
  // Without the origin, as on the pages of the vendor.
  const url = (method: string): string => `/studio.queryRuns.${method}?id=${id}`;
  return {
    id,
    status: statusOf(call, run),
    submitted_at: iso(submittedAt),
    finished_at: isDone ? iso(finishesAt) : null,
    expires_at: iso((isDone ? finishesAt : submittedAt) + keptMs),
    info_url: url('info'),
    results_url: url('results'),
    ...(isDone && 'error' in outcome && { error: { code: 'sql_error', message: outcome.error } }),
  };
}

function find({ world }: Call, id: string): QueryRun {
  const found = world.queryRuns.get(id);
  if (!found) throw notFound('query run');
  return found;
}

function info(call: Call, id: string): SimulatorReply {
  const run = find(call, id);
  call.limit(`run ${id}`, call.state.quotas.run);
  const reply = ok({ query_run: describe(call, run) });
  return call.now < run.finishesAt ? { ...reply, headers: later } : reply;
}

function results(call: Call, id: string, format: 'json' | 'csv'): SimulatorReply {
  const run = find(call, id);
  const { outcome } = run;
  if (call.now < run.finishesAt)
    throw refusal('execution_not_complete', 'The query has not finished', { status: 409, headers: later });
  if (call.now >= run.finishesAt + keptMs) throw notFound('result of this run any more');
  if ('error' in outcome) throw refusal('execution_failed', outcome.error);
  if (format === 'json') return ok({ results: { columns: outcome.columns, rows: outcome.rows.slice(0, rowsOfRun) } });
  const location = call.links.make(`${id}.csv`, { type: 'text/csv', content: () => csvOf(outcome) });
  return { status: 303, headers: { location } };
}

const quoted = (cell: unknown): string => {
  const plain = cell === null || cell === undefined ? '' : String(cell);
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

function* csvOf({ columns, rows }: SqlAnswer): Iterable<string> {
  yield `${columns.map(quoted).join(',')}\n`;
  const piece = 500;
  for (let start = 0; start < rows.length; start += piece)
    yield rows
      .slice(start, start + piece)
      .map(row => `${row.map(quoted).join(',')}\n`)
      .join('');
}

/** A saved query: what comes as `var-name` goes in as `$name`. */
async function datafeed(call: Call, { feed_token, columns }: { feed_token: string; columns?: string[] | undefined }) {
  const sql = call.world.feeds.get(feed_token);
  if (sql === undefined) throw notFound('feed');
  const given = [...call.request.query].filter(([name]) => name.startsWith('var-'));
  const answer = await attempt(call, sql, Object.fromEntries(given.map(([name, value]) => [name.slice(4), value])));
  if ('error' in answer) throw invalid(answer.error);
  const names = columns ?? answer.columns;
  const rows = answer.rows
    .slice(0, rowsOfRun)
    .map(row => pick(Object.fromEntries(answer.columns.map((name, index) => [name, row[index]])), ...names));
  return ok({ data: { rows, columns: names } });
}

export const queryRunEndpoints: readonly Endpoint[] = [
  endpoint(
    'POST studio.queryRuns.execute',
    { scopes },
    { sql: text, variables: variables.optional() },
    (call, { sql, variables: given }) => execute(call, { sql, ...(given && { variables: given }) }),
  ),
  endpoint('GET studio.queryRuns.info', { scopes }, { id: text }, (call, { id }) => info(call, id)),
  endpoint(
    'GET studio.queryRuns.results',
    { scopes },
    { id: text, format: z.enum(['json', 'csv']).default('json') },
    (call, { id, format }) => results(call, id, format),
  ),
  endpoint(
    'GET queries.datafeed',
    { scopes: ['snapshots:read'] },
    {
      feed_token: text,
      columns: z
        .string()
        .transform(names => names.split(','))
        .optional(),
    },
    datafeed,
  ),
];
