import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { flag, ref, text } from '../arguments.ts';
import { pick } from '../rows.ts';
import { branchName } from './branches.ts';
import { fileVariable, startsPipeline } from './pipeline-runs.ts';
import { pipelineLine } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';
import { listSchedulePipelines } from './schedule-changes.ts';
import { addVariable } from './schedule-variables.ts';
import { cron, description, details, example, inputs, schedule, scheduleRow, timezone } from './schedules.ts';

export const createSchedule = operation({
  name: 'dataops_create_schedule',
  route: 'POST /projects/{project}/pipeline_schedules',
  risk: 'adds',
  summary: 'Run a pipeline regularly on a branch or tag, with your rights.',
  words: 'cron nightly every night',
  verifyWith: 'dataops_list_schedules shows whether it was created.',
  input: z.strictObject({
    project,
    description,
    ref: ref.meta({ reference: branchName }),
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
  words: 'start trigger the nightly now, once',
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
