import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { uriOn } from '../../../operations/uri-template.ts';
import { since, text, until } from '../arguments.ts';
import { pages } from '../paging.ts';
import { dropEmpty, pick } from '../rows.ts';
import { branchName } from './branches.ts';
import { type Job, listBridges, pipeline } from './jobs.ts';
import { readLogEnd, tailOf } from './logs.ts';
import { readJobs } from './pipeline-jobs.ts';
import { projectArgument as project } from './projects.ts';
import { getTestSummary } from './test-reports.ts';
import { explainPipelines } from './why-failed.ts';

export const pipelineRow = z.looseObject({ id: z.number(), status: z.string(), ref: z.string(), source: z.string() });

const fields = ['id', 'status', 'ref', 'source', 'name', 'created_at', 'updated_at'];

const shortSha = ({ sha }: Row) => (typeof sha === 'string' ? { sha: sha.slice(0, 8) } : {});

/** A pipeline in a list. */
export const pipelineLine = (row: Row): Row => ({ ...pick(row, fields), ...shortSha(row) });

/** A pipeline by itself. */
export const briefPipeline = (body: unknown): Row => {
  const row = (body ?? {}) as Row;
  const { user, detailed_status: detailed } = row as { user?: Row; detailed_status?: Row };
  const further = ['project_id', 'web_url', 'started_at', 'finished_at', 'duration', 'coverage', 'yaml_errors'];
  return {
    ...pipelineLine(row),
    ...pick(row, further),
    ...(user?.['username'] !== undefined && { user: user['username'] }),
    // "passed with warnings" says what "success" hides.
    ...(/warning/.test(String(detailed?.['label'])) && { detail: detailed?.['label'] }),
  };
};

const statuses = ['created', 'pending', 'running', 'success', 'failed', 'canceled', 'skipped', 'manual', 'scheduled'];

export const pipelineFilters = {
  status: z.enum(statuses).optional().describe('Status'),
  since: since('Created').meta({ wire: 'created_after' }),
  until: until('Created', 'since').meta({ wire: 'created_before' }),
};

/** Completion offers branches; a tag is taken as it stands. */

export const listPipelines = operation({
  name: 'dataops_list_pipelines',
  route: 'GET /projects/{project}/pipelines',
  risk: 'reads',
  summary: 'List pipelines of a project, newest first.',
  words: 'ci runs builds failed running',
  input: z.strictObject({
    project,
    ref: text('Branch or tag').meta({ reference: branchName }),
    source: text('What started it: schedule, push, web, api, trigger, parent_pipeline ...'),
    username: text('Who started it'),
    ...pipelineFilters,
  }),
  output: pipelineRow,
  paging: pages({ show: pipelineLine }),
  explain: explainPipelines,
  resource: { uri: 'dataops://projects/{project}/pipelines{?ref}', title: 'Pipelines of a DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays', status: 'failed', since: '24h' } },
});

export const getLatestPipeline = operation({
  name: 'dataops_get_latest_pipeline',
  route: 'GET /projects/{project}/pipelines/latest',
  risk: 'reads',
  summary: 'Show the newest pipeline of a branch or tag.',
  words: 'newest last build',
  input: z.strictObject({ project, ref: text('Default: the default branch').meta({ reference: branchName }) }),
  output: pipelineRow,
  repair: briefPipeline,
  example: { arguments: { project: 'meridian/data/drill-assays', ref: 'main' } },
});

/** Lines and characters of each failed job's log in the picture, and how many failed jobs get them. */
const tail = { lines: 20, characters: 1_600, jobs: 4 };

