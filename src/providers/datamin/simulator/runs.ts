import { type Scene, seasonOf } from './seed/data.ts';
import type { SeedPipeline, SeedTask } from './seed/seed.ts';

/** One run, planned to its end; what has happened by now is for the reader to tell. */
export interface Run {
  uuid: string;
  pipeline: SeedPipeline;
  /** Clock ms. */
  startedAt: number;
  /** What it was given, byte for byte; empty: nothing. */
  input: Buffer;
  tasks: TaskRun[];
}

export interface TaskRun {
  task: SeedTask;
  isSuccessful: boolean;
  durationMs: number;
  /** Clock ms at which it finishes. */
  executedAt: number;
  /** Bytes, or a value that goes out as JSON. Of a failed task only where `problem` is absent. */
  output: unknown;
  problem?: Problem;
  /** 0 but for an aggregator of a metric pipeline. */
  metricValue: number;
}

/** Why a task failed, in the words of current servers. */
export interface Problem {
  code: number;
  message: string;
}

export interface Order {
  uuid: string;
  pipeline: SeedPipeline;
  startedAt: number;
  input: Buffer;
  random(): number;
  /** How many runs of this pipeline came before, for tasks with a script. */
  turn: number;
  /** Durations are so many times longer. */
  slowness: number;
  fails(task: SeedTask): boolean;
  /** Called when a task has started another pipeline. */
  onStart?(pipeline: string, at: number, input: Buffer): void;
}

interface Step {
  task: SeedTask;
  input: unknown;
  readyAt: number;
}

const failureCodes: Readonly<Record<string, number>> = {
  query: 10000,
  notification: 10100,
  api_call: 10200,
  transformer: 10300,
  condition: 10400,
  aggregator: 10500,
  for_each: 10600,
  merge: 10700,
  filter: 10800,
  external_trigger: 10900,
  code: 11000,
  gpt: 11100,
  processor: 11200,
  run_pipeline: 11300,
};

/** A payload as the bytes that the next task gets. */
export const bytesOf = (payload: unknown): Buffer =>
  Buffer.isBuffer(payload) ? payload : Buffer.from(JSON.stringify(payload));

/** Works through the pipeline: initial tasks at once, each finished one triggers its successors, a failed one nothing. */
export function planRun(order: Order): Run {
  const { uuid, pipeline, startedAt, input } = order;
  const given = input.length > 0 ? input : Buffer.from('null');
  const initial = pipeline.tasks.filter(task => !task.after);
  const steps: Step[] = initial.map(task => ({ task, input: given, readyAt: startedAt }));
  const waiting = new Map<SeedTask, { inputs: unknown[]; missing: number; readyAt: number }>();
  const tasks: TaskRun[] = [];

  function trigger(task: SeedTask, from: SeedTask, payload: unknown, readyAt: number): void {
    const sources = task.after ?? [];
    if (sources.length === 1) {
      steps.push({ task, input: payload, readyAt });
      return;
    }
    const state = waiting.get(task) ?? { inputs: [], missing: sources.length, readyAt };
    waiting.set(task, state);
    state.inputs[sources.findIndex(source => source.task === from.name)] = payload;
    state.missing -= 1;
    state.readyAt = Math.max(state.readyAt, readyAt);
    if (state.missing === 0) steps.push({ task, input: state.inputs, readyAt: state.readyAt });
  }

  // It grows while it is worked through.
  for (const step of steps) {
    const { done, passedOn, branch } = runStep(step, order);
    tasks.push(done);
    if (!done.isSuccessful) continue;
    if (step.task.starts) order.onStart?.(step.task.starts, done.executedAt, bytesOf(done.output));
    for (const next of successorsOf(step.task, pipeline, branch))
      for (const payload of passedOn) trigger(next, step.task, payload, done.executedAt);
  }
  return { uuid, pipeline, startedAt, input, tasks };
}

/** The tasks that follow one that has succeeded; `branch`: what a condition decided. */
const successorsOf = (task: SeedTask, { tasks }: SeedPipeline, branch: boolean | undefined): SeedTask[] =>
  tasks.filter(({ after }) => {
    const edge = after?.find(source => source.task === task.name);
    return edge !== undefined && (edge.when === undefined || edge.when === branch);
  });

interface Outcome {
  done: TaskRun;
  /** One payload for each time that the successors run. */
  passedOn: unknown[];
  /** What a condition decided. */
  branch?: boolean;
}

function runStep({ task, input, readyAt }: Step, order: Order): Outcome {
  const { pipeline, startedAt, random, turn, slowness } = order;
  const pace = (0.8 + random() * 0.4) * seasonOf(startedAt) * slowness;
  const scripted = task.script?.[turn % task.script.length];
  const durationMs = scripted?.ms ?? Math.max(Math.round(task.ms * pace), 1);
  const base = { task, durationMs, executedAt: readyAt + durationMs, metricValue: 0 };
  const fail = (problem: Problem): Outcome => ({
    done: { ...base, isSuccessful: false, output: undefined, problem },
    passedOn: [],
  });
  if (order.fails(task)) return fail(usualProblem(task));
  if (scripted) {
    const { ok, output } = scripted;
    return { done: { ...base, isSuccessful: ok, output }, passedOn: [output] };
  }
  const made = attempt(task, input, { at: startedAt, random });
  if ('code' in made) return fail(made);
  const { value } = made;
  if (task.type === 'condition') {
    const output = { result: value, original_input: bytesOf(input).toString('base64') };
    return { done: { ...base, isSuccessful: true, output }, passedOn: [input], branch: value === true };
  }
  const done: TaskRun = { ...base, isSuccessful: true, output: value };
  if (pipeline.kind === 'metric') {
    done.output = Buffer.alloc(0);
    if (task.type === 'aggregator') done.metricValue = metricOf(value);
  }
  return { done, passedOn: task.type === 'for_each' && Array.isArray(value) ? value : [value] };
}

function attempt(task: SeedTask, input: unknown, scene: Scene): { value: unknown } | Problem {
  try {
    return { value: task.work(input, scene) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { code: 100, message: `Cannot deserialize the input of the task: ${error.message}` };
  }
}

function usualProblem({ type, name }: SeedTask): Problem {
  const message = type === 'query' ? 'Lock wait timeout exceeded; try restarting transaction' : `Task "${name}" failed`;
  return { code: failureCodes[type] ?? 101, message };
}

function metricOf(value: unknown): number {
  const [first]: unknown[] = Array.isArray(value) ? value : [];
  return Number((first as { value?: unknown } | undefined)?.value ?? 0);
}
