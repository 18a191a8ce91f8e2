import type { Clock } from '../../base/clock.ts';
import { longestWayMs, marginMs, type Place, type Window } from '../../http/quota/gate.ts';
import type { MemoryGate } from '../../http/quota/memory-gate.ts';

/** A place that this process was given, kept for as long as it may count. */
export interface OwnPlace extends Place {
  readonly ticket: string;
  /** Clock time (ms) at which it has arrived at the latest. Infinity: it is under way. */
  arrived: number;
  /** The same in the waiting line of a process that is alone. */
  alone?: { gate: MemoryGate; place: Place };
}

/** How long a request keeps its place after it has arrived, in ms. */
export const holdOf = ({ quota }: Window): number => (quota ? quota.perMs + marginMs : 0);

/** What one process has taken of each window, whoever counted it. */
export class OwnPlaces {
  readonly #clock: Clock;
  #places: OwnPlace[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(place: OwnPlace): OwnPlace {
    this.#forget();
    this.#places.push(place);
    return place;
  }

  /** Those that may still count. */
  all(): readonly OwnPlace[] {
    this.#forget();
    return this.#places;
  }

  written(place: OwnPlace): void {
    place.arrived = this.#clock.now() + longestWayMs;
    place.alone?.gate.written(place.alone.place);
  }

  /** False where it had arrived before. */
  answered(place: OwnPlace): boolean {
    const now = this.#clock.now();
    place.alone?.gate.answered(place.alone.place);
    if (now >= place.arrived) return false;
    place.arrived = now;
    return true;
  }

  #forget(): void {
    const now = this.#clock.now();
    this.#places = this.#places.filter(({ windows, arrived }) => arrived + Math.max(...windows.map(holdOf)) > now);
  }
}
