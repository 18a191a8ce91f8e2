import type { Connections } from '../connections.ts';
import { isFault } from '../errors.ts';
import type { Connection } from '../http/connection.ts';
import type { OperationContext, Row } from '../operation.ts';
import { uriTemplate } from '../resources/uri.ts';
import type { Answer } from '../tools/answer.ts';
import { isSettled, type Run, type RunKind, waitForRun } from './run.ts';

/** A run's URI. Names the connection only where the platform has several. */
export function runUri(
  kind: RunKind,
  variables: Record<string, string>,
  { name, platform }: Connection,
  connections: Connections,
): string {
  const uri = uriTemplate(kind.uri).expand(variables);
  if (connections.of(platform).length < 2) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}connection=${encodeURIComponent(name)}`;
}

interface Waiting {
  waitSeconds: number;
  /** What the start answered, beside the run. */
  details?: Row;
  warnings?: string[];
  /** The run was started by this call: from then on, nothing may be told as a failure to start it. */
  started?: boolean;
}

/** Waits for a run within bounds, fetches what it made if it is done in time, and says what comes next. */
export async function answerRun(
  kind: RunKind,
  uri: string,
  variables: Record<string, string>,
  context: OperationContext,
  { waitSeconds, details, warnings = [], started = false }: Waiting,
): Promise<Answer> {
  const base = { kind: 'run', ...(details ? { details } : {}) } as const;
  const resume = `wait_for_run ${JSON.stringify({ run: uri })}`;
  let run: Run;
  try {
    // Room for the last look within the call's own deadline.
    const until = Math.min(context.clock.now() + waitSeconds * 1000, context.deadline - 2000);
    run = await waitForRun(kind, uri, variables, context, until);
  } catch (error) {
    if (!started || !isFault(error)) throw error;
    const unseen: Run = { uri, status: 'queued', vendor_status: 'started', final: false };
    return {
      ...base,
      run: unseen,
      next: resume,
      warnings: [...warnings, `Started, but looking at it failed: ${error.message}`],
    };
  }
  if (!isSettled(run)) return { ...base, run, next: resume, warnings };
  if (run.status !== 'succeeded' || !kind.result) return { ...base, run, warnings };
  const operation = kind.result.operation();
  const args = kind.result.arguments(variables);
  try {
    const collected = await operation.collect?.(args as never, context);
    if (!collected) return { ...base, run, warnings };
    const next = `read_result ${JSON.stringify({ result: collected.result.uri })}`;
    return {
      ...base,
      run,
      result: collected.result,
      summary: collected.summary,
      next,
      warnings: [...warnings, ...collected.warnings],
    };
  } catch (error) {
    if (!isFault(error)) throw error;
    const fetch = `${operation.name} ${JSON.stringify(args)}`;
    return {
      ...base,
      run,
      next: fetch,
      warnings: [...warnings, `It is done, but fetching it stopped: ${error.message} ${error.hint}`],
    };
  }
}
