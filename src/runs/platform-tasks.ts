import type { RunAnswer } from '../answers/answer.ts';
import { type Outgoing, outgoing } from '../answers/outgoing.ts';
import { renderAnswer } from '../answers/render.ts';
import { oneLine } from '../base/text.ts';
import { asFault, callOperation } from '../calls/call.ts';
import { operationContext } from '../calls/execute.ts';
import { asProtocolError } from '../calls/protocol-errors.ts';
import { findRun, resumeRun } from '../calls/resume-run.ts';
import { type CallerServices, isBatchUri } from '../calls/services.ts';
import type { RunKind } from '../operations/operation.ts';
import { isSettled, type Run, readRun } from '../operations/run.ts';
import { faultResult, type ToolSet, usageKey } from '../tools/registry.ts';
import type { TaskSource, TaskState, TaskSubject } from './tasks.ts';

/** A batch is a run of this server: looking at it costs nothing. */
export const batchKind: Pick<RunKind, 'noun' | 'pace'> = { noun: 'batch', pace: { firstMs: 1_000, longestMs: 5_000 } };

/** Codes of faults that pass: the run may be fine, it just could not be looked at. */
const passing: ReadonlySet<string> = new Set(['rate_limited', 'upstream_down', 'timed_out']);

/** Tasks that are runs of the platforms: each look is one at the platform. */
export function runTasks(shared: CallerServices, tools: ToolSet): TaskSource {
  return {
    async look(subject, options) {
      try {
        return await tools.runAsCall('tasks/get', options, async call => {
          if (isBatchUri(subject.run)) {
            const answer = await outgoing(await shared.batches.resume(subject.run, 0, call), shared.redactor);
            return stateOf(batchKind, answer, subject, { _meta: { [usageKey]: call.meter } }, shared.clock.now());
          }
          const { kind } = await findRun(shared, subject.run);
          const { details, warnings } = subject;
          const answer = await resumeRun(shared, subject.run, call, { waitSeconds: 0, details, warnings });
          const safe = await outgoing(answer, shared.redactor);
          return stateOf(kind, safe, subject, { _meta: { [usageKey]: call.meter } }, shared.clock.now());
        });
      } catch (error) {
        const fault = asFault(error, shared);
        if (!passing.has(fault.code)) return { status: 'completed', result: faultResult(fault) };
        const statusMessage = `It could not be looked at: ${fault.message}`;
        const pollIntervalMs = Math.max(10_000, (fault.retryAfter ?? 0) * 1000);
        return { status: 'working', statusMessage, pollIntervalMs };
      }
    },
    cancel: (subject, options) =>
      asProtocolError(shared, subject.run, () =>
        tools.runAsCall('tasks/cancel', options, async call => {
          if (isBatchUri(subject.run)) {
            await shared.batches.cancel(subject.run);
            return;
          }
          const { kind, variables, connection } = await findRun(shared, subject.run);
          if (kind.cancel === undefined) return;
          // Cancelling what is over is no mistake; some platforms refuse it.
          const context = operationContext(shared, connection, call);
          const { final } = readRun(kind, subject.run, await kind.poll(variables, context));
          if (final) return;
          const operation = await shared.catalog.load(shared.catalog.get(kind.cancel));
          // A client cancels a task of its own accord or its person's, and only one that this caller started.
          await callOperation(
            { ...shared, unattended: true },
            operation,
            { ...variables, ...context.connectionArgument },
            { ...call, followsRuns: true },
          );
        }),
      ),
  };
}

function stateOf(
  kind: Pick<RunKind, 'noun' | 'pace'>,
  answer: Outgoing<RunAnswer>,
  { createdAt }: TaskSubject,
  usage: { _meta: Record<string, unknown> },
  now: number,
): TaskState {
  const { run } = answer;
  const statusMessage = messageOf(kind, run);
  if (run.status === 'cancelled') return { status: 'cancelled', statusMessage };
  // A run that waits for a person upstream is answered: the model has to tell that person.
  if (isSettled(run)) return { status: 'completed', statusMessage, result: { ...renderAnswer(answer), ...usage } };
  const { firstMs, longestMs } = kind.pace;
  const pollIntervalMs = Math.min(Math.max(firstMs, Math.round((now - createdAt) / 10)), longestMs);
  return { status: 'working', statusMessage, pollIntervalMs };
}

function messageOf({ noun }: Pick<RunKind, 'noun'>, { vendor_status, progress, notes = [] }: Run): string {
  const extent = progress ? `: ${progress.done} of ${progress.total} ${progress.unit}` : '';
  return oneLine([`${noun} ${vendor_status}${extent}`, ...notes].join('. '));
}
