import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import { isRow, type Row } from '../../../base/json-value.ts';
import { parseTime, time } from '../../../base/time.ts';
import type { PageFetch, Paging } from '../../../http/paging/page.ts';
import { whole } from '../../../http/paging/whole.ts';
import { operation } from '../../../operations/operation.ts';
import { isoTime, moment, pipeline, plainTime, task, windowEnd } from '../arguments.ts';

const from = moment('From', '30d');
const to = windowEnd('To');

const counts = z.looseObject({
  num_of_successes: z.number(),
  num_of_failures: z.number(),
  average_duration: z.number().optional().describe('ms; absent: nothing ran in the window'),
  is_last_run_successful: z.boolean().optional(),
  last_run_executed_at: z.string().nullish().describe('ISO 8601; null: never'),
  last_run_duration: z.number().optional().describe('ms'),
  note: z.string().optional(),
});

// Beside the ISO form the text as it came, which is what the web interface shows.
const withIso = (field: string) => (body: unknown) => {
  if (!isRow(body)) return body;
  const raw = body[field];
  return raw === undefined ? body : { ...body, [field]: isoTime(raw), [`${field}_raw`]: raw };
};

/**
 * What never ran has no last run, and what did not run in the window no mean: the platform answers zeros and false, and
 * the same of an id that nobody knows.
 */
const countsOf = (told: string) => (body: unknown) => {
  const dated = withIso('last_run_executed_at')(body);
  if (!isRow(dated)) return dated;
  const { num_of_successes: good, num_of_failures: bad, ...rest } = dated;
  const isEmpty = good === 0 && bad === 0;
  const ranEver = dated['last_run_executed_at'] !== null;
  if (isEmpty && !ranEver)
    return { num_of_successes: good, num_of_failures: bad, last_run_executed_at: null, note: noData };
  const { average_duration: mean, ...others } = rest;
  return {
    num_of_successes: good,
    num_of_failures: bad,
    ...(isEmpty || mean === undefined ? {} : { average_duration: mean }),
    ...others,
    note: isEmpty ? 'No run in this window; the last run is an earlier one.' : told,
  };
};

const noData = 'No data in this window, or no such pipeline or task: Datamin answers both alike.';
/** As the server counts (github.com/ylem-co/ylem). */
const failuresOfTasks = 'num_of_failures counts failed tasks, and num_of_successes is the number of runs less that.';
const failuresOfOne = 'Each execution of the task counts.';

export const getPipelineStats = operation({
  name: 'datamin_get_pipeline_stats',
  route: 'GET /stats/pipelines/{pipeline}/stats/{from}/{to}',
  risk: 'reads',
  summary: 'Count successes and failures of a pipeline in a time window, with mean duration and its last run.',
  words: 'how long usually takes, success rate, reliable',
  input: z.strictObject({ pipeline, from, to }),
  output: counts,
  repair: countsOf(failuresOfTasks),
  resource: { uri: 'datamin://pipelines/{pipeline}/stats{?from,to}', title: 'Statistics of a Datamin pipeline' },
  example: { arguments: { pipeline: 'nightly', from: '7d' } },
});

export const getTaskStats = operation({
  name: 'datamin_get_task_stats',
  route: 'GET /stats/tasks/{task}/stats/{from}/{to}',
  risk: 'reads',
  summary: 'Count successes and failures of one task in a time window, with mean duration and its last run.',
  words: 'step how long success rate',
  input: z.strictObject({ task, from, to }),
  output: counts,
  repair: countsOf(failuresOfOne),
  resource: { uri: 'datamin://tasks/{task}/stats{?from,to}', title: 'Statistics of a Datamin task' },
  example: { arguments: { task: 'orders', from: '7d' } },
});

const period = z.enum(['day', 'week', 'month', 'quarter', 'year']).describe('Calendar period');
const periods = z.number().int().min(1).max(1000).default(12).describe('How many');
const firstDay = time('First day')
  .default('365d')
  .meta({
    encode(value: string | number | BareDate, now: number) {
      if (typeof value === 'object') return plainTime(parseTime(value.bare, 'from', now)).slice(0, 10);
      return plainTime(parseTime(value, 'from', now));
    },
  });

/** Marks a first day that goes without its time of day. */
interface BareDate {
  bare: string | number;
}

const bucket = z.looseObject({
  date_from: z.string().nullable(),
  date_to: z.string().nullable(),
  num_of_successes: z.number(),
  num_of_failures: z.number(),
  average_duration: z.number().describe('ms'),
  partial: z.boolean().optional().describe('Only part of this period was asked for'),
});

const historyOf = (note: string) =>
  ({ paging: orBareDate(whole({ items: bucketsOf, about: () => ({ note }) })), output: bucket }) as const;

// The page shows a bare date, the published server insists on a time of day. A server that refuses the one gets the
// other, and is remembered.
const wantBareDates = new WeakSet<object>();

