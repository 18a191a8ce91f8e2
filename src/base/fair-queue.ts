/** Turns for work that only so much of may be done at once, given to callers and not to whoever asked first. */
export interface FairQueue {
  /** Waits for a turn; what it gives ends the turn. @throws the signal's reason when it aborts before */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  caller: string;
  start(): void;
}

/**
 * `atOnce` turns in all, `perCaller` of them for one caller at the most: with fewer than there are in all, one caller
 * alone never keeps another one waiting. A free turn goes to the caller who has the fewest, of those to the one whose
 * last turn is longest ago, and of one caller's to the oldest.
 */
export function createFairQueue({ atOnce, perCaller }: { atOnce: number; perCaller: number }): FairQueue {
  const waiting = new Set<Waiting>();
  const running = new Map<string, number>();
  /** When each caller who has or waits for a turn got the last one, in turns since the beginning. */
  const served = new Map<string, number>();
  let turns = 0;
  let taken = 0;

  const of = (caller: string) => running.get(caller) ?? 0;

  function next(): Waiting | undefined {
    let best: Waiting | undefined;
    for (const one of waiting) {
      if (of(one.caller) >= perCaller) continue;
      if (best === undefined || isBefore(one.caller, best.caller)) best = one;
    }
    return best;
  }

  const isBefore = (one: string, other: string) =>
    of(one) < of(other) || (of(one) === of(other) && (served.get(one) ?? 0) < (served.get(other) ?? 0));

  function startWaiting(): void {
    for (let one = next(); one && taken < atOnce; one = next()) {
      waiting.delete(one);
      taken += 1;
      turns += 1;
      running.set(one.caller, of(one.caller) + 1);
      served.set(one.caller, turns);
      one.start();
    }
  }

  function leave(caller: string): void {
    taken -= 1;
    const left = of(caller) - 1;
    if (left > 0) running.set(caller, left);
    else running.delete(caller);
    startWaiting();
    forgetIdle(caller);
  }

  /** Callers come and go for as long as the process lives. */
  function forgetIdle(caller: string): void {
    if (of(caller) === 0 && ![...waiting].some(one => one.caller === caller)) served.delete(caller);
  }

  return {
    enter(caller, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiting.delete(one);
          forgetIdle(caller);
          reject(signal.reason);
        };
        const one: Waiting = {
          caller,
          start() {
            signal.removeEventListener('abort', giveUp);
            let isOver = false;
            resolve(() => {
              if (!isOver) leave(caller);
              isOver = true;
            });
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(one);
        startWaiting();
      });
    },
  };
}
