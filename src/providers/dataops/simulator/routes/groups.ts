import { type Call, canSee, type Endpoint, levelIn } from '../call.ts';
import { matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import {
  dateOf,
  describeUser,
  type Group,
  isGroup,
  iso,
  isoOrNull,
  lineOf,
  namespacePath,
  type User,
} from '../world.ts';
import { describeNamespace, projectsBelow, short } from './projects.ts';

export const groupEndpoints: readonly Endpoint[] = [
  ['GET /groups', call => list(call, [...call.world.groups.values()])],
  ['GET /groups/:id', readGroup],
  [
    'GET /groups/:id/subgroups',
    call =>
      list(
        call,
        below(call, ({ parent }, group) => parent === group),
      ),
  ],
  [
    'GET /groups/:id/descendant_groups',
    call =>
      list(
        call,
        below(call, (one, group) => lineOf(one.parent).includes(group)),
      ),
  ],
  ['GET /namespaces', listNamespaces],
  ['GET /namespaces/:id', readNamespace],
  ['GET /namespaces/:id/exists', namespaceExists],
  ['GET /user', readUser],
  ['GET /users', listUsers],
  ['GET /users/:id', readOther],
  ['GET /user/status', call => call.user().status ?? noStatus],
  ['PATCH /user/status', setStatus],
  ['GET /personal_access_tokens/self', { open: true }, readOwnToken],
  ['GET /version', readVersion],
  ['GET /metadata', readVersion],
];

function below(call: Call, is: (one: Group, group: Group) => boolean): Group[] {
  const group = call.group();
  return [...call.world.groups.values()].filter(one => is(one, group));
}

function list(call: Call, groups: readonly Group[]) {
  const least = Math.max(call.flag('owned') ? 50 : 0, call.number('min_access_level') ?? 0);
  const found = groups.filter(
    group =>
      canSee(call.caller, group) &&
      matches(call.text('search'), group.name, group.fullPath) &&
      (least === 0 || levelIn(call.caller, group) >= least) &&
      (!call.flag('top_level_only') || !group.parent) &&
      !call.list('skip_groups').includes(String(group.id)) &&
      (!call.has('visibility') || call.text('visibility') === group.visibility),
  );
  const order = call.text('order_by');
  const key = (group: Group) => (order === 'id' ? group.id : order === 'path' ? group.path : group.name.toLowerCase());
  const keyset = call.caller.user ? {} : { keyset: { by: ['name'], only: 'asc' as const } };
  return paged(call, sorted(found, key, call.text('sort') ?? 'asc'), group => describeGroup(call, group), {
    type: 'Group',
    ...keyset,
  });
}

/** A group as it goes on the wire. */
export function describeGroup({ world }: Call, group: Group): Fields {
  const { id, name, path, fullPath, description, visibility, parent } = group;
  return {
    id,
    name,
    path,
    description,
    visibility,
    full_path: fullPath,
    parent_id: parent?.id ?? null,
    full_name: [...lineOf(group)]
      .reverse()
      .map(one => one.name)
      .join(' / '),
    web_url: `${world.origin}/groups/${fullPath}`,
    avatar_url: null,
    created_at: iso(group.createdAt),
    project_creation_level: 'developer',
    subgroup_creation_level: 'maintainer',
    request_access_enabled: true,
    default_branch: 'main',
    archived: false,
    marked_for_deletion_on: null,
  };
}

function readGroup(call: Call): Fields {
  const group = call.group();
  const projects = projectsBelow(call, group, false).filter(project => canSee(call.caller, project));
  return {
    ...describeGroup(call, group),
    shared_with_groups: [],
    ...(levelIn(call.caller, group) >= 50 && { runners_token: `GR1348941group${group.id}SecretSecret` }),
    // The platform puts no more than 100 of them here.
    ...(call.flag('with_projects') !== false && { projects: projects.slice(0, 100).map(one => short(call, one)) }),
  };
}

const spacesOf = ({ world, caller }: Call): (Group | User)[] => [
  ...(caller.user ? [caller.user] : []),
  ...[...world.groups.values()].filter(group => levelIn(caller, group) > 0),
];

function listNamespaces(call: Call) {
  call.user();
  const found = spacesOf(call).filter(
    space =>
      matches(call.text('search'), space.name, namespacePath(space)) &&
      (!call.flag('owned_only') || !isGroup(space) || levelIn(call.caller, space) >= 50) &&
      (!call.flag('top_level_only') || !isGroup(space) || !space.parent),
  );
  return paged(call, found, space => fullNamespace(call, space));
}

function fullNamespace(call: Call, space: Group | User): Fields {
  const group = isGroup(space) ? space : undefined;
  const owned = !group || levelIn(call.caller, group) >= 50;
  return {
    ...describeNamespace(call.world, space),
    ...(group && owned && { members_count_with_descendants: group.members.length, root_repository_size: 0 }),
    ...(group && owned && { projects_count: projectsBelow(call, group, true).length }),
    ...(owned && { billable_members_count: 1, plan: 'default', trial: false, trial_ends_on: null }),
  };
}

function readNamespace(call: Call): Fields {
  call.user();
  const wanted = call.path('id');
  const space = spacesOf(call).find(one => String(one.id) === wanted || namespacePath(one) === wanted);
  if (!space) throw notFound('Namespace');
  return fullNamespace(call, space);
}

function namespaceExists(call: Call): Fields {
  call.user();
  const parent = call.number('parent_id');
  const taken = (path: string): boolean =>
    [...call.world.groups.values()].some(group => group.path === path && group.parent?.id === parent) ||
    (parent === undefined && call.world.users.some(user => user.username === path));
  const wanted = call.path('id');
  const exists = taken(wanted);
  return { exists, suggests: exists ? [[1, 2, 3].map(n => `${wanted}${n}`).find(name => !taken(name)) ?? ''] : [] };
}

function readUser(call: Call): Fields {
  const user = call.user();
  return {
    ...describeUser(call.world, user.id),
    email: user.email,
    public_email: null,
    commit_email: user.email,
    bio: '',
    location: null,
    created_at: iso(user.createdAt),
    confirmed_at: iso(user.createdAt),
    external: false,
    last_activity_on: dateOf(call.world.now()),
    last_sign_in_at: iso(call.world.now() - 86_400_000),
    current_sign_in_at: null,
    two_factor_enabled: true,
    can_create_group: true,
    can_create_project: true,
    projects_limit: 100_000,
    private_profile: false,
    identities: [],
  };
}

function listUsers(call: Call) {
  call.user();
  const found = call.world.users.filter(
    user =>
      (!call.has('username') || call.text('username')?.toLowerCase() === user.username) &&
      matches(call.text('search'), user.username, user.name),
  );
  const order = call.text('order_by') ?? 'id';
  const key = (user: User) => (order === 'name' ? user.name : order === 'username' ? user.username : user.id);
  return paged(call, sorted(found, key, call.text('sort') ?? 'desc'), user => describeUser(call.world, user.id), {
    type: 'User',
    keyset: { by: ['id', 'name', 'username', 'created_at', 'updated_at'] },
  });
}

function readOwnToken(call: Call): Fields {
  call.user();
  const { token } = call.caller;
  if (!token) throw notFound();
  const { id, name, revoked, createdAt, scopes, userId, lastUsedAt, expiresAt } = token;
  return {
    id,
    name,
    revoked,
    created_at: iso(createdAt),
    description: null,
    scopes,
    user_id: userId,
    last_used_at: isoOrNull(lastUsedAt),
    active: true,
    expires_at: expiresAt === null ? null : dateOf(expiresAt),
  };
}

function readVersion(call: Call): Fields {
  call.user();
  return { version: call.state.release, revision: '6f2c1e0d9ab', enterprise: true, kas: { enabled: false } };
}

function readOther(call: Call): Fields {
  call.user();
  const user = call.world.users.find(({ id }) => String(id) === call.path('id'));
  if (!user) throw notFound('User');
  const { id, createdAt, bot } = user;
  return {
    ...describeUser(call.world, id),
    created_at: iso(createdAt),
    bio: '',
    location: null,
    public_email: null,
    bot,
    job_title: '',
    local_time: null,
    is_followed: false,
  };
}

const noStatus = { emoji: null, message: null, message_html: '', availability: 'not_set', clear_status_at: null };

/** How long a status stays, in ms. */
const lasts: Readonly<Record<string, number>> = {
  '30_minutes': 30 * 60_000,
  '3_hours': 3 * 3_600_000,
  '8_hours': 8 * 3_600_000,
  '1_day': 86_400_000,
  '3_days': 3 * 86_400_000,
  '7_days': 7 * 86_400_000,
  '30_days': 30 * 86_400_000,
};

function setStatus(call: Call): Fields {
  const user = call.user();
  const message = call.text('message');
  if ((message ?? '').length > 100)
    throw refusal(400, { message: { message: ['is too long (maximum is 100 characters)'] } });
  const after = lasts[call.text('clear_status_after') ?? ''];
  const status: Fields = {
    ...noStatus,
    ...user.status,
    ...(call.has('emoji') && { emoji: call.text('emoji') }),
    ...(call.has('message') && { message: message || null, message_html: message ?? '' }),
    ...(call.has('availability') && { availability: call.text('availability') }),
    ...(after !== undefined && { clear_status_at: iso(call.world.now() + after) }),
  };
  user.status = status;
  return status;
}
