import type { Job, JobPlan, Pipeline, Project, World } from './world.ts';
export const finals = ['success', 'failed', 'canceled', 'skipped'];
const cancelable = ['created', 'waiting_for_resource', 'preparing', 'pending', 'running', 'scheduled'];
const cancelingMs = 4000;
const setUpMs = 2000;

export type NewPipeline = Pick<Pipeline, 'ref' | 'sha' | 'source' | 'userId'> &
  Partial<Pick<Pipeline, 'tag' | 'name' | 'variables' | 'outcomes' | 'createdAt'>> & { file: string };

/** Adds a pipeline to a project, its jobs as the file plans them. The file must exist. */
export function createPipeline(world: World, project: Project, wanted: NewPipeline): Pipeline {
  const { pipelines } = world.partsOf(project);
  const { file, tag = false, name = null, variables = [], outcomes = {}, createdAt = world.now(), ...rest } = wanted;
  const pipeline: Pipeline = {
    id: world.nextId(),
    iid: pipelines.length + 1,
    project,
    tag,
    name,
    variables,
    outcomes,
    createdAt,
    ...rest,
    jobs: [],
    yamlErrors: null,
  };
  for (const plan of world.plans.get(file) ?? []) addJob(world, pipeline, plan, createdAt);
  pipelines.push(pipeline);
  project.lastActivityAt = Math.max(project.lastActivityAt, createdAt);
  return pipeline;
}

function addJob(world: World, pipeline: Pipeline, plan: JobPlan, createdAt: number, userId = pipeline.userId): Job {
  const job: Job = {
    id: world.nextId(),
    pipeline,
    plan,
    userId,
    createdAt,
    status: 'created',
    token: world.secret('glcbt-'),
    artifactsKept: false,
    artifactsGone: false,
    retried: false,
  };
  pipeline.jobs.push(job);
  world.jobs.set(job.id, job);
  return job;
}

export const currentJobs = (pipeline: Pipeline): Job[] => pipeline.jobs.filter(job => !job.retried);

interface Gate {
  state: 'open' | 'failed' | 'waiting';
  at: number;
}

/** Brings a pipeline to the present. Whatever happened since the last look happened at its own time. */
export function advancePipeline(world: World, pipeline: Pipeline): Pipeline {
  const stages = [...new Set(pipeline.jobs.map(job => job.plan.stage))];
  let gate: Gate = { state: 'open', at: pipeline.createdAt + setUpMs };
  for (const stage of stages) {
    const jobs = currentJobs(pipeline).filter(job => job.plan.stage === stage);
    for (const job of jobs) settleJob(world, job, gate);
    gate = gateAfter(jobs, gate);
  }
  return pipeline;
}

function gateAfter(jobs: readonly Job[], gate: Gate): Gate {
  const blocking = jobs.filter(job => !(job.status === 'manual' && job.plan.allowFailure));
  const at = Math.max(gate.at, ...blocking.map(job => job.finishedAt ?? 0));
  if (gate.state === 'waiting' || blocking.some(job => !finals.includes(job.status))) return { state: 'waiting', at };
  const stopped = blocking.some(job => /failed|canceled/.test(job.status) && !job.plan.allowFailure);
  return { state: gate.state === 'failed' || stopped ? 'failed' : 'open', at };
}

function settleJob(world: World, job: Job, gate: Gate): void {
  if (job.finishedAt !== undefined) return;
  if (job.startedAt === undefined) job.status = waitForStart(world, job, gate);
  if (job.startedAt !== undefined) run(world, job, job.startedAt);
}

/** The status of a job that has not started; starts it when its time has come. */
function waitForStart(world: World, job: Job, gate: Gate): string {
  const now = world.now();
  if (job.cancelAt !== undefined) {
    job.finishedAt = job.cancelAt;
    return 'canceled';
  }
  const { when, delaySeconds = 0, queueSeconds = 4 } = job.plan;
  const delayMs = when === 'delayed' ? delaySeconds * world.pace * 1000 : 0;
  const readyAt = Math.max(gate.at, job.createdAt) + delayMs;
  const held = job.playedAt === undefined ? heldBack(job, gate, { now, readyAt, delayMs }) : undefined;
  if (held !== undefined) return held;
  job.queuedAt = job.playedAt ?? readyAt;
  const startAt = job.queuedAt + queueSeconds * world.pace * 1000;
  if (now < startAt) return 'pending';
  job.startedAt = startAt;
  return 'running';
}

/** Why nobody may run a job yet, as the status that says so; undefined: somebody may. */
function heldBack(
  { plan: { when = 'on_success' } }: Job,
  gate: Gate,
  { now, readyAt, delayMs }: { now: number; readyAt: number; delayMs: number },
): string | undefined {
  if (gate.state === 'waiting' || now < readyAt - delayMs) return 'created';
  if (gate.state === 'failed' && when !== 'always') return 'skipped';
  if (when === 'manual') return 'manual';
  return now < readyAt ? 'scheduled' : undefined;
}

