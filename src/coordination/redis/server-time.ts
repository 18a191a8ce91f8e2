/** Answers that took longer say too little about when they were given, in ms. */
const goodTripMs = 100;

/** What time it is in Redis, told by a clock that nobody sets. */
export class ServerTime {
  #offset: number | undefined;

  /** `sent`: ms of `performance.now` at which was asked what has just been answered with the time there. */
  heard(serverMs: number, sent: number): void {
    const now = performance.now();
    const tripMs = now - sent;
    const offset = serverMs - (sent + now) / 2;
    // A long trip corrects only what it contradicts.
    if (tripMs > goodTripMs && Math.abs(offset - (this.#offset ?? Number.NaN)) <= tripMs) return;
    this.#offset = offset;
  }

  /** Whole ms; 0 where it has never been heard. */
  expected(): number {
    return this.#offset === undefined ? 0 : Math.round(performance.now() + this.#offset);
  }
}
