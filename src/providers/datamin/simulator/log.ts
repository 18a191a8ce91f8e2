import { bytesOf, type Run, type TaskRun } from './runs.ts';
import type { DataminState } from './state.ts';

/** One entry of the log of runs. */
export function describeTask(run: Run, done: TaskRun, state: DataminState) {
  const { task, isSuccessful, durationMs, executedAt, metricValue } = done;
  return {
    [state.profile === 'docs' ? 'workflow_run_uuid' : 'pipeline_run_uuid']: run.uuid,
    task_uuid: task.uuid,
    task_type: task.type,
    is_successful: isSuccessful,
    duration: durationMs,
    output: state.oddOutputs.get(task.uuid) ?? outputOf(run, done, state).toString('base64'),
    metric_value: metricValue,
    executed_at: finishText(done, executedAt, state),
  };
}

// The page shows whole seconds; the server writes microseconds and drops trailing zeros.
function finishText({ durationMs }: TaskRun, executedAt: number, { profile }: DataminState): string {
  const seconds = new Date(executedAt).toISOString().slice(0, 19);
  if (profile === 'docs') return `${seconds}Z`;
  const micros = (executedAt % 1000) * 1000 + ((durationMs * 37) % 1000);
  const fraction = String(micros)
    .padStart(6, '0')
    .replace(/0{1,6}$/, '');
  return `${seconds}${fraction && `.${fraction}`}Z`;
}

const dataSource = Buffer.from('0b7c1f52e4a94d3b8f60a1c2d3e4f506', 'hex');

function outputOf({ pipeline }: Run, { task, problem, output }: TaskRun, state: DataminState): Buffer {
  if (pipeline.kind === 'metric') return Buffer.alloc(0);
  if (!problem) return bytesOf(output);
  const style = state.failureOutput ?? (state.profile === 'docs' ? 'older' : 'errors');
  if (style === 'errors') return bytesOf([{ Code: problem.code, Severity: 'error', Message: problem.message }]);
  return task.type === 'query' ? dataSource : Buffer.alloc(0);
}
