import type { SimulatorReply } from '../../../sandbox/router.ts';

export interface Quota {
  /** Requests per window and user. */
  requests: number;
  /** Windows begin at whole multiples of it. */
  perSeconds: number;
  /** Of these, listings of a project's jobs. */
  jobLists: number;
  /** True: every answer tells the state of the quota, as newer releases do. */
  tellsAlways: boolean;
}

export interface Limiter {
  /** Counts a request of a user; an answer when it is one too many. */
  count(user: number | string): SimulatorReply | undefined;
  /** Counts a listing of jobs in the second system, whose refusals are JSON and have no headers. */
  countJobList(user: number): SimulatorReply | undefined;
  /** Headers of an answer that is no refusal. */
  headers(user: number | string): Record<string, string>;
}

export function createLimiter(now: () => number, quota: Quota): Limiter {
  const windows = new Map<string, { start: number; seen: number }>();

  function seen(key: string): { start: number; seen: number } {
    const start = Math.floor(now() / 1000 / quota.perSeconds) * quota.perSeconds;
    const known = windows.get(key);
    if (known?.start === start) return known;
    const fresh = { start, seen: 0 };
    windows.set(key, fresh);
    return fresh;
  }

  function headers(user: number | string): Record<string, string> {
    const { start, seen: observed } = seen(String(user));
    return {
      'ratelimit-limit': String(quota.requests),
      'ratelimit-name': 'throttle_authenticated_api',
      'ratelimit-observed': String(observed),
      'ratelimit-remaining': String(Math.max(quota.requests - observed, 0)),
      'ratelimit-reset': String(start + quota.perSeconds),
    };
  }

  return {
    headers: user => (quota.tellsAlways ? headers(user) : {}),
    count(user) {
      const window = seen(String(user));
      window.seen += 1;
      if (window.seen <= quota.requests) return undefined;
      const reset = window.start + quota.perSeconds;
      return {
        status: 429,
        headers: {
          ...headers(user),
          'ratelimit-resettime': new Date(reset * 1000).toUTCString(),
          'retry-after': String(reset - Math.floor(now() / 1000)),
          'content-type': 'text/plain',
        },
        body: 'Retry later\n',
      };
    },
    countJobList(user) {
      const window = seen(`jobs of ${user}`);
      window.seen += 1;
      if (window.seen <= quota.jobLists) return undefined;
      const error = 'This endpoint has been requested too many times. Try again later.';
      return { status: 429, json: { message: { error } } };
    },
  };
}