function run(world: World, job: Job, startedAt: number): void {
  const downstream = job.plan.starts ? advancePipeline(world, startDownstream(world, job, startedAt)) : undefined;
  const endsAt = downstream ? endOf(downstream) : startedAt + job.plan.seconds * world.pace * 1000;
  if (job.cancelAt !== undefined && job.cancelAt < (endsAt ?? Number.POSITIVE_INFINITY))
    cancelling(world, job, job.cancelAt);
  else if (endsAt === undefined || world.now() < endsAt) job.status = 'running';
  else finish(world, job, endsAt, downstream);
}

function cancelling(world: World, job: Job, cancelAt: number): void {
  const isOver = world.now() >= cancelAt + cancelingMs;
  job.status = isOver ? 'canceled' : 'canceling';
  if (isOver) job.finishedAt = cancelAt + cancelingMs;
}

function finish(world: World, job: Job, finishedAt: number, downstream: Pipeline | undefined): void {
  const outcome = downstream ? statusOf(downstream) : outcomeOf(world, job);
  job.finishedAt = finishedAt;
  job.status = ['success', 'canceled', 'skipped'].includes(outcome) ? outcome : 'failed';
  if (job.status === 'failed') job.failure = downstream ? 'downstream_pipeline_creation_failed' : outcome;
}

const outcomeOf = (world: World, { pipeline, plan }: Job): string =>
  pipeline.outcomes[plan.name] ?? world.outcomes.get(plan.name) ?? plan.fails ?? 'success';

function startDownstream(world: World, job: Job, createdAt: number): Pipeline {
  if (job.downstream) return job.downstream;
  const { pipeline, plan } = job;
  const { file = '', project: path, ref } = plan.starts ?? {};
  const project = path === undefined ? pipeline.project : world.paths.get(path);
  if (!project) throw new Error(`the bridge ${plan.name} leads nowhere`);
  job.downstream = createPipeline(world, project, {
    file,
    createdAt,
    userId: job.userId,
    source: path === undefined ? 'parent_pipeline' : 'pipeline',
    ...(path === undefined
      ? { ref: pipeline.ref, tag: pipeline.tag, sha: pipeline.sha }
      : {
          ref: ref ?? project.defaultBranch,
          sha: world.partsOf(project).repository.headOf(ref ?? project.defaultBranch),
        }),
  });
  return job.downstream;
}

/** Clock ms at which a settled pipeline came to its end; undefined while it has not. */
export function endOf(pipeline: Pipeline): number | undefined {
  if (!finals.includes(statusOf(pipeline))) return undefined;
  return Math.max(pipeline.createdAt + setUpMs, ...pipeline.jobs.map(job => job.finishedAt ?? 0));
}

/** The status of a settled pipeline, from those of its jobs. */
export function statusOf(pipeline: Pipeline): string {
  const counted = currentJobs(pipeline).filter(job => !(job.status === 'manual' && job.plan.allowFailure));
  const words = new Set(
    counted.map(({ status, plan }) => (plan.allowFailure && status === 'failed' ? 'success' : status)),
  );
  const started = counted.some(job => job.startedAt !== undefined);
  if (words.has('canceling')) return 'canceling';
  if (words.has('running') || (words.has('pending') && started)) return 'running';
  for (const word of ['pending', 'manual', 'scheduled']) if (words.has(word)) return word;
  if (words.has('created')) return started ? 'running' : 'created';
  for (const word of ['failed', 'canceled', 'success']) if (words.has(word)) return word;
  return 'skipped';
}

/** Cancels one job; false when there is nothing to cancel. */
export function cancelJob(world: World, job: Job): boolean {
  if (!cancelable.includes(job.status)) return false;
  job.cancelAt = world.now();
  if (job.downstream) for (const child of currentJobs(job.downstream)) cancelJob(world, child);
  advancePipeline(world, job.pipeline);
  return true;
}

export const isRetryable = (job: Job): boolean =>
  !job.retried && ['success', 'failed', 'canceled'].includes(job.status) && !job.plan.starts;

/** A new job in the place of a finished one. */
export function retryJob(world: World, job: Job, userId: number): Job {
  job.retried = true;
  const next = addJob(world, job.pipeline, job.plan, world.now(), userId);
  // A job that was started by hand is wanted; so is the one that replaces it.
  if (job.playedAt !== undefined) next.playedAt = next.createdAt;
  advancePipeline(world, job.pipeline);
  return next;
}

export function playJob(world: World, job: Job, userId: number): void {
  job.playedAt = world.now();
  job.userId = userId;
  advancePipeline(world, job.pipeline);
}
