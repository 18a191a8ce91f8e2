import * as z from 'zod';
import { flag, integer, map, prose, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { invalid, notFound } from '../refusal.ts';
import { iso, sent } from '../world.ts';

export const propertyTypes = [
  ...['text', 'url', 'date', 'email', 'slack_channel', 'msteams_channel', 'select', 'user', 'number', 'boolean'],
  ...['multi_select', 'list', 'json', 'openapi', 'computed', 'file_matching_rule'],
] as const;

export interface Property {
  identifier: string;
  name: string;
  description: string | null;
  type: string;
  ordering: number;
  definition: object;
  is_required: boolean;
  visibility: 'visible' | 'hidden';
}

export interface EntityType {
  identifier: string;
  name: string;
  description: string | null;
  icon: string | null;
  ordering: number;
  properties: Property[];
  aliases: Record<string, boolean>;
  created_at: string;
  updated_at: string;
}

export const reads = { scopes: ['catalog:read'] } as const;
export const writes = { scopes: ['catalog:write:entities'] } as const;

export function findType({ world }: Call, identifier: string): EntityType {
  const found = world.entityTypes.find(type => type.identifier === identifier);
  if (!found) throw notFound('entity type');
  return found;
}

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
