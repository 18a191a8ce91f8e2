import * as z from 'zod';
import { lookAt, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { pipeline } from './jobs.ts';
import { example } from './pipeline-runs.ts';
import { briefPipeline, getPipeline, pipelineRow } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';

export const renamePipeline = operation({
  name: 'dataops_rename_pipeline',
  route: 'PUT /projects/{project}/pipelines/{pipeline}/metadata',
  risk: 'edits',
  summary: 'Give a pipeline a name.',
  words: 'name title',
  input: z.strictObject({ project, pipeline, name: z.string().max(255).describe('Name') }),
  output: pipelineRow,
  repair: briefPipeline,
  example: { arguments: { ...example.arguments, name: 'Release 1.2' } },
});

export const deletePipeline = operation({
  name: 'dataops_delete_pipeline',
  route: 'DELETE /projects/{project}/pipelines/{pipeline}',
  risk: 'deletes',
  question: 'Delete the pipeline {pipeline} of {project} with its jobs, logs and artifacts?',
  describeLoss: lookAt(
    'pipeline',
    () => getPipeline,
    ({ id, status, ref, created_at }) => ({
      name: `${String(id)} on ${String(ref)}`,
      says: [`It is ${String(status)}, started ${whenOf(created_at) ?? 'at an unknown time'}.`],
    }),
  ),
  summary: 'Delete a pipeline with its jobs, logs and artifacts.',
  words: 'remove a run build',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ done: z.boolean() }),
  repair: () => ({ done: true }),
  example,
});
