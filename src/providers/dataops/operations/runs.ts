import type { Row } from '../../../base/json-value.ts';
import type { OperationContext, RunKind, RunStatus, RunStep } from '../../../operations/operation.ts';
import { numberAfter, projectIn } from '../arguments.ts';
import { getJob, type Job } from './jobs.ts';
import { readJobLog, readLogEnd, tailOf } from './logs.ts';
import { readJobs } from './pipeline-jobs.ts';
import { getPipeline, listPipelines, readBridges } from './pipelines.ts';

/** https://docs.gitlab.com/api/pipelines/ and /jobs/: one set of words for both. */
const words: Readonly<Record<string, RunStatus>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  preparing: 'queued',
  pending: 'queued',
  waiting_for_callback: 'running',
  running: 'running',
  canceling: 'running',
  success: 'succeeded',
  failed: 'failed',
  canceled: 'cancelled',
  skipped: 'cancelled',
  manual: 'waiting',
  scheduled: 'waiting',
};

const ended: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled', 'waiting'];
// Every waiter shares the user's 600 requests a minute, and a pipeline takes minutes to hours.
const pace = { firstMs: 3_000, longestMs: 20_000 };

const quote = ({ name, id }: Job) => `"${name}" (job ${id})`;

/** What the status word alone does not tell. */
function notesOf(word: string, jobs: readonly Job[]): string[] {
  const gates = jobs.filter(({ status, allow_failure }) => status === 'manual' && !allow_failure);
  const delayed = jobs.filter(({ status }) => status === 'scheduled');
  const tolerated = jobs.filter(({ status, allow_failure }) => status === 'failed' && allow_failure);
  return [
    word === 'manual' && gates.length
      ? `A person has to start ${gates.map(quote).join(', ')}: dataops_play_job, once they agree.`
      : '',
    word === 'scheduled' && delayed.length
      ? `Waits for the time of ${delayed.map(quote).join(', ')}; dataops_play_job starts it now.`
      : '',
    word === 'success' && tolerated.length
      ? `Succeeded although ${tolerated.map(quote).join(', ')} failed: allowed to.`
      : '',
  ].filter(Boolean);
}

/** Earlier pipelines of the same branch or tag that are looked at. */
const mostEarlier = 3;

/** Going by those that succeeded: one that failed early says nothing of how long a whole one takes. */
async function took({ project = '', pipeline = '' }: Record<string, string>, context: OperationContext) {
  const { ref, started_at, created_at } = (await context.request(getPipeline, { project, pipeline })).body as Row;
  const query = { ref, status: 'success', per_page: mostEarlier };
  const { body } = await context.request(listPipelines, { project }, { query });
  const ids = (Array.isArray(body) ? (body as Row[]) : []).map(({ id }) => String(id));
  const earlier = await Promise.all(ids.map(id => context.request(getPipeline, { project, pipeline: id })));
  const before = earlier.flatMap(({ body: one }) => {
    const { duration } = (one ?? {}) as Row;
    return typeof duration === 'number' ? [duration] : [];
  });
  const since = Date.parse(String(started_at ?? created_at));
  return { before, ...(Number.isNaN(since) ? {} : { since }) };
}

/** Lines of the log of a failed job that are shown. */
const shownLines = 30;

/** The jobs by stage; of the first that failed, and was not allowed to, the end of its log. */
async function jobsOf(variables: Record<string, string>, context: OperationContext): Promise<RunStep[]> {
  const jobs = [...(await readJobs(variables, context)), ...(await readBridges(variables, context))];
  const failed = jobs.find(({ status, allow_failure }) => status === 'failed' && !allow_failure);
  const { project = '' } = variables;
  const end =
    failed && (await readLogEnd({ project, job: String(failed.id) }, context, shownLines).catch(() => undefined));
  return jobs.map(({ id, name, stage, status, duration, failure_reason }) => ({
    name,
    group: stage,
    status: words[status] ?? 'running',
    word: status,
    ...(typeof duration === 'number' ? { seconds: Math.round(duration) } : {}),
    ...(failure_reason ? { note: failure_reason } : {}),
    ...(id === failed?.id && end ? { log: tailOf(end.lines, shownLines) } : {}),
  }));
}

/** `https://host/group/project/-/pipelines/991`. */
function numbered(url: string, segment: string, variable: string): Record<string, string> | undefined {
  const [project, number] = [projectIn(url), numberAfter(segment)(url)];
  return project !== undefined && number !== undefined ? { project, [variable]: number } : undefined;
}

export const pipelineRun: RunKind = {
  noun: 'pipeline',
  uri: 'dataops://projects/{project}/pipelines/{pipeline}',
  fromPage: url => numbered(url, 'pipelines', 'pipeline'),
  words,
  pace,
  async poll(variables, context) {
    // As many as the pipeline shows: those that start other pipelines are listed by themselves.
    const [{ body }, own, bridges] = await Promise.all([
      context.request(getPipeline, variables),
      readJobs(variables, context),
      readBridges(variables, context),
    ]);
    const jobs = [...own, ...bridges];
    const { status: word } = body as { status: string };
    const over = jobs.filter(({ status }) => ended.includes(words[status] ?? 'running') && status !== 'manual');
    const progress = { done: over.length, total: jobs.length, unit: 'jobs' };
    return { word, ...(jobs.length ? { progress } : {}), notes: notesOf(word, jobs) };
  },
  took,
  stepsOf: jobsOf,
  cancel: 'dataops_cancel_pipeline',
  result: {
    operation: () => getPipeline,
    arguments: ({ project, pipeline }) => ({ project, pipeline }),
    after: ended,
  },
};

export const jobRun: RunKind = {
  noun: 'job',
  uri: 'dataops://projects/{project}/jobs/{job}',
  fromPage: url => numbered(url, 'jobs', 'job'),
  words,
  pace,
  async poll(variables, context) {
    const { body } = await context.request(getJob, variables);
    const job = body as Job;
    const reason = job.failure_reason ? [`Failed: ${job.failure_reason}.`] : [];
    const gate = job.status === 'manual' ? [`A person has to start ${quote(job)}: dataops_play_job.`] : [];
    return { word: job.status, notes: [...reason, ...gate] };
  },
  cancel: 'dataops_cancel_job',
  result: {
    operation: () => readJobLog,
    arguments: ({ project, job }) => ({ project, job, lines: 30, context: 3 }),
    after: ['succeeded', 'failed', 'cancelled'],
  },
};
