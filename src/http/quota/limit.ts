import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Connection, Quota } from '../connection.ts';
import { baseOf, type Exchange, failed, type Send } from '../exchange.ts';
import { seconds } from '../retry.ts';
import type { Gate, Window } from './gate.ts';

export interface LimitOptions {
  clock: Clock;
  /** Makes what keeps the requests of one account within its quotas. */
  gateFor(connection: Connection): Gate;
}

/** Keeps every request within the documented quotas of its connection, first come, first served. */
export function limit({ clock, gateFor }: LimitOptions, next: Send): Send {
  // By object: whoever keeps a connection's quotas keeps what is left of them, and APIs that share them queue together.
  const gates = new WeakMap<readonly Quota[], Gate>();
  return async exchange => {
    const { connection, request, target, call } = exchange;
    const refusal = await call.attempts?.take();
    if (refusal) return failed(refusal);
    if (exchange.anonymous) return next(exchange);
    const gate = gates.get(connection.quotas) ?? gateFor(connection);
    gates.set(connection.quotas, gate);
    const path = pathBelow(connection, target);
    const windows = windowsOf(connection.quotas, { method: request.method, path, url: target });
    const asked = clock.now();
    const place = await gate.enter(windows, {
      deadline: call.deadline,
      signal: call.signal,
      waits(until) {
        const ms = until - asked;
        const which = named(windows, gate);
        if (ms >= 1000) call.progress(`Waiting ${seconds(ms)} for the rate limit of ${connection.title} (${which})`);
      },
    });
    call.meter.waitedMs += clock.now() - asked;
    if (typeof place === 'number') return failed(quotaUsedUp(exchange, named(windows, gate), place - clock.now()));
    try {
      const outcome = await next({ ...exchange, written: () => gate.written(place) });
      if ('fault' in outcome && outcome.fault.code === 'rate_limited' && outcome.fault.retryAfter !== undefined)
        gate.close(tightest(windows), clock.now() + outcome.fault.retryAfter * 1000);
      return outcome;
    } finally {
      gate.answered(place);
    }
  };
}

// Nothing is documented for it: there is room, until a 429 says that there is none.
const everything: readonly Window[] = [{ id: '' }];

function windowsOf(quotas: readonly Quota[], { url, ...request }: { method: string; path: string; url: URL }) {
  const windows = quotas.flatMap((quota, index): Window[] =>
    quota.appliesTo(request) ? [{ id: `${index} ${quota.countedFor?.(url) ?? ''}`, quota }] : [],
  );
  return windows.length > 0 ? windows : everything;
}

// A 429 does not say which quota it is about. Closing a wider one as well could block calls that are welcome.
function tightest(windows: readonly Window[]): Window {
  return windows.reduce((a, b) => (rateOf(b) < rateOf(a) ? b : a));
}

const rateOf = ({ quota }: Window) => (quota ? quota.requests / quota.perMs : Number.POSITIVE_INFINITY);

function named(windows: readonly Window[], gate: Gate): string {
  const { quota } = tightest(windows);
  if (!quota) return 'set by the platform';
  const { name, requests, perMs } = quota;
  const places = gate.shareOf(quota);
  const share = places < requests ? `${places} of ${requests}` : requests;
  return `${name}: ${share} requests in ${seconds(perMs)}`;
}

function quotaUsedUp({ connection, request }: Exchange, which: string, wait: number): Fault {
  const retryAfter = Math.ceil(wait / 1000);
  return new Fault({
    code: 'rate_limited',
    message: `The rate limit of ${connection.title} (${which}) has no room for ${request.operation} in time.`,
    hint: `Repeat the call in ${retryAfter} s. Nothing was sent.`,
    retryAfter,
  });
}

function pathBelow(connection: Connection, { pathname }: URL): string {
  const base = baseOf(connection).pathname.replace(/\/$/, '');
  return pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname;
}
