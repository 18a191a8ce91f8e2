import type { Outcome, RunAnswer } from '../answers/answer.ts';
import { isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Operation, OperationContext, RunKind } from '../operations/operation.ts';
import { isSettled, type Run, RunFault, unseenRun, waitForRun } from '../operations/run.ts';
import { createForecast } from './forecast.ts';
import { longestWaitSeconds } from './tool-input.ts';

interface Waiting {
  waitSeconds: number;
  /** What the start answered, beside the run. */
  details?: Row;
  warnings?: string[];
  /** Carries out the operation that fetches what the run made. */
  executeOperation(operation: Operation, args: Row): Promise<Outcome>;
  /** The run was started by this call: from then on, nothing may be told as a failure to start it. */
  started?: boolean;
}

/** Waits for a run within bounds, fetches what it made if it is done in time, and says what comes next. */
export async function answerRun(
  kind: RunKind,
  uri: string,
  variables: Record<string, string>,
  context: OperationContext,
  { waitSeconds, details, warnings = [], executeOperation, started = false }: Waiting,
): Promise<RunAnswer> {
  const begun = { kind: 'run', ...(details ? { details } : {}) } as const;
  const resume = `wait_for_run ${JSON.stringify({ run: uri, wait_seconds: longestWaitSeconds })}`;
  const forecast = createForecast(kind, variables, context);
  let run: Run;
  try {
    // Room for the last look within the call's own deadline.
    const until = Math.min(context.clock.now() + waitSeconds * 1000, context.deadline - 2000);
    run = await waitForRun(kind, uri, variables, context, until, forecast);
  } catch (error) {
    if (error instanceof RunFault) throw error.fault;
    if (!started) throw error;
    return {
      ...begun,
      run: unseenRun(uri),
      next: resume,
      warnings: [...warnings, `Started, but looking at it failed: ${runFaultText(error, context)}`],
    };
  }
  // Of two states at two times the later one counts.
  const { status: _, ...others } = details ?? {};
  const base = { kind: 'run', ...(details ? { details: others } : {}) } as const;
  if (!isSettled(run)) return { ...base, run: forecast.tell(run), next: resume, warnings };
  const { result } = kind;
  if (!result || !(result.after ?? ['succeeded']).includes(run.status) || isBare(run))
    return { ...base, run, warnings };
  const operation = result.operation();
  const args = result.arguments(variables);
  try {
    const outcome = await executeOperation(operation, args);
    const next =
      outcome.kind === 'result' ? { next: `read_result ${JSON.stringify({ result: outcome.result.uri })}` } : {};
    const tally = outcome.kind === 'result' ? outcome.tally : undefined;
    return { ...base, run: tally ? { ...run, tally } : run, outcome, ...next, warnings };
  } catch (error) {
    const fetch = `${operation.name} ${JSON.stringify({ ...args, ...context.connectionArgument })}`;
    const told = `It is done, but fetching what it made stopped: ${runFaultText(error, context)}${isFault(error) ? ` ${error.hint}` : ''}`;
    const next = canPass(error) ? { next: fetch } : {};
    return { ...base, run, ...next, warnings: [...warnings, told] };
  }
}

/** Nothing is in it, and nothing will be. */
const isBare = ({ tally }: Run): boolean => tally !== undefined && tally.with_data + tally.open === 0;

/** Whether the same call may do better: what fails the same way each time is no next step. */
const canPass = (error: unknown): boolean =>
  isFault(error) &&
  ['upstream_down', 'timed_out', 'rate_limited', 'cancelled', 'bad_upstream_reply'].includes(error.code);

function runFaultText(error: unknown, { redact }: OperationContext): string {
  return redact(error instanceof Error ? error.message : String(error));
}
