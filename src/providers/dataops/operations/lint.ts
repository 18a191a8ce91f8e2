import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { drillAssays, flag, text } from '../arguments.ts';
import { anyRef } from './commits.ts';
import { projectArgument as project } from './projects.ts';

const lint = z.looseObject({
  valid: z.boolean(),
  errors: z.array(z.string()),
  warnings: z.array(z.string()).nullish(),
  merged_yaml: z.string().nullish(),
});

export const lintRef = operation({
  name: 'dataops_lint_project_ci',
  route: 'GET /projects/{project}/ci/lint',
  risk: 'reads',
  summary: "Check the project's own pipeline configuration, all includes resolved.",
  words: 'merged configuration yaml yml, expanded includes, gitlab-ci, validate valid',
  input: z.strictObject({
    project,
    ref: anyRef.meta({ wire: 'content_ref' }),
    dry_run: flag('Simulate creating the pipeline'),
    include_jobs: flag('With the jobs it would have'),
  }),
  output: lint,
  example: { arguments: drillAssays },
});

export const lintText = operation({
  name: 'dataops_lint_ci_text',
  route: 'POST /projects/{project}/ci/lint',
  // Nothing is kept of it.
  risk: 'reads',
  summary: 'Check the text of a pipeline file as if it were in the project.',
  words: 'validate valid yaml yml, gitlab-ci',
  input: z.strictObject({
    project,
    content: z.string().min(1).describe('YAML'),
    dry_run: flag('Simulate creating the pipeline'),
    ref: text('Branch to simulate on'),
    include_jobs: flag('With the jobs it would have'),
  }),
  output: lint,
  example: { arguments: { ...drillAssays, content: 'job: { script: [ls] }' } },
});
