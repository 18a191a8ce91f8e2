import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { operation } from '../../../operations/operation.ts';
import { id } from '../arguments.ts';
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
  artifacts?: { file_type: string; size: number }[] | null;
  artifacts_expire_at?: string | null;
}

export const pipeline = id('Pipeline number or URL', 'pipelines', 'dataops_list_pipelines');

const fields = ['id', 'name', 'stage', 'status', 'failure_reason', 'started_at', 'finished_at'];

/** A job as people read it; the rest is the commit, the user and the runner over and over again. */
export function briefJob(row: Row): Row {
  const { allow_failure, duration, artifacts } = row as unknown as Job;
  const archive = artifacts?.find(({ file_type }) => file_type === 'archive');
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

export const listBridges = operation({
  name: 'dataops_list_bridges',
  route: 'GET /projects/{project}/pipelines/{pipeline}/bridges',
  risk: 'reads',
  summary: 'List the jobs of a pipeline that start another pipeline, with that pipeline.',
  words: 'child downstream pipelines, multi-project triggers',
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
  words: 'which jobs failed lately',
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
  words: 'why did the job fail, duration',
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
  words: 'which job am I in',
  input: z.strictObject({}),
  output: jobRow,
  repair: body => briefJob((body ?? {}) as Row),
  example: { arguments: {} },
});
