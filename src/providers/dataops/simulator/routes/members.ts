import { type Call, type Endpoint, reply } from '../call.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { allMembers, describeUser, type Group, iso, type Member, type Project, userOf } from '../world.ts';

export const memberEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/members', call => list(call, call.project().members)],
  ['GET /projects/:id/members/all', call => list(call, allMembers(call.project()))],
  ['GET /groups/:id/members', call => list(call, call.group().members)],
  ['GET /groups/:id/members/all', call => list(call, allMembers(call.group()))],
  ['POST /projects/:id/members', call => add(call, call.project(40))],
];

function list(call: Call, members: readonly Member[]) {
  const wanted = call.list('user_ids');
  const found = members.filter(({ userId }) => {
    const { username, name } = userOf(call.world, userId);
    return matches(call.text('query'), username, name) && (wanted.length === 0 || wanted.includes(String(userId)));
  });
  return paged(call, found, member => describe(call, member));
}

function describe({ world }: Call, { userId, level, expiresAt, createdAt }: Member): Fields {
  return {
    ...describeUser(world, userId),
    access_level: level,
    created_at: iso(createdAt),
    expires_at: expiresAt,
    membership_state: 'active',
  };
}

function add(call: Call, holder: Project | Group) {
  const [id, username] = [call.text('user_id'), call.text('username')];
  if (id === undefined && username === undefined)
    throw refusal(400, { error: 'user_id, username are missing, exactly one parameter must be provided' });
  const user = call.world.users.find(one => String(one.id) === id || one.username === username);
  if (!user) throw notFound('User');
  if (holder.members.some(({ userId }) => userId === user.id)) throw refusal(409, { message: 'Member already exists' });
  const level = call.number('access_level') ?? 0;
  call.demand(holder, level);
  const inherited = allMembers(holder).find(({ userId }) => userId === user.id)?.level ?? 0;
  if (inherited > level)
    throw refusal(400, { message: { access_level: [`should be greater than or equal to inherited membership`] } });
  const member: Member = {
    userId: user.id,
    level,
    expiresAt: call.text('expires_at') ?? null,
    createdAt: call.world.now(),
  };
  holder.members.push(member);
  return reply(201, describe(call, member));
}
