import * as z from 'zod';
import { flag, integer, map, prose, text } from '../arguments.ts';
import { type Endpoint, endpoint, ok } from '../call.ts';
import { findType, reads, writes } from '../catalog.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { invalid } from '../refusal.ts';
import { type EntityType, type Property, propertyTypes } from '../things/catalog.ts';
import { iso, sent } from '../world.ts';

const property = z
  .object({
    identifier: text,
    name: text.optional(),
    description: prose.optional(),
    type: z.enum(propertyTypes),
    ordering: integer.optional(),
    definition: map.optional(),
    is_required: flag.optional(),
    visibility: z.enum(['visible', 'hidden']).optional(),
  })
  .transform(
    (given): Property => ({
      identifier: given.identifier,
      name: given.name ?? given.identifier,
      description: given.description ?? null,
      type: given.type,
      ordering: given.ordering ?? 0,
      definition: given.definition ?? {},
      is_required: given.is_required ?? false,
      visibility: given.visibility ?? 'visible',
    }),
  );

const shape = {
  name: text.optional(),
  description: prose.optional(),
  icon: prose.optional(),
  ordering: integer.optional(),
  properties: z.array(property).optional(),
  aliases: z.record(z.string(), flag).optional(),
};

const create = endpoint(
  'POST catalog.entityTypes.create',
  { ...writes, also: ['entityTypes.create'] },
  { ...shape, identifier: text, name: text },
  ({ world, now }, { identifier, name, ...rest }) => {
    if (world.entityTypes.some(type => type.identifier === identifier)) throw invalid(`${identifier} is taken`);
    const {
      description = null,
      icon = null,
      ordering = world.entityTypes.length,
      properties = [],
      aliases = {},
    } = rest;
    const times = { created_at: iso(now), updated_at: iso(now) };
    const type: EntityType = { identifier, name, description, icon, ordering, properties, aliases, ...times };
    world.entityTypes.push(type);
    return ok({ entity_type: type });
  },
);

const update = endpoint(
  'POST catalog.entityTypes.update',
  { ...writes, also: ['entityTypes.update'] },
  { ...shape, identifier: text },
  (call, { identifier, ...changes }) => {
    const type = Object.assign(findType(call, identifier), sent(changes), { updated_at: iso(call.now) });
    // What a property held goes with the property.
    const known = new Set(type.properties.map(one => one.identifier));
    for (const entity of call.world.entities.filter(one => one.type === identifier))
      entity.properties = Object.fromEntries(Object.entries(entity.properties).filter(([name]) => known.has(name)));
    return ok({ entity_type: type });
  },
);

export const entityTypeEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET catalog.entityTypes.list',
    { ...reads, also: ['entityTypes.list'] },
    cursorShape,
    ({ world }, paging) => {
      const { page: entity_types, ...rest } = pageOf(world.entityTypes, paging);
      return ok({ entity_types, ...rest });
    },
  ),
  endpoint(
    'GET catalog.entityTypes.info',
    { ...reads, also: ['entityTypes.info'] },
    { identifier: text },
    (call, { identifier }) => ok({ entity_type: findType(call, identifier) }),
  ),
  create,
  update,
  endpoint(
    'POST catalog.entityTypes.delete',
    { ...writes, also: ['entityTypes.delete'] },
    { identifier: text },
    (call, { identifier }) => {
      const type = findType(call, identifier);
      if (call.world.entities.some(entity => entity.type === identifier)) throw invalid(`${identifier} has entities`);
      call.world.entityTypes = call.world.entityTypes.filter(one => one !== type);
      return ok({ entity_type: type });
    },
  ),
];
