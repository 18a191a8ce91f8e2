import * as z from 'zod';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { flag } from '../arguments.ts';
import { pages } from '../paging.ts';
import { briefJob, type Job, jobRow, pipeline, scope } from './jobs.ts';
import { projectArgument as project } from './projects.ts';

export const listPipelineJobs = operation({
  name: 'dataops_list_pipeline_jobs',
  route: 'GET /projects/{project}/pipelines/{pipeline}/jobs',
  risk: 'reads',
  summary: 'List the jobs of a pipeline. Pipelines started by it are in dataops_get_pipeline.',
  words: 'which jobs failed, steps stages',
  input: z.strictObject({ project, pipeline, scope, include_retried: flag('Replaced attempts too') }),
  output: jobRow,
  paging: pages({ show: briefJob }),
  resource: { uri: 'dataops://projects/{project}/pipelines/{pipeline}/jobs', title: 'Jobs of a DataOps.live pipeline' },
  example: { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } },
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