function orBareDate(inner: Paging): Paging {
  return {
    async *pages(fetch, from, wanted) {
      const { path = {}, connection = {} } = fetch;
      const bare: PageFetch = patch => fetch({ ...patch, path: { ...patch.path, from: { bare: path['from'] } } });
      if (wantBareDates.has(connection)) return yield* inner.pages(bare, from, wanted);
      try {
        yield* inner.pages(fetch, from, wanted);
      } catch (error) {
        if (!isFault(error) || error.status !== 400) throw error;
        yield* inner.pages(bare, from, wanted);
        wantBareDates.add(connection);
      }
    },
  };
}

/** A bare list; the vendor's page prints it inside braces, and a fault of its database makes it null. */
function bucketsOf(body: unknown, { url }: { url: string }): unknown {
  if (body === null) return [];
  const rows = Array.isArray(body) ? body : Object.values((body ?? {}) as object).find(Array.isArray);
  if (!rows) return body;
  const [start, end] = windowOf(url);
  // In the order of time, which the server does not promise.
  return (rows as Row[])
    .map(({ date_from, date_to, ...row }) => ({ date_from: isoTime(date_from), date_to: isoTime(date_to), ...row }))
    .map(row => {
      const partial = Date.parse(row.date_from ?? '') < start || Date.parse(row.date_to ?? '') > end;
      return partial ? { ...row, partial } : row;
    })
    .toSorted((a, b) => String(a.date_from).localeCompare(String(b.date_from)));
}

/** What was asked for, in ms: from midnight of the first day, so many periods. Buckets are calendar periods all the same. */
function windowOf(url: string): [number, number] {
  const [count = '1', unit = 'day', first = ''] = new URL(url).pathname.split('/').toReversed();
  const start = new Date(`${decodeURIComponent(first).slice(0, 10)}T00:00:00Z`);
  const n = Number(count);
  const end = new Date(start);
  if (unit === 'day' || unit === 'week') end.setUTCDate(end.getUTCDate() + n * (unit === 'week' ? 7 : 1));
  else end.setUTCMonth(end.getUTCMonth() + n * ({ month: 1, quarter: 3, year: 12 }[unit] ?? 1));
  return [start.getTime(), end.getTime()];
}

export const getPipelineHistory = operation({
  name: 'datamin_get_pipeline_history',
  route: 'GET /stats/pipelines/{pipeline}/aggregated-stats/{from}/{period}/{periods}',
  risk: 'reads',
  summary:
    'Compare a pipeline over calendar periods: successes, failures and mean duration of each; empty ones are left out.',
  words: 'how long usually takes, trend, success rate per month, reliable, getting slower',
  input: z.strictObject({ pipeline, from: firstDay, period, periods }),
  ...historyOf(failuresOfTasks),
  resource: {
    uri: 'datamin://pipelines/{pipeline}/history/{period}{?from,periods}',
    title: 'A Datamin pipeline over time',
  },
  example: { arguments: { pipeline: 'nightly', from: '2025-11-01', period: 'month', periods: 12 } },
});

export const getTaskHistory = operation({
  name: 'datamin_get_task_history',
  route: 'GET /stats/tasks/{task}/aggregated-stats/{from}/{period}/{periods}',
  risk: 'reads',
  summary: 'Compare one task over calendar periods: successes, failures and mean duration of each.',
  words: 'step trend',
  input: z.strictObject({ task, from: firstDay, period, periods }),
  ...historyOf(failuresOfOne),
  resource: { uri: 'datamin://tasks/{task}/history/{period}{?from,periods}', title: 'A Datamin task over time' },
  example: { arguments: { task: 'orders', from: '2025-11-01', period: 'month', periods: 12 } },
});

const last = z.looseObject({
  is_successful: z.boolean(),
  executed_at: z.string().nullable().describe('ISO 8601'),
  duration: z.number().describe('ms'),
});

export const getPipelineLastRun = operation({
  name: 'datamin_get_pipeline_last_run',
  route: 'GET /stats/pipelines/{pipeline}/last-run/stats',
  risk: 'reads',
  summary: 'Show when a pipeline last ran, how long, and whether it succeeded.',
  words: 'when last',
  input: z.strictObject({ pipeline }),
  output: last,
  repair: withIso('executed_at'),
  resource: { uri: 'datamin://pipelines/{pipeline}/last-run', title: 'The last run of a Datamin pipeline' },
  example: { arguments: { pipeline: 'nightly' } },
});

export const getTaskLastRun = operation({
  name: 'datamin_get_task_last_run',
  route: 'GET /stats/tasks/{task}/last-run/stats',
  risk: 'reads',
  summary: 'Show when a task last ran, how long, and whether it succeeded.',
  words: 'step when last',
  input: z.strictObject({ task }),
  output: last,
  repair: withIso('executed_at'),
  resource: { uri: 'datamin://tasks/{task}/last-run', title: 'The last run of a Datamin task' },
  example: { arguments: { task: 'orders' } },
});
