import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Question, RunAnswer } from '../answers/answer.ts';
import type { Clock } from '../base/clock.ts';
import { defectFault, Fault, isFault } from '../base/errors.ts';
import { type Log, shortened } from '../base/log.ts';
import type { Redactor } from '../base/redact.ts';
import { principalOf } from '../callers/caller.ts';
import type { Call, Meter } from '../http/call.ts';
import { inDoubt, isUnsure } from '../http/change.ts';
import { currentTrace } from '../tracing/current.ts';
import type { CallOutcome } from './observer.ts';
import type { CallerServices } from './services.ts';

/** What a caller may bring to a call: how to stop it, to hear of it, to be asked, and to follow its run. */
export interface CallOptions {
  signal?: AbortSignal;
  progress?: (message: string, done?: number, total?: number) => void;
  person?: Call['person'];
  /** Turns a question into what the protocol has for it. There where `person` is. */
  put?: (question: Question) => CallToolResult;
  /** Turns a run that was started into what the protocol has for it. There where the client follows runs by itself. */
  handOver?: (started: RunAnswer) => CallToolResult;
}

/** Runs something as a call: with a deadline, a meter and a log line. */
export type RunAsCall = <T>(name: string, options: CallOptions, body: (call: Call) => Promise<T>) => Promise<T>;

/** One call answers within this, because common clients give up after 60 s. */
const callTimeoutMs = 50_000;

export const newMeter = (): Meter => ({ requests: 0, retries: 0, signatures: 0, polls: 0, bytes: 0, waitedMs: 0 });

export function createRunAsCall({ clock, caller, running, observer, redactor }: CallerServices, log: Log): RunAsCall {
  const principal = principalOf(caller);
  return async (name, options, body) => {
    const controller = running.begin(principal);
    const { call, end } = startCall(name, { ...options, ...tellSafely(options, redactor) }, controller, clock);
    const started = performance.now();
    let outcome: CallOutcome = 'ok';
    try {
      controller.signal.throwIfAborted();
      return await body(call);
    } catch (error) {
      outcome = isFault(error) ? error.code : 'defect';
      if (!isFault(error)) log.error({ tool: shortened(name), err: error }, 'defect');
      throw afterChanges(error, call);
    } finally {
      end();
      running.end(principal, controller);
      // A run that goes on answers even when the call that waited for it was given up.
      if (outcome === 'ok' && isFault(controller.signal.reason)) outcome = controller.signal.reason.code;
      const ms = performance.now() - started;
      const { meter } = call;
      observer.called({ name, outcome, ms, meter });
      const who = caller.callerId === '' ? {} : { caller: caller.name };
      const line = { tool: shortened(name), ...who, outcome, ms: Math.round(ms), ...meter };
      // Whoever called need not wait until it is written.
      setImmediate(() => log.info(line, 'call'));
    }
  };
}

/** What ended a call that may have changed something must not lead to doing that twice. */
function afterChanges(error: unknown, { changes = [], signal }: Call): unknown {
  const change = changes.findLast(isUnsure);
  if (!change) return error;
  if (!isFault(error)) return inDoubt(defectFault(error), change);
  // What a request came to has been told in its own words.
  return error === signal.reason ? inDoubt(error, change) : error;
}

/** What is told meanwhile leaves as answers do. */
const tellSafely = ({ progress }: CallOptions, { line }: Redactor): Pick<CallOptions, 'progress'> =>
  progress ? { progress: (message, done, total) => progress(line(message), done, total) } : {};

/** A call that is given up when its time is over or its caller has gone; `end` stops looking at either. */
function startCall(
  name: string,
  { signal, progress = () => {}, person, handOver }: CallOptions,
  controller: AbortController,
  clock: Clock,
): { call: Call; end(): void } {
  const give = (ms: number) => clock.alarm(ms, () => controller.abort(tooLong(name, ms)));
  let alarm = give(callTimeoutMs);
  const cancel = () => controller.abort(cancelled(name));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted) cancel();
  const call: Call = {
    signal: controller.signal,
    deadline: alarm.at,
    allow(ms) {
      alarm.clear();
      alarm = give(ms);
      call.deadline = alarm.at;
    },
    meter: newMeter(),
    changes: [],
    progress,
    trace: currentTrace(),
    ...(person ? { person } : {}),
    ...(handOver ? { followsRuns: true } : {}),
  };
  const end = () => {
    alarm.clear();
    signal?.removeEventListener('abort', cancel);
  };
  return { call, end };
}

const tooLong = (name: string, ms: number) =>
  new Fault({
    code: 'timed_out',
    message: `${name} did not finish within ${ms / 1000} s.`,
    hint: 'Repeat it: what has been fetched is kept. Ask for less if it happens again.',
  });

const cancelled = (name: string) =>
  new Fault({
    code: 'cancelled',
    message: `${name} was cancelled.`,
    hint: 'Nothing more was sent; what had been sent stands.',
  });
