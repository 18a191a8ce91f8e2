import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { flag, id } from '../arguments.ts';
import { pages } from '../paging.ts';
import { pick } from '../rows.ts';
import { job } from './logs.ts';
import { projectArgument as project } from './projects.ts';

export interface Job {
  id: number;
  name: string;
  stage: string;
  status: string;
  allow_failure?: boolean;
  duration?: number | null;
  failure_reason?: string | null;
  artifacts?: { file_type: string; size: number }[];
  artifacts_expire_at?: string | null;
}

export const pipeline = id('Pipeline number or URL', 'pipelines');

const fields = ['id', 'name', 'stage', 'status', 'failure_reason', 'started_at', 'finished_at'];

/** A job as people read it; the rest is the commit, the user and the runner over and over again. */
export function briefJob(row: Row): Row {
  const { allow_failure, duration, artifacts = [] } = row as unknown as Job;
  const archive = artifacts.find(({ file_type }) => file_type === 'archive');
  return {
    ...pick(row, fields),
    ...(typeof duration === 'number' && { seconds: Math.round(duration) }),
    ...(allow_failure && { allow_failure }),
    ...(archive && { artifact_bytes: archive.size }),
  };
}

export const jobRow = z.looseObject({ id: z.number(), name: z.string(), stage: z.string(), status: z.string() });

export const scope = z
  .array(z.enum(['created', 'pending', 'running', 'failed', 'success', 'canceled', 'skipped', 'manual', 'scheduled']))
  .optional()
  .describe('Only with these statuses');

export const listPipelineJobs = operation({
  name: 'dataops_list_pipeline_jobs',
  route: 'GET /projects/{project}/pipelines/{pipeline}/jobs',
  risk: 'reads',
  summary: 'List the jobs of a pipeline. Pipelines started by it are in dataops_get_pipeline.',
  input: z.strictObject({ project, pipeline, scope, include_retried: flag('Replaced attempts too') }),
  output: jobRow,
  paging: pages({ show: briefJob }),
  resource: { uri: 'dataops://projects/{project}/pipelines/{pipeline}/jobs', title: 'Jobs of a DataOps.live pipeline' },
  example: { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } },
});

export const listBridges = operation({
  name: 'dataops_list_bridges',
  route: 'GET /projects/{project}/pipelines/{pipeline}/bridges',
  risk: 'reads',
  summary: 'List the jobs of a pipeline that start another pipeline, with that pipeline.',
  input: z.strictObject({ project, pipeline, scope }),
  output: jobRow,
  paging: pages({ show: row => ({ ...briefJob(row), ...pick(row, ['downstream_pipeline']) }) }),
  example: { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } },
});

export const listProjectJobs = operation({
  name: 'dataops_list_project_jobs',
  route: 'GET /projects/{project}/jobs',
  risk: 'reads',
  summary: 'List jobs of all pipelines of a project, newest first.',
  input: z.strictObject({ project, scope }),
  output: jobRow,
  paging: pages({
    show: row => ({ ...briefJob(row), ...pick(row, ['ref']) }),
    keyset: { order_by: 'id', sort: 'desc', only: true },
  }),
  example: { arguments: { project: 'meridian/data/drill-assays', scope: ['failed'] } },
});

export const getJob = operation({
  name: 'dataops_get_job',
  route: 'GET /projects/{project}/jobs/{job}',
  risk: 'reads',
  summary: 'Show a job: status, why it failed, how long it took.',
  input: z.strictObject({ project, job }),
  output: jobRow,
  repair: body => ({ ...briefJob(body as Row), ...pick(body as Row, ['ref', 'web_url', 'artifacts_expire_at']) }),
  resource: { uri: 'dataops://projects/{project}/jobs/{job}', title: 'A DataOps.live job' },
  example: { arguments: { project: 'meridian/data/drill-assays', job: '20451' } },
});

export const getCurrentJob = operation({
  name: 'dataops_get_current_job',
  route: 'GET /job',
  risk: 'reads',
  summary: 'Show the CI job that this server runs in; only for a connection with a job token.',
  input: z.strictObject({}),
  output: jobRow,
  repair: body => briefJob((body ?? {}) as Row),
  example: { arguments: {} },
});

/** Jobs of a pipeline as they are now, oldest first, whatever this call has seen before. */
export async function readJobs(
  { project, pipeline }: Record<string, string>,
  context: OperationContext,
  { retried = false } = {},
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let page = '1'; page !== ''; ) {
    const query = { per_page: 100, page, ...(retried && { include_retried: true }) };
    const { body, headers } = await context.request(listPipelineJobs, { project, pipeline }, { query });
    if (Array.isArray(body)) jobs.push(...(body as Job[]));
    page = headers['x-next-page'] ?? '';
  }
  return jobs.sort((a, b) => a.id - b.id);
}
