import { isRow } from '../../../../base/json-value.ts';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { managesGroup, wellKnown } from '../access.ts';
import { type Call, type Caller, done, type Endpoint, type Fields, ok, pick } from '../call.ts';
import { checkUnique, describeEntity, idIn, needText, savedEntity } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { forbidden, refusal } from '../refusal.ts';
import type { Group, Relation, World } from '../world.ts';

export const describeGroup = (group: Group): Fields => ({
  '#type': 'UserGroup',
  ...describeEntity(group),
  personal: group.personal,
  hidden: group.hidden,
});

const stub = ({ id, name, friendlyName, personal }: Group) => ({ id, name, friendlyName, personal });

interface Include {
  children: boolean;
  parents: boolean;
}

/** With relations as asked for. False is null in `isAdmin`. */
function withRelations(world: World, group: Group, include: Include): Fields {
  const relations = [...world.relations.values()];
  const shown = ({ id, isAdmin, parent, child }: Relation) => {
    const [above, below] = [world.groups.get(parent), world.groups.get(child)];
    const ends = { ...(above && { parent: stub(above) }), ...(below && { child: stub(below) }) };
    return { '#type': 'UserGroupRelation', id, isAdmin: isAdmin || null, ...ends };
  };
  return {
    ...describeGroup(group),
    ...(include.parents && { parents: relations.filter(({ child }) => child === group.id).map(shown) }),
    ...(include.children && { children: relations.filter(({ parent }) => parent === group.id).map(shown) }),
  };
}

export const pickGroup = (caller: Caller, wanted: string): Group =>
  pick(caller, 'Group', caller.world.groups.values(), wanted);

const listGroups = ({ world }: Caller, include: Include = { children: false, parents: false }): Fields[] =>
  [...world.groups.values()].filter(({ hidden }) => !hidden).map(group => withRelations(world, group, include));

export const getGroup = (caller: Caller, wanted: string): Fields =>
  withRelations(caller.world, pickGroup(caller, wanted), { children: true, parents: true });

function includeOf(call: Call): Include {
  const parts = call.query('include')?.split(',') ?? [];
  return {
    children: parts.some(part => part.startsWith('children')),
    parents: parts.some(part => part.startsWith('parents')),
  };
}

/** Whoever is found lacks relations: that is for the route by id. */
function lookup(call: Call): SimulatorReply {
  const wanted = (call.query('query') ?? '').toLowerCase();
  const found = [...call.world.groups.values()].filter(({ name, friendlyName }) =>
    [name, friendlyName].some(text => text.toLowerCase().includes(wanted)),
  );
  return ok(found.map(describeGroup));
}

export function saveGroup(caller: Caller, body: Fields, saveRelations = false): Fields {
  const { world, user } = caller;
  const old = world.groups.get(idIn(body) ?? '');
  if (old && !managesGroup(world, user, old)) throw forbidden(`change group ${old.friendlyName}`);
  if (old?.personal) throw refusal(400, 'A personal group cannot be changed');
  const saved: Group = {
    ...savedEntity(caller, body, old),
    namespace: '',
    personal: false,
    hidden: body['hidden'] === true,
  };
  checkUnique('Group', world.groups.values(), saved);
  const relations = saveRelations ? relationsIn(world, saved, body) : undefined;
  world.groups.set(saved.id, saved);
  if (relations) replaceRelations(world, relations);
  return withRelations(world, saved, { children: true, parents: true });
}

interface Replacement {
  isReplaced(relation: Relation): boolean;
  relations: Relation[];
}

/** The lists that were sent, whole: whoever is in none of them is out. */
function relationsIn(world: World, group: Group, body: Fields): Replacement {
  const { children, parents } = body;
  const read = (list: unknown, end: 'child' | 'parent'): Relation[] =>
    (Array.isArray(list) ? list : []).map(item => {
      if (!isRow(item)) throw refusal(400, 'Relations must be objects');
      const other = isRow(item[end]) ? needText(item[end], 'id') : '';
      if (!world.groups.has(other)) throw refusal(400, `A relation names an unknown group: ${other}`);
      const id = idIn(item);
      if (!id) throw refusal(400, 'A relation must have an id');
      const ends = end === 'child' ? { parent: group.id, child: other } : { parent: other, child: group.id };
      return { id, isAdmin: item['isAdmin'] === true, ...ends };
    });
  return {
    relations: [...read(children, 'child'), ...read(parents, 'parent')],
    isReplaced: ({ parent, child }) =>
      (children !== undefined && parent === group.id) || (parents !== undefined && child === group.id),
  };
}

function replaceRelations(world: World, { relations, isReplaced }: Replacement): void {
  for (const relation of [...world.relations.values()]) if (isReplaced(relation)) world.relations.delete(relation.id);
  for (const relation of relations) world.relations.set(relation.id, relation);
}

export function deleteGroup(caller: Caller, wanted: string): void {
  const { world, user } = caller;
  const group = pickGroup(caller, wanted);
  if (!managesGroup(world, user, group)) throw forbidden(`delete group ${group.friendlyName}`);
  if (group.personal || Object.values(wellKnown).some(id => id === group.id)) {
    throw refusal(400, `Group ${group.friendlyName} cannot be deleted`);
  }
  if ([...world.grants.keys()].some(key => key.endsWith(`/${group.id}`))) {
    throw refusal(400, `Group ${group.friendlyName} still holds permissions`);
  }
  world.groups.delete(group.id);
  for (const { id, parent, child } of [...world.relations.values()]) {
    if ([parent, child].includes(group.id)) world.relations.delete(id);
  }
}

/** The groups below or above, one step. */
const neighbours =
  (near: 'parent' | 'child', far: 'parent' | 'child') =>
  (call: Call): SimulatorReply => {
    const { world, flag } = call;
    const group = pickGroup(call, call.identifier('id'));
    const admin = flag('admin');
    const found = [...world.relations.values()].filter(
      relation => relation[near] === group.id && (admin === undefined || relation.isAdmin === admin),
    );
    return ok(found.flatMap(relation => world.groups.get(relation[far]) ?? []).map(describeGroup));
  };

function remove(call: Call): SimulatorReply {
  deleteGroup(call, call.identifier('id'));
  return done;
}

const save = (call: Call): SimulatorReply => ok(saveGroup(call, call.object(), call.flag('saveRelations') ?? false));
const browserList = (call: Call) => matching(call, listGroups(call));

export const groupEndpoints: readonly Endpoint[] = [
  ['B8-list', 'GET /public/v1/groups', call => ok(matching(call, listGroups(call, includeOf(call))))],
  ['B8-save', 'POST /public/v1/groups', save],
  ['B8-lookup', 'GET /public/v1/groups/lookup', lookup],
  ['B8-current', 'GET /public/v1/groups/current', call => ok(getGroup(call, call.user.group))],
  ['B8-get', 'GET /public/v1/groups/:id', call => ok(getGroup(call, call.identifier('id')))],
  ['B8-delete', 'DELETE /public/v1/groups/:id', remove],
  ['B8-members', 'GET /public/v1/groups/:id/members', neighbours('parent', 'child')],
  ['B8-memberships', 'GET /public/v1/groups/:id/memberships', neighbours('child', 'parent')],
  ['C2-groups', 'GET /groups', call => ok(paged(call, browserList(call)))],
  ['C2-groups-count', 'GET /groups/count', call => ok(browserList(call).length)],
];
