import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { isoMoment, lacksKey, payload, required, text } from '../arguments.ts';

export const row = z.looseObject({ id: z.string(), reference: z.string(), key: z.string(), value: z.unknown() });

export const reference = required('What it is about, for example org/repo');

export const value = z.union([z.looseObject({}), z.array(z.unknown())]).describe('JSON object or list');

export const example = { reference: 'kestrel/booking-api', key: 'coverage' };

export const one = {
  reference: text('What it is about, with key'),
  key: text('Key'),
  id: text('Id, instead of both'),
};

export const getCustomData = operation({
  name: 'dx_get_custom_data',
  route: 'GET /customData.get',
  risk: 'reads',
  summary: 'Read one value of the custom data that DX holds about a thing.',
  words: 'metadata',
  api: 'data_cloud',
  input: z.strictObject(one),
  describeLack: lacksKey,
  output: row,
  repair: payload('data'),
  example: { arguments: example },
});

export const setCustomData = operation({
  name: 'dx_set_custom_data',
  route: 'POST /customData.set',
  risk: 'replaces',
  question: 'Replace the custom data {key} of {reference}?',
  async describeLoss({ reference: about, key, value: wanted }, context) {
    const now = await valueNow(about, key, context);
    if (now === undefined || isDeepStrictEqual(now, wanted)) return undefined;
    return { says: `It is ${JSON.stringify(now).slice(0, 500)} now, and that would be lost.`, version: now };
  },
  idempotent: true,
  summary: 'Store a JSON value about a thing under a key; a value that is there is overwritten.',
  words: 'save attach, metadata attach annotate',
  api: 'data_cloud',
  input: z.strictObject({
    reference,
    key: required('Key'),
    value,
    timestamp: isoMoment('Of when; default now', 'timestamp').optional(),
  }),
  output: row,
  repair: payload('data'),
  example: { arguments: { ...example, value: { percent: 81 } } },
});

/** Undefined where there is none. */
async function valueNow(about: string, key: string, context: OperationContext): Promise<unknown> {
  try {
    const { body } = await context.request(getCustomData, { reference: about, key });
    return (payload('data')(body) as Row | undefined)?.['value'];
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}
