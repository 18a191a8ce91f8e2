import type * as z from 'zod';
import { isRow, type Row } from '../base/json-value.ts';
import { isIdName } from '../operations/json-schema.ts';

type Schema = z.core.$ZodType | undefined;
type Definition = Partial<Record<'innerType' | 'out' | 'element', z.core.$ZodType>> & {
  type: string;
  options?: readonly z.core.$ZodType[];
  shape?: Record<string, z.core.$ZodType>;
};

/** Somebody's data, in which nothing is an id of the platform. */
const openTypes: ReadonlySet<string> = new Set(['unknown', 'any', 'record', 'custom']);

/**
 * Ids as text wherever an answer shows them: one form, which every argument that names a thing takes as it stands. By
 * name, because a platform sends fields that no schema knows; what a schema leaves open stays as it is.
 */
export function textIds(value: unknown, schema: Schema): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const definition = definitionFor(value, schema);
  if (definition && openTypes.has(definition.type)) return value;
  if (Array.isArray(value)) return value.map(one => textIds(one, definition?.element));
  const members = Object.entries(value as Row);
  return Object.fromEntries(
    members.map(([name, one]) => [name, isIdName(name) ? textId(one) : textIds(one, definition?.shape?.[name])]),
  );
}

const textId = (id: unknown): unknown => {
  if (Array.isArray(id)) return id.map(textId);
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
