import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { parseTime } from '../../../base/time.ts';
import { whole } from '../../../http/paging/whole.ts';
import type { RunKind, RunReading } from '../../../operations/operation.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import type { Parts } from '../../../operations/tally.ts';
import { uriTemplate } from '../../../operations/uri-template.ts';
import { moment, pipeline, taskName, windowEnd } from '../arguments.ts';
import { byRunOf, type Entry, entryOf, reasonOf } from '../log-entries.ts';
import { decodeOutput, type Output, tableOf } from '../output.ts';
import { getPipelineStats } from './stats.ts';

/** No new entry for so long: a run is presumed to be over. No public word says that it is. */
const quietMs = 10_000;
/** A run that has logged nothing for so long may never do so. */
const silentMs = 60_000;
/** Characters of an output shown in a list; the rest is in the stored result or asked for by run. */
const shownText = 300;

/** The window of a run begins so long before its start. */
const earlyMs = 300_000;

const runTemplate = uriTemplate('datamin://pipelines/{pipeline}/runs/{run}{?since,expected}');

const runRow = z.looseObject({
  run: z.string(),
  finished_at: z.string().nullable(),
  failed_tasks: z.number(),
  tasks: z.number(),
  duration: z.number().optional().describe('ms, over all tasks'),
});

export const listRuns = operation({
  name: 'datamin_list_runs',
  route: 'GET /stats/pipelines/{pipeline}/logs/{from}/{to}',
  risk: 'reads',
  summary:
    'List the runs of a pipeline in a time window, newest first. datamin_get_run shows what the tasks of one made.',
  words: 'past runs failed, history',
  input: z.strictObject({ pipeline, from: moment('From', '7d'), to: windowEnd('To') }),
  output: runRow,
  paging: whole({ items: runsOf }),
  explain: explainRuns,
  resource: { uri: 'datamin://pipelines/{pipeline}/runs{?from,to}', title: 'Runs of a Datamin pipeline' },
  example: { arguments: { pipeline: 'nightly', from: '7d' } },
});

// The log has one entry for each executed task; what people mean by a run is all of them together.
function runsOf(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  return [...byRunOf((body as Row[]).map(entryOf))].map(([run, entries]) => {
    const durations = entries.flatMap(({ durationMs }) => durationMs ?? []);
    const unknown = entries.filter(({ ok }) => ok === undefined).length;
    return {
      run,
      finished_at: entries.map(({ finishedAt }) => finishedAt ?? '').reduce((a, b) => (a > b ? a : b)) || null,
      failed_tasks: entries.filter(({ ok }) => ok === false).length,
      ...(unknown > 0 ? { tasks_of_unknown_outcome: unknown } : {}),
      tasks: entries.length,
      // A sum that lacks some of them would be another figure.
      ...(durations.length === entries.length ? { duration: durations.reduce((sum, ms) => sum + ms, 0) } : {}),
    };
  });
}

/** Rows of the list, with what the failed tasks of each run left behind. One request, whatever the number of runs. */
async function explainRuns(
  rows: readonly Row[],
  args: { pipeline: string; from: string | number; to: string | number },
  context: OperationContext,
): Promise<Row[]> {
  if (!rows.some(row => Number(row['failed_tasks']) > 0)) return [...rows];
  const { body } = await context.request(listRuns, args);
  const failed = (Array.isArray(body) ? (body as Row[]) : []).map(entryOf).filter(({ ok }) => ok === false);
  const byRun = byRunOf(failed);
  return rows.map(row => {
    const [first, ...more] = byRun.get(String(row['run'])) ?? [];
    if (!first) return row;
    const task = context.labelOf(taskName, first.task, {});
    const others = more.length > 0 ? { further_failed: more.length } : {};
    return { ...row, failed_task: `${first.type} ${task}`, reason: reasonOf(first), ...others };
  });
}

const runInput = z.strictObject({
  pipeline,
  run: z
    .string()
    .min(1)
    .describe('Run UUID, or its run URI')
    .meta({
      in: 'local',
      fromUri: (uri: string) => runTemplate.match(uri)?.['run'],
      foundIn: { listing: 'datamin_list_runs', key: 'run' },
    }),
  from: moment('When it ran, at the earliest', '7d'),
  to: windowEnd('... at the latest'),
  decode_output: z.boolean().default(true).describe('False: outputs in Base64, as they came').meta({ in: 'local' }),
});

