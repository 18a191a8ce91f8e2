import { archiveOf, expiryOf, hasArchive } from '../archives.ts';
import { type Call, type Endpoint, reply } from '../call.ts';
import { describeCommit } from '../commit-shapes.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { basic } from '../pipeline-shapes.ts';
import { badRequest, forbidden, invalid, notFound, refusal } from '../refusal.ts';
import { advancePipeline, cancelJob, isRetryable, playJob, retryJob } from '../runs.ts';
import { describeUser, iso, isoOrNull, type Job, levelOf } from '../world.ts';
import { logOf } from './logs.ts';
import { findPipeline, pipelinesOf } from './pipelines.ts';

export const jobEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/jobs', { jobToken: true }, listProjectJobs],
  ['GET /projects/:id/pipelines/:pipeline/jobs', { jobToken: true }, listJobs],
  ['GET /projects/:id/pipelines/:pipeline/bridges', listBridges],
  ['GET /projects/:id/jobs/:job', call => describeJob(call, findJob(call))],
  ['GET /projects/:id/jobs/:job/trace', readLog],
  ['POST /projects/:id/jobs/:job/retry', retry],
  ['POST /projects/:id/jobs/:job/cancel', cancel],
  ['POST /projects/:id/jobs/:job/play', play],
  ['POST /projects/:id/jobs/:job/erase', erase],
  ['GET /job', { jobToken: true }, readOwn],
];

/** Every job of the project of the route, settled, oldest first, bridges not included. */
export const jobsOf = (call: Call, level = 20): Job[] =>
  pipelinesOf(call, level)
    .flatMap(({ jobs }) => jobs.filter(job => !job.plan.starts))
    .sort((a, b) => a.id - b.id);

export function findJob(call: Call, level = 20): Job {
  const job = jobsOf(call, level).find(({ id }) => String(id) === call.path('job'));
  if (!job) throw notFound();
  return job;
}

const inScope = (call: Call, jobs: readonly Job[]): Job[] => {
  const words = call.list('scope');
  return jobs.filter(({ status }) => words.length === 0 || words.includes(status));
};

function listProjectJobs(call: Call) {
  const refused = call.state.limitJobList(call.user().id);
  if (refused) return refused;
  const jobs = inScope(
    call,
    jobsOf(call).filter(({ retried }) => !retried),
  ).reverse();
  return paged(call, jobs, job => describeJob(call, job), {
    type: 'Ci::Build',
    totals: false,
    keyset: { by: ['id'], only: 'desc' },
  });
}

// A pipeline that has just been created shows only what has been written of it so far.
function written(call: Call, jobs: readonly Job[]): readonly Job[] {
  const fresh = jobs.length > 0 && jobs.every(job => call.world.now() < job.createdAt + 1000);
  return fresh ? jobs.slice(0, Math.ceil(jobs.length / 2)) : jobs;
}

function listJobs(call: Call) {
  const { jobs } = findPipeline(call);
  const listed = written(
    call,
    jobs.filter(({ plan, retried }) => !plan.starts && (call.flag('include_retried') || !retried)),
  );
  return paged(call, inScope(call, listed).reverse(), job => describeJob(call, job));
}

function listBridges(call: Call) {
  const bridges = findPipeline(call).jobs.filter(({ plan }) => plan.starts);
  return paged(call, inScope(call, bridges), job => ({
    ...describeBasics(call, job),
    downstream_pipeline: job.downstream ? basic(call, advancePipeline(call.world, job.downstream)) : null,
  }));
}

