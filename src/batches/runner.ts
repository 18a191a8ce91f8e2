import { setMaxListeners } from 'node:events';
import type { Answer, RunAnswer } from '../answers/answer.ts';
import { alarmAt, type Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { asFault } from '../calls/call.ts';
import { newMeter } from '../calls/call-scope.ts';
import type { CallerServices } from '../calls/services.ts';
import { type Lease, LeaseLost, takeLease } from '../coordination/lease.ts';
import type { Call, Meter } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import type { Operation } from '../operations/operation.ts';
import type { Run } from '../operations/run.ts';
import type { Journal } from './journal.ts';
import { countOf, pluralOf } from './plan.ts';
import { answerBatch } from './table.ts';
import { isPassing, workThrough } from './work.ts';

/** Between two looks at what another process does, in ms. */
const lookEveryMs = 1_000;

export interface Runner {
  /** Works on it in this process, if nobody else does. */
  work(operation: Operation, connection: Connection, journal: Journal): Promise<Working>;
  /** Waits for it until then, and takes it over where nobody works on it. */
  follow(journal: Journal, call: Call, until: number): Promise<RunAnswer>;
  look(journal: Journal): Promise<RunAnswer>;
  cancel(journal: Journal): Promise<RunAnswer>;
}

/** A batch that this process works on. */
export interface Working {
  journal: Journal;
  /** `isFirst`: of the call that began it, which answers with the table itself when there is one in time. */
  answer(call: Call, wait: { until: number; isFirst?: boolean }): Promise<Answer>;
  stop(): void;
  ended: Promise<void>;
}

export function createRunner(shared: CallerServices): Runner {
  const { clock, background } = shared;
  const active = new Map<string, Working>();

  async function work(operation: Operation, connection: Connection, journal: Journal): Promise<Working> {
    const known = active.get(journal.plan.uri);
    if (known) return known;
    const lease = await takeLease(clock, shared.leases, shared.startKeys.sign('lease', journal.plan.uri));
    if (!lease) throw new LeaseLost();
    // Between the look and the lease, somebody else may have gone on.
    await journal.refresh();
    const working = begin(operation, connection, journal, lease);
    active.set(journal.plan.uri, working);
    return working;
  }

  function begin(operation: Operation, connection: Connection, journal: Journal, lease: Lease): Working {
    const stopping = new AbortController();
    const signal = AbortSignal.any([stopping.signal, lease.lost, background.signal]);
    // Every request that is under way listens to it.
    setMaxListeners(0, signal);
    const meter = newMeter();
    const listeners = new Set<() => void>();
    const told = () => {
      for (const listener of listeners) listener();
    };
    let failure: unknown;
    const ended = workThrough({ shared, operation, connection, journal, signal, meter, told })
      .catch(error => {
        failure = error;
      })
      .finally(async () => {
        active.delete(journal.plan.uri);
        await journal.close();
        await lease.release();
      });
    background.add(ended);
    const counted = newMeter();
    return {
      journal,
      ended,
      stop: () => stopping.abort(stopped(journal)),
      async answer(call, { until, isFirst = false }) {
        const listener = () => reportProgress(journal, call);
        listeners.add(listener);
        try {
          await endOrTime(ended, clock, until, call.signal);
        } catch (error) {
          // Whoever asked has gone, and with them the reason to go on: what there is is kept.
          stopping.abort(error);
          await ended;
          throw error;
        } finally {
          listeners.delete(listener);
          countInto(call.meter, meter, counted);
        }
        if (failure !== undefined && !isPausing(failure)) throw failure;
        const run = runOf(journal);
        const handed = isFirst && call.followsRuns ? { handedOver: true as const } : {};
        if (!run.final) return { ...unfinished(shared, journal, run, failure), ...handed };
        const table = await answerBatch(shared, operation, journal);
        return isFirst ? table : { kind: 'run', run, outcome: table, warnings: [] };
      },
    };
  }

  async function operationOf({ plan }: Journal): Promise<[Operation, Connection]> {
    const manifest = shared.catalog.get(plan.operation);
    const { platform, api } = manifest;
    return [await shared.catalog.load(manifest), await shared.connections.choose(platform, plan.connection, api)];
  }

  async function finished(journal: Journal, run: Run): Promise<RunAnswer> {
    const [operation] = await operationOf(journal);
    return { kind: 'run', run, outcome: await answerBatch(shared, operation, journal), warnings: [] };
  }

  return {
    work,
    async follow(journal, call, until) {
      for (;;) {
        const own = active.get(journal.plan.uri);
        if (own) return (await own.answer(call, { until })) as RunAnswer;
        await journal.refresh();
        const run = runOf(journal);
        if (run.final) return finished(journal, run);
        const [operation, connection] = await operationOf(journal);
        try {
          return (await (await work(operation, connection, journal)).answer(call, { until })) as RunAnswer;
        } catch (error) {
          if (!(error instanceof LeaseLost)) throw error;
        }
        reportProgress(journal, call);
        if (clock.now() + lookEveryMs > until) return unfinished(shared, journal, run, undefined);
        await clock.sleep(lookEveryMs, call.signal);
      }
    },
    async look(journal) {
      const own = active.get(journal.plan.uri);
      const run = runOf(own?.journal ?? journal);
      return run.final ? finished(own?.journal ?? journal, run) : unfinished(shared, journal, run, undefined);
    },
    async cancel(journal) {
      const own = active.get(journal.plan.uri);
      const known = own?.journal ?? journal;
      if (!runOf(known).final) await known.cancel();
      own?.stop();
      await own?.ended;
      return finished(known, runOf(known));
    },
  };
}

/** What stops the work and leaves it to be taken up again. */
const isPausing = (error: unknown): boolean => !isFault(error) || error.code === 'cancelled' || isPassing(error);

/** Waits for the end of it or of the time, whichever comes first. @throws the signal's reason */
async function endOrTime(ended: Promise<void>, clock: Clock, until: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  let settle = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      const alarm = alarmAt(clock, until, resolve);
      settle = () => {
        alarm.clear();
        signal.removeEventListener('abort', giveUp);
      };
      ended.then(resolve);
    });
  } finally {
    settle();
  }
}

