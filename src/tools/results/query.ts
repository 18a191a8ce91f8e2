import * as z from 'zod';
import { fitTable } from '../../answers/fit.ts';
import { pageSchema, storedSchema } from '../../answers/schema.ts';
import { general, reading } from '../general-tool.ts';

export const queryResultTool = general({
  name: 'query_result',
  title: 'Query stored results',
  description:
    'Run one DuckDB SELECT over stored tables, named by their handles in double quotes: FROM "result://..." a JOIN "result://..." b; VALUES and range() need none. The rows become a stored result; few are shown too.',
  input: z.strictObject({ sql: z.string().meta({ longest: 100_000 }) }),
  output: z.looseObject({ items: z.array(z.looseObject({})).optional(), result: storedSchema, page: pageSchema }),
  wants: { sql: 'table' },
  annotations: { ...reading, openWorldHint: false },
  page: 'explorer',
  async call({ sql }, shared, { signal }) {
    const { storeQuery } = await import('../../results/query/query.ts');
    return fitTable(await storeQuery(sql, { ...shared, signal }), shared.results, shared.fit);
  },
});
