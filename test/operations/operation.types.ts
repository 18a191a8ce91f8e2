import * as z from 'zod';
import { operation } from '../../src/operations/operation.ts';

/*
 * Compiled by `npm run types`, never run: a record that is wrong here must not compile. Each expected error fails the
 * type check when it goes away.
 */
const rest = {
  name: 'x_get_thing',
  risk: 'reads',
  summary: 'Get a thing.',
  output: z.looseObject({ id: z.string() }),
} as const;

operation({
  ...rest,
  route: 'GET /things/{thing}/parts/{part*}',
  input: z.strictObject({ thing: z.string(), part: z.string() }),
  example: { arguments: { thing: 'a', part: 'b/c' } },
});

operation({
  ...rest,
  route: 'GET /things/{thing}/parts/{part*}',
  // @ts-expect-error the route has a path parameter `part` that the input lacks
  input: z.strictObject({ thing: z.string() }),
  example: { arguments: { thing: 'a' } },
});

operation({
  ...rest,
  route: 'GET /things/{thing}',
  input: z.strictObject({ thing: z.string() }),
  // @ts-expect-error an example that the input does not take
  example: { arguments: { thin: 'a' } },
});

operation({
  ...rest,
  route: 'GET /things/{thing}',
  input: z.strictObject({ thing: z.string() }),
  example: { arguments: { thing: 'a' } },
  // @ts-expect-error its own code has to answer what `output` says
  send: async () => ({ id: 1 }),
});

const { risk: _, ...unsaid } = rest;
// @ts-expect-error a record that does not say what it may do
operation({
  ...unsaid,
  route: 'GET /things/{thing}',
  input: z.strictObject({ thing: z.string() }),
  example: { arguments: { thing: 'a' } },
});

// @ts-expect-error a record that can cost somebody something, and does not say what a person is asked
operation({
  ...rest,
  risk: 'deletes',
  route: 'DELETE /things/{thing}',
  input: z.strictObject({ thing: z.string() }),
  example: { arguments: { thing: 'a' } },
});
