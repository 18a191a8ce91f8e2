import type { Clock } from '../base/clock.ts';
import { apiOf } from '../connections/connections.ts';
import type { Connection, Quota } from '../http/connection.ts';
import { type Operation, routeOf } from '../operations/operation.ts';

/** At once where no quota is documented; and at least and most where one is. */
const unmetered = 4;
const [fewest, most] = [2, 16];
/** What is under way at once is as much as the quota lets through in so many seconds. */
const aheadSeconds = 2;
/** The part of a quota that may be used at once. The rest is spread out, so that nobody finds a quota that is used up. */
const burst = 1 / 4;

/** The narrowest quota that the requests of an operation count in. */
export function tightestQuota(operation: Operation, connection: Connection): Quota | undefined {
  const { method, path } = routeOf(operation);
  const own = apiOf(connection, operation.api).quotas.filter(quota => quota.appliesTo({ method, path }));
  return own.toSorted((a, b) => rateOf(a) - rateOf(b))[0];
}

const rateOf = ({ requests, perMs }: Quota) => requests / perMs;

export function atOnce(quota: Quota | undefined): number {
  if (!quota) return unmetered;
  return Math.min(most, Math.max(fewest, Math.round(rateOf(quota) * 1000 * aheadSeconds)));
}

/** How long so many requests take at the documented quota, in ms; undefined where none is documented. */
export const durationMs = (requests: number, quota: Quota | undefined): number | undefined =>
  quota && Math.max(0, requests - quota.requests * burst) / rateOf(quota);

/** When the next thing may be asked about. */
export interface Pace {
  /** `requests`: what a thing has taken so far, on average. */
  next(requests: number, signal: AbortSignal): Promise<void>;
}

/**
 * Spreads the requests of one batch over the time of a quota. The limiter keeps the quota; but a batch that uses it up
 * in the first seconds would leave everybody else waiting for the rest of the minute.
 */
export function createPace(clock: Clock, quota: Quota | undefined): Pace {
  if (!quota) return { next: async (_, signal) => signal.throwIfAborted() };
  const interval = 1 / rateOf(quota);
  const room = Math.max(1, quota.requests * burst) * interval;
  // When the next request is due. What was missed may be made up for, as far as may go at once.
  let due = Number.NEGATIVE_INFINITY;
  return {
    async next(requests, signal) {
      signal.throwIfAborted();
      const now = clock.now();
      due = Math.max(due, now - room) + interval * requests;
      if (due > now) await clock.sleep(due - now, signal);
    },
  };
}