export const getRun = operation({
  name: 'datamin_get_run',
  route: 'GET /stats/pipelines/{pipeline}/logs/{from}/{to}',
  risk: 'reads',
  summary:
    'Show the executed tasks of one run and what each made. Tables among the outputs are stored, and named by handle.',
  words: 'which task failed, outputs results',
  input: runInput,
  output: z.looseObject({
    run: z.string(),
    tasks: z.array(z.looseObject({ task: z.string(), ok: z.boolean().optional() })),
  }),
  resource: { uri: 'datamin://pipelines/{pipeline}/runs/{run}{?from,to}', title: 'A run of a Datamin pipeline' },
  example: { arguments: { pipeline: 'nightly', run: '7a0e2f64-1c1d-4a0c-9a1e-6f1f0a2b3c4d' } },
  async send(args, context) {
    const entries = await readRun(args, context);
    if (entries.length === 0)
      throw new Fault({
        code: 'not_found',
        message: `Datamin has logged no task of run ${args.run} in this time.`,
        hint: 'If it is older than from (7 days unless given), give the day of its finished_at in datamin_list_runs. A run whose tasks never started is never logged.',
      });
    const tasks: Row[] = [];
    for (const entry of entries) tasks.push(await describeTask(entry, args, context));
    return { run: args.run, tasks: tasks as { task: string; ok?: boolean }[] };
  },
});

async function readRun(args: Row, context: OperationContext): Promise<Entry[]> {
  const { body } = await context.request(getRun, args);
  const entries = Array.isArray(body) ? (body as Row[]).map(entryOf) : [];
  const sorted = entries.toSorted((a, b) => String(a.finishedAt).localeCompare(String(b.finishedAt)));
  const wanted = args['run'] === unnamed ? firstRunIn(sorted, args['from'], context) : args['run'];
  return sorted.filter(({ run }) => run === wanted);
}

/** Stands for the id of a run that the answer to its start did not name. */
const unnamed = 'unnamed';

/** The run that was the first to log something after a start: most probably the one that was started. */
function firstRunIn(sorted: readonly Entry[], from: unknown, { clock }: OperationContext): string | undefined {
  const start = parseTime(from as string | number, 'from', clock.now()) + earlyMs;
  const began = new Map<string, number>();
  for (const { run, finishedAt } of sorted)
    if (!began.has(run) && finishedAt !== null) began.set(run, Date.parse(finishedAt));
  return [...began].find(([, at]) => at >= start)?.[0];
}

async function describeTask(
  entry: Entry,
  { decode_output, ...args }: z.output<typeof runInput>,
  context: OperationContext,
): Promise<Row> {
  const { task, type, ok, durationMs, finishedAt, metric, encoded } = entry;
  const name = context.labelOf(taskName, task, {});
  const facts = {
    task,
    ...(name === task ? {} : { name }),
    type,
    ...(ok === undefined ? {} : { ok }),
    finished_at: finishedAt,
    ...(durationMs === undefined ? {} : { duration: durationMs }),
    ...(metric ? { metric_value: metric } : {}),
  };
  if (!decode_output) return { ...facts, output: encoded };
  const output = decodeOutput(encoded, { type, ok: ok !== false });
  const rows = tableOf(output);
  if (!rows || JSON.stringify(rows).length <= shownText) return { ...facts, output: shown(output) };
  const result = await context.store(
    {
      operation: getRun,
      arguments: args,
      name: `${type} output of task ${task}`,
      mediaType: 'application/x-ndjson',
      key: `${context.connection.name} datamin run ${entry.run} task ${task} ${finishedAt}`,
    },
    { rows },
  );
  return {
    ...facts,
    output: { kind: 'table', result: result.uri, rows: result.rows, columns: result.columns.map(({ name }) => name) },
  };
}

function shown(output: Output): unknown {
  if (output.kind === 'binary') return { kind: output.kind, byte_length: output.byte_length };
  const text = JSON.stringify(output);
  if (text.length <= shownText * 4) return output;
  const whole = 'value' in output ? output.value : 'text' in output ? output.text : '';
  const characters = typeof whole === 'string' ? whole : JSON.stringify(whole);
  return { kind: output.kind, beginning: characters.slice(0, shownText), characters: characters.length };
}

export const pipelineRun: RunKind = {
  noun: 'run',
  uri: runTemplate.template,
  words: {
    running: 'running',
    succeeded: 'succeeded',
    failed: 'failed',
    'presumed finished': 'succeeded',
    unknown: 'unknown',
  },
  pace: { firstMs: 2_000, longestMs: 5_000 },
  poll: readProgress,
  async took({ pipeline: uuid = '', since = '' }, context) {
    const { body } = await context.request(getPipelineStats, { pipeline: uuid, from: '30d', to: 'now' });
    const { average_duration: mean } = (body ?? {}) as Row;
    const before = typeof mean === 'number' && mean > 0 ? [mean / 1000] : [];
    return { before, since: Number(since) * 1000 };
  },
  result: {
    operation: () => getRun,
    arguments: ({ pipeline: uuid = '', run = '', since = '' }) => ({
      pipeline: uuid,
      run,
      ...window(Number(since)),
      decode_output: true,
    }),
    after: ['succeeded', 'failed'],
  },
};

