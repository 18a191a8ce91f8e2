import * as z from 'zod';
import { manyIn } from '../calls/many/selection.ts';
import { tryJson } from '../calls/soften.ts';
import { askAgainArgument, tokenArgument } from '../calls/tool-input.ts';
import { isReading } from '../operations/operation.ts';
import { general } from './general-tool.ts';
import { condition } from './results/read.ts';

export const callForEachTool = general({
  name: 'call_for_each',
  title: 'Call for each row',
  description:
    'Run one operation for each row of a table, or for each thing that an argument stands for. A person agrees once.',
  input: z.strictObject({
    operation: z.string().describe('Its name'),
    rows: z
      .union([z.string(), z.array(z.record(z.string(), z.unknown()))])
      .optional()
      .meta({ longest: 'data' })
      .describe('result:// handle, or batch:// for those that failed'),
    where: z.array(condition).optional().describe('Rows of the handle'),
    arguments: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ longest: 'data' })
      .describe('With {column} for what is of the row: {"name": "{project}: {reason}"}'),
    confirm_many: z.number().int().min(1).optional(),
    confirm: tokenArgument(),
    ask_again: askAgainArgument(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  needs: 'changing operations',
  async call({ operation: wanted, rows, arguments: given = {}, ...others }, shared, call) {
    const operation = await shared.catalog.load(shared.catalog.get(wanted));
    const table = typeof rows === 'string' && /^\s*\[/.test(rows) ? tryJson(rows) : rows;
    const many = table === undefined ? manyIn(operation, shared.inputOf(operation), given) : undefined;
    if (!many) return shared.batches.each(operation, { rows: table, arguments: given, ...others }, call);
    const { confirm_many, confirm, ask_again } = others;
    const controls = isReading(operation) ? { confirm_many } : { confirm_many, confirm, ask_again };
    const asked = Object.fromEntries(Object.entries(controls).filter(([, value]) => value !== undefined));
    return shared.batches.call(operation, { ...many, rest: { ...many.rest, ...asked } }, given, call);
  },
});
