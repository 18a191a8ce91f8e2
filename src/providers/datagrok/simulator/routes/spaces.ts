import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { visible } from '../access.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, type Fields, ok, pick } from '../call.ts';
import { checkUnique, describeEntity, needText, newEntity } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { refusal } from '../refusal.ts';
import { type Entity, grokName, type Space, type World } from '../world.ts';
import { bodyOf, bytesReply, filePath, listFolder, readFile, removeFile, writeFile } from './files.ts';
import { shareable } from './shares.ts';

const describeSpace = (space: Space): Fields => ({
  '#type': 'Space',
  ...describeEntity(space),
  ...(space.parent && { parent: { id: space.parent } }),
});

const one = (call: Call): Space => pick(call, 'Space', call.world.spaces.values(), call.identifier('id'));

function ownSpace(call: Call, doing: string): Space {
  const space = one(call);
  demandEdit(call, space, `${doing} ${grokName(space)}`);
  return space;
}

function create(call: Call, parent?: Space): SimulatorReply {
  const { world } = call;
  const name = needText(call.object(), 'name');
  const namespace = parent ? `${grokName(parent)}:` : '';
  const space: Space = { ...newEntity(call, name, namespace), ...(parent && { parent: parent.id }), entities: {} };
  checkUnique('Space', world.spaces.values(), space);
  world.spaces.set(space.id, space);
  return ok(describeSpace(space));
}

/** What is below a space goes with it; what it only holds stays. */
function removeSpace(world: World, space: Space): void {
  for (const child of [...world.spaces.values()]) if (child.parent === space.id) removeSpace(world, child);
  for (const key of [...world.files.keys()]) if (key.startsWith(`${space.id}/`)) world.files.delete(key);
  world.spaces.delete(space.id);
}

function remove(call: Call): SimulatorReply {
  removeSpace(call.world, ownSpace(call, 'delete space'));
  return done;
}

const typeNames: readonly (readonly [keyof World, string])[] = [
  ['connections', 'DataConnection'],
  ['functions', 'Func'],
  ['tables', 'TableInfo'],
  ['projects', 'Project'],
  ['spaces', 'Space'],
];

const typeOf = (world: World, { id }: Entity): string =>
  typeNames.find(([name]) => (world[name] as Map<string, unknown>).has(id))?.[1] ?? 'Entity';

function children(call: Call): SimulatorReply {
  const { world, user, query, flag } = call;
  const space = one(call);
  const types = query('types')?.split(',').filter(Boolean);
  const held = shareable(world).filter(
    ({ id }) => id in space.entities && (flag('includeLinked') || !space.entities[id]),
  );
  const below = [...world.spaces.values()].filter(({ parent }) => parent === space.id);
  const rows = visible<Entity>(world, user, [...below, ...held]).map(entity => ({
    '#type': typeOf(world, entity),
    ...describeEntity(entity),
    isLink: space.entities[entity.id] ?? false,
  }));
  return ok(rows.filter(row => !types || types.includes(row['#type'])));
}

function addEntity(call: Call): SimulatorReply {
  const { world, flag } = call;
  const space = ownSpace(call, 'add to space');
  const entity = pick(call as Caller, 'Entity', shareable(world), call.identifier('entity'));
  if (entity.id === space.id) throw refusal(400, 'A space cannot hold itself');
  world.spaces.set(space.id, { ...space, entities: { ...space.entities, [entity.id]: flag('link') ?? false } });
  return done;
}

function removeEntity(call: Call): SimulatorReply {
  const { world } = call;
  const space = ownSpace(call, 'remove from space');
  const wanted = call.identifier('entity');
  if (!(wanted in space.entities)) throw refusal(404, `Space ${grokName(space)} does not hold ${wanted}`);
  const { [wanted]: _, ...entities } = space.entities;
  world.spaces.set(space.id, { ...space, entities });
  return done;
}

/** A path that ends in a slash is a listing. */
function getFile(call: Call): SimulatorReply {
  const { world, flag } = call;
  const space = one(call);
  const path = call.raw('path');
  if (path === '' || path.endsWith('/')) return ok(listFolder(world, space.id, path, flag('recursive') ?? false));
  return bytesReply(readFile(world, space.id, filePath(path)).content, 'application/octet-stream');
}

async function putFile(call: Call): Promise<SimulatorReply> {
  const { world, state, now } = call;
  const space = ownSpace(call, 'write to space');
  const path = filePath(call.raw('path'));
  writeFile(world, space.id, path, { content: await state.spool.keep(bodyOf(call)), updatedOn: now });
  return done;
}

function deleteFile(call: Call): SimulatorReply {
  const space = ownSpace(call, 'delete from space');
  removeFile(call.world, space.id, filePath(call.raw('path')));
  return done;
}

const listed = (call: Call) =>
  matching(call, visible(call.world, call.user, call.world.spaces.values()).map(describeSpace));

const subspaces = (call: Call): Fields[] => {
  const { id } = one(call);
  const below = [...call.world.spaces.values()].filter(({ parent }) => parent === id);
  return visible(call.world, call.user, below).map(describeSpace);
};

export const spaceEndpoints: readonly Endpoint[] = [
  ['C5-list', 'GET /spaces', call => ok(paged(call, listed(call)))],
  ['C5-create', 'POST /spaces', call => create(call)],
  ['C5-get', 'GET /spaces/:id', call => ok(describeSpace(one(call)))],
  ['C5-delete', 'DELETE /spaces/:id', remove],
  ['C5-subspaces', 'GET /spaces/:id/subspaces', call => ok(subspaces(call))],
  ['C5-subspace-create', 'POST /spaces/:id/subspaces', call => create(call, ownSpace(call, 'add to space'))],
  ['C5-children', 'GET /spaces/:id/children', children],
  ['C5-add', 'POST /spaces/:id/entities/:entity', addEntity],
  ['C5-remove', 'DELETE /spaces/:id/entities/:entity', removeEntity],
  ['C5-file-root', 'GET /spaces/:id/files/', getFile],
  ['C5-file-get', 'GET /spaces/:id/files/*path', getFile],
  ['C5-file-save', 'POST /spaces/:id/files/*path', putFile],
  ['C5-file-delete', 'DELETE /spaces/:id/files/*path', deleteFile],
];
