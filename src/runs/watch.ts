import type { Clock } from '../base/clock.ts';
import { type FaultCode, isFault } from '../base/errors.ts';
import { principalOf } from '../callers/caller.ts';
import type { CallOptions } from '../calls/call-scope.ts';
import { operationContext } from '../calls/execute.ts';
import { findRun, namesRun } from '../calls/resume-run.ts';
import { type CallerServices, isBatchUri } from '../calls/services.ts';
import type { RunKind } from '../operations/operation.ts';
import { type Run, readRun } from '../operations/run.ts';
import type { ToolSet } from '../tools/registry.ts';
import { batchKind } from './platform-tasks.ts';

/** Looks at runs for a caller who subscribed to them: once for each run, however many listen. */
export interface RunWatch {
  /** Those of the URIs that can be watched: runs, as long as the caller does not watch too many. */
  accept(uris: readonly string[]): string[];
  /** Calls `changed` whenever the run has changed, until it has ended. Returns how to stop. */
  watch(uri: string, options: CallOptions, changed: () => void): () => void;
}

/** Each is a request to the platform every few seconds. */
const mostRuns = 50;
/** Until the next look after one that failed, in ms. */
const afterFailureMs = 30_000;

/** A run that is being looked at. */
interface Watched {
  listeners: Set<() => void>;
  controller: AbortController;
}

export function watchRuns(shared: CallerServices, tools: ToolSet): RunWatch {
  const watched = new Map<string, Watched>();
  const principal = principalOf(shared.caller);

  function begin(uri: string, options: CallOptions): Watched {
    const entry: Watched = { listeners: new Set(), controller: new AbortController() };
    watched.set(uri, entry);
    shared.watchedRuns.add(principal);
    // Its end says nothing: it is over, was given up, or cannot be looked at.
    followRun(signal => lookAtRun(shared, tools, uri, { ...options, signal }), shared.clock, entry)
      .catch(() => {})
      .finally(() => forget(uri, entry));
    return entry;
  }

  function forget(uri: string, entry: Watched): void {
    if (watched.get(uri) !== entry) return;
    watched.delete(uri);
    shared.watchedRuns.remove(principal);
  }

  return {
    accept(uris) {
      const runs = [...new Set(uris)].filter(uri => isBatchUri(uri) || namesRun(shared, uri));
      let room = mostRuns - shared.watchedRuns.of(principal);
      return runs.filter(uri => watched.has(uri) || room-- > 0);
    },
    watch(uri, options, changed) {
      const entry = watched.get(uri) ?? begin(uri, options);
      // Wrapped: a listener that is given twice counts twice.
      const listener = () => changed();
      entry.listeners.add(listener);
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0) return;
        entry.controller.abort();
        forget(uri, entry);
      };
    },
  };
}

/** A run as it is now, and its kind. */
interface Seen {
  kind: Pick<RunKind, 'pace'>;
  run: Run;
}

/** Undefined when it cannot be told at the moment. @throws Fault when it never will be */
async function lookAtRun(
  shared: CallerServices,
  tools: ToolSet,
  uri: string,
  options: CallOptions,
): Promise<Seen | undefined> {
  try {
    return await tools.runAsCall('watch run', options, async call => {
      if (isBatchUri(uri)) return { kind: batchKind, run: (await shared.batches.look(uri)).run };
      const { kind, variables, connection } = await findRun(shared, uri);
      const reading = await kind.poll(variables, operationContext(shared, connection, call));
      return { kind, run: readRun(kind, uri, reading) };
    });
  } catch (error) {
    // What is misconfigured or gone stays so; its subscribers learn it when they read it.
    if (isFault(error) && passing.includes(error.code)) return undefined;
    throw error;
  }
}

/** Faults after which another look may succeed. */
const passing: readonly FaultCode[] = ['upstream_down', 'rate_limited', 'timed_out'];

/** Tells the listeners of every change, until the run has ended or nobody listens. */
async function followRun(
  look: (signal: AbortSignal) => Promise<Seen | undefined>,
  clock: Clock,
  { listeners, controller: { signal } }: Watched,
): Promise<void> {
  const pause = risingPause();
  let before: string | undefined;
  while (!signal.aborted) {
    const seen = await look(signal);
    if (seen && hasChanged(seen, before)) for (const changed of listeners) changed();
    if (seen?.run.final) return;
    if (seen) before = JSON.stringify(seen.run);
    await clock.sleep(seen ? pause(seen.kind) : afterFailureMs, signal);
  }
}

/** A run that is over at the first look may have ended between the client's reading and its subscription. */
const hasChanged = ({ run }: Seen, before: string | undefined): boolean =>
  before === undefined ? run.final : before !== JSON.stringify(run);

/** Less and less often, as for a call that waits. */
function risingPause(): (kind: Pick<RunKind, 'pace'>) => number {
  let next = 0;
  return ({ pace: { firstMs, longestMs } }) => {
    const pause = Math.min(next || firstMs, longestMs);
    next = pause * 1.5;
    return pause;
  };
}
