import { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { AttemptSignal } from './attempt.ts';
import type { Connection } from './connection.ts';
import { type Exchange, failed, type Outcome, type Send } from './exchange.ts';
import type { HttpRequest } from './request.ts';

const defaultAttemptTimeout = 30_000;

function attemptTimeout({ attemptTimeoutMs = defaultAttemptTimeout }: Connection): number {
  return attemptTimeoutMs;
}

/** Ends an attempt when its time, or the call's, is up. */
export function deadline(clock: Clock, next: Send): Send {
  return async exchange => {
    const { call, connection, request } = exchange;
    call.signal.throwIfAborted();
    // A body takes as long as it is large.
    const unbound = request.body ?? request.slow;
    const limit = unbound ? Number.POSITIVE_INFINITY : attemptTimeout(connection);
    const left = call.deadline - clock.now();
    if (left <= 0) return failed(timedOut(connection, request));

    const attempt = new AttemptSignal();
    const follow = () => attempt.abort(call.signal.reason);
    const leave = () => call.signal.removeEventListener('abort', follow);
    call.signal.addEventListener('abort', follow, { once: true });
    let rung: Fault | undefined;
    // When the call's own time is over, the call says so.
    const alarm =
      limit < left
        ? clock.alarm(limit, () => {
            rung = timedOut(connection, request, limit);
            attempt.abort(rung);
          })
        : undefined;
    try {
      const outcome = await beforeAbort(next({ ...exchange, signal: attempt }), attempt);
      // The body of a stream is still to come: the caller may abort it, the alarm may not.
      if ('reply' in outcome && outcome.reply.body instanceof Readable) outcome.reply.body.once('close', leave);
      else leave();
      return outcome;
    } catch (error) {
      leave();
      if (rung && error === rung) return failed(rung);
      throw error;
    } finally {
      alarm?.clear();
    }
  };
}

// Credentials come from code that takes no signal, so waiting for the layers below is not enough.
function beforeAbort(outcome: Promise<Outcome>, attempt: AttemptSignal): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    attempt.once('abort', () => reject(attempt.reason));
    outcome.then(resolve, reject);
  });
}

/** `limit`: the milliseconds that were given; undefined when the call has no time left. */
function timedOut({ title }: Connection, request: HttpRequest, limit?: number): Fault {
  const { operation } = request;
  const time = limit === undefined ? 'in the time this call has' : `within ${limit / 1000} s`;
  return new Fault({
    code: 'timed_out',
    message: `${title} did not answer ${operation} ${time}.`,
    hint: 'Repeat the call later, or ask for less.',
  });
}

/** What an aborted call throws, whatever the signal was aborted with. */
export function abortFault(signal: AbortSignal, { title, operation }: { title: string; operation: string }): Fault {
  const { reason } = signal;
  if (isFault(reason)) return reason;
  const late = reason instanceof Error && reason.name === 'TimeoutError';
  return new Fault({
    code: late ? 'timed_out' : 'cancelled',
    message: `${title}: ${operation} was ${late ? 'not done in time' : 'cancelled by the caller'}.`,
    hint: late ? 'Repeat the call; ask for less if it happens again.' : 'Repeat the call if it is still wanted.',
    cause: reason,
  });
}

/** Breaks a stream off when nothing has arrived for the attempt's time although somebody reads. */
export function watchStall(clock: Clock, { connection, request }: Exchange, stream: Readable): () => void {
  const limit = attemptTimeout(connection);
  let last = clock.now();
  const check = () => {
    // A reader that takes its time leaves bytes waiting; that is not the platform's fault.
    if (stream.readableLength > 0) last = clock.now();
    const left = last + limit - clock.now();
    if (left <= 0) stream.destroy(timedOut(connection, request, limit));
    else arm(left);
  };
  const arm = (ms: number) => {
    alarm = clock.alarm(ms, check);
  };
  let alarm = clock.alarm(limit, check);
  stream.once('close', () => alarm.clear());
  return () => {
    last = clock.now();
  };
}
