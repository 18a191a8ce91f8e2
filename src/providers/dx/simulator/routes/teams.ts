import * as z from 'zod';
import { list, text } from '../arguments.ts';
import { bare, type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { cursorShape, encodeId, pageOf } from '../paging.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import { findUser, lineOf, teamsNow } from '../team-tree.ts';
import type { Team, User } from '../things/people.ts';
import { iso, pick, type World } from '../world.ts';

function membersOf(world: World, team: Team): User[] {
  return team.member_ids.map(id => findUser(world, id)).filter(user => user !== undefined);
}

function describe(all: readonly Team[], team: Team) {
  return {
    ...pick(team, 'id', 'name'),
    parent: all.some(one => one.parent_id === team.id),
    parent_id: team.parent_id,
    manager_id: team.lead_id,
    ancestors: [
      topId,
      ...lineOf(all, team)
        .map(({ id }) => id)
        .reverse(),
    ],
    last_changed_at: iso(team.changedAt),
    contributors: team.member_ids.length,
    reference_id: team.reference_id,
  };
}

/** What is above every team. */
export const topId = encodeId(-1);

const person = (user: User | undefined) => (user ? pick(user, 'id', 'name', 'email') : null);
const scopes = ['snapshots:read'] as const;

function info({ world, now }: Call, { team_id, reference_id }: { team_id?: string; reference_id?: string }) {
  if (team_id === undefined && reference_id === undefined) throw invalid('team_id or reference_id');
  const all = teamsNow(world, now);
  const team = all.find(one => (team_id === undefined ? one.reference_id === reference_id : one.id === team_id));
  if (!team) throw notFound('team');
  const contributors = membersOf(world, team).map(user => pick(user, 'id', 'name', 'email', 'github_username'));
  return ok({ team: { ...describe(all, team), lead: person(findUser(world, team.lead_id)), contributors } });
}

/** The team that most of these people are in. */
function findByMembers({ world, now }: Call, emails: readonly string[]) {
  const odd = emails.find(email => !z.email().safeParse(email).success);
  if (odd !== undefined) throw refusal('email_parameter_malformed', `${odd} is no email address`);
  const users = world.users.filter(user => emails.includes(user.email));
  if (users.length === 0) throw refusal('no_users_found', 'None of these people is known', { status: 422 });
  const ranked = teamsNow(world, now)
    .map(team => ({ team, shared: users.filter(({ id }) => team.member_ids.includes(id)).length }))
    .sort((a, b) => b.shared - a.shared);
  const [best] = ranked;
  if (!best || best.shared === 0) throw refusal('team_not_found', 'These people have no team');
  const { team } = best;
  const members = membersOf(world, team).map(person);
  return bare({ team: { id: team.id, name: team.name, members, manager: person(findUser(world, team.lead_id)) } });
}

export const teamEndpoints: readonly Endpoint[] = [
  endpoint('GET teams.list', { scopes }, {}, ({ world, now }) => {
    const all = teamsNow(world, now);
    return ok({ teams: all.map(team => describe(all, team)) });
  }),
  endpoint(
    'GET teams.info',
    { scopes, also: ['teams.get'] },
    { team_id: text.optional(), reference_id: text.optional() },
    (call, { team_id, reference_id }) =>
      info(call, { ...(team_id !== undefined && { team_id }), ...(reference_id !== undefined && { reference_id }) }),
  ),
  endpoint('GET teams.findByMembers', { scopes }, { team_emails: list }, (call, { team_emails }) =>
    findByMembers(call, team_emails),
  ),
  endpoint('GET teams.auditTrail', { scopes }, { cursor: cursorShape.cursor }, ({ world, now }, { cursor }) => {
    teamsNow(world, now);
    const { page: events, ...rest } = pageOf(world.teamEvents, { cursor });
    return bare({ events, ...rest });
  }),
];
