import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { flag, id, role, search, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

const user = z.looseObject({ id: z.number(), username: z.string(), name: z.string().nullish() });
const member = user.extend({ access_level: z.number().describe('20 reporter, 30 developer, 40 maintainer, 50 owner') });

const query = text('Part of a name or user name');

export const listProjectMembers = operation({
  name: 'dataops_list_project_members',
  route: 'GET /projects/{project}/members',
  risk: 'reads',
  summary: 'List who was given access to a project itself, with their roles.',
  input: z.strictObject({ project, query }),
  output: member,
  paging: pages(),
  resource: { uri: 'dataops://projects/{project}/members', title: 'Members of a DataOps.live project' },
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const listAllProjectMembers = operation({
  name: 'dataops_list_effective_project_members',
  route: 'GET /projects/{project}/members/all',
  risk: 'reads',
  summary: 'List everybody who has access to a project, members of its groups included.',
  input: z.strictObject({ project, query }),
  output: member,
  paging: pages(),
  example: { arguments: { project: 'meridian/data/drill-assays' } },
});

export const listGroupMembers = operation({
  name: 'dataops_list_group_members',
  route: 'GET /groups/{group}/members',
  risk: 'reads',
  summary: 'List who was given access to a group itself, with their roles.',
  input: z.strictObject({ group, query }),
  output: member,
  paging: pages(),
  resource: { uri: 'dataops://groups/{group}/members', title: 'Members of a DataOps.live group' },
  example: { arguments: { group: 'meridian/data' } },
});

export const listAllGroupMembers = operation({
  name: 'dataops_list_effective_group_members',
  route: 'GET /groups/{group}/members/all',
  risk: 'reads',
  summary: 'List everybody with a role in a group, members of its parents included.',
  input: z.strictObject({ group, query }),
  output: member,
  paging: pages(),
  example: { arguments: { group: 'meridian/data' } },
});

export const addProjectMember = operation({
  name: 'dataops_add_project_member',
  route: 'POST /projects/{project}/members',
  risk: 'exposes',
  summary: 'Give a user a role in a project. Give user_id or username.',
  input: z.strictObject({
    project,
    role: role('Role').meta({ wire: 'access_level' }),
    user_id: id('Number of the user', 'users').optional(),
    username: text('User name'),
    expires_at: z.iso.date().optional().describe('Last day, YYYY-MM-DD'),
  }),
  output: member,
  example: { arguments: { project: 'meridian/data/drill-assays', username: 'ines.duarte', role: 'developer' } },
});

export const listUsers = operation({
  name: 'dataops_list_users',
  route: 'GET /users',
  risk: 'reads',
  summary: 'Find users by name or user name.',
  input: z.strictObject({ search, username: text('Exact user name'), active: flag('Only active ones') }),
  output: user,
  paging: pages({ keyset: { order_by: 'id' } }),
  example: { arguments: { search: 'amara' } },
});

export const getCurrentUser = operation({
  name: 'dataops_get_current_user',
  route: 'GET /user',
  risk: 'reads',
  summary: 'Show which user this credential acts as.',
  input: z.strictObject({}),
  output: user,
  example: { arguments: {} },
});
