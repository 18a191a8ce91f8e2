import * as z from 'zod';
import type { Connections } from '../connections.ts';
import { isListing, type Operation, platformOf } from '../operation.ts';
import { needsConfirmation } from './confirm.ts';

/** Arguments that the server itself reads; which of them a tool has follows from its record. */
const controls = {
  limit: z
    .union([z.number().int().min(1), z.literal('all')])
    .optional()
    .describe('Rows wanted, or "all" (default 50)'),
  cursor: z.string().optional().describe('page.next of the previous answer, same other arguments'),
  fields: z.array(z.string()).optional().describe('Only these fields of each row'),
  confirm: z.string().optional().describe('Token of the first call, once a person has agreed'),
  wait_seconds: z.number().min(0).max(45).optional().describe('How long to wait for it to finish (default 25)'),
};

export const defaultLimit = 50;
export const defaultWaitSeconds = 25;

export type Controls = {
  limit?: number | 'all';
  cursor?: string;
  fields?: string[];
  wait_seconds?: number;
  confirm?: string;
  connection?: string;
};

type JsonSchema = Record<string, unknown>;

/** A tool's arguments: as they are checked, and as they are published. */
export interface ToolInput {
  schema: z.ZodObject;
  published: JsonSchema;
}

/** An operation's own arguments and the controls that fit its kind. `connections`: names to choose from. */
export function toolInput(operation: Operation, connections: readonly string[] = []): ToolInput {
  const schema = operation.input.extend({
    ...(isListing(operation) ? { limit: controls.limit, cursor: controls.cursor, fields: controls.fields } : {}),
    ...(needsConfirmation(operation) ? { confirm: controls.confirm } : {}),
    ...(operation.starts ? { wait_seconds: controls.wait_seconds } : {}),
    ...connectionArgument(connections),
  }) as z.ZodObject;
  return { schema, published: jsonSchema(schema, 'input') };
}

/** The same, made once for each operation: converting a schema costs more than most calls. */
export function toolInputs(connections: Connections): (operation: Operation) => ToolInput {
  const made = new Map<Operation, ToolInput>();
  return operation => {
    const input = made.get(operation) ?? toolInput(operation, connections.of(platformOf(operation), operation.api));
    made.set(operation, input);
    return input;
  };
}

export const waitSeconds = controls.wait_seconds;

/** The argument that chooses an account; absent where there is nothing to choose. */
function connectionArgument(connections: readonly string[]): { connection?: z.ZodType } {
  return connections.length < 2 ? {} : { connection: z.enum(connections as [string, ...string[]]) };
}

/** The same in a published schema. */
export function withConnection(input: JsonSchema, connections: readonly string[]): JsonSchema {
  if (connections.length < 2) return input;
  const { properties, required } = input as { properties?: object; required?: string[] };
  const connection = { type: 'string', enum: connections, description: 'Which account' };
  return { ...input, properties: { ...properties, connection }, required: [...(required ?? []), 'connection'] };
}

const warnings = z.array(z.string()).optional();

/** Clients only need to know that it is a handle; the rest describes itself. */
export const storedSchema = z.looseObject({ uri: z.string(), kind: z.string() });

export const pageSchema = z.looseObject({
  returned: z.number(),
  total: z.number().nullable(),
  complete: z.boolean(),
  next: z.string().nullable(),
});

export const runSchema = z.looseObject({
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
 * JSON Schema as published: no marks of ours, no `$schema` (2020-12 is MCP's default), and no patterns that only
 * restate a `format`.
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ jsonSchema }) {
      const open = jsonSchema as Record<string, unknown>;
      for (const mark of ['in', 'wire', 'names', 'fromUri', 'encode', 'secret', 'source']) delete open[mark];
      if (open['format'] !== undefined) delete open['pattern'];
      if (open['maximum'] === Number.MAX_SAFE_INTEGER) delete open['maximum'];
      if (open['minimum'] === Number.MIN_SAFE_INTEGER) delete open['minimum'];
      // What says nothing: every name is a text, and anything may stand under it.
      if (isEmpty(open['additionalProperties'])) delete open['additionalProperties'];
      if (JSON.stringify(open['propertyNames']) === anyName) delete open['propertyNames'];
    },
  }) as Record<string, unknown>;
  delete json['$schema'];
  return json;
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

const anyName = '{"type":"string"}';

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** "Acme: list projects", from name and title. */
export function toolTitle({ name, platform }: { name: string; platform: string }, platformTitle: string): string {
  const words = name.slice(platform.length + 1).replaceAll('_', ' ');
  return `${platformTitle}: ${words}`;
}
