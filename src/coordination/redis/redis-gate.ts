import { randomUUID } from 'node:crypto';
import type { Alarm, Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Quota } from '../../http/connection.ts';
import { type Asking, type Gate, longestWayMs, type Place, type Window } from '../../http/quota/gate.ts';
import { Alone } from './alone.ts';
import { arriveScript, closeScript, enterScript, joinScript, leaveScript, pulseScript } from './gate-scripts.ts';
import { holdOf, type OwnPlace, OwnPlaces } from './own-places.ts';
import { type Redis, RedisAway } from './redis.ts';
import { ServerTime } from './server-time.ts';

export interface RedisGateOptions {
  clock: Clock;
  redis: Redis;
  /** Stands for the account in Redis, the same in every process. */
  account: string;
  /** Stands for a window's id. */
  nameOf(windowId: string): string;
  /** Processes that are taken to share the account while Redis is away, where fewer have been seen. */
  replicas: number;
  /** Whether to send nothing while it is away. */
  refuses: boolean;
}

/** Between two signs of life, in real ms. */
const pulseEveryMs = 500;
/** So long after the last request a gate need not know what others do, in ms. */
const restingMs = 300_000;
/** Longest time between two looks of one who waits, and the last steps before its turn, in ms. */
const longestLookMs = 1_000;
const shortestLookMs = 50;

