import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import type { Connection, Quota } from './connection.ts';
import { baseOf, type Exchange, failed, type Send } from './exchange.ts';
import { seconds } from './retry.ts';

/*
 * Own limiter, because rate-limiter-flexible counts fixed windows on Date.now and its own timers: the clock cannot be
 * given to it, and twice the quota passes across the edge of a window, which a platform that counts sliding refuses.
 */

/** What is left of one quota of one connection. */
interface Window {
  quota: Quota | undefined;
  /** Places in the window. */
  places: number;
  /** How long a request keeps its place after it has arrived, in ms. */
  hold: number;
  /** Who has a place, oldest first. */
  taken: Place[];
  closedUntil: number;
}

/** One request in the windows it counts for. */
interface Place {
  windows: Window[];
  sent: number;
  /** When it has reached the platform at the latest, which is when the platform counts it. */
  arrived: number;
}

interface Waiter {
  windows: Window[];
  deadline: number;
  /** Lets the request go, or names the time that is too late for it. */
  settle(result: Place | number): void;
}

// Longest that a request is taken to be under way, in ms: a new connection may need several round trips.
const longestWay = 500;
// For timers that are a little early.
const margin = 10;

export interface LimitOptions {
  clock: Clock;
  /** Processes that share every quota, this one included. None knows what the others need, so each takes as much. */
  replicas: number;
}

/** Keeps every request within the documented quotas of its connection, first come, first served. */
export function limit({ clock, replicas }: LimitOptions, next: Send): Send {
  // By object: whoever keeps a connection's quotas keeps what is left of them, and APIs that share them queue together.
  const queues = new WeakMap<readonly Quota[], Queue>();
  return async exchange => {
    const { connection, request, target, call } = exchange;
    if (exchange.anonymous) return next(exchange);
    const queue = queues.get(connection.quotas) ?? new Queue(clock, connection.quotas, replicas);
    queues.set(connection.quotas, queue);
    const path = pathBelow(connection, target);
    const windows = queue.windowsOf({ method: request.method, path, url: target });
    const asked = clock.now();
    const place = await queue.enter(windows, exchange);
    call.meter.waitedMs += clock.now() - asked;
    if (typeof place === 'number') return failed(quotaUsedUp(exchange, windows, place - clock.now()));
    try {
      const outcome = await next(exchange);
      if ('fault' in outcome && outcome.fault.code === 'rate_limited' && outcome.fault.retryAfter !== undefined)
        queue.close(tightest(windows), clock.now() + outcome.fault.retryAfter * 1000);
      return outcome;
    } finally {
      queue.answered(place);
    }
  };
}

/** The waiting line of one connection. */
class Queue {
  readonly #clock: Clock;
  readonly #quotas: readonly Quota[];
  readonly #replicas: number;
  // By quota and what it is counted for.
  readonly #windows = new Map<string, Window>();
  // Has room for all, but can be closed by a 429 where no quota is documented.
  readonly #everything: Window = { quota: undefined, places: Infinity, hold: 0, taken: [], closedUntil: -Infinity };
  #waiters: Waiter[] = [];
  // The quickest answer so far, in ms.
  #quickest = Infinity;
  #wake: { at: number; cancel: AbortController } | undefined;

  constructor(clock: Clock, quotas: readonly Quota[], replicas: number) {
    this.#clock = clock;
    this.#quotas = quotas;
    this.#replicas = replicas;
  }

  windowsOf({ url, ...request }: { method: string; path: string; url: URL }): Window[] {
    const own = this.#quotas.filter(quota => quota.appliesTo(request));
    return own.length > 0 ? own.map(quota => this.#windowOf(quota, quota.countedFor?.(url))) : [this.#everything];
  }

  #windowOf(quota: Quota, thing = ''): Window {
    const name = `${this.#quotas.indexOf(quota)} ${thing}`;
    const known = this.#windows.get(name);
    if (known) return known;
    if (thing !== '') this.#forgetIdle();
    const { requests, perMs } = quota;
    const places = Math.max(1, Math.floor(requests / this.#replicas));
    const fresh = { quota, places, hold: perMs + margin, taken: [], closedUntil: -Infinity };
    this.#windows.set(name, fresh);
    return fresh;
  }

  // Things come and go; the window of one that nobody asks about any more is as good as a new one.
  #forgetIdle(): void {
    const now = this.#clock.now();
    for (const [name, { taken, hold, closedUntil }] of this.#windows)
      if (closedUntil <= now && taken.every(({ arrived }) => arrived + hold <= now)) this.#windows.delete(name);
  }

  /** Resolves when the request may go; with the time it would have been let in when that is past its deadline. */
  async enter(windows: Window[], { call, connection }: Exchange): Promise<Place | number> {
    call.signal.throwIfAborted();
    const ahead = new Map<Window, number>();
    for (const waiter of this.#waiters) count(ahead, waiter.windows);
    const now = this.#clock.now();
    const opens = opening(windows, ahead, now);
    if (opens <= now) return take(windows, now);
    if (opens >= call.deadline) return opens;
    if (opens - now >= 1000)
      call.progress(`Waiting ${seconds(opens - now)} for the rate limit of ${connection.title} (${named(windows)})`);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        windows,
        deadline: call.deadline,
        settle(result) {
          call.signal.removeEventListener('abort', abort);
          resolve(result);
        },
      };
      const abort = () => {
        this.#waiters = this.#waiters.filter(other => other !== waiter);
        reject(call.signal.reason);
        this.#advance();
      };
      call.signal.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#sleepUntil(opens);
    });
  }

