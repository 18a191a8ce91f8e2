import { isFault } from '../base/errors.ts';
import { principalOf } from '../callers/caller.ts';
import type { CallOptions } from '../calls/call-scope.ts';
import { operationContext } from '../calls/execute.ts';
import { findRun, namesRun } from '../calls/resume-run.ts';
import type { CallerServices } from '../calls/services.ts';
import type { RunKind } from '../operations/operation.ts';
import { readRun } from '../operations/run.ts';
import type { ToolSet } from '../tools/registry.ts';

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

  /** How the run is now, or undefined when that cannot be told at the moment. */
  async function look(uri: string, options: CallOptions, signal: AbortSignal) {
    try {
      return await tools.runAsCall('watch run', { ...options, signal }, async call => {
        const { kind, variables, connection } = await findRun(shared, uri);
        const reading = await kind.poll(variables, operationContext(shared, connection, call));
        return { kind, run: readRun(kind, uri, reading) };
      });
    } catch (error) {
      // What is misconfigured or gone stays so; its subscribers learn it when they read it.
      if (isFault(error, 'upstream_down') || isFault(error, 'rate_limited') || isFault(error, 'timed_out')) return;
      throw error;
    }
  }

  async function follow(uri: string, options: CallOptions, { listeners, controller: { signal } }: Watched) {
    const pause = risingPause();
    let before: string | undefined;
    while (!signal.aborted) {
      const seen = await look(uri, options, signal);
      if (seen) {
        const now = JSON.stringify(seen.run);
        // A run that is over at the first look may have ended between the client's reading and its subscription.
        if (before === undefined ? seen.run.final : before !== now) for (const changed of listeners) changed();
        if (seen.run.final) return;
        before = now;
      }
      await shared.clock.sleep(seen ? pause(seen.kind) : afterFailureMs, signal);
    }
  }

  function begin(uri: string, options: CallOptions): Watched {
    const entry: Watched = { listeners: new Set(), controller: new AbortController() };
    watched.set(uri, entry);
    shared.watchedRuns.add(principal);
    // Its end says nothing: it is over, was given up, or cannot be looked at.
    follow(uri, options, entry)
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
      const runs = [...new Set(uris)].filter(uri => namesRun(shared, uri));
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

/** Less and less often, as for a call that waits. */
function risingPause(): (kind: RunKind) => number {
  let next = 0;
  return ({ pace: { firstMs, longestMs } }) => {
    const pause = Math.min(next || firstMs, longestMs);
    next = pause * 1.5;
    return pause;
  };
}
