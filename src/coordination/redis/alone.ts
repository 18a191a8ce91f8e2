import type { Clock } from '../../base/clock.ts';
import type { Asking, Window } from '../../http/quota/gate.ts';
import { MemoryGate } from '../../http/quota/memory-gate.ts';
import { holdOf, type OwnPlace } from './own-places.ts';

export interface AloneOptions {
  clock: Clock;
  /** Processes that may be alone like this one, itself included. */
  sharers: number;
  /** When Redis was last there, clock ms. */
  since: number;
  /** What this process has taken of the windows before. */
  own: readonly OwnPlace[];
}

/** Requests that were let in shortly before by others may arrive so much later, in ms. */
const latenessMs = 1_000;

/**
 * A process that cannot reach what it shares with others. What they took last is not known to it, and may have been all
 * of a window: it waits until that has left the window, then keeps to its share, its own places of before included.
 */
export class Alone {
  readonly #options: AloneOptions;
  readonly #gate: MemoryGate;
  #back = new AbortController();

  constructor(options: AloneOptions) {
    this.#options = options;
    this.#gate = new MemoryGate({ clock: options.clock, replicas: options.sharers });
    for (const place of options.own)
      place.alone = { gate: this.#gate, place: this.#gate.count(place.windows, place.arrived) };
  }

  /** Undefined where Redis may have come back meanwhile. */
  async enter(
    windows: readonly Window[],
    asking: Asking,
  ): Promise<NonNullable<OwnPlace['alone']> | number | undefined> {
    const { signal } = asking;
    const { clock, since } = this.#options;
    for (const window of windows) {
      const until = since + holdOf(window) + latenessMs;
      if (window.quota && clock.now() < until) this.#gate.close(window, until);
    }
    const back = this.#back.signal;
    try {
      const place = await this.#gate.enter(windows, { ...asking, signal: AbortSignal.any([signal, back]) });
      if (typeof place === 'number') return place;
      if (!back.aborted) return { gate: this.#gate, place };
      this.#gate.answered(place);
    } catch (error) {
      if (signal.aborted || !back.aborted) throw error;
    }
    return undefined;
  }

  close(window: Window, until: number): void {
    this.#gate.close(window, until);
  }

  /** Nobody is let in any more: whoever waits asks what has become of Redis. */
  pause(): void {
    this.#back.abort();
    this.#back = new AbortController();
  }
}
