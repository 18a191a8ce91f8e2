import * as z from 'zod';
import type { Answer } from '../../answers/answer.ts';
import { fitRows } from '../../answers/fit.ts';
import { pageSchema } from '../../answers/schema.ts';
import type { CallerServices } from '../../calls/services.ts';
import { operators } from '../../results/tables/filter.ts';
import type { RowQuery } from '../../results/tables/table.ts';
import { general, reading } from '../general-tool.ts';

export const resultUri = z.string().describe('result:// URI of an earlier answer');

export const condition = z.strictObject({
  column: z.string(),
  op: z.enum(operators),
  value: z
    .union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))])
    .optional()
    .describe('For in: JSON list'),
});

const sortKey = z.strictObject({ column: z.string(), order: z.enum(['asc', 'desc']).optional() });

/** Of one call; no answer holds more. */
const mostRows = 1_000;

export const readResultTool = general({
  name: 'read_result',
  title: 'Read a stored result',
  description: 'Read rows of a stored table (result://...): some columns, from an offset, sorted, matching conditions.',
  input: z.strictObject({
    result: resultUri,
    offset: z.number().int().min(0).optional().describe('Rows to skip'),
    limit: z
      .union([z.number().int().min(1).max(mostRows), z.literal('all')])
      .optional()
      .describe('Default 50; all: as many as fit one answer'),
    columns: z.array(z.string()).optional(),
    where: z.array(condition).optional().describe('All must hold'),
    sort: z.array(sortKey).optional(),
  }),
  output: z.looseObject({ items: z.array(z.looseObject({})), page: pageSchema }),
  annotations: { ...reading, openWorldHint: false },
  call: (args, shared, { signal }) => readStored({ ...args, signal }, shared),
});

type ReadRequest = Omit<RowQuery, 'limit'> & { result: string; limit?: number | 'all' | undefined };

async function readStored(
  { result: uri, offset = 0, limit, columns, where, sort, signal }: ReadRequest,
  shared: CallerServices,
): Promise<Answer> {
  const result = await shared.results.get(uri);
  const most = limit === 'all' ? mostRows : (limit ?? 50);
  const read = await shared.results.rows(result, { offset, limit: most, columns, where, sort, signal });
  const { rows, warnings } = fitRows(read.rows, shared.fit);
  const complete = read.complete && rows.length === read.rows.length;
  const total = where?.length ? (read.matched ?? null) : result.rows;
  if (rows.length < read.rows.length)
    warnings.push(`Only ${rows.length} rows fit one answer; choose columns to see more at once.`);
  if (read.undecided)
    warnings.push(
      `${read.undecided} more rows may match: what stands in their column is no number, and nobody can say whether it is more or less. describe_result lists it.`,
    );
  return {
    kind: 'rows',
    noun: where?.length ? 'matching rows' : 'rows',
    rows,
    page: {
      returned: rows.length,
      total,
      complete,
      next: null,
      ...(complete ? {} : { next_offset: offset + rows.length }),
    },
    continued: offset > 0,
    about: { result: result.name },
    warnings,
  };
}
