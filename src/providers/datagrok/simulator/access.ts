import type { Access, Entity, Group, Project, Table, User, World } from './world.ts';

/** Ids that every server has; the vendor's own. */
export const wellKnown = {
  allUsers: 'a4b45840-9a50-11e6-9cc9-8546b8bf62e6',
  developers: 'ba9cd191-9a50-11e6-9cc9-910bf827f0ab',
  admin: 'a4b45840-9a50-11e6-c537-6bf8e9ab02ee',
  system: 'a4b45840-ac9c-4d39-8b4b-4db3e576b3c3',
  administrators: '1ab8b38d-9c4e-4b1e-81c3-ae2bde3e12c5',
  test: 'ca1e672e-e3be-40e0-b79b-8546b8bf62e6',
} as const;

/** Ids of a group and of all groups that it is in, at any remove. */
export function groupsAbove(world: World, group: string): Set<string> {
  const found = new Set([group]);
  for (const id of found) {
    for (const { parent, child } of world.relations.values()) if (child === id) found.add(parent);
  }
  return found;
}

const groupsOf = (world: World, user: User): Set<string> => groupsAbove(world, user.group).add(wellKnown.allUsers);

const isTable = (entity: Entity): entity is Table => 'project' in entity;

/** What a user may do with a thing; undefined: not even see it. A table is as open as the projects that show it. */
export function accessOf(world: World, user: User, entity: Entity): Access | undefined {
  if (entity.owner === user.id) return 'Edit';
  const held = [...groupsOf(world, user)].map(group => world.grants.get(`${entity.id}/${group}`));
  if (held.includes('Edit')) return 'Edit';
  const shown = isTable(entity) && projectsOf(world, entity).some(project => accessOf(world, user, project));
  return held.includes('View') || shown || alwaysVisible(world, entity) ? 'View' : undefined;
}

const projectsOf = (world: World, table: Table): Project[] =>
  [...world.projects.values()].filter(({ id, tables }) => id === table.project || tables.includes(table.id));

function alwaysVisible({ users, groups, packages, publishedPackages }: World, { id }: Entity): boolean {
  return [users, groups, packages, publishedPackages].some(map => map.has(id));
}

export function visible<Item extends Entity>(world: World, user: User, items: Iterable<Item>): Item[] {
  return [...items].filter(item => accessOf(world, user, item) !== undefined);
}

export const isAdministrator = (world: World, user: User): boolean =>
  groupsOf(world, user).has(wellKnown.administrators);

/** Whether a user may change who is in a group. */
export function managesGroup(world: World, user: User, group: Group): boolean {
  if (group.owner === user.id || isAdministrator(world, user)) return true;
  return [...world.relations.values()].some(
    ({ parent, child, isAdmin }) => isAdmin && parent === group.id && child === user.group,
  );
}
