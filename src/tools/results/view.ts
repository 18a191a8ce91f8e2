import * as z from 'zod';
import { Fault } from '../../base/errors.ts';
import { whyNoRows } from '../../results/result.ts';
import { columnNamed } from '../../results/tables/filter.ts';
import { general, reading } from '../general-tool.ts';
import { condition, resultUri, sortKey } from './read.ts';

/** Of one request; a page asks again. */
const mostRowsPerView = 5_000;
/** Cells of one request: a table may have thousands of columns. */
const mostCells = 50_000;
const mostFigures = 24;
const mostValues = 1_000;

const input = z.strictObject({
  result: resultUri,
  offset: z.number().int().min(0).optional(),
  limit: z.number().int().min(0).max(mostRowsPerView).optional(),
  columns: z.array(z.string()).optional(),
  where: z.array(condition).optional(),
  sort: z.array(sortKey).optional(),
  figures: z.array(z.string()).max(mostFigures).optional().describe('Columns'),
  values: z
    .number()
    .int()
    .min(1)
    .max(mostValues)
    .optional()
    .describe('Commonest values of a column of texts in its figures'),
  about: z.boolean().optional().describe('All columns, and what made the table'),
  cell: z.number().int().min(20).max(100_000).optional().describe('Characters of a cell'),
});

/** What pages give. */
export type ViewRowsInput = z.input<typeof input>;

export const viewRowsTool = general({
  name: 'view_rows',
  title: 'Rows for a page',
  description: 'Rows and figures of a stored table for the page that shows it.',
  input,
  annotations: { ...reading, openWorldHint: false },
  page: 'explorer',
  forPages: true,
  async call(
    { result: uri, offset = 0, limit = 200, figures = [], about = false, cell = 300, values, ...query },
    shared,
    call,
  ) {
    const result = await shared.results.get(uri);
    if (result.kind === 'file') throw noRows(result.name, whyNoRows(result));
    const { readFigures, readStoredRows } = await import('../../results/rows/read-rows.ts');
    const context = { ...shared, signal: call.signal };
    const wanted = query.columns ?? result.columns.map(({ name }) => name);
    const columns = wanted
      .slice(0, Math.max(1, Math.floor(mostCells / Math.max(1, limit))))
      .map(name => columnNamed(result.columns, name).name);
    const page = limit > 0 ? await readStoredRows(result, { ...query, columns, offset, limit }, context) : noPage;
    const told = [];
    for (const column of figures) told.push(await readFigures(result, { column, where: query.where, values }, context));
    return {
      kind: 'view',
      result,
      names: columns,
      rows: page.rows,
      offset,
      matched: page.matched ?? null,
      ...(page.undecided ? { undecided: page.undecided } : {}),
      figures: told,
      isIntroduced: about,
      cellCharacters: cell,
      warnings: [],
    };
  },
});

const noPage: { rows: []; matched?: number; undecided?: number } = { rows: [] };

const noRows = (name: string, why: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} is a file, and has no rows.${why}`,
    hint: 'Open it by its handle as a resource.',
  });
