import * as z from 'zod';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { day, dayOf, inTable, map, payload, required } from '../arguments.ts';
import { bulkAnswer, json, sendAll } from '../bulk.ts';

const count = (description: string) => z.int().optional().describe(description);
const example = { email: 'lin.park@kestrel.example', date: '2026-11-20', is_active: true, tool: 'pair-coder' };

export const pushDay = operation({
  name: 'dx_push_ai_tool_metrics',
  route: 'POST /aiToolMetrics.push',
  risk: 'adds',
  summary: "Record one person's use of one AI tool on one day.",
  words: 'copilot cursor claude usage',
  api: 'data_cloud',
  verifyWith: 'It may be recorded. The same email, date and tool again replaces it, as far as is known.',
  input: z.strictObject({
    email: required('Who'),
    date: day('Day', 'date'),
    is_active: z.boolean().describe('Whether the tool was used'),
    tool: required('AI tool'),
    input_tokens: count('Tokens'),
    output_tokens: count('Tokens'),
    cache_read_tokens: count('Tokens'),
    cache_write_tokens: count('Tokens'),
    spend_cents: count('Cents'),
    metrics: map('Anything else').optional(),
  }),
  output: z.looseObject({ email: z.string(), date: z.string(), tool: z.string() }),
  repair: payload('data'),
  example: { arguments: example },
});

const yes = z.preprocess(given => {
  const word = String(given).toLowerCase();
  return ['true', '1', 'yes'].includes(word) ? true : ['false', '0', 'no'].includes(word) ? false : given;
}, z.boolean());

const figure = z.coerce.number().int().optional();

const dayRow = z.strictObject({
  email: z.string().min(1),
  date: inTable('date', dayOf),
  is_active: yes,
  tool: z.string().min(1),
  input_tokens: figure,
  output_tokens: figure,
  cache_read_tokens: figure,
  cache_write_tokens: figure,
  spend_cents: figure,
  metrics: json.pipe(z.looseObject({})).optional(),
});

export const pushAllDays: Operation = operation({
  name: 'dx_push_all_ai_tool_metrics',
  route: 'POST /aiToolMetrics.pushAll',
  risk: 'adds',
  summary:
    'Record the use of AI tools from a table: email, date, is_active, tool, and optional figures as in dx_push_ai_tool_metrics. Says exactly which rows DX took.',
  words: 'copilot cursor claude usage',
  api: 'data_cloud',
  input: z.strictObject({
    source: sourceArgument().meta({ wire: 'data' }),
    skip_rows: z.int().min(0).default(0).describe('Rows DX has already').meta({ in: 'local' }),
  }),
  output: bulkAnswer,
  example: { arguments: { source: [example] } },
  send: (args, context) => sendAll(pushAllDays, dayRow, args, context),
});
