import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { dayAhead } from '../../../base/time.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, flag, id, role, roleOf, text } from '../arguments.ts';
import { groupTold } from '../losses.ts';
import { getGroup, groupArgument as group } from './groups.ts';
import {
  getGroupMember,
  getProjectMember,
  type Holder,
  listAllGroupMembers,
  listAllProjectMembers,
  listGroupMembers,
  listProjectMembers,
  listUsers,
  member,
  ofGroup,
  ofProject,
  person,
} from './members.ts';

const expires = dayAhead('Last day').optional();

const memberTold = ({ name, username, access_level, expires_at, membership_state }: Row) => ({
  name: `${String(name ?? username ?? 'somebody')}${username ? `, ${String(username)}` : ''}`,
  says: [
    `They are ${roleOf(access_level)} now${expires_at ? ` until ${String(expires_at)}` : ''}.`,
    membership_state === 'awaiting' && 'They wait to be let in.',
  ],
  version: [access_level, expires_at, membership_state],
});

interface Readings {
  list: Operation;
  listAll: Operation;
  get: Operation;
}

/** Giving, changing and taking a role in a project or group. */
function memberChangesOf({ noun, path, argument, example }: Holder, { list, listAll, get }: Readings) {
  const holder = noun === 'project' ? '{project}' : 'the group {group}';
  const user = person(() => list, 'Who');
  const told = lookAt('user', () => get, memberTold);
  return {
    addMember: operation({
      name: `dataops_add_${noun}_member`,
      route: `POST ${path}/members`,
      risk: 'exposes',
      question: `Give {user} access to ${holder} as {role}?`,
      summary: `Give a user a role in a ${noun}. Give user_id or username.`,
      words: 'give grant access rights permission to a person, invite, developer maintainer reporter, read write',
      input: z.strictObject({
        ...argument,
        role: role('Role').meta({ wire: 'access_level' }),
        user_id: id('Number of the user', 'users').optional(),
        username: text('User name'),
        expires_at: expires,
      }),
      output: member,
      async describeLoss({ user_id, username, ...place }: Row, context) {
        const found = username === undefined ? [] : await context.rows(listUsers, { username });
        if (username !== undefined && !found.length)
          throw new Fault({
            code: 'not_found',
            message: `There is no user ${String(username)}.`,
            hint: 'dataops_list_users finds users by a part of their name.',
          });
        const [{ id = user_id, name = `user ${String(user_id)}` } = {}] = found;
        const known = (await context.rows(listAll, { [noun]: place[noun] })).find(
          one => String(one['id']) === String(id),
        );
        const says = known && `${String(known['name'])} has access already, as ${roleOf(known['access_level'])}.`;
        const who = `${String(known?.['name'] ?? name)}${username ? ` (${String(username)})` : ''}`;
        return { names: { user: who }, ...(says ? { says } : {}) };
      },
      example: { arguments: { ...example, username: 'ines.duarte', role: 'developer' } },
    }),
    updateMember: operation({
      name: `dataops_update_${noun}_member`,
      route: `PUT ${path}/members/{user}`,
      risk: 'exposes',
      question: `Make {user} {role} of ${holder}?`,
      describeLoss: told,
      summary: `Change the role that somebody was given in a ${noun} itself, or its last day.`,
      words: 'promote demote make a maintainer, change rights permission of a person, extend access',
      input: z.strictObject({
        ...argument,
        user,
        role: role('Role').meta({ wire: 'access_level' }),
        expires_at: expires,
      }),
      output: member,
      example: { arguments: { ...example, user: memberIn[noun], role: 'reporter' } },
    }),
    removeMember: operation({
      name: `dataops_remove_${noun}_member`,
      route: `DELETE ${path}/members/{user}`,
      risk: 'deletes',
      question: `Take the access of {user} to ${holder} away?`,
      describeLoss: told,
      summary: `Take somebody out of a ${noun}. A role from a group above stays.`,
      words: "remove someone's access, revoke rights of a person who left, take somebody out, kick out, offboard",
      input: z.strictObject({
        ...argument,
        user,
        skip_subresources: flag('Leave the roles in what is below as they are'),
        unassign_issuables: flag('Also take them off issues and merge requests'),
      }),
      ...done,
      example: { arguments: { ...example, user: memberIn[noun] } },
    }),
  };
}

const memberIn = { project: 'noor.haddad', group: 'liam.chen' };

export const {
  addMember: addProjectMember,
  updateMember: updateProjectMember,
  removeMember: removeProjectMember,
} = memberChangesOf(ofProject, { list: listProjectMembers, listAll: listAllProjectMembers, get: getProjectMember });

export const {
  addMember: addGroupMember,
  updateMember: updateGroupMember,
  removeMember: removeGroupMember,
} = memberChangesOf(ofGroup, { list: listGroupMembers, listAll: listAllGroupMembers, get: getGroupMember });

const inGroup = { group, user: person(() => listGroupMembers, 'Who') };
const membership = z.looseObject({ id: z.number().nullish() });
const told = lookAt('user', () => getGroupMember, memberTold);
const example = { arguments: { group: 'meridian/data', user: 'liam.chen' } };

export const setGroupMemberState = operation({
  name: 'dataops_set_group_member_state',
  route: 'PUT /groups/{group}/members/{user}/state',
  risk: 'replaces',
  question: 'Set the membership of {user} in the group {group} to {state}?',
  describeLoss: told,
  summary: 'Let a member of a group in, or have them wait without access.',
  words: 'suspend a member, seat',
  input: z.strictObject({ ...inGroup, state: z.enum(['awaiting', 'active']).describe('State') }),
  output: membership,
  example: { arguments: { ...example.arguments, state: 'awaiting' } },
});

export const approveGroupMember = operation({
  name: 'dataops_approve_group_member',
  route: 'PUT /groups/{group}/members/{user}/approve',
  risk: 'exposes',
  question: 'Let {user} into the group {group}?',
  describeLoss: told,
  summary: 'Let in a member of a group who waits for it.',
  words: 'accept pending member request',
  input: z.strictObject(inGroup),
  output: membership,
  example,
});

export const approveAllGroupMembers = operation({
  name: 'dataops_approve_all_group_members',
  route: 'POST /groups/{group}/members/approve_all',
  risk: 'exposes',
  question: 'Let everybody who waits into the group {group}?',
  describeLoss: lookAt('group', () => getGroup, groupTold),
  summary: 'Let in all members of a group who wait for it.',
  words: 'accept all pending members, let in everybody who waits',
  input: z.strictObject({ group }),
  ...done,
  example: { arguments: { group: 'meridian/data' } },
});

export const overrideMember = operation({
  name: 'dataops_override_group_member',
  route: 'POST /groups/{group}/members/{user}/override',
  risk: 'edits',
  summary: 'Let the role of a group member that LDAP gives be changed by hand.',
  words: 'ldap role override',
  input: z.strictObject(inGroup),
  output: member,
  example,
});

export const removeMemberOverride = operation({
  name: 'dataops_remove_member_override',
  route: 'DELETE /groups/{group}/members/{user}/override',
  risk: 'deletes',
  question: 'Give {user} of the group {group} the role that LDAP says?',
  describeLoss: told,
  summary: 'Give a group member the role that LDAP says, in place of the one given by hand.',
  words: 'undo ldap override',
  input: z.strictObject(inGroup),
  output: member,
  example,
});
