import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { dayAhead } from '../../../base/time.ts';
import { operation } from '../../../operations/operation.ts';
import { drillAssays, flag, id, role, roleOf, search, text } from '../arguments.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

const user = z.looseObject({ id: z.number(), username: z.string(), name: z.string().nullish() });
const member = user.extend({ access_level: z.number().describe('20 reporter, 30 developer, 40 maintainer, 50 owner') });

const query = text('Part of a name or user name');

interface Holder {
  noun: string;
  /** Path of one. */
  path: string;
  argument: Readonly<Record<string, z.ZodType>>;
  /** Whom the longer of the two lists has. */
  everybody: string;
  example: Row;
}

/** Who has a role in a project or group: given there itself, or from wherever it comes. */
function membersOf({ noun, path, argument, everybody, example }: Holder) {
  const shared = {
    risk: 'reads',
    input: z.strictObject({ ...argument, query }),
    output: member,
    paging: pages(),
    example: { arguments: example },
  } as const;
  const listMembers = operation({
    ...shared,
    name: `dataops_list_${noun}_members`,
    route: `GET ${path}/members`,
    summary: `List who was given access to a ${noun} itself, with their roles.`,
    resource: { uri: `dataops://${noun}s/{${noun}}/members`, title: `Members of a DataOps.live ${noun}` },
  });
  const listAllMembers = operation({
    ...shared,
    name: `dataops_list_effective_${noun}_members`,
    route: `GET ${path}/members/all`,
    summary: `List everybody ${everybody} included.`,
  });
  return { listMembers, listAllMembers };
}

export const { listMembers: listProjectMembers, listAllMembers: listAllProjectMembers } = membersOf({
  noun: 'project',
  path: '/projects/{project}',
  argument: { project },
  everybody: 'who has access to a project, members of its groups',
  example: drillAssays,
});

export const { listMembers: listGroupMembers, listAllMembers: listAllGroupMembers } = membersOf({
  noun: 'group',
  path: '/groups/{group}',
  argument: { group },
  everybody: 'with a role in a group, members of its parents',
  example: { group: 'meridian/data' },
});

export const addProjectMember = operation({
  name: 'dataops_add_project_member',
  route: 'POST /projects/{project}/members',
  risk: 'exposes',
  question: 'Give {user} access to {project} as {role}?',
  summary: 'Give a user a role in a project. Give user_id or username.',
  words: 'give grant access rights permission to a person, invite, developer maintainer reporter, read write',
  input: z.strictObject({
    project,
    role: role('Role').meta({ wire: 'access_level' }),
    user_id: id('Number of the user', 'users').optional(),
    username: text('User name'),
    expires_at: dayAhead('Last day').optional(),
  }),
  output: member,
  async describeLoss({ project, user_id, username }, context) {
    const found = username === undefined ? [] : await context.rows(listUsers, { username });
    if (username !== undefined && !found.length)
      throw new Fault({
        code: 'not_found',
        message: `There is no user ${username}.`,
        hint: 'dataops_list_users finds users by a part of their name.',
      });
    const [{ id = user_id, name = `user ${user_id}` } = {}] = found;
    const known = (await context.rows(listAllProjectMembers, { project })).find(
      one => String(one['id']) === String(id),
    );
    const says = known && `${String(known['name'])} has access already, as ${roleOf(known['access_level'])}.`;
    const user = `${String(known?.['name'] ?? name)}${username ? ` (${username})` : ''}`;
    return { names: { user }, ...(says ? { says } : {}) };
  },
  example: { arguments: { project: 'meridian/data/drill-assays', username: 'ines.duarte', role: 'developer' } },
});

export const listUsers = operation({
  name: 'dataops_list_users',
  route: 'GET /users',
  risk: 'reads',
  summary: 'Find users by name or user name.',
  words: 'find people accounts person',
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
  words: 'who am I, whose account',
  input: z.strictObject({}),
  output: user,
  example: { arguments: {} },
});
