import type { Readable } from 'node:stream';
import type { Fault } from '../base/errors.ts';
import { isLoopback } from './addresses.ts';
import type { AttemptSignal } from './attempt.ts';
import type { Call } from './call.ts';
import type { Change } from './change.ts';
import type { Connection } from './connection.ts';
import type { HttpReply, HttpRequest } from './request.ts';

/**
 * One request on its way through the pipeline. Each layer hands a copy on, with its own part changed. Nothing is added on
 * the way: V8 describes every object anew that got more after a spread, which is half a kilobyte that stays for a while.
 */
export interface Exchange {
  connection: Connection;
  /** `url` as it goes on the wire, without a fragment. */
  request: HttpRequest;
  /** The `url` of the request, parsed: most layers look into it. */
  target: URL;
  call: Call;
  /** 1 for the first, 2 for its first repeat. */
  attempt: number;
  signal: AbortSignal | AttemptSignal;
  /** Goes to another origin than the connection's, or came from one: carries no credential, uses no quota. */
  anonymous: boolean;
  /** Filled with the headers that proved who asks. */
  proof: Record<string, string>;
  /** Filled with the body that streams, opened: whether any of it was read decides over repeats. */
  sending: { stream?: Readable };
  /** What became of the request, over all its attempts. */
  change: Change;
  /** Told when the request is on the socket, which may be long after it was let in. */
  written(): void;
}

/** Whether sending again is safe: `always`: nothing happened upstream; `repeatable`: only if twice is as good as once. */
export type Retryable = 'never' | 'repeatable' | 'always';

/** A failed attempt is a value, so that the layers can weigh it; what is thrown ends the call. */
export type Outcome = { reply: HttpReply } | Failed;

export interface Failed {
  fault: Fault;
  again: Retryable;
}

export type Send = (exchange: Exchange) => Promise<Outcome>;

const bases = new WeakMap<Connection, URL>();

/** The base URL of a connection, parsed once. */
export function baseOf(connection: Connection): URL {
  const base = bases.get(connection) ?? new URL(connection.baseUrl);
  bases.set(connection, base);
  return base;
}

export function failed(fault: Fault, again: Retryable = 'never'): Failed {
  return { fault, again };
}

/** Why a reply at `source` may not lead to `target`, because what follows would travel unprotected. */
export function unsafeStep(source: URL, target: URL): string | undefined {
  if (!/^https?:$/.test(target.protocol)) return `${target.protocol} is not HTTP`;
  if (source.protocol !== 'https:' || target.protocol === 'https:') return undefined;
  return isLoopback(source.hostname) && isLoopback(target.hostname) ? undefined : 'it leaves HTTPS';
}
