import * as z from 'zod';
import { type JsonSchema, jsonSchema } from '../operations/json-schema.ts';
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
 * answer away over a missing field: so nothing is required.
 */
export function outputSchema(schema: z.ZodType): JsonSchema {
  return { type: 'object', ...(withoutRequired(jsonSchema(schema, 'output')) as JsonSchema) };
}

function withoutRequired(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRequired);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'required' && Array.isArray(inner)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutRequired(inner)]));
}
