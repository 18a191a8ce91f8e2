import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { whole } from '../../../http/paging/whole.ts';
import { lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, id } from '../arguments.ts';
import { projectTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { pick } from '../rows.ts';
import { pipeline } from './jobs.ts';
import { getProject, projectArgument as project } from './projects.ts';

const example = { arguments: { project: 'meridian/data/drill-assays' } };
const one = { arguments: { ...example.arguments, trigger: '20001' } };
const trigger = id('Trigger number', 'triggers', 'dataops_list_triggers');
const description = z.string().min(1).describe('What it is for');
const row = z.looseObject({ id: z.number(), description: z.string() });

/** Without the token: who holds it can start pipelines. The web pages show it to its owner. */
const safe = (body: unknown): Row =>
  pick((body ?? {}) as Row, ['id', 'description', 'created_at', 'last_used', 'expires_at']);

export const listTriggers = operation({
  name: 'dataops_list_triggers',
  route: 'GET /projects/{project}/triggers',
  risk: 'reads',
  summary: 'List the pipeline triggers of a project, without their tokens.',
  words: 'trigger tokens',
  input: z.strictObject({ project }),
  output: row,
  paging: pages({ show: safe }),
  example,
});

export const getTrigger = operation({
  name: 'dataops_get_trigger',
  route: 'GET /projects/{project}/triggers/{trigger}',
  risk: 'reads',
  summary: 'Show a pipeline trigger, without its token.',
  input: z.strictObject({ project, trigger }),
  output: row,
  repair: safe,
  example: one,
});

export const createTrigger = operation({
  name: 'dataops_create_trigger',
  route: 'POST /projects/{project}/triggers',
  risk: 'exposes',
  question: 'Make a token in {project} that starts pipelines?',
  describeLoss: lookAt('project', () => getProject, projectTold),
  summary: 'Create a pipeline trigger. Its token is shown to its owner under Settings > CI/CD, not here.',
  words: 'url token by which others start pipelines',
  input: z.strictObject({ project, description }),
  output: row,
  repair: safe,
  example: { arguments: { ...example.arguments, description: 'Laboratory results have arrived' } },
});

export const updateTrigger = operation({
  name: 'dataops_update_trigger',
  route: 'PUT /projects/{project}/triggers/{trigger}',
  risk: 'edits',
  summary: 'Change the description of a pipeline trigger.',
  input: z.strictObject({ project, trigger, description }),
  output: row,
  repair: safe,
  example: { arguments: { ...one.arguments, description: 'Laboratory' } },
});

export const deleteTrigger = operation({
  name: 'dataops_delete_trigger',
  route: 'DELETE /projects/{project}/triggers/{trigger}',
  risk: 'deletes',
  question: 'Delete the trigger token {trigger} of {project}?',
  describeLoss: lookAt(
    'trigger',
    () => getTrigger,
    ({ description, last_used }) => ({
      name: textOf(description),
      says: [whenOf(last_used) ? `It was last used ${whenOf(last_used)}.` : 'It was never used.'],
    }),
  ),
  summary: 'Delete a pipeline trigger: its token is then good for nothing.',
  input: z.strictObject({ project, trigger }),
  ...done,
  example: one,
});

export const listPipelineVariables = operation({
  name: 'dataops_list_pipeline_variables',
  route: 'GET /projects/{project}/pipelines/{pipeline}/variables',
  risk: 'reads',
  summary: 'List the variables a pipeline was started with, without their values.',
  words: 'parameters inputs it was started with',
  input: z.strictObject({ project, pipeline }),
  output: z.looseObject({ key: z.string() }),
  paging: whole({ items: body => body }),
  example: { arguments: { ...example.arguments, pipeline: '20440' } },
});
