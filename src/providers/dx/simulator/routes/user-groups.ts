import * as z from 'zod';
import { integer, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId, numberedPage } from '../paging.ts';
import { notFound, refusal } from '../refusal.ts';
import { teamsNow } from '../team-tree.ts';
import type { UserGroup } from '../things/people.ts';
import { iso } from '../world.ts';

const mostMembers = 100;

function find({ world }: Call, id: string): UserGroup {
  const found = world.userGroups.find(group => group.id === id);
  if (!found) throw notFound('group');
  return found;
}

const failed = (message: string) => refusal('validation_failed', message, { details: { message } });

function checkMembers({ world }: Call, members: readonly string[]): void {
  if (members.length > mostMembers)
    throw refusal('group_members_limit_exceeded', `A group has at most ${mostMembers} members`);
  const stranger = members.find(email => !world.users.some(user => user.email === email));
  if (stranger !== undefined) throw failed(`${stranger} is not known`);
}

const emails = z.array(text);

const create = endpoint(
  'POST userGroups.create',
  { scopes: ['user_groups:write'] },
  { name: text, team_id: text.optional(), owner_email: text.optional(), members: emails.optional() },
  (call, { name, team_id, owner_email, members }) => {
    const { world, now } = call;
    const team = teamsNow(world, now).find(one => one.id === team_id);
    if (team_id !== undefined && !team) throw failed('team_id is not known');
    if (!team && (owner_email === undefined || members === undefined))
      throw failed('team_id, or owner_email and members');
    const owner = world.users.find(user => (team ? user.id === team.lead_id : user.email === owner_email));
    if (!team && !owner) throw failed('owner_email is not known');
    checkMembers(call, members ?? []);
    const ofTeam = world.users.filter(user => team?.member_ids.includes(user.id)).map(user => user.email);
    const group: UserGroup = {
      id: encodeId(world.nextId()),
      name,
      owner_id: owner?.id ?? null,
      owner_email: owner?.email ?? null,
      team_id: team?.id ?? null,
      members: members ?? ofTeam,
      created_at: iso(now),
      updated_at: iso(now),
    };
    world.userGroups.push(group);
    return ok({ group });
  },
);

export const userGroupEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET userGroups.list',
    { scopes: ['user_groups:read'] },
    { page: integer.default(1), limit: integer.default(10) },
    ({ world }, { page, limit }) => {
      const { rows: groups, pages, total } = numberedPage(world.userGroups, page, limit);
      const pagination = { current_page: page, total_pages: pages, total_count: total, per_page: limit };
      return ok({ groups, pagination });
    },
  ),
  endpoint('GET userGroups.get', { scopes: ['user_groups:read'] }, { id: text }, (call, { id }) =>
    ok({ group: find(call, id) }),
  ),
  create,
  endpoint(
    'POST userGroups.update',
    { scopes: ['user_groups:write'] },
    { id: text, name: text.optional(), members: emails.optional() },
    (call, { id, name, members }) => {
      const group = find(call, id);
      checkMembers(call, members ?? []);
      Object.assign(group, name !== undefined && { name }, members && { members }, { updated_at: iso(call.now) });
      return ok({ group });
    },
  ),
  endpoint('POST userGroups.delete', { scopes: ['user_groups:write'] }, { id: text }, (call, { id }) => {
    const group = find(call, id);
    call.world.userGroups = call.world.userGroups.filter(one => one !== group);
    return ok();
  }),
];
