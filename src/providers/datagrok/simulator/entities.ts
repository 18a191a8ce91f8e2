import { randomUUID } from 'node:crypto';
import type { Caller, Fields } from './call.ts';
import { refusal } from './refusal.ts';
import { type Entity, grokName, homeOf, isoTime, uuidForm } from './world.ts';

/** A thing of the caller's that did not exist before. */
export function newEntity({ user, now }: Caller, name: string, namespace = homeOf(user)): Entity {
  const owner = user.id;
  return {
    id: randomUUID(),
    name,
    friendlyName: name,
    namespace,
    description: '',
    owner,
    createdOn: now,
    updatedOn: now,
  };
}

/** What every answer about a thing has. */
export const describeEntity = ({ id, name, friendlyName, namespace, description, createdOn, updatedOn }: Entity) => ({
  id,
  name,
  friendlyName,
  namespace,
  description,
  createdOn: isoTime(createdOn),
  updatedOn: isoTime(updatedOn),
});

/** Text of a body; undefined when it is not there. */
export function textOf(body: Fields, field: string): string | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw refusal(400, `${field} must be a string`);
  return value;
}

export function needText(body: Fields, field: string): string {
  const text = textOf(body, field);
  if (!text) throw refusal(400, `${field} is required`);
  return text;
}

export function idIn(body: Fields): string | undefined {
  const id = textOf(body, 'id')?.toLowerCase();
  if (id !== undefined && !uuidForm.test(id)) throw refusal(400, `id must be a UUID: ${id}`);
  return id;
}

/** The common part of a saved thing: what is there already, or something new, with what the body says. */
export function savedEntity(caller: Caller, body: Fields, old: Entity | undefined): Entity {
  const name = textOf(body, 'name') ?? old?.name;
  if (!name) throw refusal(400, 'name is required');
  const base = old ?? { ...newEntity(caller, name), id: idIn(body) ?? randomUUID() };
  return {
    ...base,
    name,
    friendlyName: textOf(body, 'friendlyName') ?? old?.friendlyName ?? name,
    namespace: textOf(body, 'namespace') ?? base.namespace,
    description: textOf(body, 'description') ?? base.description,
    updatedOn: caller.now,
  };
}

/** Refuses a second thing of the same name. */
export function checkUnique(noun: string, items: Iterable<Entity>, wanted: Entity): void {
  for (const item of items) {
    if (item.id !== wanted.id && grokName(item) === grokName(wanted)) {
      throw refusal(409, `${noun} ${grokName(wanted)} already exists`);
    }
  }
}