function countInto(target: Meter, meter: Meter, counted: Meter): void {
  for (const name of Object.keys(meter) as (keyof Meter)[]) {
    target[name] += meter[name] - counted[name];
    counted[name] = meter[name];
  }
}

function runOf({ plan, tally }: Journal): Run {
  const { done, total, failed, unknown, isCancelled } = tally();
  const isOver = done === total;
  const hasFailed = isOver && total > 0 && failed.length + unknown.length === total;
  const status = isOver ? (hasFailed ? 'failed' : 'succeeded') : isCancelled ? 'cancelled' : 'running';
  const notes = [
    ...(failed.length > 0 ? [`${countOf(failed.length, plan.noun)} failed`] : []),
    ...(unknown.length > 0 ? [`${countOf(unknown.length, plan.noun)} may have been done, or not`] : []),
  ];
  return {
    uri: plan.uri,
    status,
    vendor_status: status,
    final: status !== 'running',
    progress: { done, total, unit: pluralOf(plan.noun.replaceAll('_', ' ')) },
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function reportProgress(journal: Journal, call: Call): void {
  const { uri, progress } = runOf(journal);
  if (progress)
    call.progress(`${uri}: ${progress.done} of ${progress.total} ${progress.unit}`, progress.done, progress.total);
}

function unfinished(shared: CallerServices, { plan }: Journal, run: Run, failure: unknown): RunAnswer {
  const told =
    failure === undefined || !isFault(failure) ? [] : [`It has stopped: ${asFault(failure, shared).message}`];
  const next = `wait_for_run ${JSON.stringify({ run: plan.uri })}`;
  return { kind: 'run', run, next, warnings: told };
}

const stopped = ({ plan }: Journal) =>
  new Fault({
    code: 'cancelled',
    message: `${plan.uri} was cancelled.`,
    hint: 'What it has is kept.',
  });
