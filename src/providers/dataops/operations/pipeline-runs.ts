import * as z from 'zod';
import { lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { ref } from '../arguments.ts';
import { rowOf } from '../losses.ts';
import { branchName } from './branches.ts';
import { pipeline } from './jobs.ts';
import { briefPipeline, getPipeline } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';
import { pipelineRun } from './runs.ts';

/** How DataOps.live is told which pipeline file to run. */
export const fileVariable = '_PIPELINE_FILE_NAME';

const file = z.string().optional().describe('Pipeline file, for example full-ci.yml (default: the one of the project)');

export const variables = z.record(z.string(), z.string()).optional().describe('Variables of the run, by name');

export type Variables = Record<string, string>;

export const entries = (map: Variables, more: { variable_type?: 'file' } = {}) => {
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

export const verifyWith =
  'It may have started: before you start it again, look at dataops_list_pipelines with this ref, newest first.';

export const example = { arguments: { project: 'meridian/data/drill-assays', pipeline: '20440' } };

export const runPipeline = operation({
  name: 'dataops_run_pipeline',
  route: 'POST /projects/{project}/pipeline',
  risk: 'starts',
  summary: 'Start a pipeline on a branch or tag, wait for it, and show its jobs.',
  words: 'build, start ci',
  verifyWith,
  input: z.strictObject({
    project,
    ref: ref.meta({ reference: branchName }),
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
  words: 'start build ci',
  verifyWith,
  input: z.strictObject({
    project,
    ref: ref.meta({ reference: branchName }),
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
  words: 'restart rerun again broke broken failed',
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
  question: 'Cancel the pipeline {pipeline} of {project}?',
  describeLoss: lookAt(
    'pipeline',
    () => getPipeline,
    ({ id, status, ref, created_at, user }) => ({
      name: `${String(id)} on ${String(ref)}`,
      says: [
        `It is ${String(status)}, started ${whenOf(created_at) ?? 'at an unknown time'}${textOf(rowOf(user)['name']) ? ` by ${textOf(rowOf(user)['name'])}` : ''}.`,
      ],
    }),
  ),
  summary: 'Cancel the jobs of a pipeline that are not done, and wait until they have stopped.',
  words: 'stop abort kill a running pipeline',
  verifyWith: 'dataops_get_pipeline shows whether it is being cancelled.',
  input: z.strictObject({ project, pipeline }),
  output: started,
  repair: briefPipeline,
  starts: startsPipeline,
  example,
});
