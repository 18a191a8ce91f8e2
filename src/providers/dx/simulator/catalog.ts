import type { Call } from './call.ts';
import { notFound } from './refusal.ts';
import type { Entity, EntityType } from './things/catalog.ts';

export function findEntity({ world }: Call, identifier: string): Entity {
  const found = world.entities.find(entity => entity.identifier === identifier);
  if (!found) throw notFound('entity');
  return found;
}

export const reads = { scopes: ['catalog:read'] } as const;

export const writes = { scopes: ['catalog:write:entities'] } as const;

export function findType({ world }: Call, identifier: string): EntityType {
  const found = world.entityTypes.find(type => type.identifier === identifier);
  if (!found) throw notFound('entity type');
  return found;
}
