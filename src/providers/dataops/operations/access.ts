import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { dayAhead } from '../../../base/time.ts';
import { lookAt, lookAtAll, lookIn, textOf } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { done, id, role, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { groupTold, projectTold, tokenTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { facts, showValue } from '../secrets.ts';
import { getGroup, groupArgument as group } from './groups.ts';
import { getProject, projectArgument as project } from './projects.ts';

const token = z.looseObject({
  id: z.number(),
  name: z.string(),
  scopes: z.array(z.string()),
  active: z.boolean().nullish(),
  expires_at: z.string().nullish(),
});
const newToken = token.extend({ value: z.string().optional().describe('The token, with show_value') });

const tokenId = z.string().regex(/^\d+$/).describe('Number of the token');
const state = z.enum(['active', 'inactive']).optional().describe('State');
const expiresOn = dayAhead('Last day');
const wanted = {
  name: z.string().min(1).describe('Name'),
  scopes: z.array(z.string()).min(1).describe('api, read_api, read_repository, write_repository, ...'),
  expires_at: expiresOn,
  role: role('Role of its bot (maintainer)').meta({ wire: 'access_level' }).optional(),
  description: text('Description'),
  show_value: showValue,
};

// The only time that the token itself is in an answer. Under another name, because what is called a token is redacted.
async function makeToken(self: Operation, args: Row, context: OperationContext): Promise<z.input<typeof newToken>> {
  const { token: secret, ...rest } = facts((await context.request(self, args)).body);
  return {
    ...(rest as z.input<typeof newToken>),
    ...(args['show_value'] === true && secret != null && { value: String(secret) }),
  };
}

export const listProjectTokens = operation({
  name: 'dataops_list_project_tokens',
  route: 'GET /projects/{project}/access_tokens',
  risk: 'reads',
  summary: 'List the access tokens of a project: names, scopes, expiry, last use.',
  words: 'access keys about to expire, expiring',
  input: z.strictObject({ project, state }),
  output: token,
  paging: pages(),
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const createProjectToken: Operation = operation({
  name: 'dataops_create_project_token',
  route: 'POST /projects/{project}/access_tokens',
  risk: 'exposes',
  question: 'Make an access token for {project}?',
  describeLoss: lookAt('project', () => getProject, projectTold),
  summary: 'Create an access token of a project. It can be seen this once only, with show_value.',
  words: 'api access key deploy',
  verifyWith: 'dataops_list_project_tokens shows whether it was made; one that nobody saw is best revoked.',
  input: z.strictObject({ project, ...wanted }),
  output: newToken,
  example: {
    arguments: {
      project: 'meridian/data/drill-assays',
      name: 'report',
      scopes: ['read_api'],
      expires_at: '2027-01-31',
    },
  },
  send: (args, context) => makeToken(createProjectToken, args, context),
});

export const rotateProjectToken: Operation = operation({
  name: 'dataops_rotate_project_token',
  route: 'POST /projects/{project}/access_tokens/{token_id}/rotate',
  risk: 'exposes',
  question: 'Replace the access token {token_id} of {project}? What uses the present one stops working.',
  describeLoss: lookIn('token_id', () => listProjectTokens, 'id', tokenTold),
  summary: 'Replace an access token of a project; the old one stops working. The new one is seen only with show_value.',
  words: 'renew refresh a deploy token',
  verifyWith: 'dataops_list_project_tokens shows whether it was replaced; if so, rotate the new one.',
  input: z.strictObject({ project, token_id: tokenId, expires_at: expiresOn.optional(), show_value: showValue }),
  output: newToken,
  example: { arguments: { project: 'meridian/data/drill-assays', token_id: '12' } },
  send: (args, context) => makeToken(rotateProjectToken, args, context),
});

export const revokeProjectToken = operation({
  name: 'dataops_revoke_project_token',
  route: 'DELETE /projects/{project}/access_tokens/{token_id}',
  risk: 'deletes',
  question: 'Revoke the access token {token_id} of {project}? What uses it stops working.',
  describeLoss: lookIn('token_id', () => listProjectTokens, 'id', tokenTold),
  summary: 'Revoke an access token of a project.',
  words: 'kill invalidate disable an access key',
  input: z.strictObject({ project, token_id: tokenId }),
  ...done,
  example: { arguments: { project: 'meridian/data/drill-assays', token_id: '12' } },
});

export const listGroupTokens = operation({
  name: 'dataops_list_group_tokens',
  route: 'GET /groups/{group}/access_tokens',
  risk: 'reads',
  summary: 'List the access tokens of a group: names, scopes, expiry, last use.',
  words: 'access keys about to expire, expiring',
  input: z.strictObject({ group, state }),
  output: token,
  paging: pages(),
  example: { arguments: { group: 'meridian/data' } },
});

export const createGroupToken: Operation = operation({
  name: 'dataops_create_group_token',
  route: 'POST /groups/{group}/access_tokens',
  risk: 'exposes',
  question: 'Make an access token for the group {group}?',
  describeLoss: lookAt('group', () => getGroup, groupTold),
  summary: 'Create an access token of a group. It can be seen this once only, with show_value.',
  words: 'api access key',
  verifyWith: 'dataops_list_group_tokens shows whether it was made; one that nobody saw is best revoked.',
  input: z.strictObject({ group, ...wanted }),
  output: newToken,
  example: {
    arguments: { group: 'meridian/data', name: 'report', scopes: ['read_api'], expires_at: '2027-01-31' },
  },
  send: (args, context) => makeToken(createGroupToken, args, context),
});

export const rotateGroupToken: Operation = operation({
  name: 'dataops_rotate_group_token',
  route: 'POST /groups/{group}/access_tokens/{token_id}/rotate',
  risk: 'exposes',
  question: 'Replace the access token {token_id} of the group {group}? What uses the present one stops working.',
  describeLoss: lookIn('token_id', () => listGroupTokens, 'id', tokenTold),
  summary: 'Replace an access token of a group; the old one stops working. The new one is seen only with show_value.',
  words: 'renew refresh a token',
  verifyWith: 'dataops_list_group_tokens shows whether it was replaced; if so, rotate the new one.',
  input: z.strictObject({ group, token_id: tokenId, expires_at: expiresOn.optional(), show_value: showValue }),
  output: newToken,
  example: { arguments: { group: 'meridian/data', token_id: '12' } },
  send: (args, context) => makeToken(rotateGroupToken, args, context),
});

export const revokeGroupToken = operation({
  name: 'dataops_revoke_group_token',
  route: 'DELETE /groups/{group}/access_tokens/{token_id}',
  risk: 'deletes',
  question: 'Revoke the access token {token_id} of the group {group}? What uses it stops working.',
  describeLoss: lookIn('token_id', () => listGroupTokens, 'id', tokenTold),
  summary: 'Revoke an access token of a group.',
  words: 'kill invalidate disable an access key',
  input: z.strictObject({ group, token_id: tokenId }),
  ...done,
  example: { arguments: { group: 'meridian/data', token_id: '12' } },
});

export const getCurrentToken = operation({
  name: 'dataops_get_current_token',
  route: 'GET /personal_access_tokens/self',
  risk: 'reads',
  summary: 'Show the access token in use: scopes, expiry, whose it is. Not for job tokens.',
  words: 'whose token am I using',
  input: z.strictObject({}),
  output: token,
  example: { arguments: {} },
});

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
