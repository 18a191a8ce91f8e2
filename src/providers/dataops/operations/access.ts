import * as z from 'zod';
import { lookAt, lookAtAll, lookIn, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, id } from '../arguments.ts';
import { brief } from '../brief.ts';
import { groupTold, projectTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { getGroup } from './groups.ts';
import { getProject, projectArgument as project } from './projects.ts';

export const getVersion = operation({
  name: 'dataops_get_version',
  route: 'GET /version',
  risk: 'reads',
  summary: 'Show which GitLab release the platform runs.',
  words: 'which GitLab version',
  input: z.strictObject({}),
  output: z.looseObject({ version: z.string() }),
  example: { arguments: {} },
});

export const getMetadata = operation({
  name: 'dataops_get_metadata',
  route: 'GET /metadata',
  risk: 'reads',
  summary: 'Show the release and edition of the platform.',
  input: z.strictObject({}),
  output: z.looseObject({ version: z.string(), enterprise: z.boolean().nullish() }),
  example: { arguments: {} },
});

export const getJobTokenScope = operation({
  name: 'dataops_get_job_token_scope',
  route: 'GET /projects/{project}/job_token_scope',
  risk: 'reads',
  summary: "Show whether a project limits which projects' jobs may reach it.",
  input: z.strictObject({ project }),
  output: z.looseObject({ inbound_enabled: z.boolean() }),
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const setJobTokenScope = operation({
  name: 'dataops_set_job_token_scope',
  route: 'PATCH /projects/{project}/job_token_scope',
  risk: 'exposes',
  question: 'Change which projects may reach {project} with the tokens of their jobs?',
  describeLoss: lookAt('project', () => getProject, projectTold),
  summary: 'Turn the job-token allowlist of a project on or off. Off lets the jobs of every project in.',
  input: z.strictObject({ project, enabled: z.boolean().describe('On or off') }),
  ...done,
  readsBack: () => ({ reading: getJobTokenScope }),
  example: { arguments: { project: 'meridian/data/drill-assays', enabled: true } },
});

export const listAllowedProjects = operation({
  name: 'dataops_list_allowed_projects',
  route: 'GET /projects/{project}/job_token_scope/allowlist',
  risk: 'reads',
  summary: 'List the projects whose jobs may reach a project with their job token.',
  words: 'which projects may use our job token',
  input: z.strictObject({ project }),
  output: z.looseObject({ id: z.number(), path_with_namespace: z.string() }),
  paging: pages({ show: brief }),
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

const guestProject = lookAt('target_project_id', () => getProject, projectTold);
const guestGroup = lookAt('target_group_id', () => getGroup, groupTold);

const targetProject = id('Number of the project whose jobs come', 'projects');
const targetGroup = id('Number of the group whose jobs come', 'groups');

export const allowProject = operation({
  name: 'dataops_allow_project',
  route: 'POST /projects/{project}/job_token_scope/allowlist',
  risk: 'exposes',
  question: 'Let the jobs of the project {target_project_id} reach {project}?',
  describeLoss: lookAtAll(
    lookAt('project', () => getProject, projectTold),
    ({ target_project_id }, context) => guestProject({ project: target_project_id, target_project_id }, context),
  ),
  summary: 'Let the jobs of another project reach a project with their job token.',
  words: 'grant access job token ci',
  input: z.strictObject({ project, target_project_id: targetProject }),
  output: z.looseObject({ source_project_id: z.number(), target_project_id: z.number() }),
  example: { arguments: { project: 'meridian/data/drill-assays', target_project_id: '102' } },
});

export const disallowProject = operation({
  name: 'dataops_disallow_project',
  route: 'DELETE /projects/{project}/job_token_scope/allowlist/{target_project_id}',
  risk: 'deletes',
  question: 'Keep the jobs of the project {target_project_id} out of {project}?',
  describeLoss: lookIn(
    'target_project_id',
    () => listAllowedProjects,
    'id',
    ({ path_with_namespace }) => ({
      name: textOf(path_with_namespace),
    }),
  ),
  summary: 'No longer let the jobs of another project reach a project.',
  input: z.strictObject({ project, target_project_id: targetProject }),
  ...done,
  example: { arguments: { project: 'meridian/data/drill-assays', target_project_id: '102' } },
});

export const listAllowedGroups = operation({
  name: 'dataops_list_allowed_groups',
  route: 'GET /projects/{project}/job_token_scope/groups_allowlist',
  risk: 'reads',
  summary: "List the groups whose projects' jobs may reach a project.",
  input: z.strictObject({ project }),
  output: z.looseObject({ id: z.number(), name: z.string() }),
  paging: pages(),
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const allowGroup = operation({
  name: 'dataops_allow_group',
  route: 'POST /projects/{project}/job_token_scope/groups_allowlist',
  risk: 'exposes',
  question: 'Let the jobs of all projects of the group {target_group_id} reach {project}?',
  describeLoss: lookAtAll(
    lookAt('project', () => getProject, projectTold),
    ({ target_group_id }, context) => guestGroup({ group: target_group_id, target_group_id }, context),
  ),
  summary: "Let the jobs of a group's projects reach a project with their job token.",
  words: 'grant access job token ci',
  input: z.strictObject({ project, target_group_id: targetGroup }),
  output: z.looseObject({ source_project_id: z.number(), target_group_id: z.number() }),
  example: { arguments: { project: 'meridian/data/drill-assays', target_group_id: '3' } },
});

export const disallowGroup = operation({
  name: 'dataops_disallow_group',
  route: 'DELETE /projects/{project}/job_token_scope/groups_allowlist/{target_group_id}',
  risk: 'deletes',
  question: 'Keep the jobs of the projects of the group {target_group_id} out of {project}?',
  describeLoss: lookIn(
    'target_group_id',
    () => listAllowedGroups,
    'id',
    ({ full_path, name }) => ({
      name: textOf(full_path) ?? textOf(name),
    }),
  ),
  summary: "No longer let the jobs of a group's projects reach a project.",
  input: z.strictObject({ project, target_group_id: targetGroup }),
  ...done,
  example: { arguments: { project: 'meridian/data/drill-assays', target_group_id: '3' } },
});
