import * as z from 'zod';
import { lookAt } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, text } from '../arguments.ts';
import { variableTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { facts, refuseReadOnly, showValue } from '../secrets.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

const variable = z.looseObject({
  key: z.string(),
  value: z.string().nullable().describe('[hidden] unless shown'),
  environment_scope: z.string().nullish(),
});

const key = z
  .string()
  .min(1)
  .describe('Name of the variable')
  .meta({ foundIn: { listing: 'dataops_list_project_variables', key: 'key' } });
const ofGroup = key.meta({ foundIn: { listing: 'dataops_list_group_variables', key: 'key' } });
const value = z.string().describe('Value');

const flags = {
  variable_type: z.enum(['env_var', 'file']).optional().describe('Default env_var'),
  protected: flag('Only for protected branches and tags'),
  masked: flag('Masked in job logs'),
  raw: flag('Do not expand $NAME in it'),
  description: text('Description'),
};

const created = { ...flags, masked_and_hidden: flag('Masked, and never shown again') };

const environmentScope = text('Environment it is for (* is all)');

const meant = z.string().optional().describe('Environment scope of the one meant, where several have this key');
const inQuery = meant.meta({ wire: 'filter[environment_scope]' });
const inBody = meant.meta({ wire: 'filter', encode: (scope: string) => ({ environment_scope: scope }) });

export const listProjectVariables = operation({
  name: 'dataops_list_project_variables',
  route: 'GET /projects/{project}/variables',
  risk: 'reads',
  summary: 'List the CI/CD variables of a project, without their values.',
  words: 'which secrets are set',
  input: z.strictObject({ project }),
  output: variable,
  paging: pages(),
  resource: { uri: 'dataops://projects/{project}/variables', title: 'Variables of a DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const getProjectVariable = operation({
  name: 'dataops_get_project_variable',
  route: 'GET /projects/{project}/variables/{key}',
  risk: 'reads',
  summary: 'Show a CI/CD variable of a project, its value only with show_value.',
  words: 'value of a secret',
  input: z.strictObject({ project, key, scope: inQuery, show_value: showValue }),
  output: variable,
  example: { arguments: { project: 'meridian/data/drill-assays', key: 'SNOWFLAKE_ACCOUNT' } },
  async send(args, context) {
    if (args.show_value) refuseReadOnly(context);
    const { body } = await context.request(getProjectVariable, args);
    return facts(body) as z.input<typeof variable>;
  },
});

export const createProjectVariable = operation({
  name: 'dataops_create_project_variable',
  route: 'POST /projects/{project}/variables',
  risk: 'adds',
  summary: 'Add a CI/CD variable to a project. Every later pipeline gets it.',
  words: 'set define secret masked hidden in logs',
  input: z.strictObject({ project, key, value, ...created, environment_scope: environmentScope }),
  output: variable,
  example: { arguments: { project: 'meridian/data/drill-assays', key: 'ASSAY_LIMIT', value: '0.5' } },
});

export const updateProjectVariable = operation({
  name: 'dataops_update_project_variable',
  route: 'PUT /projects/{project}/variables/{key}',
  risk: 'replaces',
  question: 'Change the variable {key} of {project}?',
  describeLoss: lookAt('key', () => getProjectVariable, variableTold),
  summary: 'Replace the value or flags of a CI/CD variable of a project. The old value is lost.',
  words: 'set edit masked hidden',
  input: z.strictObject({
    project,
    key,
    value: value.optional(),
    ...flags,
    environment_scope: environmentScope,
    scope: inBody,
  }),
  output: variable,
  example: { arguments: { project: 'meridian/data/drill-assays', key: 'ASSAY_LIMIT', value: '0.7' } },
});

export const deleteProjectVariable = operation({
  name: 'dataops_delete_project_variable',
  route: 'DELETE /projects/{project}/variables/{key}',
  risk: 'deletes',
  question: 'Delete the variable {key} of {project}?',
  describeLoss: lookAt('key', () => getProjectVariable, variableTold),
  summary: 'Delete a CI/CD variable of a project.',
  input: z.strictObject({ project, key, scope: inQuery }),
  ...done,
  example: { arguments: { project: 'meridian/data/drill-assays', key: 'ASSAY_LIMIT' } },
});

export const listGroupVariables = operation({
  name: 'dataops_list_group_variables',
  route: 'GET /groups/{group}/variables',
  risk: 'reads',
  summary: 'List the CI/CD variables that a group gives its projects, without their values.',
  words: 'secrets shared by all projects of a group',
  input: z.strictObject({ group }),
  output: variable,
  paging: pages(),
  resource: { uri: 'dataops://groups/{group}/variables', title: 'Variables of a DataOps.live group' },
  example: { arguments: { group: 'meridian' } },
});

export const getGroupVariable = operation({
  name: 'dataops_get_group_variable',
  route: 'GET /groups/{group}/variables/{key}',
  risk: 'reads',
  summary: 'Show a CI/CD variable of a group, its value only with show_value.',
  input: z.strictObject({ group, key: ofGroup, show_value: showValue }),
  output: variable,
  example: { arguments: { group: 'meridian', key: 'SNOWFLAKE_ACCOUNT' } },
  async send(args, context) {
    if (args.show_value) refuseReadOnly(context);
    const { body } = await context.request(getGroupVariable, args);
    return facts(body) as z.input<typeof variable>;
  },
});

export const createGroupVariable = operation({
  name: 'dataops_create_group_variable',
  route: 'POST /groups/{group}/variables',
  risk: 'adds',
  summary: 'Add a CI/CD variable to a group. Later pipelines of all its projects get it.',
  words: 'set define secret masked',
  input: z.strictObject({ group, key, value, ...created, environment_scope: environmentScope }),
  output: variable,
  example: { arguments: { group: 'meridian', key: 'ASSAY_LIMIT', value: '0.5' } },
});

export const updateGroupVariable = operation({
  name: 'dataops_update_group_variable',
  route: 'PUT /groups/{group}/variables/{key}',
  risk: 'replaces',
  question: 'Change the variable {key} of the group {group}?',
  describeLoss: lookAt('key', () => getGroupVariable, variableTold),
  summary: 'Replace the value or flags of a CI/CD variable of a group. The old value is lost.',
  input: z.strictObject({ group, key, value: value.optional(), ...flags, environment_scope: environmentScope }),
  output: variable,
  example: { arguments: { group: 'meridian', key: 'ASSAY_LIMIT', value: '0.7' } },
});

export const deleteGroupVariable = operation({
  name: 'dataops_delete_group_variable',
  route: 'DELETE /groups/{group}/variables/{key}',
  risk: 'deletes',
  question: 'Delete the variable {key} of the group {group}?',
  describeLoss: lookAt('key', () => getGroupVariable, variableTold),
  summary: 'Delete a CI/CD variable of a group.',
  input: z.strictObject({ group, key }),
  ...done,
  example: { arguments: { group: 'meridian', key: 'ASSAY_LIMIT' } },
});
