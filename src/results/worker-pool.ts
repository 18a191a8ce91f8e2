import type { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import { createFairQueue } from '../base/fair-queue.ts';
import { startWorker } from './worker.ts';
import type { WorkerProgram } from './worker-launch.ts';

/** On whose behalf, and for how long, a job may run. */
export interface JobContext {
  clock: Pick<Clock, 'alarm'>;
  signal: AbortSignal;
  /** Whose turn the job takes. Absent: that of the one person whom this process serves. */
  caller?: { callerId: string; principal?: string };
}

const principalOf = ({ caller }: JobContext): string => caller?.principal ?? caller?.callerId ?? '';

/**
 * Turns of everything that takes a process or much memory: SQL, charts, exports. A process may take 1.5 GiB, so three
 * at once are what a machine can be expected to have; one caller gets two of them.
 */
const turns = createFairQueue({ atOnce: 3, perCaller: 2 });

/** What one job may take, from its turn on. */
const secondsOf = { query: 45, chart: 45, sheet: 45, export: 300 };

/** Does something in this process that is as large as a worker's job, when it is its turn. */
export async function* inTurn<Item>(items: AsyncIterable<Item>, context: JobContext): AsyncGenerator<Item> {
  const { clock, signal } = context;
  const leave = await turns.enter(principalOf(context), signal);
  let late: Fault | undefined;
  const alarm = clock.alarm(secondsOf.export * 1_000, () => {
    late = tooSlow('export', secondsOf.export);
  });
  try {
    for await (const item of items) {
      if (late) throw late;
      yield item;
    }
  } finally {
    alarm.clear();
    leave();
  }
}

/**
 * Starts a worker when it is its turn, hands its output to `read`, and ends it whatever happens.
 * @throws Fault `timed_out` when it does not finish in its time, which begins with its turn; what the worker says
 */
export function runWorker<Outcome>(
  program: WorkerProgram,
  job: unknown,
  context: JobContext,
  read: (output: Readable, done: Promise<void>) => Promise<Outcome>,
): Promise<Outcome> {
  return withTurn(program, context, async signal => {
    const { output, done } = await startWorker(program, job, signal);
    return read(output, done);
  });
}

/**
 * Does something that takes a process, when it is its turn. Its signal aborts when the caller's does, when its time is
 * over, and when it is done.
 * @throws Fault `timed_out`
 */
export async function withTurn<Outcome>(
  program: WorkerProgram,
  context: JobContext,
  run: (signal: AbortSignal) => Promise<Outcome>,
): Promise<Outcome> {
  const { clock, signal } = context;
  const leave = await turns.enter(principalOf(context), signal);
  const stop = new AbortController();
  const seconds = secondsOf[program];
  const alarm = clock.alarm(seconds * 1_000, () => stop.abort(tooSlow(program, seconds)));
  const cancel = () => stop.abort(signal.reason);
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    return await run(stop.signal);
  } finally {
    // Also when the reader gave up, for example because the rows did not fit the quota.
    stop.abort();
    leave();
    alarm.clear();
    signal.removeEventListener('abort', cancel);
  }
}

const words = {
  query: ['statement', 'Filter earlier, aggregate before joining, and give every join a condition.'],
  sheet: ['reading of the workbook', 'Save the sheet as CSV, and use that.'],
  chart: ['drawing', 'Draw fewer rows: aggregate them first with query_result, and draw its result.'],
  export: ['export', 'Export less: choose columns and rows with query_result first.'],
} as const;

function tooSlow(what: keyof typeof words, seconds: number): Fault {
  const [name, hint] = words[what];
  return new Fault({
    code: 'timed_out',
    message: `The ${name} did not finish within ${seconds} s and was stopped.`,
    hint,
  });
}
