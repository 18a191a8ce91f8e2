import { isFault } from '../errors.ts';
import { contextFor } from '../perform.ts';
import type { Shared } from '../tools/call.ts';
import type { CallOptions, ToolSet } from '../tools/registry.ts';
import { findRun, namesRun } from './resume.ts';
import { type RunKind, readRun } from './run.ts';

/** Who wants to know, and as whom the platform is asked. */
export interface Watcher {
  caller: string;
  options: CallOptions;
}

/** Looks at runs for those who subscribed to them: once for each caller and run, however many listen. */
export interface RunWatch {
  /** Those of the URIs that can be watched: runs, as long as the caller does not watch too many. */
  accept(uris: readonly string[], caller: string): string[];
  /** Calls `changed` whenever the run has changed, until it has ended. Returns how to stop. */
  watch(uri: string, watcher: Watcher, changed: () => void): () => void;
}

/** Each is a request to the platform every few seconds. */
const mostRunsOfCaller = 50;
/** Until the next look after one that failed, in ms. */
const afterFailureMs = 30_000;

/** A run that is being looked at. */
interface Watched {
  caller: string;
  listeners: Set<() => void>;
  controller: AbortController;
}

export function watchRuns(shared: Shared, tools: ToolSet): RunWatch {
  const watched = new Map<string, Watched>();

  /** How the run is now, or undefined when that cannot be told at the moment. */
  async function look(uri: string, options: CallOptions, signal: AbortSignal) {
    try {
      return await tools.within('watch run', { ...options, signal }, async call => {
        const { kind, variables, connection } = await findRun(shared, uri);
        const reading = await kind.poll(variables, contextFor(shared, connection, call));
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

  function begin(uri: string, { caller, options }: Watcher): Watched {
    const key = keyOf(uri, caller);
    const entry: Watched = { caller, listeners: new Set(), controller: new AbortController() };
    watched.set(key, entry);
    // Its end says nothing: it is over, was given up, or cannot be looked at.
    follow(uri, options, entry)
      .catch(() => {})
      .finally(() => watched.get(key) === entry && watched.delete(key));
    return entry;
  }

  return {
    accept(uris, caller) {
      const runs = [...new Set(uris)].filter(uri => namesRun(shared, uri));
      let room = mostRunsOfCaller - [...watched.values()].filter(entry => entry.caller === caller).length;
      return runs.filter(uri => watched.has(keyOf(uri, caller)) || room-- > 0);
    },
    watch(uri, watcher, changed) {
      const key = keyOf(uri, watcher.caller);
      const entry = watched.get(key) ?? begin(uri, watcher);
      // Wrapped: a listener that is given twice counts twice.
      const listener = () => changed();
      entry.listeners.add(listener);
      return () => {
        entry.listeners.delete(listener);
        if (entry.listeners.size > 0) return;
        entry.controller.abort();
        if (watched.get(key) === entry) watched.delete(key);
      };
    },
  };
}

const keyOf = (uri: string, caller: string) => `${caller} ${uri}`;

/** Less and less often, as for a call that waits. */
function risingPause(): (kind: RunKind) => number {
  let next = 0;
  return ({ pace: { firstMs, longestMs } }) => {
    const pause = Math.min(next || firstMs, longestMs);
    next = pause * 1.5;
    return pause;
  };
}
