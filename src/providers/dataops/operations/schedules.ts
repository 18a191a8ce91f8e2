import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { numberAfter, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { pick } from '../rows.ts';
import { fileVariable } from './pipeline-runs.ts';
import { pipelineLine } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';

export const schedule = z
  .string()
  .min(1)
  .describe('Schedule: number or description')
  .meta({
    fromUri: numberAfter('pipeline_schedules'),
    reference: reference({ list: () => listSchedules, key: 'id', label: 'description', keyForm: /^\d+$/ }),
  });

/** The platform wants a list here, a map where a pipeline is started. */
export const inputs = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('Inputs that the pipeline file declares, by name (newer GitLab releases)')
  .meta({ encode: (map: Row) => Object.entries(map).map(([name, value]) => ({ name, value })) });

export const example = { arguments: { project: 'meridian/data/drill-assays', schedule: '20003' } };

const fields = ['id', 'description', 'ref', 'cron', 'cron_timezone', 'next_run_at', 'active'];

const brief = (row: Row): Row => ({
  ...pick(row, fields),
  ...pick({ owner: (row['owner'] as Row | null)?.['username'] }, ['owner']),
});

/** A schedule by itself; of its variables only the pipeline file is shown, for the others may be passwords. */
export const details = (body: unknown): Row => {
  const row = (body ?? {}) as Row & { variables?: { key: string; value: string }[] | null; last_pipeline?: Row | null };
  const { last_pipeline: last } = row;
  const variables = row.variables ?? [];
  const file = variables.find(({ key }) => key === fileVariable)?.value;
  const others = variables.map(({ key }) => key).filter(key => key !== fileVariable);
  return {
    ...brief(row),
    ...(file !== undefined && { pipeline_file: file }),
    ...(others.length && { variables: others }),
    ...(last && { last_pipeline: pipelineLine(last) }),
  };
};

export const scheduleRow = z.looseObject({
  id: z.number(),
  description: z.string(),
  ref: z.string(),
  cron: z.string(),
});

export const listSchedules: Operation = operation({
  name: 'dataops_list_schedules',
  route: 'GET /projects/{project}/pipeline_schedules',
  risk: 'reads',
  summary: 'List the pipeline schedules of a project.',
  words: 'cron nightly, what runs every night, regularly, when',
  input: z.strictObject({ project, scope: z.enum(['active', 'inactive']).optional().describe('Only these') }),
  output: scheduleRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/schedules', title: 'Pipeline schedules of a DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const cron = z.string().describe('Cron expression, for example 15 2 * * *');

export const timezone = text('IANA zone or offset name, default UTC').meta({ wire: 'cron_timezone' });

export const description = z.string().min(1).describe('What it is for');
