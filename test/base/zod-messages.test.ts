import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { zodMessage } from '../../src/base/zod-messages.ts';
import { onOff } from '../../src/config/connection.ts';

const words = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value, { error: zodMessage }).error?.issues.map(({ message }) => message);

describe('what is wrong with a value', () => {
  const limit = z.union([z.number().int().min(1), z.literal('all')]);
  const holes = z.union([z.literal('all'), z.array(z.string().min(1)).min(1)]);

  it.each<[string, z.ZodType, unknown, string]>([
    ['nothing', z.string(), undefined, 'is missing'],
    ['another type', z.string(), 5, 'must be text'],
    ['no number', z.coerce.number(), 'many', 'must be a number'],
    ['a fraction', z.number().int(), 1.5, 'must be a whole number'],
    ['text where a list of objects belongs', z.array(z.object({})), ['a = 1'], 'must be an object'],
    ['too little', z.number().min(1), 0, 'must be at least 1'],
    ['nothing of what has to be more', z.number().positive(), 0, 'must be more than 0'],
    ['too much', z.number().max(45), 46, 'must be at most 45'],
    ['an empty text', z.string().min(1), '', 'must not be empty'],
    ['an empty list', z.array(z.string()).min(1), [], 'must not be empty'],
    ['a short text', z.string().min(32), 'x', 'must have at least 32 characters'],
    ['a word outside the choice', z.enum(['info', 'warn']), 'loud', 'must be one of "info", "warn"'],
    ['no truth value', onOff, 'maybe', 'must be true or false'],
    ['neither number nor word', limit, 'many', 'must be a number or "all"'],
    ['too little of one alternative', limit, 0, 'must be at least 1'],
    ['an item of one alternative', holes, ['DDH001', 5], '1 must be text'],
    ['words of the schema', z.string({ error: 'must be an https address' }), 5, 'must be an https address'],
  ])('%s', (_, schema, value, expected) => {
    expect(words(schema, value)).toEqual([expected]);
  });
});
