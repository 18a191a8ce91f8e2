import type { Fault } from '../base/errors.ts';
import type { TraceContext } from '../tracing/tracer.ts';
import type { Change } from './change.ts';

/** What everything done for one tool call or resource read shares. */
export interface Call {
  /** Aborts when the caller cancels or the deadline passes. */
  signal: AbortSignal;
  /** Clock time (ms) at which the answer is due. */
  deadline: number;
  /** Gives it so many ms from now. Absent: the deadline is fixed. */
  allow?(ms: number): void;
  meter: Meter;
  /** Tells the person what is going on. Cheap when nobody listens. */
  progress(message: string, done?: number, total?: number): void;
  /** There where the client can put a question to its person. */
  person?: Person;
  /** Its requests that change something, as far as they went. */
  changes?: Change[] | undefined;
  /** Awaited before one of them leaves. */
  beforeChange?: (() => Promise<void>) | undefined;
  /** The client follows a run by itself: one that is started is answered at once. */
  followsRuns?: boolean;
  /** It is for one of many things: what nobody knows is told, and not sought. */
  isOneOfMany?: boolean;
  /** Where its requests are counted and paced by the caller of this call. */
  attempts?: Attempts | undefined;
  /** What the requests of the call belong to, in the operator's traces. */
  trace?: TraceContext | undefined;
}

/** Asked before each request that goes on the wire, repeats included. */
export interface Attempts {
  /** Resolves when it may go; with why not, otherwise. */
  take(): Promise<Fault | undefined>;
}

/** Somebody who can be asked; with what came back, once a question was put. */
export interface Person {
  /** They call by themselves, so that calling again is asking to be asked again. */
  calls?: true;
  /** `cancel`: closed without an answer. `unreadable`: the client sent something else. `state` went out with it. */
  answer?: { said: 'accept' | 'decline' | 'cancel' | 'unreadable'; state: string };
  /** Told once it is plain that nobody sees the questions. */
  cannotAnswer?(): void;
}

/** Counts what one call cost. Shown in `_meta`, logs, the demo and the benchmarks. */
export interface Meter {
  /** Requests put on the wire, repeats included. */
  requests: number;
  /** Repeats among them. */
  retries: number;
  /** Requests that proved who asks: signed, or with a token. */
  signatures: number;
  /** Status polls of runs among the requests. */
  polls: number;
  /** Bytes of bodies received. */
  bytes: number;
  /** Milliseconds spent waiting for quotas and Retry-After. */
  waitedMs: number;
}
