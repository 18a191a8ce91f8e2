import * as crypto from 'node:crypto';
import type { Handler, SimulatorReply } from '../../../sandbox/router.ts';
import { empty } from './replies.ts';
import { type Order, planRun, type Run } from './runs.ts';
import { randomOf } from './seed/data.ts';
import { pipelines, type SeedPipeline } from './seed/seed.ts';
import type { DataminState, RunAnswer } from './state.ts';

/** The size of the column that keeps a run's input. */
const mostInputBytes = 65_535;
const noUuid = '00000000-0000-0000-0000-000000000000';

/** `POST /pipelines/{uuid}/runs/`. */
export function createLauncher(now: () => number, state: DataminState): Handler {
  let taskRuns = 0;

  function start(pipeline: SeedPipeline, at: number, input: Buffer): Run {
    const turn = [...state.runs.values()].filter(run => run.pipeline === pipeline).length;
    const next: (() => Run)[] = [];
    const order: Order = {
      uuid: crypto.randomUUID(),
      pipeline,
      startedAt: at + state.queueMs,
      input,
      random: randomOf(turn),
      turn,
      slowness: state.slowness,
      fails: task => state.failingTasks.has(task.uuid),
      onStart(uuid, startAt, given) {
        const other = pipelines.find(one => one.uuid === uuid);
        if (other) next.push(() => start(other, startAt, given));
      },
    };
    const run: Run = state.silent.has(pipeline.uuid) ? { ...order, tasks: [] } : planRun(order);
    state.runs.set(run.uuid, run);
    for (const startOther of next) startOther();
    return run;
  }

  const describeTasks = ({ uuid, pipeline }: Run) =>
    pipeline.tasks
      .filter(task => !task.after)
      .map(task => {
        taskRuns += 1;
        return {
          id: taskRuns,
          state: 'pending',
          task_uuid: task.uuid,
          task_run_uuid: state.profile === 'docs' ? crypto.randomUUID() : noUuid,
          workflow_run_uuid: uuid,
          is_successful: false,
          output: null,
          errors: null,
          created_at: '',
          updated_at: '',
        };
      });

  const answers: Readonly<Record<RunAnswer, (run: Run) => unknown>> = {
    tasks: describeTasks,
    results: run => ({ results: describeTasks(run) }),
    pipeline_run_uuid: ({ uuid }) => ({ pipeline_run_uuid: uuid }),
    workflow_run_uuid: ({ uuid }) => ({ workflow_run_uuid: uuid }),
    nothing: () => ({}),
  };

  return ({ params, bytes }): SimulatorReply => {
    const uuid = params['uuid'] ?? '';
    const pipeline = pipelines.find(one => one.uuid === uuid.toLowerCase());
    const isRunnable = pipeline && pipeline.kind !== 'template' && pipeline.tasks.length > 0;
    if (!isRunnable || state.foreign.has(pipeline.uuid)) return empty(404);
    if (state.paused.has(pipeline.uuid)) return empty(403, true);
    if (bytes.length > mostInputBytes) return { status: 500 };
    const run = start(pipeline, now(), bytes);
    const answer = state.runAnswer ?? (state.profile === 'docs' ? 'tasks' : 'pipeline_run_uuid');
    return { status: state.runStatus, json: answers[answer](run) };
  };
}
