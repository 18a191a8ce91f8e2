import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { variableNamed } from '../losses.ts';
import { pick } from '../rows.ts';
import { projectArgument as project } from './projects.ts';
import { getSchedule } from './schedule-changes.ts';
import { example, schedule } from './schedules.ts';

export const key = z.string().min(1).describe('Name');

export const value = z.string().describe('Value; jobs can read it');

const variable_type = z.enum(['env_var', 'file']).optional().describe('file: jobs get it as a file');

const masked = (body: unknown): Row => pick((body ?? {}) as Row, ['key', 'variable_type']);

const variableRow = z.looseObject({ key: z.string() });

export const addVariable = operation({
  name: 'dataops_add_schedule_variable',
  route: 'POST /projects/{project}/pipeline_schedules/{schedule}/variables',
  risk: 'adds',
  summary: 'Give the pipelines of a schedule a variable.',
  words: 'parameter argument value',
  input: z.strictObject({ project, schedule, key, value, variable_type }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG', value: '1' } },
});

export const updateScheduleVariable = operation({
  name: 'dataops_update_schedule_variable',
  route: 'PUT /projects/{project}/pipeline_schedules/{schedule}/variables/{key}',
  risk: 'replaces',
  question: 'Replace the value of the variable {key} of the schedule {schedule} of {project}?',
  describeLoss: lookAt(
    'schedule',
    () => getSchedule,
    ({ description, variables }, { key }) => ({
      name: textOf(description),
      says: [variableNamed(variables, key) && 'The value that it has now would be lost.'],
    }),
  ),
  summary: 'Change a variable of a schedule.',
  words: 'parameter argument value',
  input: z.strictObject({ project, schedule, key, value, variable_type }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG', value: '0' } },
});

export const deleteScheduleVariable = operation({
  name: 'dataops_delete_schedule_variable',
  route: 'DELETE /projects/{project}/pipeline_schedules/{schedule}/variables/{key}',
  risk: 'deletes',
  question: 'Delete the variable {key} of the schedule {schedule} of {project}?',
  describeLoss: lookAt(
    'schedule',
    () => getSchedule,
    ({ description, variables }, { key }) => ({
      name: textOf(description),
      says: [variableNamed(variables, key) && 'Its value would be lost.'],
    }),
  ),
  summary: 'Take a variable from a schedule.',
  words: 'parameter argument value',
  input: z.strictObject({ project, schedule, key }),
  output: variableRow,
  repair: masked,
  example: { arguments: { ...example.arguments, key: 'DATAOPS_DEBUG' } },
});
