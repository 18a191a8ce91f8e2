import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lacks, needs, someOf } from '../../../operations/lack.ts';
import { countOf, howMany, lookAt, textOf } from '../../../operations/look-up.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { done, ids, inUri, payload, required, text } from '../arguments.ts';
import { numberedPages } from '../paging.ts';
import { named, web, within } from '../web.ts';
import { teamName } from './teams.ts';
import { personByEmail } from './users.ts';

const mostMembers = 100;

export const userGroupName = reference({ list: () => listUserGroups, key: 'id', label: 'name' });

const id = required('User group: id or name').meta({ reference: userGroupName, fromUri: inUri('user-groups') });
const members = ids(`Email addresses or names, at most ${mostMembers}`)
  .max(mostMembers)
  .meta({ reference: personByEmail })
  .optional();

const group = z.looseObject({
  id: z.string(),
  name: z.string(),
  owner_email: z.string().nullish(),
  team_id: z.string().nullish(),
  members: z.array(z.string()).nullish(),
});

export const listUserGroups = operation({
  ...web('user_groups:read'),
  name: 'dx_list_user_groups',
  route: 'GET /userGroups.list',
  risk: 'reads',
  summary: 'List user groups: guilds, pilots and other sets of people, with owner and members.',
  words: 'guilds',
  input: z.strictObject({}),
  output: group,
  // No page says how many at the most; elsewhere it is 50.
  paging: numberedPages('groups', { perPageParam: 'limit', total: 'pagination.total_count', most: 50 }),
  resource: { uri: 'dx://user-groups', title: 'DX user groups' },
  example: { arguments: {} },
});

export const getUserGroup = operation({
  ...web('user_groups:read'),
  name: 'dx_get_user_group',
  route: 'GET /userGroups.get',
  risk: 'reads',
  summary: 'Show a user group with its members.',
  input: z.strictObject({ id }),
  output: group,
  repair: payload('group'),
  resource: { uri: 'dx://user-groups/{id}', title: 'A DX user group' },
  example: { arguments: { id: 'Frontend guild' } },
});

export const createUserGroup = operation({
  ...web('user_groups:write'),
  name: 'dx_create_user_group',
  route: 'POST /userGroups.create',
  risk: 'adds',
  summary: 'Create a user group from a team (team_id), or from people (owner_email and members).',
  words: 'guild people set',
  verifyWith: 'dx_list_user_groups shows whether it was created.',
  input: z.strictObject({
    name: required('Name'),
    team_id: required('Team: id or name').meta({ reference: teamName }).optional(),
    owner_email: text('Owner: email address or name').meta({ reference: personByEmail }),
    members,
  }),
  describeLack: lacks(someOf('say who is in it', 'team_id', 'members'), ({ team_id, ...rest }) =>
    team_id === undefined ? needs('members', 'owner_email')(rest) : undefined,
  ),
  output: group,
  repair: payload('group'),
  example: {
    arguments: {
      name: 'Release captains',
      owner_email: 'ingrid.solberg@kestrel.example',
      members: ['ingrid.solberg@kestrel.example'],
    },
  },
});

export const updateUserGroup = operation({
  ...web('user_groups:write'),
  name: 'dx_update_user_group',
  route: 'POST /userGroups.update',
  risk: 'replaces',
  question: 'Change the user group {id}?',
  summary: 'Rename a user group or replace its members: who is not in the list is no longer in the group.',
  input: z.strictObject({ id, name: text('Name'), members }),
  describeLack: ({ name, members: people }) =>
    name === undefined && people === undefined ? 'say what to change: name or members' : undefined,
  output: group,
  repair: payload('group'),
  example: { arguments: { id: 'Frontend guild', name: 'Web guild' } },
  async describeLoss(args, context) {
    if (!args.members) return undefined;
    const { body } = await context.request(getUserGroup, { id: args.id });
    const { members: before, name } = payload('group')(body) as Row & { members?: string[] | null };
    const lost = (before ?? []).filter(email => !args.members?.includes(email));
    return lost.length ? `This would remove ${named(lost)} from "${String(name)}".` : undefined;
  },
});

export const deleteUserGroup = operation({
  ...web('user_groups:write'),
  name: 'dx_delete_user_group',
  route: 'POST /userGroups.delete',
  risk: 'deletes',
  question: 'Delete the user group {id}?',
  describeLoss: lookAt(
    'id',
    () => getUserGroup,
    within('group', ({ name, owner_email, members: has, updated_at }) => ({
      name: textOf(name),
      says: [
        `It has ${howMany(countOf(has), 'member')}.`,
        textOf(owner_email) && `It belongs to ${textOf(owner_email)}.`,
      ],
      version: updated_at,
    })),
  ),
  summary: 'Delete a user group. Its people stay.',
  input: z.strictObject({ id }),
  ...done,
  example: { arguments: { id: 'Frontend guild' } },
});
