import * as z from 'zod';
import { list, map, maps, prose, text } from '../arguments.ts';
import { type Access, type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { findEntity, findType, reads, writes } from '../catalog.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { invalid } from '../refusal.ts';
import { teamsNow } from '../team-tree.ts';
import type { Entity } from '../things/catalog.ts';
import { iso } from '../world.ts';
import { addEdge } from './relations.ts';
import { reportsOf, tasksOf } from './scorecards.ts';

const shape = {
  name: prose.optional(),
  description: prose.optional(),
  owner_team_ids: list.nullish(),
  owner_user_ids: list.nullish(),
  owner_user_emails: list.nullish(),
  properties: map.optional(),
  aliases: z.record(z.string(), maps.nullable()).optional(),
  relations: z.record(z.string(), list).optional(),
  domain: prose.optional(),
};
type Changes = z.output<z.ZodObject<typeof shape>>;

const withoutNulls = (fields: object) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function ownersOf({ world, now }: Call, { owner_team_ids, owner_user_ids, owner_user_emails }: Changes) {
  const known = <Item>(found: Item | undefined, name: string): Item => {
    if (found === undefined) throw invalid(`The owner ${name} is not known`);
    return found;
  };
  const teams = owner_team_ids?.map(wanted =>
    known(
      teamsNow(world, now).find(({ id }) => id === wanted),
      wanted,
    ),
  );
  const userIds = [...(owner_user_ids ?? []), ...(owner_user_emails ?? [])];
  const users = userIds.map(wanted =>
    known(
      world.users.find(({ id, email }) => id === wanted || email === wanted),
      wanted,
    ),
  );
  return {
    ...(owner_team_ids !== undefined && { owner_teams: (teams ?? []).map(({ id, name }) => ({ id, name })) }),
    ...((owner_user_ids !== undefined || owner_user_emails !== undefined) && {
      owner_users: users.map(({ id, name }) => ({ id, name })),
    }),
  };
}

function change(call: Call, entity: Entity, changes: Changes): Entity {
  const type = findType(call, entity.type);
  const stranger = Object.keys(changes.properties ?? {}).find(
    name => !type.properties.some(property => property.identifier === name),
  );
  if (stranger !== undefined) throw invalid(`${entity.type} has no property ${stranger}`);
  const owners = ownersOf(call, changes);
  for (const relation_identifier of Object.keys(changes.relations ?? {}))
    for (const target of changes.relations?.[relation_identifier] ?? [])
      addEdge(call, { relation_identifier, source: entity.identifier, target });
  const { name, description, domain, properties, aliases } = changes;
  return Object.assign(entity, owners, {
    ...(name != null && { name }),
    ...(description !== undefined && { description }),
    ...(domain !== undefined && { domain }),
    properties: withoutNulls({ ...entity.properties, ...properties }),
    aliases: withoutNulls({ ...entity.aliases, ...aliases }),
    updated_at: iso(call.now),
  });
}

function create(call: Call, { identifier, type, ...changes }: Changes & { identifier: string; type: string }): Entity {
  const { world, now } = call;
  if (!world.entityTypes.some(one => one.identifier === type)) throw invalid(`There is no entity type ${type}`);
  const entity: Entity = {
    identifier,
    name: identifier,
    type,
    created_at: iso(now),
    updated_at: iso(now),
    description: null,
    owner_teams: [],
    owner_users: [],
    properties: {},
    aliases: {},
    domain: null,
  };
  world.entities.push(entity);
  try {
    return change(call, entity, changes);
  } catch (error) {
    world.entities.splice(world.entities.indexOf(entity), 1);
    throw error;
  }
}

/** An entity as it goes out: owners and domain by what they are called. */
function describe({ world }: Call, { domain, ...entity }: Entity) {
  const name = world.entities.find(({ identifier }) => identifier === domain)?.name ?? domain;
  return { ...entity, domain: domain === null ? null : { identifier: domain, name } };
}

const named = (name: string, access: Access): Access => ({ ...access, also: [`entities.${name}`] });
const exists = ({ world }: Call, wanted: string) => world.entities.some(({ identifier }) => identifier === wanted);

const listEntities = endpoint(
  'GET catalog.entities.list',
  named('list', reads),
  { ...cursorShape, type: text.optional(), search_term: text.optional() },
  (call, { type, search_term = '', ...paging }) => {
    const term = search_term.toLowerCase();
    const found = call.world.entities.filter(
      entity =>
        (type === undefined || entity.type === type) &&
        `${entity.identifier} ${entity.name}`.toLowerCase().includes(term),
    );
    const { page, ...rest } = pageOf(found, paging);
    return ok({ entities: page.map(entity => describe(call, entity)), ...rest });
  },
);

export const entityEndpoints: readonly Endpoint[] = [
  listEntities,
  endpoint('GET catalog.entities.info', named('info', reads), { identifier: text }, (call, { identifier }) =>
    ok({ entity: describe(call, findEntity(call, identifier)) }),
  ),
  endpoint(
    'POST catalog.entities.create',
    named('create', writes),
    { ...shape, identifier: text, type: text },
    (call, args) => {
      if (exists(call, args.identifier)) throw invalid(`${args.identifier} is taken`);
      return ok({ entity: describe(call, create(call, args)) });
    },
  ),
  endpoint('POST catalog.entities.update', named('update', writes), { ...shape, identifier: text }, (call, args) =>
    ok({ entity: describe(call, change(call, findEntity(call, args.identifier), args)) }),
  ),
  endpoint(
    'POST catalog.entities.upsert',
    named('upsert', writes),
    { ...shape, identifier: text, type: text },
    (call, args) => {
      if (!exists(call, args.identifier))
        return ok({ result: 'created_new_entity', entity: describe(call, create(call, args)) });
      const entity = change(call, findEntity(call, args.identifier), args);
      return ok({ result: 'updated_existing_entity', entity: describe(call, entity) });
    },
  ),
  endpoint('POST catalog.entities.delete', named('delete', writes), { identifier: text }, (call, { identifier }) => {
    const entity = findEntity(call, identifier);
    const { world } = call;
    world.entities = world.entities.filter(one => one !== entity);
    world.edges = world.edges.filter(({ source, target }) => source !== identifier && target !== identifier);
    return ok({ entity: describe(call, entity) });
  }),
  endpoint(
    'GET catalog.entities.tasks',
    named('tasks', reads),
    { identifier: text, ...cursorShape },
    (call, { identifier, ...paging }) => {
      const { page: tasks, ...rest } = pageOf(tasksOf(call, findEntity(call, identifier)), paging);
      return ok({ tasks, ...rest });
    },
  ),
  endpoint(
    'GET catalog.entities.scorecards',
    named('scorecards', reads),
    { identifier: text, ...cursorShape },
    (call, { identifier, ...paging }) => {
      const { page: scorecards, ...rest } = pageOf(reportsOf(call, findEntity(call, identifier)), paging);
      return ok({ scorecards, ...rest });
    },
  ),
];