function describeBasics(call: Pick<Call, 'world'>, job: Job): Fields {
  const { id, pipeline, plan, status, createdAt, queuedAt, startedAt, finishedAt } = job;
  const { world } = call;
  const seconds = (from: number | undefined, to: number | undefined): number | null =>
    from === undefined ? null : ((to ?? world.now()) - from) / 1000;
  const commit = world.partsOf(pipeline.project).repository.commits.get(pipeline.sha);
  return {
    id,
    name: plan.name,
    stage: plan.stage,
    status,
    ref: pipeline.ref,
    tag: pipeline.tag,
    coverage: null,
    allow_failure: plan.allowFailure ?? false,
    created_at: iso(createdAt),
    started_at: isoOrNull(startedAt),
    finished_at: isoOrNull(finishedAt),
    erased_at: isoOrNull(job.erasedAt),
    duration: seconds(startedAt, finishedAt),
    queued_duration: seconds(queuedAt, startedAt),
    ...(job.failure !== undefined && { failure_reason: job.failure }),
    user: describeUser(world, job.userId),
    commit: commit ? describeCommit(world, pipeline.project, commit) : null,
    pipeline: basic(call, pipeline),
    web_url: `${world.origin}/${pipeline.project.fullPath}/-/jobs/${id}`,
    project: { ci_job_token_scope_enabled: false },
  };
}

export function describeJob(call: Pick<Call, 'world' | 'state'>, job: Job): Fields {
  const archive = hasArchive(call.world, job) ? archiveOf(call.state.archives, job).length : undefined;
  const log = job.startedAt !== undefined && job.erasedAt === undefined;
  const expiry = archive === undefined ? undefined : expiryOf(job);
  return {
    ...describeBasics(call, job),
    artifacts: [
      ...(archive === undefined
        ? []
        : [{ file_type: 'archive', size: archive, filename: 'artifacts.zip', file_format: 'zip' }]),
      ...(log && job.finishedAt !== undefined
        ? [{ file_type: 'trace', size: 4096, filename: 'job.log', file_format: null }]
        : []),
    ],
    ...(archive !== undefined && { artifacts_file: { filename: 'artifacts.zip', size: archive } }),
    artifacts_expire_at: isoOrNull(expiry),
    tag_list: ['dataops-production-agent'],
    archived: false,
    runner:
      job.startedAt === undefined
        ? null
        : { id: 12, description: 'dataops-runner-2', active: true, paused: false, is_shared: false, status: 'online' },
    runner_manager: null,
  };
}

function readLog(call: Call) {
  const job = findJob(call);
  const body = logOf(call.world, job, call.state.logLimit);
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}

function retry(call: Call) {
  const job = findJob(call, 30);
  if (!isRetryable(job)) throw forbidden('Job is not retryable');
  return reply(201, describeJob(call, retryJob(call.world, job, call.user().id)));
}

function cancel(call: Call) {
  const job = findJob(call, call.flag('force') ? 40 : 30);
  cancelJob(call.world, job);
  return reply(201, describeJob(call, job));
}

function play(call: Call) {
  const job = findJob(call, 30);
  if (job.status !== 'manual' && job.status !== 'scheduled') throw badRequest('Unplayable Job');
  const { fields } = call;
  for (const variable of (fields['job_variables_attributes'] as unknown[] | undefined) ?? []) {
    const { key } = Object(variable) as Fields;
    if (typeof key !== 'string') throw refusal(400, { error: 'job_variables_attributes[key] is missing' });
    if (!/^\w+$/.test(key)) throw invalid({ 'job_variables.key': ["can contain only letters, digits and '_'."] });
  }
  playJob(call.world, job, call.user().id);
  return describeJob(call, job);
}

function erase(call: Call) {
  const job = findJob(call, 30);
  if (job.userId !== call.user().id && levelOf(call.user(), call.project()) < 40) throw forbidden();
  if (job.finishedAt === undefined || job.erasedAt !== undefined) throw forbidden('Job is not erasable!');
  job.erasedAt = call.world.now();
  return reply(201, { ...describeJob(call, job), erased_by: describeUser(call.world, call.user().id) });
}

function readOwn(call: Call) {
  const { job } = call.caller;
  if (!job) throw refusal(401, { message: '401 Unauthorized' });
  return describeJob(call, job);
}
