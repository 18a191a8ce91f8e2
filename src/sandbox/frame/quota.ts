/** At most so many requests in any window of so many seconds. */
export interface Quota {
  requests: number;
  perSeconds: number;
}

/** Counts a request. One too many is not counted: the answer is how many seconds it has to wait. */
export type SlidingWindow = (key: string, quota: Quota) => number | undefined;

export function createSlidingWindow(now: () => number): SlidingWindow {
  const sent = new Map<string, number[]>();
  return (key, { requests, perSeconds }) => {
    if (!Number.isFinite(requests)) return undefined;
    const windowMs = perSeconds * 1000;
    const recent = (sent.get(key) ?? []).filter(at => at > now() - windowMs);
    sent.set(key, recent);
    if (recent.length < requests) {
      recent.push(now());
      return undefined;
    }
    const [oldest = now()] = recent;
    return Math.max(Math.ceil((oldest + windowMs - now()) / 1000), 1);
  };
}