export const getPipeline: Operation = operation({
  name: 'dataops_get_pipeline',
  route: 'GET /projects/{project}/pipelines/{pipeline}',
  risk: 'reads',
  summary:
    'Show a pipeline: jobs by stage, why jobs failed with the end of their logs, tests, artifacts, pipelines it started.',
  words: 'why did the pipeline fail, what broke, child downstream pipelines',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({
    id: z.number(),
    status: z.string(),
    stages: z.array(z.looseObject({ stage: z.string(), jobs: z.array(z.looseObject({})) })),
    failures: z.array(z.looseObject({})).optional(),
  }),
  resource: { uri: 'dataops://projects/{project}/pipelines/{pipeline}', title: 'A DataOps.live pipeline' },
  example: { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } },
  async send(args, context) {
    const [{ body }, own, bridges, tests] = await Promise.all([
      context.request(getPipeline, args),
      readJobs(args, context, { retried: true }),
      readBridges(args, context),
      testCounts(args, context),
    ]);
    const attempts = [...own, ...bridges].sort((a, b) => a.id - b.id);
    const jobs = attempts.filter(({ id, name }) => !attempts.some(other => other.name === name && other.id > id));
    const failed = jobs.filter(({ status }) => status === 'failed');
    const failures = await Promise.all(failed.map((job, index) => failure(args, job, index < tail.jobs, context)));
    const gates = jobs.filter(({ status, allow_failure }) => status === 'manual' && !allow_failure);
    return {
      ...(briefPipeline(body) as { id: number; status: string }),
      stages: byStage(jobs, attempts, context),
      ...(failures.length && { failures }),
      ...(gates.length && { waits_for: gates.map(({ id, name }) => ({ job: id, name, start: 'dataops_play_job' })) }),
      ...(tests && { tests }),
    };
  },
});

/** A job, or a bridge with the pipeline it started. */
interface Step extends Job {
  downstream_pipeline?: { id: number; project_id: number; status: string } | null;
}

/** Stages in the order the platform made them, which a retried job's new id would disturb. */
function byStage(jobs: readonly Step[], attempts: readonly Step[], context: OperationContext) {
  const stages = [...new Set(attempts.map(({ stage }) => stage))];
  return stages.map(stage => ({
    stage,
    jobs: jobs.filter(job => job.stage === stage).map(job => ({ ...jobLine(job, attempts), ...started(job, context) })),
  }));
}

function jobLine(step: Step, attempts: readonly Step[]): Row {
  const { id, name, status, duration, allow_failure, artifacts } = step;
  const tries = attempts.filter(other => other.name === name).length;
  return {
    id,
    name,
    status,
    ...(typeof duration === 'number' && { seconds: Math.round(duration) }),
    ...(allow_failure && { allow_failure }),
    ...(tries > 1 && { attempts: tries }),
    ...(artifacts?.some(({ file_type }) => file_type === 'archive') && { artifacts: true }),
  };
}

/** Child pipelines and those of other projects are runs of their own. */
function started({ downstream_pipeline: pipeline }: Step, { connectionArgument }: OperationContext): Row {
  if (!pipeline) return {};
  const { project_id, id, status } = pipeline;
  return {
    started: uriOn(connectionArgument, `dataops://projects/${project_id}/pipelines/${id}`),
    started_status: status,
  };
}

async function failure(
  { project }: { project: string },
  step: Step,
  withLog: boolean,
  context: OperationContext,
): Promise<Row> {
  const { id, name, stage, failure_reason: reason, allow_failure } = step;
  const about = { job: id, name, stage, ...dropEmpty({ reason }), ...(allow_failure && { allow_failure }) };
  if (step.downstream_pipeline)
    return { ...about, ...started(step, context), next: 'dataops_get_pipeline of what it started' };
  if (!withLog) return about;
  const log = (await unless(readLogEnd({ project, job: String(id) }, context, tail.lines)))?.lines;
  return { ...about, ...(log?.length && { log_end: tailOf(log, tail.lines, tail.characters).join('\n') }) };
}

/** Jobs that start other pipelines are not among the jobs. */
export async function readBridges(args: Row, context: OperationContext): Promise<Step[]> {
  const reply = await unless(context.request(listBridges, args, { query: { per_page: 100 } }));
  return Array.isArray(reply?.body) ? (reply.body as Step[]) : [];
}

async function testCounts(args: Row, context: OperationContext): Promise<Row | undefined> {
  const reply = await unless(context.request(getTestSummary, args));
  const { total } = (reply?.body ?? {}) as { total?: Row };
  return total?.['count'] ? pick(total, ['count', 'success', 'failed', 'skipped', 'error']) : undefined;
}

/** A part of the picture that this token may not see does not spoil the rest. */
async function unless<T>(part: Promise<T>): Promise<T | undefined> {
  try {
    return await part;
  } catch (error) {
    if (isFault(error) && ['not_found', 'missing_scope', 'rejected'].includes(error.code)) return undefined;
    throw error;
  }
}
