import type { Alarm, Clock } from '../base/clock.ts';
import { nodeCrypto } from '../base/crypto.ts';
import { isFault } from '../base/errors.ts';
import type { Entry, Register, Value } from './register.ts';

/** Sees to it that what is asked for twice is started once, by whoever of many calls and processes comes first. */
export interface Starts {
  claim(key: string, asking: Asking): Promise<Claim | Found>;
}

export interface Asking {
  /** Clock time (ms) until which to wait for what another call is starting. */
  deadline: number;
  signal: AbortSignal;
  /** Starts it although it was started: `all`, whatever there was before this asks; otherwise this one alone. */
  over?: 'all' | string;
}

/** The right to start it, and the duty to say what came of it. */
export interface Claim {
  kind: 'claim';
  /** Before anything leaves that may start it. @throws ClaimLost when the right has lapsed meanwhile */
  sent(): Promise<void>;
  done(uri: string): Promise<void>;
  /** It was surely not started. */
  drop(): Promise<void>;
  /** It may have been started. */
  doubt(): Promise<void>;
}

/** It is there already (`done`), may be there (`doubt`), or somebody is still at it at the deadline (`pending`). */
export type Found =
  | { kind: 'done'; id: string; uri: string; at: number }
  | { kind: 'doubt'; at: number }
  | { kind: 'pending'; at: number };

/** This call was held up for so long that another one took over. Nothing was sent. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

/** How long a start is remembered, in ms. */
export const rememberedMs = 600_000;

/** A claim is renewed so often (real ms), and lapses when that has not happened for three times as long. */
const renewEveryMs = 5_000;
const leases = 3;
/** Between two looks at what another call is starting. */
const lookEveryMs = 200;

type Stage = 'claimed' | 'sent' | 'done' | 'dropped';

interface Start {
  stage: Stage;
  /** Of the claim that wrote it. */
  id: string;
  /** When it was claimed or, later, sent. */
  at: number;
  /** Until when whoever wrote it is taken to be there. */
  aliveUntil: number;
  /** Empty until it is done. */
  uri: string;
}

export function createStarts(clock: Clock, register: Register): Starts {
  return {
    async claim(key, { deadline, signal, over }) {
      for (let taken = over; ; ) {
        signal.throwIfAborted();
        const entry = await readUnlessAway(register, key, over);
        if (!entry) return unguarded;
        const { version, value } = entry;
        const found = value && foundIn(value as unknown as Start, clock.now());
        const isFree = !found || isTakenOver(found, taken);
        // What others start from now on is what this call asks for.
        if (taken === 'all') taken = undefined;
        if (isFree) {
          const claim = new HeldClaim({ clock, register, key, version });
          if (await claim.take()) return claim;
          continue;
        }
        if (found.kind !== 'pending' || clock.now() + lookEveryMs >= deadline) return found;
        await clock.sleep(lookEveryMs, signal);
      }
    },
  };
}

/**
 * Undefined where nobody can tell what was started, and the person wants another in any case.
 * @throws what the register throws
 */
async function readUnlessAway(register: Register, key: string, over: string | undefined): Promise<Entry | undefined> {
  try {
    return await register.read(key);
  } catch (error) {
    if (over === 'all' && isFault(error, 'upstream_down')) return undefined;
    throw error;
  }
}

const unguarded: Claim = { kind: 'claim', async sent() {}, async done() {}, async drop() {}, async doubt() {} };

/** Whether what was found is what the call may start over: everything that nobody is starting, or one start by its id. */
const isTakenOver = (found: Found, taken: string | undefined): boolean =>
  taken === 'all' ? found.kind !== 'pending' : found.kind === 'done' && found.id === taken;

function foundIn({ stage, id, at, aliveUntil, uri }: Start, now: number): Found | undefined {
  if (stage === 'dropped') return undefined;
  if (stage === 'done') return { kind: 'done', id, uri, at };
  if (aliveUntil > now) return { kind: 'pending', at };
  return stage === 'sent' ? { kind: 'doubt', at } : undefined;
}

interface Holding {
  clock: Clock;
  register: Register;
  key: string;
  version: number;
}

class HeldClaim implements Claim {
  readonly kind = 'claim';
  readonly #clock: Clock;
  readonly #register: Register;
  readonly #key: string;
  #version: number;
  #start: Start;
  #renewal: Alarm | undefined;
  // What it writes follows upon each other, so that a renewal does not cross the next stage.
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ clock, register, key, version }: Holding) {
    this.#clock = clock;
    this.#register = register;
    this.#key = key;
    this.#version = version;
    const id = nodeCrypto().randomBytes(12).toString('base64url');
    this.#start = { stage: 'claimed', id, at: clock.now(), aliveUntil: 0, uri: '' };
  }

  /** False where somebody else was quicker. */
  take(): Promise<boolean> {
    return this.#write({});
  }

  async sent(): Promise<void> {
    if (this.#start.stage === 'sent') return;
    if (!(await this.#write({ stage: 'sent', at: this.#clock.now() }))) throw new ClaimLost();
  }

  async done(uri: string): Promise<void> {
    await this.#write({ stage: 'done', uri });
  }

  async drop(): Promise<void> {
    await this.#write({ stage: 'dropped' });
  }

  async doubt(): Promise<void> {
    await this.#write({ stage: 'sent' }, { leaves: true });
  }

  #write(change: Partial<Start>, { leaves = false } = {}): Promise<boolean> {
    const written = this.#turn.then(async () => {
      this.#renewal?.clear();
      const next = { ...this.#start, ...change };
      const isOver = leaves || next.stage === 'done' || next.stage === 'dropped';
      const now = this.#clock.now();
      if (!isOver) this.#renewal = this.#clock.alarm(renewEveryMs, () => void this.#write({}).catch(() => {}));
      // On a clock that runs fast, an alarm takes more of its time.
      next.aliveUntil = this.#renewal && !isOver ? now + leases * (this.#renewal.at - now) : now;
      const lapsesAt = next.stage === 'claimed' ? next.aliveUntil : now + rememberedMs;
      const version = await this.#register.write(this.#key, this.#version, { ...next } satisfies Value, lapsesAt);
      if (version === undefined) {
        this.#renewal?.clear();
        return false;
      }
      this.#version = version;
      this.#start = next;
      return true;
    });
    this.#turn = written.catch(() => {});
    return written;
  }
}
