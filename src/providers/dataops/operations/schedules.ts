import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { done, flag, numberAfter, ref, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { pick } from '../rows.ts';
import { fileVariable, startsPipeline } from './pipeline-runs.ts';
import { pipelineFilters, pipelineLine, pipelineRow } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';

const schedule = z
  .string()
  .min(1)
  .describe('Schedule: number or description')
  .meta({
    fromUri: numberAfter('pipeline_schedules'),
    reference: reference({ list: () => listSchedules, key: 'id', label: 'description', keyForm: /^\d+$/ }),
  });
/** The platform wants a list here, a map where a pipeline is started. */
const inputs = z
  .record(z.string(), z.unknown())
  .optional()
  .describe('Inputs that the pipeline file declares, by name (newer GitLab releases)')
  .meta({ encode: (map: Row) => Object.entries(map).map(([name, value]) => ({ name, value })) });
const example = { arguments: { project: 'meridian/data/drill-assays', schedule: '20003' } };

const fields = ['id', 'description', 'ref', 'cron', 'cron_timezone', 'next_run_at', 'active'];

const brief = (row: Row): Row => ({
  ...pick(row, fields),
  ...pick({ owner: (row['owner'] as Row | null)?.['username'] }, ['owner']),
});

/** A schedule by itself; of its variables only the pipeline file is shown, for the others may be passwords. */
const details = (body: unknown): Row => {
  const row = (body ?? {}) as Row & { variables?: { key: string; value: string }[]; last_pipeline?: Row | null };
  const { variables = [], last_pipeline: last } = row;
  const file = variables.find(({ key }) => key === fileVariable)?.value;
  const others = variables.map(({ key }) => key).filter(key => key !== fileVariable);
  return {
    ...brief(row),
    ...(file !== undefined && { pipeline_file: file }),
    ...(others.length && { variables: others }),
    ...(last && { last_pipeline: pipelineLine(last) }),
  };
};

const scheduleRow = z.looseObject({ id: z.number(), description: z.string(), ref: z.string(), cron: z.string() });

export const listSchedules: Operation = operation({
  name: 'dataops_list_schedules',
  route: 'GET /projects/{project}/pipeline_schedules',
  risk: 'reads',
  summary: 'List the pipeline schedules of a project.',
  input: z.strictObject({ project, scope: z.enum(['active', 'inactive']).optional().describe('Only these') }),
  output: scheduleRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/schedules', title: 'Pipeline schedules of a DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const getSchedule = operation({
  name: 'dataops_get_schedule',
  route: 'GET /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'reads',
  summary: 'Show a schedule: pipeline file, names of its variables, last pipeline.',
  input: z.strictObject({ project, schedule }),
  output: scheduleRow,
  repair: details,
  example,
});

const cron = z.string().describe('Cron expression, for example 15 2 * * *');
const timezone = text('IANA zone or offset name, default UTC').meta({ wire: 'cron_timezone' });
const description = z.string().min(1).describe('What it is for');

export const createSchedule = operation({
  name: 'dataops_create_schedule',
  route: 'POST /projects/{project}/pipeline_schedules',
  risk: 'adds',
  summary: 'Run a pipeline regularly on a branch or tag, with your rights.',
  verifyWith: 'dataops_list_schedules shows whether it was created.',
  input: z.strictObject({
    project,
    description,
    ref,
    cron,
    timezone,
    pipeline_file: text('Pipeline file (default: the one of the project)').meta({ in: 'local' }),
    inputs,
    active: flag('Default true'),
  }),
  output: scheduleRow,
  example: {
    arguments: { project: 'meridian/data/drill-assays', description: 'Nightly', ref: 'main', cron: '15 2 * * *' },
  },
  async send({ pipeline_file: file, ...wanted }, context) {
    const { body } = await context.request(createSchedule, wanted);
    const made = details(body) as Row & { id: number; description: string; ref: string; cron: string };
    if (file === undefined) return made;
    const variable = { project: wanted.project, schedule: String(made.id), key: fileVariable, value: file };
    try {
      await context.request(addVariable, variable);
      return { ...made, pipeline_file: file };
    } catch (error) {
      if (!isFault(error)) throw error;
      const repeat = `dataops_add_schedule_variable ${JSON.stringify(variable)}`;
      return { ...made, warnings: [`Created, but without its pipeline file: ${error.message} Next: ${repeat}`] };
    }
  },
});

const looks = 8;

export const playSchedule = operation({
  name: 'dataops_play_schedule',
  route: 'POST /projects/{project}/pipeline_schedules/{schedule}/play',
  risk: 'starts',
  summary: 'Run the pipeline of a schedule now, wait for it, and show its jobs.',
  verifyWith: 'It may have started: dataops_list_pipelines with source schedule shows it.',
  input: z.strictObject({ project, schedule }),
  output: z.looseObject({ id: z.number(), project_id: z.number() }),
  starts: startsPipeline,
  example,
  async send(args, context) {
    const before = await newestOf(args, context);
    await context.request(playSchedule, args);
    // The answer names no pipeline; it appears a moment later.
    for (let look = 0; look < looks; look += 1) {
      const newest = await newestOf(args, context);
      if (newest && newest.id > (before?.id ?? 0)) return newest;
      await context.clock.sleep(1000, context.signal);
    }
    throw new Fault({
      code: 'timed_out',
      message: `The schedule was played, but its pipeline has not appeared within ${looks} s.`,
      hint: 'Do not play it again: dataops_list_pipelines with source schedule will show it.',
    });
  },
});

interface Newest {
  id: number;
  project_id: number;
  [field: string]: unknown;
}

async function newestOf(args: Row, context: OperationContext): Promise<Newest | undefined> {
  const query = { sort: 'desc', per_page: 1 };
  const { body } = await context.request(listSchedulePipelines, args, { query });
  const [newest] = body as Row[];
  return newest && ({ ...pipelineLine(newest), ...pick(newest, ['project_id', 'web_url']) } as Newest);
}

export const listSchedulePipelines = operation({
  name: 'dataops_list_schedule_pipelines',
  route: 'GET /projects/{project}/pipeline_schedules/{schedule}/pipelines',
  risk: 'reads',
  summary: 'List the pipelines that a schedule started, oldest first unless sort says otherwise.',
  input: z.strictObject({
    project,
    schedule,
    ...pipelineFilters,
    sort: z.enum(['asc', 'desc']).optional().describe('By id'),
  }),
  output: pipelineRow,
  paging: pages({ show: pipelineLine }),
  example,
});

const key = z.string().min(1).describe('Name');
const value = z.string().describe('Value; jobs can read it');
const variable_type = z.enum(['env_var', 'file']).optional().describe('file: jobs get it as a file');
const masked = (body: unknown): Row => pick((body ?? {}) as Row, ['key', 'variable_type']);
const variableRow = z.looseObject({ key: z.string() });

export const addVariable = operation({
  name: 'dataops_add_schedule_variable',
  route: 'POST /projects/{project}/pipeline_schedules/{schedule}/variables',
  risk: 'adds',
  summary: 'Give the pipelines of a schedule a variable.',
  input: z.strictObject({ project, schedule, key, value, variable_type }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG', value: '1' } },
});

export const updateSchedule = operation({
  name: 'dataops_update_schedule',
  route: 'PUT /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'edits',
  summary: 'Change a schedule, or switch it on or off.',
  input: z.strictObject({
    project,
    schedule,
    description: description.optional(),
    ref: ref.optional(),
    cron: cron.optional(),
    timezone,
    inputs,
    active: flag('On or off'),
  }),
  output: scheduleRow,
  repair: details,
  example: { arguments: { ...example.arguments, active: false } },
});

export const takeSchedule = operation({
  name: 'dataops_take_schedule',
  route: 'POST /projects/{project}/pipeline_schedules/{schedule}/take_ownership',
  risk: 'edits',
  summary: 'Become the owner of a schedule: it then runs with your rights.',
  input: z.strictObject({ project, schedule }),
  output: scheduleRow,
  repair: details,
  example,
});

export const deleteSchedule = operation({
  name: 'dataops_delete_schedule',
  route: 'DELETE /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'deletes',
  summary: 'Delete a schedule.',
  input: z.strictObject({ project, schedule }),
  ...done,
  example,
});

export const updateScheduleVariable = operation({
  name: 'dataops_update_schedule_variable',
  route: 'PUT /projects/{project}/pipeline_schedules/{schedule}/variables/{key}',
  risk: 'edits',
  summary: 'Change a variable of a schedule.',
  input: z.strictObject({ project, schedule, key, value, variable_type }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG', value: '0' } },
});

export const deleteScheduleVariable = operation({
  name: 'dataops_delete_schedule_variable',
  route: 'DELETE /projects/{project}/pipeline_schedules/{schedule}/variables/{key}',
  risk: 'deletes',
  summary: 'Take a variable from a schedule.',
  input: z.strictObject({ project, schedule, key }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG' } },
});
