import pMap from 'p-map';
import type { Answer, RunAnswer } from '../answers/answer.ts';
import { type Fault, isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { asFault, callForOne } from '../calls/call.ts';
import { resumeRun } from '../calls/resume-run.ts';
import type { CallerServices } from '../calls/services.ts';
import type { Call, Meter } from '../http/call.ts';
import { isUnsure } from '../http/change.ts';
import type { Connection } from '../http/connection.ts';
import { isListing, isReading, type Operation, type RunStatus, startsRun } from '../operations/operation.ts';
import { isSettled } from '../operations/run.ts';
import type { Journal } from './journal.ts';
import { atOnce, createPace, tightestQuota } from './pace.ts';
import { namesOf, type Outcome, type Thing } from './plan.ts';

/** One thing may wait for its turn in the quota, and for what it started, for so long. */
const patienceMs = 3_600_000;
/** Things in a row that the platform failed for, after which it is left alone. */
const mostFailures = 10;
const changesAtOnce = 4;
/** One wait for a run that a thing has started, before it is looked whether to go on. */
const waitSeconds = 45;
/** A process ended between the request and its answer. */
const leftHalfWay = 'It was sent, and the process ended before the answer came.';

export interface Work {
  shared: CallerServices;
  operation: Operation;
  connection: Connection;
  journal: Journal;
  signal: AbortSignal;
  meter: Meter;
  /** Told after every thing. */
  told(): void;
}

/** Faults that are the same for every thing, so that going on is of no use. */
const fatal: ReadonlySet<string> = new Set(['unauthorized', 'not_configured', 'unknown_operation', 'read_only']);
/** Faults that pass by themselves. */
const passing: ReadonlySet<string> = new Set(['upstream_down', 'timed_out', 'rate_limited', 'bad_upstream_reply']);

/**
 * Carries the operation out for every thing of which nothing is known yet. What comes of each is written down before
 * the next is begun.
 * @throws Fault that would be that of every thing, or when the platform seems to be down; the signal's reason
 */
export async function workThrough(work: Work): Promise<void> {
  const { shared, operation, connection, journal, signal, meter } = work;
  const left = journal.plan.things.filter(({ key }) => !journal.isKnown(key));
  const quota = tightestQuota(operation, connection);
  const pace = createPace(shared.clock, quota);
  // What does no harm when it is sent twice is simply sent again.
  const isChange = !isReading(operation) && operation.idempotent !== true;
  let begun = 0;
  let failures = 0;
  const before = meter.requests;
  async function note({ key }: Thing, outcome: Outcome | { fault: Fault }): Promise<void> {
    if (!('fault' in outcome)) return journal.append(outcome);
    const { code, message } = outcome.fault;
    const state = isChange && isDoubtful(outcome.fault) ? 'unknown' : 'failed';
    // What would be the same for every thing is no outcome of this one, but of a change that has left.
    if (isChange || !(fatal.has(code) || (isPassing(outcome.fault) && failures + 1 >= mostFailures)))
      await journal.append({ key, state, code, message });
  }
  const one = async (thing: Thing) => {
    if (journal.tally().isCancelled) return;
    await pace.next(begun < 4 ? 1 : Math.max(1, (meter.requests - before) / begun), signal);
    begun += 1;
    if (isChange && journal.wasSent(thing.key) && journal.startedRun(thing.key) === undefined) {
      await journal.append({ key: thing.key, state: 'unknown', code: 'outcome_unknown', message: leftHalfWay });
      return;
    }
    if (isChange && journal.startedRun(thing.key) === undefined)
      await journal.append({ key: thing.key, state: 'sent' });
    const outcome = await outcomeOf(thing, work);
    await note(thing, outcome);
    if ('fault' in outcome) {
      failures = isPassing(outcome.fault) ? failures + 1 : 0;
      if (fatal.has(outcome.fault.code) || failures >= mostFailures) throw outcome.fault;
    } else failures = 0;
    work.told();
  };
  await pMap(left, one, { concurrency: isChange ? Math.min(changesAtOnce, atOnce(quota)) : atOnce(quota) });
}

async function outcomeOf(thing: Thing, work: Work): Promise<Outcome | { fault: Fault }> {
  const { shared, operation, journal, signal, meter } = work;
  const { rest, connection } = journal.plan;
  const deadline = shared.clock.now() + patienceMs;
  const call: Call = { signal, deadline, meter, progress: () => {}, changes: [], isOneOfMany: true };
  const args = {
    ...(isListing(operation) ? { limit: 'all' } : {}),
    ...rest,
    ...shared.connections.argumentFor({ name: connection, platform: work.connection.platform }),
    ...namesOf(journal.plan, thing),
    ...thing.args,
    // It is known by its run before anybody waits for it, so that it is not started twice.
    ...(startsRun(operation) ? { wait_seconds: 0 } : {}),
  };
  try {
    // Rows go into the table of all, not into a result for each thing.
    // Somebody has agreed to all of them, or nobody has to.
    const services = { ...shared, unattended: true, fit: { ...shared.fit, answerTokens: Number.POSITIVE_INFINITY } };
    const begun = journal.startedRun(thing.key);
    const first =
      begun === undefined
        ? await callForOne(services, operation, args, call)
        : await resumeRun(services, begun, call, { waitSeconds });
    if (begun === undefined && first.kind === 'run')
      await journal.append({ key: thing.key, state: 'started', run: first.run.uri });
    return outcomeOfAnswer(thing, await awaitStartedRun(first, services, call));
  } catch (error) {
    if (signal.aborted) {
      // Held up in the quota's line, for example: it can be sent another time.
      if (!call.changes?.some(isUnsure)) await journal.append({ key: thing.key, state: 'unsent' });
      throw signal.reason;
    }
    return { fault: asFault(error, shared) };
  }
}

const isDoubtful = ({ code, doubtful }: Fault): boolean => doubtful || code === 'outcome_unknown';

/** A run that a thing has started is waited for. */
async function awaitStartedRun(first: Answer, shared: CallerServices, call: Call): Promise<Answer> {
  let answer = first;
  while (answer.kind === 'run' && !isSettled(answer.run) && shared.clock.now() < call.deadline) {
    const { uri } = answer.run;
    answer = await resumeRun(shared, uri, call, { waitSeconds });
  }
  return answer;
}

/** A run that has failed is what failed of the thing, and can be done again alone. */
function outcomeOfAnswer({ key }: Thing, answer: Answer): Outcome {
  const content = contentOf(answer);
  if (answer.kind !== 'run' || answer.outcome || !isLost(answer.run.status)) return { key, state: 'done', ...content };
  return { key, state: 'failed', code: 'rejected', message: `Its run ended as ${answer.run.status}`, ...content };
}

const isLost = (status: RunStatus): boolean => status === 'failed' || status === 'cancelled';

type Content = Pick<Outcome & { state: 'done' }, 'rows' | 'more' | 'warnings'>;

function contentOf(answer: Answer): Content {
  switch (answer.kind) {
    case 'rows':
      return {
        rows: answer.rows,
        ...(answer.page.complete ? {} : { more: true as const }),
        ...(answer.warnings.length > 0 ? { warnings: answer.warnings } : {}),
      };
    case 'value':
      return { rows: [isRow(answer.value) ? answer.value : { value: answer.value }] };
    case 'result':
      return { rows: [{ result: answer.result.uri, rows: answer.result.rows, summary: answer.summary }] };
    case 'run':
      return { rows: [runRow(answer)] };
    default:
      return { rows: [] };
  }
}

function runRow({ run, outcome }: RunAnswer): Row {
  const made = outcome?.kind === 'result' ? { result: outcome.result.uri, rows: outcome.result.rows } : {};
  return { run: run.uri, status: run.status, ...made };
}

/** Whether the fault says that the platform is to be tried again later. */
export const isPassing = (error: unknown): error is Fault => isFault(error) && passing.has(error.code);
