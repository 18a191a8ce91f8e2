import type * as z from 'zod';
import { isDue, type Steps } from '../base/bounded/turns.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { isIdName } from '../operations/json-schema.ts';

type Schema = z.core.$ZodType | undefined;
type Definition = Partial<Record<'innerType' | 'out' | 'element', z.core.$ZodType>> & {
  type: string;
  options?: readonly z.core.$ZodType[];
  shape?: Record<string, z.core.$ZodType>;
};

/** No answer is shown deeper. */
const deepest = 32;

/** Somebody's data, in which nothing is an id of the platform. */
const openTypes: ReadonlySet<string> = new Set(['unknown', 'any', 'record', 'custom']);

/**
 * Ids as text wherever an answer shows them: one form, which every argument that names a thing takes as it stands. By
 * name, because a platform sends fields that no schema knows; what a schema leaves open stays as it is. Fields that the
 * schema knows come first, in its order. What needs neither is given back itself.
 */
export function* textIds(value: unknown, schema: Schema, depth = 0): Steps<unknown> {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  const definition = definitionFor(value, schema);
  if (definition && openTypes.has(definition.type)) return value;
  if (Array.isArray(value)) return yield* idsOfList(value, definition?.element, depth);
  return yield* idsOfRow(value as Row, definition?.shape, depth);
}

function* idsOfList(list: readonly unknown[], element: Schema, depth: number): Steps<readonly unknown[]> {
  let changed: unknown[] | undefined;
  for (const [index, one] of list.entries()) {
    if (isDue()) yield;
    const made = isPlain(one) ? one : yield* textIds(one, element, depth + 1);
    if (made !== one) changed ??= list.slice(0, index);
    changed?.push(made);
  }
  return changed ?? list;
}

function* idsOfRow(row: Row, shape: Definition['shape'], depth: number): Steps<Row> {
  const own = Object.keys(row);
  const names = shape ? knownFirst(own, row, shape) : own;
  let isChanged = names !== own;
  const made: unknown[] = [];
  for (const name of names) {
    if (isDue()) yield;
    const one = row[name];
    const its = isIdName(name) ? textId(one) : isPlain(one) ? one : yield* textIds(one, shape?.[name], depth + 1);
    isChanged ||= its !== one;
    made.push(its);
  }
  return isChanged ? Object.fromEntries(names.map((name, index) => [name, made[index]])) : row;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

/** Fields of a thing that anybody reads one by one; of more, none is first. */
const mostOrdered = 256;

/** The same list where it begins with the known ones already. */
function knownFirst(own: string[], row: Row, shape: Record<string, unknown>): string[] {
  if (own.length > mostOrdered) return own;
  const known = Object.keys(shape).filter(name => Object.hasOwn(row, name));
  if (known.every((name, index) => own[index] === name)) return own;
  return [...known, ...own.filter(name => !Object.hasOwn(shape, name))];
}

const textId = (id: unknown): unknown => {
  if (Array.isArray(id)) return id.every(one => typeof one === 'string') ? id : id.map(textId);
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : id;
};

/** What the schema says of such a value; undefined where it says nothing. */
function definitionFor(value: object, schema: Schema): Definition | undefined {
  if (!schema) return undefined;
  const definition = schema._zod.def as unknown as Definition;
  const { innerType, out, options } = definition;
  if (innerType ?? out) return definitionFor(value, innerType ?? out);
  if (!options) return definition;
  const wanted = isRow(value) ? ['object', 'record'] : ['array'];
  return options.map(one => definitionFor(value, one)).find(one => one && wanted.includes(one.type));
}
