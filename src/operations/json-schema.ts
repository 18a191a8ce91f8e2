import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;
const marks = ['in', 'wire', 'reference', 'fromUri', 'encode', 'notBefore', 'secret', 'source'];
const anyName = '{"type":"string"}';
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
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
      for (const mark of marks) delete open[mark];
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
