import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { operation, type RunKind, reference } from '../../../operations/operation.ts';
import { uriTemplate } from '../../../operations/uri-template.ts';

const firingTemplate = uriTemplate('kiln://firings/{firing}');

const furnace = z
  .string()
  .min(1)
  .describe('Furnace: id or name')
  .meta({ reference: reference({ list: () => listFurnaces, key: 'id', label: 'name' }) });

export const listFurnaces = operation({
  name: 'kiln_list_furnaces',
  route: 'GET /furnaces',
  risk: 'reads',
  summary: 'List the furnaces, and whether each is free.',
  input: z.strictObject({}),
  output: z.looseObject({ id: z.string(), name: z.string(), free: z.boolean() }),
  paging: whole({ items: body => body }),
  resource: { uri: 'kiln://furnaces', title: 'Furnaces of the laboratory' },
  example: { arguments: {} },
});

const firingRow = z.looseObject({ id: z.string(), state: z.string() });

export const getFiring = operation({
  name: 'kiln_get_firing',
  route: 'GET /firings/{firing}',
  risk: 'reads',
  summary: 'Show how far a firing is.',
  input: z.strictObject({
    firing: z
      .string()
      .min(1)
      .describe('Id or URI of the firing')
      .meta({ fromUri: (uri: string) => firingTemplate.match(uri)?.['firing'] }),
  }),
  output: firingRow,
  example: { arguments: { firing: 'f1' } },
});

export const firingRun: RunKind = {
  noun: 'firing',
  uri: firingTemplate.template,
  words: { heating: 'running', done: 'succeeded' },
  pace: { firstMs: 1_000, longestMs: 5_000 },
  async poll(variables, context) {
    const { body } = await context.request(getFiring, variables);
    return { word: (body as z.output<typeof firingRow>).state };
  },
};

export const startFiring = operation({
  name: 'kiln_start_firing',
  route: 'POST /furnaces/{furnace}/firings',
  risk: 'starts',
  summary: 'Fire a furnace, and wait until it is done.',
  verifyWith: 'kiln_list_furnaces shows whether the furnace is still free.',
  input: z.strictObject({ furnace }),
  output: firingRow,
  starts: { run: firingRun, variables: ({ id }) => ({ firing: id }) },
  example: { arguments: { furnace: 'north' } },
});
