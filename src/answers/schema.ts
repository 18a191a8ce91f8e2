import * as z from 'zod';
import { isRow } from '../base/json-value.ts';
import { isIdName, type JsonSchema, jsonSchema } from '../operations/json-schema.ts';
import { isListing, type Operation } from '../operations/operation.ts';

const warnings = z.array(z.string()).optional();

/** Clients only need to know that it is a handle; the rest describes itself. */
export const storedSchema = z.looseObject({ uri: z.string(), kind: z.string() });

export const pageSchema = z.looseObject({
  returned: z.number(),
  total: z.number().nullable(),
  complete: z.boolean(),
  next: z.string().nullable(),
});

const runSchema = z.looseObject({
  uri: z.string(),
  status: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'waiting', 'unknown']),
  vendor_status: z.string(),
  final: z.boolean(),
});

export const runAnswer = z.looseObject({
  run: runSchema,
  result: storedSchema.optional(),
  next: z.string().optional(),
  warnings,
});

/** What the structured answer of an operation's tool looks like. Loose throughout: unknown fields pass. */
export function toolOutput(operation: Operation): z.ZodObject {
  if (operation.starts) return runAnswer;
  if (operation.collect) return z.looseObject({ result: storedSchema, warnings });
  if (isListing(operation)) {
    return z.looseObject({
      items: z.array(operation.output).optional(),
      result: storedSchema.optional(),
      page: pageSchema,
      about: z.looseObject({}).optional(),
      warnings,
    });
  }
  return operation.output as z.ZodObject;
}

/**
 * A tool's output as published. A platform may leave out what its documentation promises, and clients throw a whole
 * answer away over a missing field: so nothing is required. Ids are text, as `textIds` makes them.
 */
export function outputSchema(schema: z.ZodType): JsonSchema {
  return { type: 'object', ...published(jsonSchema(schema, 'output'), '') };
}

function published({ required: _, ...schema }: JsonSchema, name: string): JsonSchema {
  const { type, properties, items, anyOf, additionalProperties: others } = schema;
  const members = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  const inner = (one: JsonSchema) => published(one, name);
  return {
    ...schema,
    ...(type !== undefined && isIdName(name) ? { type: textType(type) } : {}),
    ...(properties ? { properties: Object.fromEntries(members.map(([key, one]) => [key, published(one, key)])) } : {}),
    ...(isRow(items) ? { items: inner(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(inner) } : {}),
    ...(isRow(others) ? { additionalProperties: published(others, '') } : {}),
  };
}

function textType(type: unknown): unknown {
  const text = (one: unknown) => (one === 'number' || one === 'integer' ? 'string' : one);
  if (!Array.isArray(type)) return text(type);
  const types = [...new Set(type.map(text))];
  return types.length === 1 ? types[0] : types;
}
