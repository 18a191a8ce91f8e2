import * as z from 'zod';
import type { Answer } from '../../answers/answer.ts';
import { fitRows } from '../../answers/fit.ts';
import { pageSchema } from '../../answers/schema.ts';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { CallerServices } from '../../calls/services.ts';
import type { StoredResult } from '../../results/result.ts';
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

export const sortKey = z.strictObject({ column: z.string(), order: z.enum(['asc', 'desc']).optional() });

/** Of one call; no answer holds more. */
const mostRowsPerCall = 1_000;

export const readResultTool = general({
  name: 'read_result',
  title: 'Read a stored result',
  description:
    'Read a stored result (result://...). Tables: rows from an offset, some columns, sorted, matching conditions. Texts of any kind: lines, or those with a text. Pictures are shown.',
  input: z.strictObject({
    result: resultUri,
    offset: z.number().int().min(0).optional().describe('Rows to skip'),
    limit: z
      .union([z.number().int().min(1).max(mostRowsPerCall), z.literal('all')])
      .optional()
      .describe('Default 50; all: as many as fit one answer'),
    columns: z.array(z.string()).optional(),
    where: z.array(condition).optional().describe('All must hold'),
    sort: z.array(sortKey).optional(),
    from_line: z.number().int().min(1).optional().describe('Of a text, or of a table as it arrived'),
    to_line: z.number().int().min(1).optional(),
    search: z.string().meta({ longest: 1_000 }).optional().describe('Only lines with this text'),
  }),
  output: z.looseObject({ items: z.array(z.looseObject({})), page: pageSchema }),
  wants: { result: 'result' },
  annotations: { ...reading, openWorldHint: false },
  page: 'explorer',
  call: (args, shared, { signal }) => readStored({ ...args, signal }, shared),
});

interface ReadRequest extends Omit<RowQuery, 'limit'> {
  result: string;
  limit?: number | 'all' | undefined;
  from_line?: number | undefined;
  to_line?: number | undefined;
  search?: string | undefined;
}

const usualRows = 50;
const usualLines = 200;

async function readStored(request: ReadRequest, shared: CallerServices): Promise<Answer> {
  const result = await shared.results.get(request.result);
  const { from_line, to_line, search } = request;
  const asksLines = from_line !== undefined || to_line !== undefined || search !== undefined;
  if (result.kind === 'table' && !asksLines) return readTable(result, request, shared);
  if (result.isSecret) throw secret(result);
  refuseOthers(result, request);
  if (/^image\/(?:png|jpeg|gif|webp)\b/.test(result.mediaType)) return showPicture(result, shared);
  return readText(result, request, shared);
}

const secret = ({ name, uri }: StoredResult) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} is a secret, which no tool shows.`,
    hint: `The person opens ${uri} as a resource.`,
  });

/** Lines have no columns, and a table's conditions are not those of its text. */
function refuseOthers({ name, kind }: StoredResult, { columns, where, sort }: ReadRequest): void {
  const given = Object.entries({ columns, where, sort }).flatMap(([argument, value]) =>
    value?.length ? [argument] : [],
  );
  if (given.length === 0) return;
  throw new Fault({
    code: 'bad_arguments',
    message:
      kind === 'table'
        ? `${given.join(' and ')} are of rows; from_line, to_line and search are of the text as it arrived.`
        : `${name} is no table, so that there is nothing for ${given.join(' and ')}.`,
    hint: kind === 'table' ? 'Give the one or the other.' : 'Read its lines with from_line, to_line or search.',
  });
}

async function readText(result: StoredResult, request: ReadRequest, shared: CallerServices): Promise<Answer> {
  const { readLines } = await import('../../results/text-lines.ts');
  const { offset = 0, limit, search, signal } = request;
  const from = request.from_line ?? (offset > 0 ? offset + 1 : undefined);
  const most = limit === 'all' ? mostRowsPerCall : (limit ?? usualLines);
  const page = await readLines(result, { from, to: request.to_line, search, limit: most, signal }, shared.results);
  const told = page.rows.map(({ line, text }) => ({ line, text: shared.redactor.text(text) }));
  const { rows, warnings } = fitRows(told, shared.fit);
  const complete = page.complete && rows.length === page.rows.length;
  const next = complete ? {} : { next_line: Number(rows.at(-1)?.['line'] ?? 0) + 1 };
  return {
    kind: 'rows',
    as: 'lines',
    lead: linesInWords(rows, { ...page, ...next }, request),
    noun: search === undefined ? 'lines' : 'matching lines',
    rows,
    page: {
      returned: rows.length,
      total: page.total ?? null,
      complete,
      next: null,
      ...next,
    },
    continued: (from ?? 1) > 1,
    about: { result: result.name },
    warnings: [...page.notes, ...warnings],
  };
}

/** `Lines 1 to 200; there are more: repeat with from_line 201.` */
function linesInWords(
  rows: readonly Row[],
  { total, next_line }: { total?: number; next_line?: number },
  { search, from_line, to_line }: ReadRequest,
): string {
  const more = next_line === undefined ? '' : `; there are more: repeat with from_line ${next_line}`;
  if (search !== undefined) {
    const of = total === undefined || total === rows.length ? '' : ` of ${total}`;
    return `${rows.length || 'No'}${of} line${rows.length === 1 ? '' : 's'} with "${search}"${more}.`;
  }
  const [first, last] = [rows[0]?.['line'], rows.at(-1)?.['line']];
  if (first === undefined) return from_line === undefined ? 'The text is empty.' : 'There is no such line.';
  const isAll = next_line === undefined && first === 1 && to_line === undefined;
  return isAll ? `All ${rows.length} lines.` : `Lines ${first} to ${last}${more}.`;
}

/** Of a picture; models are given no larger ones. */
const mostOfPicture = 3_932_160;

async function showPicture(result: StoredResult, { results }: CallerServices): Promise<Answer> {
  const { name, mediaType, bytes, uri } = result;
  if (bytes > mostOfPicture)
    throw new Fault({
      code: 'too_large',
      message: `The picture ${name} has ${bytes} bytes; ${mostOfPicture} can be shown.`,
      hint: `Hand it on by its handle ${uri}, or have it written to a file: export_result with format "file".`,
    });
  const pieces: Buffer[] = [];
  for await (const piece of await results.open(result)) pieces.push(piece as Buffer);
  const image = { data: Buffer.concat(pieces).toString('base64'), mediaType: mediaType.split(';')[0] ?? mediaType };
  return { kind: 'image', image, result, warnings: [] };
}

async function readTable(result: StoredResult, request: ReadRequest, shared: CallerServices): Promise<Answer> {
  const { offset = 0, limit, columns, where, sort, signal } = request;
  const most = limit === 'all' ? mostRowsPerCall : (limit ?? usualRows);
  const query = { offset, limit: most, columns, where, sort };
  const read = await readRows(result, query, { ...shared, signal: signal ?? new AbortController().signal });
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
    isStored: true,
    about: { result: result.name },
    warnings,
  };
}

/** A page in the order of the table is at its place in the bytes; what has to be looked for, an engine finds sooner. */
async function readRows(result: StoredResult, query: RowQuery, context: CallerServices & { signal: AbortSignal }) {
  const isSearch = (query.where?.length ?? 0) + (query.sort?.length ?? 0) > 0;
  if (!isSearch) return context.results.rows(result, { ...query, signal: context.signal });
  const { readStoredRows } = await import('../../results/rows/read-rows.ts');
  return readStoredRows(result, query, context);
}
