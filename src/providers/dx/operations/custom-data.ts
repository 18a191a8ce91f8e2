import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { whole } from '../../../http/paging/whole.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, inTable, isoOf, lacksKey, payload } from '../arguments.ts';
import { bulkAnswer, json, sendAll } from '../bulk.ts';
import { example, getCustomData, one, reference, row } from './custom-value.ts';

export const listCustomData = operation({
  name: 'dx_list_custom_data',
  route: 'GET /customData.getAllByReference',
  risk: 'reads',
  summary: 'List all custom data about one thing.',
  words: 'metadata',
  api: 'data_cloud',
  input: z.strictObject({ reference }),
  output: row,
  paging: whole({ items: payload('data') }),
  resource: { uri: 'dx://custom-data/{reference}', title: 'Custom data of DX about one thing' },
  example: { arguments: { reference: 'kestrel/booking-api' } },
});

const dataRow = z.strictObject({
  reference: z.coerce.string().min(1),
  key: z.coerce.string().min(1),
  value: json.pipe(z.union([z.looseObject({}), z.array(z.unknown())])),
  timestamp: inTable('timestamp', isoOf).optional(),
});

export const setAllCustomData: Operation = operation({
  name: 'dx_set_all_custom_data',
  route: 'POST /customData.setAll',
  risk: 'replaces',
  question: 'Replace custom data that is there already?',
  describeLoss: ({ source }, context) => overwritten(source, context),
  idempotent: true,
  summary:
    'Store many values at once. Columns: reference, key, value (JSON), timestamp (optional). Says exactly which rows DX took.',
  words: 'metadata bulk',
  api: 'data_cloud',
  input: z.strictObject({
    source: sourceArgument().meta({ wire: 'data' }),
    skip_rows: z.int().min(0).default(0).describe('Rows DX has already').meta({ in: 'local' }),
  }),
  output: bulkAnswer,
  example: { arguments: { source: [{ ...example, value: { percent: 81 } }] } },
  send: (args, context) => sendAll(setAllCustomData, dataRow, args, context),
});

export const deleteCustomData = operation({
  name: 'dx_delete_custom_data',
  route: 'POST /customData.delete',
  risk: 'deletes',
  question: 'Delete the custom data {key} of {reference}?',
  summary: 'Delete one value of the custom data about a thing.',
  words: 'metadata remove',
  api: 'data_cloud',
  input: z.strictObject(one),
  describeLack: lacksKey,
  ...done,
  async describeLoss(args, context) {
    const {
      reference: about,
      key,
      value: now,
    } = payload('data')((await context.request(getCustomData, args)).body) as Row;
    return `It deletes ${String(key)} of ${String(about)}: ${JSON.stringify(now)}.`;
  },
  example: { arguments: example },
});

export const deleteAllCustomData = operation({
  name: 'dx_delete_all_custom_data',
  route: 'POST /customData.deleteAllByReference',
  risk: 'deletes',
  question: 'Delete all custom data of {reference}?',
  summary: 'Delete all custom data about a thing.',
  api: 'data_cloud',
  input: z.strictObject({ reference }),
  ...done,
  describeLoss: (args, context) => keysOf(args.reference, context),
  example: { arguments: { reference: 'kestrel/booking-api' } },
});

async function keysOf(about: string, context: OperationContext): Promise<string> {
  const keys = (await context.rows(listCustomData, { reference: about })).map(({ key }) => String(key));
  if (keys.length === 0)
    throw new Fault({
      code: 'not_found',
      message: `There is no custom data about ${about}.`,
      hint: 'dx_list_custom_data shows what there is about a thing.',
    });
  return `It has ${keys.length === 1 ? '1 value' : `${keys.length} values`}: ${keys.join(', ')}.`;
}

/** Things whose present values are looked up before many are stored. */
const mostThings = 20;

/** Which of the rows' values are there already. */
async function overwritten(source: unknown, context: OperationContext): Promise<string | undefined> {
  const keys = new Map<string, Set<string>>();
  for await (const row of (await context.source(source)).rows()) {
    const about = String(row['reference']);
    keys.set(about, (keys.get(about) ?? new Set()).add(String(row['key'])));
  }
  if (keys.size > mostThings)
    return `It stores values about ${keys.size} things; whatever is there under the same keys would be lost.`;
  const there: string[] = [];
  for (const [about, wanted] of keys) {
    const now = await context.rows(listCustomData, { reference: about });
    there.push(...now.flatMap(({ key }) => (wanted.has(String(key)) ? [`${String(key)} of ${about}`] : [])));
  }
  return there.length ? `There already, and lost: ${there.join(', ')}.` : undefined;
}
