import type { Quota } from '../connection.ts';

/** What is counted together: the requests that one quota applies to, about one thing where it is counted by things. */
export interface Window {
  /** Tells it from the other windows of its gate, the same in every process. */
  readonly id: string;
  /** Absent: no quota is documented. There is room for all, until a 429 closes it. */
  readonly quota?: Quota;
}

/** A request that was let in, as the gate knows it. */
export interface Place {
  readonly windows: readonly Window[];
}

export interface Asking {
  /** Clock time (ms) after which being let in is of no use. */
  deadline: number;
  /** Aborts when nobody wants the place any more. */
  signal: AbortSignal;
  /** Told at most once, and only where it has to wait: until when, as far as can be told. */
  waits(until: number): void;
}

/**
 * Keeps one account within its quotas, first come, first served. A place counts from the moment the platform may have
 * counted the request: one that is under way does not age, however long it takes until it is written. From then on it
 * has arrived `longestWayMs` later at the latest, or when the answer comes if that is earlier.
 */
export interface Gate {
  /** Resolves when the request may go; with the clock time that would let it in when that is past its deadline. */
  enter(windows: readonly Window[], asking: Asking): Promise<Place | number>;
  /** The request is on the socket. Told again when it had to be written again. */
  written(place: Place): void;
  /** The attempt is over, so the request has arrived or never will. */
  answered(place: Place): void;
  /** The platform says that this window is used up until then, whatever was counted here. */
  close(window: Window, until: number): void;
  /** How many of a quota's requests are this process's, where nobody says what the others need. */
  shareOf(quota: Quota): number;
}

/** Longest that a request which was written is taken to be under way, in ms: what lies between may hold it up. */
export const longestWayMs = 500;
/** For timers that are a little early. */
export const marginMs = 10;
