import * as z from 'zod';
import { storedSchema } from '../../answers/schema.ts';
import { addSqlCommand, findDuckdb } from '../../base/duckdb.ts';
import { describe, describedColumns } from '../../results/describe.ts';
import type { ColumnProfile } from '../../results/query/profile.ts';
import { general, reading } from '../general-tool.ts';
import { resultUri } from './read.ts';

export const describeResultTool = general({
  name: 'describe_result',
  title: 'Describe a stored result',
  description:
    'Columns of a stored table with nulls, distinct values, range and quartiles, first rows, and what made it.',
  input: z.strictObject({ result: resultUri, columns: z.array(z.string()).optional() }),
  output: z.looseObject({ result: storedSchema, columns: z.array(z.looseObject({})) }),
  wants: { result: 'result' },
  annotations: { ...reading, openWorldHint: false },
  page: 'explorer',
  async call({ result: uri, columns: wanted }, shared, { signal }) {
    const result = await shared.results.get(uri);
    const columns = describedColumns(result, wanted);
    let profiles: ReadonlyMap<string, ColumnProfile> = new Map();
    const warnings = [...(result.warnings ?? [])];
    if (columns.length > 0 && (await findDuckdb())) {
      const { exactRows, profileColumns } = await import('../../results/query/profile.ts');
      profiles = await profileColumns(result, columns, { ...shared, signal });
      if (result.rows > exactRows) warnings.push('Distinct values and quartiles are estimates.');
    } else if (columns.length > 0) warnings.push(`Quartiles need DuckDB: run "${addSqlCommand}" once.`);
    return { kind: 'description', description: describe(result, columns, profiles, shared.redactor), warnings };
  },
});
