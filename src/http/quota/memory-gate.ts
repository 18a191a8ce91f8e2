import type { Clock } from '../../base/clock.ts';
import type { Quota } from '../connection.ts';
import { type Asking, type Gate, longestWayMs, marginMs, type Place, type Window } from './gate.ts';

/*
 * Own limiter, because rate-limiter-flexible counts fixed windows on Date.now and its own timers: the clock cannot be
 * given to it, and twice the quota passes across the edge of a window, which a platform that counts sliding refuses.
 */

/** What is left of a window. */
interface WindowState {
  window: Window;
  places: number;
  /** How long a request keeps its place after it has arrived, in ms. */
  hold: number;
  /** Who has a place, those that arrived first before the others, those under way last. */
  taken: TakenPlace[];
  closedUntil: number;
}

interface TakenPlace extends Place {
  states: WindowState[];
  /** When it has reached the platform at the latest, which is when the platform counts it. Infinity: under way. */
  arrived: number;
}

interface Waiter {
  states: WindowState[];
  deadline: number;
  /** Lets the request go, or names the time that is too late for it. */
  settle(result: Place | number): void;
}

export interface MemoryGateOptions {
  clock: Clock;
  /** Processes that share every quota, this one included. None knows what the others need, so each takes as much. */
  replicas: number;
}

/** The waiting line of one account in this process. */
export class MemoryGate implements Gate {
  readonly #clock: Clock;
  readonly #replicas: number;
  readonly #states = new Map<string, WindowState>();
  #waiters: Waiter[] = [];
  #wake: { at: number; cancel: AbortController } | undefined;

  constructor({ clock, replicas }: MemoryGateOptions) {
    this.#clock = clock;
    this.#replicas = replicas;
  }

  shareOf({ requests }: Quota): number {
    return Math.max(1, Math.floor(requests / this.#replicas));
  }

  async enter(windows: readonly Window[], { signal, deadline, waits }: Asking): Promise<Place | number> {
    signal.throwIfAborted();
    const states = windows.map(window => this.#stateOf(window));
    const ahead = new Map<WindowState, number>();
    for (const waiter of this.#waiters) count(ahead, waiter.states);
    const now = this.#clock.now();
    const opens = opening(states, ahead, now);
    if (opens <= now) return take(states);
    if (opens >= deadline) return opens;
    waits(opens);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        states,
        deadline,
        settle(result) {
          signal.removeEventListener('abort', abort);
          resolve(result);
        },
      };
      const abort = () => {
        this.#waiters = this.#waiters.filter(other => other !== waiter);
        reject(signal.reason);
        this.#advance();
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#sleepUntil(opens);
    });
  }

  /** Counts a request that was let in elsewhere. `arrived`: clock time (ms); Infinity while it is under way. */
  count(windows: readonly Window[], arrived: number): Place {
    const place = take(windows.map(window => this.#stateOf(window)));
    arrive(place, arrived);
    return place;
  }

  written(place: Place): void {
    arrive(place as TakenPlace, this.#clock.now() + longestWayMs);
  }

  answered(place: Place): void {
    const taken = place as TakenPlace;
    const now = this.#clock.now();
    if (now >= taken.arrived) return;
    arrive(taken, now);
    if (this.#waiters.length > 0) this.#advance();
  }

  close(window: Window, until: number): void {
    const state = this.#stateOf(window);
    state.closedUntil = Math.max(state.closedUntil, until);
    this.#advance();
  }

  #stateOf(window: Window): WindowState {
    const { id, quota } = window;
    const known = this.#states.get(id);
    if (known) return known;
    if (quota?.countedFor) this.#forgetIdle();
    const [places, hold] = quota ? [this.shareOf(quota), quota.perMs + marginMs] : [Number.POSITIVE_INFINITY, 0];
    const fresh = { window, places, hold, taken: [], closedUntil: Number.NEGATIVE_INFINITY };
    this.#states.set(id, fresh);
    return fresh;
  }

  // Things come and go; the window of one that nobody asks about any more is as good as a new one.
  #forgetIdle(): void {
    const now = this.#clock.now();
    const wanted = new Set(this.#waiters.flatMap(({ states }) => states));
    for (const [id, state] of this.#states) {
      const { taken, hold, closedUntil } = state;
      if (closedUntil <= now && !wanted.has(state) && taken.every(({ arrived }) => arrived + hold <= now))
        this.#states.delete(id);
    }
  }

  #advance(): void {
    const now = this.#clock.now();
    const ahead = new Map<WindowState, number>();
    const waiting: Waiter[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      const opens = opening(waiter.states, ahead, now);
      if (opens <= now) {
        waiter.settle(take(waiter.states));
      } else if (opens >= waiter.deadline) waiter.settle(opens);
      else {
        waiting.push(waiter);
        count(ahead, waiter.states);
        earliest = Math.min(earliest, opens);
      }
    }
    this.#waiters = waiting;
    this.#sleepUntil(earliest);
  }

  #sleepUntil(at: number): void {
    if (this.#wake && this.#waiters.length > 0 && this.#wake.at <= at) return;
    this.#wake?.cancel.abort();
    this.#wake = undefined;
    if (this.#waiters.length === 0) return;
    const wake = { at, cancel: new AbortController() };
    this.#wake = wake;
    const ring = () => {
      if (this.#wake === wake) this.#wake = undefined;
      this.#advance();
    };
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), wake.cancel.signal).then(ring, () => {});
  }
}

function take(states: WindowState[]): TakenPlace {
  const place = { states, windows: states.map(({ window }) => window), arrived: Number.POSITIVE_INFINITY };
  for (const { places, taken } of states) if (places < Number.POSITIVE_INFINITY) taken.push(place);
  return place;
}

function arrive(place: TakenPlace, at: number): void {
  place.arrived = at;
  for (const { taken } of place.states) reorder(taken, place);
}

// Neighbours of those under way are the only ones it can pass, so this is a few steps where sorting would look at all.
function reorder(taken: TakenPlace[], place: TakenPlace): void {
  let index = taken.lastIndexOf(place);
  if (index < 0) return;
  for (let other = taken[index - 1]; other && other.arrived > place.arrived; other = taken[index - 1]) {
    taken[index--] = other;
    taken[index] = place;
  }
  for (let other = taken[index + 1]; other && other.arrived < place.arrived; other = taken[index + 1]) {
    taken[index++] = other;
    taken[index] = place;
  }
}

function count(ahead: Map<WindowState, number>, states: WindowState[]): void {
  for (const state of states) ahead.set(state, (ahead.get(state) ?? 0) + 1);
}

function opening(states: WindowState[], ahead: Map<WindowState, number>, now: number): number {
  return Math.max(...states.map(state => openingOf(state, ahead.get(state) ?? 0, now)));
}

// A request may go when the one `places` before it has left the window; that one may itself still be waiting.
function openingOf({ places, hold, taken, closedUntil }: WindowState, ahead: number, now: number): number {
  if (places === Number.POSITIVE_INFINITY) return Math.max(now, closedUntil);
  while (taken[0] && taken[0].arrived + hold <= now) taken.shift();
  const before = taken.length + ahead - places;
  const rounds = Math.max(0, Math.ceil((before - taken.length + 1) / places));
  const first = taken[before - rounds * places];
  // One that is not written yet arrives now at the earliest; whoever waits for it looks again then.
  const arrived = first?.arrived === Number.POSITIVE_INFINITY ? now : first?.arrived;
  const leaves = arrived === undefined ? now : arrived + hold;
  return Math.max(leaves, closedUntil) + rounds * hold;
}
