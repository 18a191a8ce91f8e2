import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import type { Attempts } from '../http/call.ts';
import type { Quota } from '../http/connection.ts';

/** Most requests for one operation. */
export const mostRequests = 3;
/** The part of a documented quota that is used. */
const share = 1 / 5;
/** Between two requests where no quota is documented, in ms. */
const unknownPaceMs = 1000;

/** Time (ms) between two requests that uses at most a fifth of every quota. */
export const intervalOf = (quotas: readonly Quota[]): number =>
  quotas.length === 0 ? unknownPaceMs : Math.max(...quotas.map(({ requests, perMs }) => perMs / (requests * share)));

/** Lets one request through at a time, each so long after the last, and a few for each operation. */
export class Pace implements Attempts {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #intervalMs: number;
  #nextAt = 0;
  /** Requests that the operation may still send. */
  left = 0;
  /** Requests that were let through. */
  sent = 0;

  constructor({ clock, signal, quotas }: { clock: Clock; signal: AbortSignal; quotas: readonly Quota[] }) {
    this.#clock = clock;
    this.#signal = signal;
    this.#intervalMs = intervalOf(quotas);
  }

  /** The next operation has requests of its own. */
  begin(): void {
    this.left = mostRequests;
  }

  async take(): Promise<Fault | undefined> {
    if (this.left === 0) return enough();
    this.left -= 1;
    this.sent += 1;
    const now = this.#clock.now();
    const at = Math.max(now, this.#nextAt);
    this.#nextAt = at + this.#intervalMs;
    if (at > now) await this.#clock.sleep(at - now, this.#signal);
    return undefined;
  }
}

export const tooMany = `An operation is tried with at most ${mostRequests} requests.`;

const enough = () =>
  new Fault({
    code: 'too_large',
    message: tooMany,
    hint: 'Call it to see all that it answers.',
  });
