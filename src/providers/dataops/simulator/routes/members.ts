import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, forbidden, notFound, refusal } from '../refusal.ts';
import { allMembers, describeUser, type Group, isGroup, iso, type Member, type Project, userOf } from '../world.ts';

export const memberEndpoints: readonly Endpoint[] = [
  ...endpointsBelow('/projects/:id', (call, changes) => call.project(changes ? 40 : 10)),
  ...endpointsBelow('/groups/:id', (call, changes) => call.group(changes ? 50 : 10)),
  ['PUT /groups/:id/members/:user/state', setState],
  ['PUT /groups/:id/members/:user/approve', call => admit(call, find(call, call.group(50).members))],
  ['POST /groups/:id/members/approve_all', admitAll],
  ['POST /groups/:id/members/:user/override', call => reply(201, override(call, true))],
  ['DELETE /groups/:id/members/:user/override', call => override(call, false)],
  ['GET /projects/:id/users', listUsers],
];

function endpointsBelow(base: string, holderOf: (call: Call, changes?: boolean) => Project | Group): Endpoint[] {
  return [
    [`GET ${base}/members`, call => list(call, holderOf(call).members)],
    [`GET ${base}/members/all`, call => list(call, allMembers(holderOf(call)))],
    [`GET ${base}/members/all/:user`, call => describe(call, find(call, allMembers(holderOf(call))))],
    [`GET ${base}/members/:user`, call => describe(call, find(call, holderOf(call).members))],
    [`POST ${base}/members`, call => add(call, holderOf(call, true))],
    [`PUT ${base}/members/:user`, call => update(call, holderOf(call, true))],
    [`DELETE ${base}/members/:user`, call => remove(call, holderOf(call, true))],
  ];
}

function find(call: Call, members: readonly Member[]): Member {
  const found = members.find(({ userId }) => String(userId) === call.path('user'));
  if (!found) throw notFound('Member');
  return found;
}

function list(call: Call, members: readonly Member[]) {
  const wanted = call.list('user_ids');
  const found = members.filter(({ userId }) => {
    const { username, name, email } = userOf(call.world, userId);
    // "Filters results based on a given name, email, or username."
    return (
      matches(call.text('query'), username, name, email) && (wanted.length === 0 || wanted.includes(String(userId)))
    );
  });
  return paged(call, found, member => describe(call, member));
}

function describe({ world }: Call, { userId, level, expiresAt, createdAt, awaits }: Member): Fields {
  return {
    ...describeUser(world, userId),
    access_level: level,
    created_at: iso(createdAt),
    expires_at: expiresAt,
    membership_state: awaits ? 'awaiting' : 'active',
  };
}

/** A role that the caller may give. */
function levelFrom(call: Call, holder: Project | Group): number {
  const level = call.number('access_level') ?? 0;
  if (![10, 15, 20, 30, 40, 50].includes(level))
    throw refusal(400, { error: 'access_level does not have a valid value' });
  call.demand(holder, level);
  return level;
}

function add(call: Call, holder: Project | Group) {
  const [id, username] = [call.text('user_id'), call.text('username')];
  if (id === undefined && username === undefined)
    throw refusal(400, { error: 'user_id, username are missing, exactly one parameter must be provided' });
  const user = call.world.users.find(one => String(one.id) === id || one.username === username);
  if (!user) throw notFound('User');
  if (holder.members.some(({ userId }) => userId === user.id)) throw refusal(409, { message: 'Member already exists' });
  const level = levelFrom(call, holder);
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

function update(call: Call, holder: Project | Group): Fields {
  const member = find(call, holder.members);
  call.demand(holder, member.level);
  const level = levelFrom(call, holder);
  if (level < 50) keepOwner(holder, member);
  member.level = level;
  if (call.has('expires_at')) member.expiresAt = call.text('expires_at') ?? null;
  return describe(call, member);
}

/** The last Owner of a group stays one. */
function keepOwner(holder: Project | Group, member: Member): void {
  const others = holder.members.some(one => one !== member && one.level >= 50);
  if (isGroup(holder) && member.level >= 50 && !others) throw forbidden();
}

function remove(call: Call, holder: Project | Group) {
  const member = find(call, holder.members);
  call.demand(holder, member.level);
  keepOwner(holder, member);
  const below = isGroup(holder) && !call.flag('skip_subresources') ? everythingBelow(call, holder) : [];
  for (const one of [holder, ...below]) one.members = one.members.filter(({ userId }) => userId !== member.userId);
  return noContent;
}

const everythingBelow = ({ world }: Call, { fullPath }: Group): (Project | Group)[] =>
  [...world.groups.values(), ...world.projects.values()].filter(one => one.fullPath.startsWith(`${fullPath}/`));

function setState(call: Call): Fields {
  const member = find(call, call.group(50).members);
  const awaits = call.text('state') === 'awaiting';
  if (awaits === (member.awaits ?? false)) throw badRequest('Membership is in this state already');
  member.awaits = awaits;
  return describe(call, member);
}

function admit(call: Call, member: Member): Fields {
  if (!member.awaits) throw notFound('Member');
  member.awaits = false;
  return describe(call, member);
}

function admitAll(call: Call) {
  for (const member of call.group(50).members) member.awaits = false;
  return reply(201, { status: 'success' });
}

// Only what a directory gives can be overridden.
function override(call: Call, by: boolean): Fields {
  const member = find(call, call.group(50).members);
  if (!member.fromDirectory) throw forbidden();
  member.overridden = by;
  return { ...describe(call, member), override: by };
}

function listUsers(call: Call) {
  const people = allMembers(call.project()).map(({ userId }) => userOf(call.world, userId));
  const found = people.filter(
    ({ id, username, name }) =>
      matches(call.text('search'), username, name) && !call.list('skip_users').includes(String(id)),
  );
  return paged(call, found, ({ id }) => describeUser(call.world, id));
}
