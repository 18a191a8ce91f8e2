import * as z from 'zod';
import { Fault } from '../base/errors.ts';
import { zodMessage } from '../base/zod-messages.ts';
import type { Chain } from '../operations/chain.ts';
import { type JsonSchema, jsonSchema } from '../operations/json-schema.ts';

const name = z.string().regex(/^[a-z0-9-]{1,60}$/, 'small letters, digits and hyphens');

const form = z.strictObject({
  $schema: z.string().optional(),
  chain: z.literal(1),
  name,
  title: z.string().min(1),
  description: z.string().optional(),
  parameters: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]*$/, 'small letters, digits and _'),
      z.strictObject({
        description: z.string().optional(),
        default: z.union([z.string(), z.number(), z.boolean()]).optional(),
      }),
    )
    .optional(),
  steps: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'small letters, digits and _'),
        operation: z.string(),
        arguments: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(50),
});

/** The form as it is published, for editors. */
export const chainSchema = (): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A chain of calls of data-platforms-mcp',
  ...jsonSchema(form, 'input'),
});

/** @throws Fault `bad_arguments` that says where it is wrong */
export function readChain(text: string, where: string): Chain {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw badChain(`${where} is no JSON: ${(error as Error).message}`);
  }
  const parsed = form.safeParse(given, { error: zodMessage });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw badChain(`${where}: ${issues.join('; ')}`);
}

export const badChain = (message: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${message}.`,
    hint: 'Nothing was sent. The form of a chain is in docs/chains.md.',
  });
