import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { schemaJoins, schemaTables } from '../schema.ts';

/** Of this table the vendor names no columns: they are the arguments of the method that fills it. */
const fromMethod = 'bespoke_ai_tool_daily_metrics';

export const listTables = operation({
  api: 'web',
  name: 'dx_list_tables',
  route: '',
  risk: 'reads',
  summary:
    'List tables of the Data Studio for dx_run_query, with columns, where DX describes them, and join keys (guessed ' +
    'from names). Tables of connected tools and your own (schema custom) are not among them.',
  words: 'schema columns of the warehouse data studio, which data is there, what can I query join',
  input: z.strictObject({}),
  output: z.looseObject({ table: z.string(), columns: z.string(), joins: z.string() }),
  configured: () =>
    Object.entries(schemaTables).map(([table, columns]) => ({
      table,
      columns: columns.join(' '),
      joins: (schemaJoins[table] ?? []).join('; '),
      evidence: table === fromMethod ? 'inferred' : 'documented',
    })),
  resource: { uri: 'dx://tables', title: 'Tables of the DX Data Studio' },
  example: { arguments: {} },
});