/** The log round a start, Unix seconds: from five minutes before it, because clocks differ, to a day later. */
const window = (since: number) => ({ from: since - earlyMs / 1000, to: since + 86_400 });

// Nothing public says that a run is over: what can be known is read from the tasks it has logged.
async function readProgress(
  { pipeline: uuid = '', run = '', since = '0', expected = '' }: Record<string, string>,
  context: OperationContext,
): Promise<RunReading> {
  const startedAt = Number(since) * 1000;
  const entries = await readRun({ pipeline: uuid, run, ...window(Number(since)) }, context);
  const names = expected.split(',').filter(Boolean);
  const { word, notes } = judge(entries, names, context.clock.now() - startedAt, context.clock.now());
  const parts = names.length > 0 ? { parts: partsOf(entries, names, word === 'running') } : {};
  return { word, ...parts, notes: [...(run === unnamed ? [guessed] : []), ...notes] };
}

const guessed =
  'Datamin did not name the run; this is the first run of the pipeline that logged something after the start, a guess.';

/** What became of the tasks that the caller said make the run; others that ran are no part of the sum. */
function partsOf(entries: readonly Entry[], names: readonly string[], goesOn: boolean): Parts {
  const own = entries.filter(({ task }) => names.includes(task));
  const those = (ok: boolean) => own.filter(entry => (entry.ok !== false) === ok).map(({ task }) => task);
  const failed = those(false);
  const ran = new Set(own.map(({ task }) => task));
  return {
    nouns: 'tasks',
    good: 'succeeded',
    asked: names,
    withData: those(true).filter(task => !failed.includes(task)),
    failed,
    open: goesOn ? names.filter(name => !ran.has(name)) : [],
  };
}

function judge(
  entries: readonly Entry[],
  names: readonly string[],
  elapsedMs: number,
  now: number,
): { word: string; notes: string[] } {
  const failed = entries.filter(({ ok }) => ok === false);
  if (failed.length > 0) {
    const told = failed.map(({ task, type }) => `${type} ${task}`).join(', ');
    return { word: 'failed', notes: [`Failed: ${told}. Other branches may still go on.`] };
  }
  const done = new Set(entries.map(({ task }) => task));
  if (names.length > 0 && names.every(name => done.has(name))) return { word: 'succeeded', notes: [] };
  if (entries.length === 0)
    return elapsedMs < silentMs
      ? { word: 'running', notes: [] }
      : { word: 'unknown', notes: ['It has logged nothing yet, and may never do so. Look again later.'] };
  const last = Math.max(...entries.map(({ finishedAt }) => Date.parse(finishedAt ?? '')));
  if (names.length > 0 || now - last < quietMs) return { word: 'running', notes: [] };
  const presumed = `Presumed: ${entries.length} tasks succeeded and nothing came for ${quietMs / 1000} s; Datamin does not say that a run is over.`;
  return { word: 'presumed finished', notes: [presumed] };
}

export const runPipeline = operation({
  name: 'datamin_run_pipeline',
  route: 'POST /pipelines/{pipeline}/runs/',
  risk: 'starts',
  summary: 'Start a pipeline, wait for its tasks, and show what each made.',
  words: 'execute trigger data flow',
  verifyWith: 'datamin_list_runs shows it once its first task has run.',
  input: z.strictObject({
    pipeline,
    input: z.unknown().optional().describe('Any JSON for the first task').meta({ in: 'payload' }),
    expected_task_uuids: z
      .array(z.string())
      .optional()
      .describe('It is over when all of these have run; otherwise that is presumed after a quiet time')
      .meta({ in: 'local', reference: taskName }),
  }),
  output: z.looseObject({ run: z.string(), pipeline: z.string(), since: z.number() }),
  starts: {
    run: pipelineRun,
    variables: ({ run, pipeline: uuid, since, expected }) => ({
      pipeline: uuid,
      run,
      since: String(since),
      ...(typeof expected === 'string' && expected ? { expected } : {}),
    }),
  },
  example: { arguments: { pipeline: 'nightly' } },
  async send(args, context) {
    const since = Math.floor(context.clock.now() / 1000);
    const { body } = await context.request(runPipeline, args);
    const expected = (args.expected_task_uuids ?? []).map(uuid => uuid.toLowerCase()).join(',');
    return { run: runUuidOf(body) ?? unnamed, pipeline: args.pipeline, since, ...(expected ? { expected } : {}) };
  },
});

/** The page shows a list with one element for each first task, the server answers an object; its name has changed, too. */
function runUuidOf(body: unknown): string | undefined {
  const rows = Array.isArray(body) ? body : ((body as { results?: unknown[] } | undefined)?.results ?? [body]);
  const [first] = rows as (Row | undefined)[];
  const uuid = first?.['pipeline_run_uuid'] ?? first?.['workflow_run_uuid'];
  return typeof uuid === 'string' && /[1-9a-f]/.test(uuid) ? uuid : undefined;
}
