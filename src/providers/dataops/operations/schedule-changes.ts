import * as z from 'zod';
import { countOf, howMany, lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, ref } from '../arguments.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { pipelineFilters, pipelineLine, pipelineRow } from './pipelines.ts';
import { projectArgument as project } from './projects.ts';
import { cron, description, details, example, inputs, schedule, scheduleRow, timezone } from './schedules.ts';

export const getSchedule = operation({
  name: 'dataops_get_schedule',
  route: 'GET /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'reads',
  summary: 'Show a schedule: pipeline file, names of its variables, last pipeline.',
  words: 'when does it run next, owner',
  input: z.strictObject({ project, schedule }),
  output: scheduleRow,
  repair: details,
  example,
});

export const listSchedulePipelines = operation({
  name: 'dataops_list_schedule_pipelines',
  route: 'GET /projects/{project}/pipeline_schedules/{schedule}/pipelines',
  risk: 'reads',
  summary: 'List the pipelines that a schedule started, oldest first unless sort says otherwise.',
  words: 'history of the nightly, past runs',
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

export const updateSchedule = operation({
  name: 'dataops_update_schedule',
  route: 'PUT /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'edits',
  summary: 'Change a schedule, or switch it on or off.',
  words: 'turn off, turn on, deactivate, disable, enable, pause, resume, stop, time, cron',
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
  risk: 'replaces',
  question: 'Run the schedule {schedule} of {project} with your rights from now on?',
  describeLoss: lookAt(
    'schedule',
    () => getSchedule,
    ({ description, owner }) => ({
      name: textOf(description),
      says: [`It runs with the rights of ${textOf(rowOf(owner)['name']) ?? 'nobody'} now.`],
    }),
  ),
  summary: 'Become the owner of a schedule: it then runs with your rights.',
  words: 'take over ownership',
  input: z.strictObject({ project, schedule }),
  output: scheduleRow,
  repair: details,
  example,
});

export const deleteSchedule = operation({
  name: 'dataops_delete_schedule',
  route: 'DELETE /projects/{project}/pipeline_schedules/{schedule}',
  risk: 'deletes',
  question: 'Delete the schedule {schedule} of {project}?',
  describeLoss: lookAt(
    'schedule',
    () => getSchedule,
    ({ description, active, next_run_at, variables }) => ({
      name: textOf(description),
      says: [
        active === false ? 'It is off.' : whenOf(next_run_at) && `Its next run is ${whenOf(next_run_at)}.`,
        countOf(variables) > 0 && `${howMany(countOf(variables), 'variable')} of it would be lost.`,
      ],
    }),
  ),
  summary: 'Delete a schedule.',
  words: 'cron nightly',
  input: z.strictObject({ project, schedule }),
  ...done,
  example,
});
