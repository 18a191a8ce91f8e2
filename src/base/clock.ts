import { setTimeout as wait } from 'node:timers/promises';

/** Something that is to happen later, unless it no longer matters. */
export interface Alarm {
  /** Clock time (ms) at which it rings. */
  readonly at: number;
  clear(): void;
}

/**
 * Where the program gets time from. Everything that waits, expires or stamps takes a clock,
 * so that tests turn ten minutes into milliseconds and the sandbox can run fast.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `ring` after `ms`. Never keeps the process alive. It guards real work, which does not get quicker with the
   * clock: where the clock runs fast, these are real ms.
   */
  alarm(ms: number, ring: () => void): Alarm;
}

/** Calls `ring` when the clock shows that time: an alarm counts real ms, of which a fast clock makes more. */
export function alarmAt(clock: Clock, time: number, ring: () => void): Alarm {
  const second = clock.alarm(1000, () => {});
  second.clear();
  const pace = (second.at - clock.now()) / 1000;
  return clock.alarm(Math.max(0, (time - clock.now()) / pace), ring);
}

/** Real time, or time that runs `speed` times as fast from the moment of the call. */
export function systemClock(speed = 1): Clock {
  const start = Date.now();
  const now = () => start + (Date.now() - start) * speed;
  return {
    now,
    async sleep(ms, signal) {
      try {
        await wait(ms / speed, undefined, signal ? { signal } : undefined);
      } catch (error) {
        throw signal?.aborted ? signal.reason : error;
      }
    },
    alarm(ms, ring) {
      const timer = setTimeout(ring, ms);
      timer.unref();
      return { at: now() + ms * speed, clear: () => clearTimeout(timer) };
    },
  };
}
