import * as z from 'zod';
import type { Row } from '../base/json-value.ts';
import { operationContext } from '../calls/execute.ts';
import { findRun } from '../calls/resume-run.ts';
import { isBatchUri } from '../calls/services.ts';
import type { RunHistory, RunReading, RunStep } from '../operations/operation.ts';
import { type Run, readRun } from '../operations/run.ts';
import { general, reading } from './general-tool.ts';

/** What the tool `view_run` answers. Pages are compiled against it. */
export interface ViewedRun {
  run: Run;
  steps: RunStep[];
  /** How long such runs took, in seconds, and since when (ms) this one runs. */
  took?: RunHistory;
  /** By the clock of the server, in ms. */
  now: number;
  /** What cancels it: an operation, which the assistant calls and the person is asked about. */
  cancel?: { operation: string; arguments: Row };
}

export const viewRunTool = general({
  name: 'view_run',
  title: 'A run for a page',
  description: 'How far a run is, and what it consists of, for the page that shows it.',
  input: z.strictObject({ run: z.string() }),
  annotations: { ...reading, openWorldHint: true },
  needs: 'runs',
  page: 'run',
  forPages: true,
  async call({ run: uri }, shared, call) {
    const now = shared.clock.now();
    if (isBatchUri(uri)) {
      const { run } = await shared.batches.look(uri);
      return answer({ run, steps: [], now });
    }
    const { kind, variables, connection } = await findRun(shared, uri);
    const context = operationContext(shared, connection, call);
    const [look, steps, took] = await Promise.all([
      kind.poll(variables, context),
      kind.stepsOf?.(variables, context),
      kind.took?.(variables, context).catch(() => undefined),
    ]);
    const run = readRun(kind, uri, look);
    const given = { ...variables, ...context.connectionArgument };
    const cancel = kind.cancel !== undefined && !run.final && { cancel: { operation: kind.cancel, arguments: given } };
    return answer({ run, steps: steps ?? stepsIn(look), now, ...(took ? { took } : {}), ...(cancel || {}) });
  },
});

const answer = (view: ViewedRun) => ({ kind: 'value', value: view }) as const;

/** What a look tells of the several things that a run is for. */
function stepsIn({ parts }: RunReading): RunStep[] {
  const { withData = [], failed = [], empty = [], open = [] } = parts ?? {};
  const named = (names: readonly string[], status: RunStep['status'], word: string) =>
    names.map((name): RunStep => ({ name, status, word }));
  return [
    ...named(failed, 'failed', 'failed'),
    ...named(open, 'running', 'under way'),
    ...named(empty, 'succeeded', 'empty'),
    ...named(withData, 'succeeded', parts?.good?.replace('have', 'has') ?? 'has data'),
  ];
}
