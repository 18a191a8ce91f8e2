import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { pipeline } from './jobs.ts';
import { example } from './pipeline-runs.ts';
import { briefPipeline, pipelineRow } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';

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
