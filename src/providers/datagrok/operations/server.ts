import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { text } from '../arguments.ts';

export const healthcheck = operation({
  name: 'datagrok_check_health',
  route: 'GET /public/v1/healthcheck',
  risk: 'reads',
  summary: 'Show version and health of the server and its services.',
  words: 'is it up running alive healthy, status',
  input: z.strictObject({ module: text('Key of one service') }),
  output: z.looseObject({
    status: z.string(),
    version: z.string().nullish(),
    services: z.array(z.looseObject({ name: z.string(), status: z.string() })).nullish(),
  }),
  example: { arguments: {} },
});

const step = z.looseObject({
  id: z.string().optional(),
  action: z.string().min(1),
  params: z.looseObject({}).optional(),
  dependsOn: z.array(z.string()).optional(),
});

export const batch = operation({
  name: 'datagrok_run_batch',
  route: 'POST /public/v1/batch',
  risk: 'deletes',
  question: 'Carry out these steps?',
  summary:
    'Run several operations in one request: create, get or delete users, groups, connections, functions, queries and scripts; functions.run; files.list, get, put and delete. Undocumented.',
  words: 'bulk many at once',
  verifyWith: 'Look at the things it was about before you send it again.',
  input: z.strictObject({
    operations: z.array(step).min(1).describe('{id?, action: "groups.get", params, dependsOn?}'),
    options: z
      .strictObject({
        concurrency: z.number().int().min(1).optional(),
        stopOnError: z.boolean().optional(),
        transaction: z.boolean().optional(),
      })
      .optional()
      .describe('concurrency, stopOnError, transaction'),
  }),
  output: z.looseObject({
    summary: z.looseObject({ total: z.number(), succeeded: z.number(), failed: z.number() }),
    results: z.array(z.looseObject({ action: z.string(), status: z.string() })),
  }),
  example: { arguments: { operations: [{ id: 'g', action: 'groups.get', params: { id: 'Geology' } }] } },
});
