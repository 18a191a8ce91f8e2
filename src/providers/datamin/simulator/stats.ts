import type { History } from './history.ts';
import type { Period } from './parameters.ts';
import type { Run, TaskRun } from './runs.ts';
import type { SeedPipeline } from './seed/seed.ts';

/** Whose runs are counted: a whole pipeline's, or those of one of its tasks. */
export interface Subject {
  pipeline: SeedPipeline;
  /** UUID. */
  task?: string;
}

export interface LastRun {
  isSuccessful: boolean;
  executedAt: number;
  durationMs: number;
}

export interface Counts {
  successes: number;
  failures: number;
  averageMs: number;
}

export interface Bucket extends Counts {
  from: number;
  /** Its last second. */
  to: number;
}

/** One thing to count: a task's execution, or a run with those of its tasks that lie in the window. */
interface Item {
  at: number;
  durationMs: number;
  runs: number;
  failures: number;
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

function itemsOf({ pipeline, task }: Subject, history: History, from: number, to: number): Item[] {
  const inWindow = ({ executedAt }: TaskRun): boolean => executedAt >= from && executedAt <= to;
  const items: Item[] = [];
  // One run after the other: a year of them with all their outputs would fill the memory.
  for (const run of history.runs(pipeline, from, to)) {
    const done = run.tasks.filter(inWindow);
    if (task === undefined) items.push(itemOf(done));
    else items.push(...done.filter(one => one.task.uuid === task).map(one => itemOf([one])));
  }
  return items;
}

function itemOf(tasks: TaskRun[]): Item {
  return {
    at: Math.max(...tasks.map(task => task.executedAt)),
    durationMs: sum(tasks.map(task => task.durationMs)),
    runs: 1,
    failures: tasks.filter(task => !task.isSuccessful).length,
  };
}

// A run with two failed tasks takes away two: so the server counts.
function countsOf(items: Item[]): Counts {
  const failures = sum(items.map(item => item.failures));
  const averageMs = items.length > 0 ? Math.trunc(sum(items.map(item => item.durationMs)) / items.length) : 0;
  return { successes: sum(items.map(item => item.runs)) - failures, failures, averageMs };
}

export const consolidate = (subject: Subject, history: History, from: number, to: number): Counts =>
  countsOf(itemsOf(subject, history, from, to));

/** The newest run up to `to`; a pipeline's lasts as long as all its tasks together. */
export function lastRunOf({ pipeline, task }: Subject, history: History, to: number): LastRun | undefined {
  const found = history.newest(pipeline, to, one => task === undefined || one.task.uuid === task);
  if (!found) return undefined;
  const counted: Pick<Run, 'tasks'> = task === undefined ? found.run : { tasks: [found.task] };
  const { isSuccessful, executedAt } = found.task;
  return { isSuccessful, executedAt, durationMs: sum(counted.tasks.map(one => one.durationMs)) };
}

/** Calendar periods that hold something, the first and last cut off by the window, in no order. */
export function aggregate(subject: Subject, history: History, from: number, period: Period, count: number): Bucket[] {
  const first = new Date(from).setUTCHours(0, 0, 0, 0);
  const end = addPeriods(first, period, count) - 1000;
  const buckets = new Map<number, Item[]>();
  for (const item of itemsOf(subject, history, first, Number.isNaN(end) ? Number.POSITIVE_INFINITY : end)) {
    const start = startOf(item.at, period);
    const bucket = buckets.get(start) ?? [];
    buckets.set(start, bucket);
    bucket.push(item);
  }
  const sorted = [...buckets].sort(([a], [b]) => scramble(a) - scramble(b));
  return sorted.map(([start, items]) => ({ from: start, to: addPeriods(start, period, 1) - 1000, ...countsOf(items) }));
}

// Some order that is none, and always the same.
const scramble = (ms: number): number => ((ms / 86_400_000) * 7919) % 1009;

function startOf(ms: number, period: Period): number {
  const date = new Date(ms);
  date.setUTCHours(0, 0, 0, 0);
  if (period === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (period === 'month') date.setUTCDate(1);
  if (period === 'quarter') date.setUTCMonth(Math.floor(date.getUTCMonth() / 3) * 3, 1);
  if (period === 'year') date.setUTCMonth(0, 1);
  return date.getTime();
}

function addPeriods(ms: number, period: Period, count: number): number {
  const date = new Date(ms);
  if (period === 'day') return date.setUTCDate(date.getUTCDate() + count);
  if (period === 'week') return date.setUTCDate(date.getUTCDate() + 7 * count);
  if (period === 'year') return date.setUTCFullYear(date.getUTCFullYear() + count);
  return date.setUTCMonth(date.getUTCMonth() + (period === 'quarter' ? 3 : 1) * count);
}
