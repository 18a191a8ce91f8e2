import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';

/** A clock that a simulator runs on. `hold` keeps time where it is until the returned function is called. */
export interface SandboxClock extends Clock {
  hold?(): () => void;
}

/**
 * Time that passes only when everybody waits for it, over real sockets. When somebody sleeps, nothing is held and
 * nothing has happened for about 2 ms of real time, it jumps to the earliest sleeper. Alarms fire when time passes
 * them, but never make it jump.
 */
export interface VirtualClock extends Clock {
  hold(): () => void;
  /** Moves time by hand, waking sleepers and firing alarms in order, holds or not; what they do settles in between. */
  advance(ms: number): Promise<void>;
}

interface Timer {
  due: number;
  /** Time jumps for it. */
  wanted: boolean;
  fire(): void;
}

const quietMs = 2;
// A request on a fresh loopback connection needs several turns of the event loop to show up as a hold.
const quietTurns = 8;

/** `start`: ms since the epoch; by default a fixed day, so that runs are alike. */
export function virtualClock(start: number = Date.UTC(2026, 10, 21)): VirtualClock {
  const timers = new Set<Timer>();
  let now = start;
  let holds = 0;
  let stirrings = 0;
  let hands = 0;
  let watching = false;

  const earliest = (candidates: Timer[]): Timer | undefined =>
    candidates.reduce<Timer | undefined>((best, timer) => (best && best.due <= timer.due ? best : timer), undefined);
  const mayJump = (): boolean => holds === 0 && hands === 0;
  const wanted = (): Timer[] => [...timers].filter(timer => timer.wanted);

  function add(timer: Timer): () => void {
    stirrings += 1;
    timers.add(timer);
    void watch();
    return () => {
      if (timers.delete(timer)) stirrings += 1;
    };
  }

  function moveTo(time: number): void {
    for (;;) {
      const next = earliest([...timers].filter(timer => timer.due <= time));
      if (!next) break;
      timers.delete(next);
      now = Math.max(now, next.due);
      stirrings += 1;
      next.fire();
    }
    now = Math.max(now, time);
  }

  async function quiet(): Promise<void> {
    for (let seen = -1; seen !== stirrings; ) {
      seen = stirrings;
      await wait(quietMs);
      for (let i = 0; i < quietTurns; i += 1) await turn();
    }
  }

  // It runs only while it could jump, so it leaves no timer behind in a program that is done.
  async function watch(): Promise<void> {
    if (watching) return;
    watching = true;
    while (mayJump() && wanted().length > 0) {
      await quiet();
      const next = mayJump() ? earliest(wanted()) : undefined;
      if (next) moveTo(next.due);
    }
    watching = false;
  }

  return {
    now: () => now,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const remove = add({ due: now + Math.max(ms, 0), wanted: true, fire: wake });
        function wake(): void {
          signal?.removeEventListener('abort', abort);
          resolve();
        }
        function abort(): void {
          remove();
          reject(signal?.reason);
        }
        signal?.addEventListener('abort', abort, { once: true });
      });
    },
    alarm(ms, ring) {
      return { at: now + ms, clear: add({ due: now + ms, wanted: false, fire: ring }) };
    },
    hold() {
      holds += 1;
      stirrings += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holds -= 1;
        stirrings += 1;
        void watch();
      };
    },
    async advance(ms) {
      const target = now + ms;
      hands += 1;
      try {
        await quiet();
        for (;;) {
          const next = earliest([...timers]);
          if (!next || next.due > target) break;
          moveTo(next.due);
          await quiet();
        }
        moveTo(target);
      } finally {
        hands -= 1;
        void watch();
      }
    },
  };
}
