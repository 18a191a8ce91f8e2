import { refusal } from './refusal.ts';

/** At most so many requests in any window of so many seconds. */
export interface Quota {
  requests: number;
  perSeconds: number;
}

/** Counts a request; fails when it is one too many in its window. */
export type Limiter = (key: string, quota: Quota) => void;

export function createLimiter(now: () => number): Limiter {
  const sent = new Map<string, number[]>();
  return (key, { requests, perSeconds }) => {
    if (!Number.isFinite(requests)) return;
    const window = perSeconds * 1000;
    const recent = (sent.get(key) ?? []).filter(at => at > now() - window);
    sent.set(key, recent);
    const [oldest = now()] = recent;
    if (recent.length < requests) {
      recent.push(now());
      return;
    }
    const wait = Math.max(Math.ceil((oldest + window - now()) / 1000), 1);
    throw refusal('rate_limited', `More than ${requests} requests in ${perSeconds} seconds`, {
      status: 429,
      headers: { 'retry-after': String(wait) },
    });
  };
}
