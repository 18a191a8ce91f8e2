import * as z from 'zod';
import { date, integer, prose, text } from '../arguments.ts';
import { bare, type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId, numberedPage } from '../paging.ts';
import { notFound } from '../refusal.ts';
import type { AttributeGroup, User } from '../things/people.ts';
import { pick, sent, type World } from '../world.ts';

const listed = [
  'id',
  'name',
  'email',
  'github_username',
  'gitlab_username',
  'additional_github_username',
  'attributes',
  'deleted_at',
  'roles',
];

function find({ world }: Call, email: string): User {
  const found = world.users.find(user => user.email === email);
  if (!found) throw notFound('user');
  return found;
}

const listUsers = endpoint(
  'GET users.list',
  { scopes: ['users:read'] },
  { page: integer.default(1), page_size: integer.default(100) },
  ({ world }, { page, page_size }) => {
    const { rows, pages, total } = numberedPage(world.users, page, page_size);
    const users = rows.map(user => pick(user, ...listed));
    return ok({ users, next_page: page < pages ? page + 1 : null, total, total_pages: pages });
  },
);

const findByGithubUsername = endpoint(
  'GET users.findByGithubUsername',
  { scopes: ['snapshots:read'] },
  { github_username: text },
  ({ world }, { github_username: wanted }) => {
    const user = world.users.find(one => [one.github_username, one.additional_github_username].includes(wanted));
    if (!user) throw notFound('user');
    return ok({ user: pick(user, 'id', 'name', 'email', 'tz', 'slack_id') });
  },
);

const day = date.nullish();
const update = endpoint(
  'POST users.update',
  { scopes: ['users:write'] },
  {
    email: text,
    start_date: day,
    github_username: prose.optional(),
    additional_github_username: prose.optional(),
    gitlab_username: prose.optional(),
    ai_light_adoption_date: day,
    ai_moderate_adoption_date: day,
    ai_heavy_adoption_date: day,
  },
  (call, { email, ...changes }) => {
    const user = Object.assign(find(call, email), sent(changes));
    const names = ['start_date', 'ai_light_adoption_date', 'ai_moderate_adoption_date', 'ai_heavy_adoption_date'];
    // The page shows it as text.
    return bare({ ok: 'true', user: pick(user, 'id', ...listed.slice(1, 6), ...names) });
  },
);

/** The value as one of the group; what does not exist yet is made. Null: it cannot be set. */
function ensureAttribute(world: World, name: string, value: string): AttributeGroup | null {
  let group = world.attributeGroups.find(one => one.name === name);
  if (group?.type === 'dx_managed') return null;
  if (!group) {
    const position = world.attributeGroups.length + 1;
    const id = encodeId(world.nextId());
    group = { id, name, type: 'admin_managed', hidden: false, position, privileged: false, attributes: [] };
    world.attributeGroups.push(group);
  }
  if (!group.attributes.some(attribute => attribute.name === value))
    group.attributes.push({ id: encodeId(world.nextId()), name: value, position: group.attributes.length + 1 });
  return group;
}

function setAttribute(world: World, user: User, { name, value }: { name: string; value: string | null }) {
  if (value !== null && !ensureAttribute(world, name, value)) return { failure: { name, error: 'dx_managed' } };
  const before = user.attributes.find(attribute => attribute.name === name)?.value;
  const others = user.attributes.filter(attribute => attribute.name !== name);
  user.attributes = value === null ? others : [...others, { name, value }];
  return { attribute: { name, value, updated: (before ?? null) !== value } };
}

const updateAttributes = endpoint(
  'POST users.attributes.update',
  { scopes: ['users:write'] },
  { email: text, attributes: z.array(z.object({ name: text, value: text.nullable() })) },
  (call, { email, attributes }) => {
    const user = find(call, email);
    const results = attributes.map(attribute => setAttribute(call.world, user, attribute));
    const done = results.flatMap(({ attribute }) => attribute ?? []);
    const failures = results.flatMap(({ failure }) => failure ?? []);
    return ok({ user: { id: user.id, email, failures, attributes: done } });
  },
);

export const userEndpoints: readonly Endpoint[] = [
  listUsers,
  findByGithubUsername,
  update,
  updateAttributes,
  endpoint('GET attributeGroups.list', { scopes: ['snapshots:read'] }, {}, ({ world }) =>
    ok({ attribute_groups: world.attributeGroups }),
  ),
];
