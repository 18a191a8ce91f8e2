import * as z from 'zod';

export type JsonSchema = Record<string, unknown>;
const marks = [
  'in',
  'wire',
  'reference',
  'fromUri',
  'encode',
  'notBefore',
  'secret',
  'source',
  'also',
  'longest',
  'time',
  'tidy',
];
const anyName = '{"type":"string"}';
const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** JSON Schema of what is taken or answered: no marks of ours, and no `$schema` (2020-12 is MCP's default). */
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

/** A name under which answers show an id: text, whatever the platform counts with, so that it can be given back. */
export const isIdName = (name: string): boolean => /^i?ids?$|_i?ids?$|[a-z]Ids?$/.test(name);