  /** The answer has come, so the request arrived before it: by about half of the quickest round trip. */
  answered(place: Place): void {
    const now = this.#clock.now();
    this.#quickest = Math.min(this.#quickest, now - place.sent);
    const arrived = now - this.#quickest / 2;
    if (arrived >= place.arrived) return;
    place.arrived = arrived;
    for (const { taken } of place.windows) moveForward(taken, place);
    if (this.#waiters.length > 0) this.#advance();
  }

  /** The platform says this quota is used up, whatever was counted here. */
  close(window: Window, until: number): void {
    window.closedUntil = Math.max(window.closedUntil, until);
    this.#advance();
  }

  #advance(): void {
    const now = this.#clock.now();
    const ahead = new Map<Window, number>();
    const waiting: Waiter[] = [];
    let earliest = Infinity;
    for (const waiter of this.#waiters) {
      const opens = opening(waiter.windows, ahead, now);
      if (opens <= now) {
        waiter.settle(take(waiter.windows, now));
      } else if (opens >= waiter.deadline) waiter.settle(opens);
      else {
        waiting.push(waiter);
        count(ahead, waiter.windows);
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
    const arrive = () => {
      if (this.#wake === wake) this.#wake = undefined;
      this.#advance();
    };
    this.#clock.sleep(Math.max(0, at - this.#clock.now()), wake.cancel.signal).then(arrive, () => {});
  }
}

function take(windows: Window[], now: number): Place {
  const place = { windows, sent: now, arrived: now + longestWay };
  for (const window of windows) if (window.places < Infinity) window.taken.push(place);
  return place;
}

// Only those under way can be later, so this is a few steps where sorting would look at the whole window.
function moveForward(taken: Place[], place: Place): void {
  for (let index = taken.lastIndexOf(place); index > 0; index -= 1) {
    const before = taken[index - 1];
    if (!before || before.arrived <= place.arrived) return;
    taken[index - 1] = place;
    taken[index] = before;
  }
}

function count(ahead: Map<Window, number>, windows: Window[]): void {
  for (const window of windows) ahead.set(window, (ahead.get(window) ?? 0) + 1);
}

function opening(windows: Window[], ahead: Map<Window, number>, now: number): number {
  return Math.max(...windows.map(window => openingOf(window, ahead.get(window) ?? 0, now)));
}

// A request may go when the one `places` before it has left the window; that one may itself still be waiting.
function openingOf({ places, hold, taken, closedUntil }: Window, ahead: number, now: number): number {
  if (places === Infinity) return Math.max(now, closedUntil);
  while (taken[0] && taken[0].arrived + hold <= now) taken.shift();
  const before = taken.length + ahead - places;
  const rounds = Math.max(0, Math.ceil((before - taken.length + 1) / places));
  const first = taken[before - rounds * places];
  return Math.max(first === undefined ? now : first.arrived + hold, closedUntil) + rounds * hold;
}

// A 429 does not say which quota it is about. Closing a wider one as well could block calls that are welcome.
function tightest(windows: Window[]): Window {
  return windows.reduce((a, b) => (b.places / b.hold < a.places / a.hold ? b : a));
}

function named(windows: Window[]): string {
  const { quota, places } = tightest(windows);
  if (!quota) return 'set by the platform';
  const { name, requests, perMs } = quota;
  const share = places < requests ? `${places} of ${requests}` : requests;
  return `${name}: ${share} requests in ${seconds(perMs)}`;
}

function quotaUsedUp({ connection, request }: Exchange, windows: Window[], wait: number): Fault {
  const retryAfter = Math.ceil(wait / 1000);
  return new Fault({
    code: 'rate_limited',
    message: `The rate limit of ${connection.title} (${named(windows)}) has no room for ${request.operation} in time.`,
    hint: `Repeat the call in ${retryAfter} s. Nothing was sent.`,
    retryAfter,
  });
}

function pathBelow(connection: Connection, { pathname }: URL): string {
  const base = baseOf(connection).pathname.replace(/\/$/, '');
  return pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname;
}
