import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { operation } from '../../../operations/operation.ts';
import { ref } from '../arguments.ts';
import { pick } from '../rows.ts';
import { briefJob, jobRow, pipeline } from './jobs.ts';
import { job } from './logs.ts';
import { briefPipeline, pipelineRow } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';
import { jobRun, pipelineRun } from './runs.ts';

/** How DataOps.live is told which pipeline file to run. */
export const fileVariable = '_PIPELINE_FILE_NAME';

const file = z.string().optional().describe('Pipeline file, for example full-ci.yml (default: the one of the project)');
const variables = z.record(z.string(), z.string()).optional().describe('Variables of the run, by name');

type Variables = Record<string, string>;
const entries = (map: Variables, more: { variable_type?: 'file' } = {}) => {
  const list = Object.entries(map).map(([key, value]) => ({ key, value, ...more }));
  return list.length ? list : undefined;
};

/** Inputs that the pipeline file declares (`spec: inputs`); they may be numbers, truth values and lists. */
const inputs = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('Inputs that the pipeline file declares, by name (GitLab 17.10 and later)');

const started = z.looseObject({ id: z.number(), project_id: z.number() });

export const startsPipeline = {
  run: pipelineRun,
  variables: ({ id, project_id }: z.output<typeof started>) => ({
    project: String(project_id),
    pipeline: String(id),
  }),
};

const verifyWith =
  'It may have started: before you start it again, look at dataops_list_pipelines with this ref, newest first.';
const example = { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } };

export const runPipeline = operation({
  name: 'dataops_run_pipeline',
  route: 'POST /projects/{project}/pipeline',
  risk: 'starts',
  summary: 'Start a pipeline on a branch or tag, wait for it, and show its jobs.',
  verifyWith,
  input: z.strictObject({
    project,
    ref,
    // An array here; the trigger wants a map.
    pipeline_file: file.meta({ wire: 'variables', encode: (value: string) => entries({ [fileVariable]: value }) }),
    variables: variables.meta({ encode: (map: Variables) => entries(map) }),
    file_variables: variables
      .describe('Variables that jobs get as a file with this content, by name')
      .meta({ wire: 'variables', encode: (map: Variables) => entries(map, { variable_type: 'file' }) }),
    inputs,
  }),
  output: started,
  repair: briefPipeline,
  starts: startsPipeline,
  example: { arguments: { project: 'meridian/data/drill-assays', ref: 'main', pipeline_file: 'full-ci.yml' } },
});

export const triggerPipeline = operation({
  name: 'dataops_trigger_pipeline',
  route: 'POST /projects/{project}/trigger/pipeline',
  risk: 'starts',
  summary:
    'Start a pipeline with the trigger token of this connection, on a branch, tag or commit. Jobs can read the variables.',
  verifyWith,
  input: z.strictObject({
    project,
    ref,
    pipeline_file: file.meta({ wire: 'variables', encode: (value: string) => ({ [fileVariable]: value }) }),
    variables: variables.meta({ encode: (map: Variables) => (Object.keys(map).length ? map : undefined) }),
    inputs,
  }),
  output: started,
  repair: briefPipeline,
  starts: startsPipeline,
  example: { arguments: { project: 'meridian/data/drill-assays', ref: 'main' } },
});

export const retryPipeline = operation({
  name: 'dataops_retry_pipeline',
  route: 'POST /projects/{project}/pipelines/{pipeline}/retry',
  risk: 'starts',
  summary: 'Run the failed and cancelled jobs of a pipeline again, in the same pipeline.',
  verifyWith: 'dataops_get_pipeline shows whether its jobs run again.',
  input: z.strictObject({ project, pipeline }),
  output: started,
  repair: briefPipeline,
  starts: startsPipeline,
  example,
});

export const cancelPipeline = operation({
  name: 'dataops_cancel_pipeline',
  route: 'POST /projects/{project}/pipelines/{pipeline}/cancel',
  risk: 'interrupts',
  summary: 'Cancel the jobs of a pipeline that are not done, and wait until they have stopped.',
  verifyWith: 'dataops_get_pipeline shows whether it is being cancelled.',
  input: z.strictObject({ project, pipeline }),
  output: started,
  repair: briefPipeline,
  starts: startsPipeline,
  example,
});

const shownJob = (body: unknown): Row => {
  const { pipeline } = (body ?? {}) as { pipeline?: Row };
  return { ...briefJob((body ?? {}) as Row), ...pick(pipeline ?? {}, ['project_id']) };
};

const startedJob = jobRow.extend({ project_id: z.number() });

const startsJob = {
  run: jobRun,
  variables: ({ id, project_id }: z.output<typeof startedJob>) => ({ project: String(project_id), job: String(id) }),
};

const jobExample = { arguments: { project: 'meridian/data/drill-assays', job: '20451' } };

export const retryJob = operation({
  name: 'dataops_retry_job',
  route: 'POST /projects/{project}/jobs/{job}/retry',
  risk: 'starts',
  summary: 'Run a finished job again. The answer is the new job that takes its place.',
  verifyWith: 'dataops_list_pipeline_jobs shows whether a new job took its place.',
  input: z.strictObject({ project, job }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const playJob = operation({
  name: 'dataops_play_job',
  route: 'POST /projects/{project}/jobs/{job}/play',
  risk: 'starts',
  summary: 'Start a job that waits for a person or for its time. Do it only when the person agrees.',
  verifyWith: 'dataops_get_job shows whether it runs.',
  input: z.strictObject({
    project,
    job,
    variables: variables.meta({ wire: 'job_variables_attributes', encode: (map: Variables) => entries(map) }),
  }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const cancelJob = operation({
  name: 'dataops_cancel_job',
  route: 'POST /projects/{project}/jobs/{job}/cancel',
  risk: 'interrupts',
  summary: 'Cancel a job, and wait until it has stopped.',
  verifyWith: 'dataops_get_job shows whether it is being cancelled.',
  input: z.strictObject({ project, job }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const eraseJob = operation({
  name: 'dataops_erase_job',
  route: 'POST /projects/{project}/jobs/{job}/erase',
  risk: 'deletes',
  summary: 'Delete log and artifacts of a finished job.',
  input: z.strictObject({ project, job }),
  output: jobRow,
  repair: shownJob,
  example: jobExample,
});

export const getTestReport = operation({
  name: 'dataops_get_test_report',
  route: 'GET /projects/{project}/pipelines/{pipeline}/test_report',
  risk: 'reads',
  summary: 'Show the tests of a pipeline, case by case, with what failing ones wrote.',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ total_count: z.number(), failed_count: z.number() }),
  example,
});

export const renamePipeline = operation({
  name: 'dataops_rename_pipeline',
  route: 'PUT /projects/{project}/pipelines/{pipeline}/metadata',
  risk: 'edits',
  summary: 'Give a pipeline a name.',
  input: z.strictObject({ project, pipeline, name: z.string().max(255).describe('Name') }),
  output: pipelineRow,
  repair: briefPipeline,
  example: { arguments: { ...example.arguments, name: 'Release 1.2' } },
});

export const deletePipeline = operation({
  name: 'dataops_delete_pipeline',
  route: 'DELETE /projects/{project}/pipelines/{pipeline}',
  risk: 'deletes',
  summary: 'Delete a pipeline with its jobs, logs and artifacts.',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ done: z.boolean() }),
  repair: () => ({ done: true }),
  example,
});
