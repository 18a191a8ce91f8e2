import { createSlidingWindow, type Quota } from '../../../sandbox/frame/quota.ts';
import { refusal } from './refusal.ts';

/** Counts a request; fails when it is one too many in its window. */
export type Limiter = (key: string, quota: Quota) => void;

export function createLimiter(now: () => number): Limiter {
  const overBy = createSlidingWindow(now);
  return (key, quota) => {
    const wait = overBy(key, quota);
    if (wait === undefined) return;
    throw refusal('rate_limited', `More than ${quota.requests} requests in ${quota.perSeconds} seconds`, {
      status: 429,
      headers: { 'retry-after': String(wait) },
    });
  };
}