/** The waiting line of one account for all processes that share a Redis; alone, a process keeps to a share. */
export class RedisGate implements Gate {
  readonly #options: RedisGateOptions;
  readonly #replica = randomUUID().slice(0, 8);
  readonly #own: OwnPlaces;
  readonly #time = new ServerTime();
  #sharers: number;
  #tickets = 0;
  #generation: string | undefined;
  #joining: Promise<void> | undefined;
  #alone: Alone | undefined;
  #pulse: Alarm | undefined;
  #usedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RedisGateOptions) {
    this.#options = options;
    this.#own = new OwnPlaces(options.clock);
    this.#sharers = options.replicas;
  }

  shareOf({ requests }: Quota): number {
    return this.#alone ? Math.max(1, Math.floor(requests / this.#sharers)) : requests;
  }

  async enter(windows: readonly Window[], asking: Asking): Promise<Place | number> {
    const { clock, refuses } = this.#options;
    const { signal } = asking;
    let hasTold = false;
    const waits = (until: number) => {
      if (!hasTold) asking.waits(until);
      hasTold = true;
    };
    this.#usedAt = clock.now();
    for (;;) {
      signal.throwIfAborted();
      this.#beat();
      const alone = await this.#aloneNow();
      if (alone && refuses) throw away();
      const entered = alone
        ? await alone.enter(windows, { ...asking, waits })
        : await this.#enterShared(windows, { ...asking, waits });
      if (entered === undefined) continue;
      if (typeof entered === 'number') return entered;
      if ('ticket' in entered) return entered;
      return this.#own.add({ windows, ticket: this.#ticket(), arrived: Number.POSITIVE_INFINITY, alone: entered });
    }
  }

  written(place: Place): void {
    this.#own.written(place as OwnPlace);
    this.#tellArrived(place as OwnPlace, longestWayMs);
  }

  answered(place: Place): void {
    if (this.#own.answered(place as OwnPlace)) this.#tellArrived(place as OwnPlace, 0);
  }

  close(window: Window, until: number): void {
    const { clock } = this.#options;
    this.#alone?.close(window, until);
    this.#tell(closeScript, [this.#keys(window).closed], [this.#lead(), until - clock.now()]);
  }

  /** Undefined where Redis was lost meanwhile. */
  async #enterShared(windows: readonly Window[], asking: Asking): Promise<OwnPlace | number | undefined> {
    const { clock } = this.#options;
    const { signal, deadline } = asking;
    const ticket = this.#ticket();
    let number = '';
    let isWaiting = false;
    try {
      for (;;) {
        const answer = await this.#ask(windows, ticket, number, deadline);
        if (answer === undefined) return undefined;
        const [outcome, , wait = '0', given = ''] = answer;
        isWaiting = outcome === 'wait';
        const opens = clock.now() + Number(wait);
        if (outcome === 'refused') return opens;
        if (outcome === 'in') {
          const place = this.#own.add({ windows, ticket, arrived: Number.POSITIVE_INFINITY });
          if (signal.aborted) this.answered(place);
          signal.throwIfAborted();
          return place;
        }
        if (outcome !== 'wait') continue;
        number = given;
        asking.waits(opens);
        await clock.sleep(lookAfter(Number(wait)), signal);
      }
    } finally {
      if (isWaiting) this.#leave(windows, ticket);
    }
  }

  /** One look at the line. Undefined where Redis is away; the data of another generation is joined first. */
  async #ask(windows: readonly Window[], ticket: string, number: string, deadline: number) {
    const { clock } = this.#options;
    try {
      if (this.#generation === undefined) await this.#join(false);
      const asked = [this.#time.expected(), this.#lead(), this.#generation ?? '', ticket, number];
      const left = Math.min(Math.max(0, Math.ceil(deadline - clock.now())), Number.MAX_SAFE_INTEGER);
      const sizes = windows.flatMap(window => [window.quota?.requests ?? 0, holdOf(window)]);
      const keys = windows.flatMap(window => Object.values(this.#keys(window)));
      const { gen, seq } = this.#accountKeys();
      const answer = (await this.#run(enterScript, [gen, seq, ...keys], [...asked, left, ...sizes])) as string[];
      const [outcome] = answer;
      if (outcome === 'generation') await this.#join(false);
      return answer;
    } catch (error) {
      this.#lose(error);
      return undefined;
    }
  }

  /** Puts what this process has taken where the others see it. `begins`: it has taken places that nobody could see. */
  #join(begins: boolean): Promise<void> {
    this.#joining ??= this.#putBack(begins)
      .then(generation => {
        this.#generation = generation;
        if (begins) this.#alone = undefined;
      })
      .finally(() => {
        this.#joining = undefined;
      });
    return this.#joining;
  }

  /** The generation that its places are in now. */
  async #putBack(begins: boolean): Promise<string | undefined> {
    const { clock } = this.#options;
    const now = clock.now();
    const keys: string[] = [];
    const places = this.#own.all().flatMap(({ windows, ticket, arrived }) =>
      windows.flatMap(window => {
        if (!window.quota) return [];
        const { taken } = this.#keys(window);
        if (!keys.includes(taken)) keys.push(taken);
        const age = arrived === Number.POSITIVE_INFINITY ? '' : Math.round(now - arrived);
        return [keys.indexOf(taken) + 1, ticket, age, holdOf(window)];
      }),
    );
    const asked = [this.#lead(), randomUUID().slice(0, 8), begins ? 1 : 0, ...places];
    const [id] = (await this.#run(joinScript, [this.#accountKeys().gen, ...keys], asked)) as string[];
    return id;
  }

  /** Redis is away: from now on this process is alone. */
  #lose(error: unknown): void {
    if (!(error instanceof RedisAway)) throw error;
    if (this.#alone) return;
    const { clock, redis, replicas } = this.#options;
    const lost = redis.lostAt ?? performance.now();
    this.#alone = new Alone({
      clock,
      sharers: Math.max(this.#sharers, replicas),
      since: clock.now() - (performance.now() - lost),
      own: this.#own.all(),
    });
    this.#beat();
  }

  /** The line to wait in while Redis is away. One that is coming back is waited for. */
  async #aloneNow(): Promise<Alone | undefined> {
    while (this.#alone && this.#joining) await this.#joining.catch(() => {});
    return this.#alone;
  }

  /** Signs of life, for as long as somebody uses this account here. */
  #beat(): void {
    const { clock } = this.#options;
    this.#pulse ??= clock.alarm(pulseEveryMs, () => {
      this.#live()
        .catch(cause => this.#lose(cause instanceof RedisAway ? cause : new RedisAway('No sign of life.', { cause })))
        .finally(() => {
          this.#pulse = undefined;
          if (this.#alone || clock.now() - this.#usedAt < restingMs) this.#beat();
        });
    });
  }

  async #live(): Promise<void> {
    if (this.#alone) return this.#return();
    if (this.#generation === undefined) return;
    const windows = [...new Map(this.#own.all().flatMap(place => place.windows.map(one => [one.id, one]))).values()];
    const counted = windows.filter(({ quota }) => quota);
    const underWay = this.#own.all().filter(({ arrived }) => arrived === Number.POSITIVE_INFINITY);
    const { gen, replicas } = this.#accountKeys();
    const asked = [this.#time.expected(), this.#lead(), this.#generation, this.#replica];
    const answer = (await this.#run(
      pulseScript,
      [gen, replicas, ...counted.map(window => this.#keys(window).taken)],
      [...asked, ...counted.map(holdOf), ...underWay.map(({ ticket }) => ticket)],
    )) as string[];
    const [outcome, , alive] = answer;
    if (outcome === 'generation') return this.#join(false);
    if (outcome !== 'alive') return;
    this.#sharers = Math.max(this.#options.replicas, Number(alive));
  }

  /** Back from being alone: nobody is let in until what was taken meanwhile is where all see it. */
  async #return(): Promise<void> {
    const joining = this.#join(true);
    this.#alone?.pause();
    await joining;
  }

  #tellArrived({ windows, ticket }: OwnPlace, inMs: number): void {
    const keys = windows.flatMap(window => (window.quota ? [this.#keys(window).taken] : []));
    if (keys.length > 0) this.#tell(arriveScript, keys, [this.#lead(), ticket, inMs]);
  }

  #leave(windows: readonly Window[], ticket: string): void {
    const keys = windows.map(window => this.#keys(window));
    const both = keys.flatMap(({ line, lease }) => [line, lease]);
    this.#tell(leaveScript, both, [ticket]);
  }

  /** Nobody waits for it: unheard, a place counts longer than it would have to. */
  #tell(...asked: Parameters<Redis['run']>): void {
    this.#options.redis.run(...asked).catch(() => {});
  }

  async #run(...asked: Parameters<Redis['run']>): Promise<unknown> {
    const sent = performance.now();
    const answer = (await this.#options.redis.run(...asked)) as string[];
    this.#time.heard(Number(answer[1]), sent);
    return answer;
  }

  readonly #ticket = () => `${this.#replica}:${++this.#tickets}`;

  /** How far the clock runs ahead of real time. */
  #lead(): number {
    return Math.round(this.#options.clock.now() - Date.now());
  }

  #accountKeys() {
    const base = `${this.#options.redis.prefix}:{${this.#options.account}}`;
    return { gen: `${base}:gen`, seq: `${base}:seq`, replicas: `${base}:replicas` };
  }

  #keys({ id }: Window) {
    const { redis, account, nameOf } = this.#options;
    const base = `${redis.prefix}:{${account}}:${nameOf(id)}`;
    return { taken: `${base}:taken`, line: `${base}:line`, lease: `${base}:lease`, closed: `${base}:closed` };
  }
}

/** Far from its turn it looks now and then: others may give up, and arrive sooner than they have to. */
function lookAfter(wait: number): number {
  if (wait <= 2 * shortestLookMs) return wait;
  return Math.min(longestLookMs, Math.max(shortestLookMs, wait - longestWayMs));
}

const away = () =>
  new Fault({
    code: 'upstream_down',
    message: 'Redis, which counts the requests of all replicas, does not answer, and redis_away is "refuse".',
    hint: 'Repeat the call in a few seconds. Nothing was sent.',
    retryAfter: 2,
  });
