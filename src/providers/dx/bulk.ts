import * as z from 'zod';
import { Fault, type FaultCode, isFault } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import type { Row } from '../../base/json-value.ts';
import type { Operation, OperationContext } from '../../operations/operation.ts';

/** Rows of one request. The vendor names no limit; what is wrong with one row costs its whole request. */
const batchRows = 200;
/** Time to keep for telling how far it came, in ms. */
const tellingMs = 5_000;
const shownProblems = 5;

/** A value that a table may hold as text. */
export const json = z.preprocess(given => {
  if (typeof given !== 'string') return given;
  try {
    return parseJson(given);
  } catch {
    return given;
  }
}, z.unknown());

export const bulkAnswer = z.looseObject({
  rows: z.number(),
  accepted: z.number(),
  accepted_rows: z.string().describe('Numbers of the rows that DX took, from 1: "1-400, 601-812"'),
  rejected: z.array(z.looseObject({ rows: z.string(), problem: z.string() })).optional(),
  unknown_rows: z.string().optional().describe('Sent, and never answered'),
  unsent_rows: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

type Answer = z.output<typeof bulkAnswer>;

/** What DX says no to for the sake of the rows: others may fare better. */
const refusals: ReadonlySet<FaultCode> = new Set(['bad_arguments', 'rejected', 'too_large', 'not_found']);
/** What leaves open whether the rows have arrived. */
const silences: ReadonlySet<FaultCode> = new Set(['timed_out', 'upstream_down', 'bad_upstream_reply', 'cancelled']);

/** What became of rows, by the numbers of the first and the last. */
interface Range {
  first: number;
  last: number;
}

/**
 * Sends the rows of a source in batches. All are checked before the first is sent. A batch that DX refuses costs
 * nobody the others; where going on makes no sense, the rest is told as not sent.
 * @throws Fault where nothing was accepted
 */
export async function sendAll(
  operation: Operation,
  shape: z.ZodObject,
  { source: given, skip_rows: skip }: { source: unknown; skip_rows: number },
  context: OperationContext,
): Promise<Answer> {
  const source = await context.source(given);
  const total = await check(source.rows(), shape, context);
  const progress = new Progress(total, skip);
  let batch: Row[] = [];
  let number = 0;
  for await (const row of source.rows()) {
    number += 1;
    if (number <= skip) continue;
    batch.push(shape.parse(filled(row)) as Row);
    if (batch.length < batchRows && number < total) continue;
    const range = { first: number - batch.length + 1, last: number };
    if (!(await progress.send(operation, batch, range, context))) break;
    batch = [];
  }
  return progress.answer(operation);
}

/** What a table leaves empty is not sent. */
export const filled = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined && value !== ''));

async function check(rows: AsyncIterable<Row>, shape: z.ZodObject, { signal }: OperationContext): Promise<number> {
  const problems: string[] = [];
  let number = 0;
  for await (const row of rows) {
    signal.throwIfAborted();
    number += 1;
    const parsed = shape.safeParse(filled(row));
    if (parsed.success) continue;
    const [issue] = parsed.error.issues;
    problems.push(`row ${number}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.replace(/ +/g, ' '));
    if (problems.length > shownProblems) break;
  }
  if (problems.length === 0) return number;
  const more = problems.length > shownProblems ? ' and more' : '';
  throw new Fault({
    code: 'bad_arguments',
    message: `Nothing was sent: ${problems.slice(0, shownProblems).join('; ')}${more}.`,
    hint: `Columns: ${Object.keys(shape.shape).join(', ')}. query_result can rename, fill in and leave out.`,
  });
}

/** Keeps the books of one transfer. */
class Progress {
  readonly #total: number;
  readonly #skip: number;
  readonly #accepted: Range[] = [];
  readonly #rejected: (Range & { fault: Fault })[] = [];
  #unknown: Range | undefined;
  #stopped: Fault | undefined;
  /** Number of the last row that need not be sent again. */
  #settled: number;

  constructor(total: number, skip: number) {
    this.#total = total;
    this.#skip = skip;
    this.#settled = skip;
  }

  /** False: the next batch would fare no better. */
  async send(operation: Operation, rows: Row[], range: Range, context: OperationContext): Promise<boolean> {
    if (context.clock.now() > context.deadline - tellingMs) return false;
    try {
      await context.request(operation, { source: rows });
      this.#accepted.push(range);
    } catch (error) {
      if (!isFault(error)) throw error;
      if (refusals.has(error.code)) this.#rejected.push({ ...range, fault: error });
      else return this.#stop(error, range, operation);
    }
    this.#settled = range.last;
    context.progress(`${range.last} of ${this.#total} rows`, range.last, this.#total);
    return true;
  }

  #stop(fault: Fault, range: Range, { idempotent }: Operation): false {
    this.#stopped = fault;
    if (!silences.has(fault.code)) return false;
    this.#unknown = range;
    if (!idempotent) this.#settled = range.last;
    return false;
  }

  answer({ name }: Operation): Answer {
    const failed = this.#stopped ?? this.#rejected[0]?.fault;
    if (this.#accepted.length === 0 && failed) throw failed;
    const unsent = { first: (this.#unknown?.last ?? this.#settled) + 1, last: this.#total };
    const rejected = this.#rejected.map(({ fault, ...range }) => ({ rows: written([range]), problem: fault.message }));
    const warnings = [
      ...rejected.map(({ rows, problem }) => `Rows ${rows} were refused: ${problem}`),
      ...(this.#stopped ? [`It stopped: ${this.#stopped.message}`] : []),
      ...(this.#settled < this.#total ? [`Go on with ${name} and skip_rows ${this.#settled}.`] : []),
    ];
    return {
      rows: this.#total,
      accepted: this.#accepted.reduce((sum, { first, last }) => sum + last - first + 1, 0),
      accepted_rows: written(this.#accepted),
      ...(rejected.length ? { rejected } : {}),
      ...(this.#unknown ? { unknown_rows: written([this.#unknown]) } : {}),
      ...(unsent.first <= unsent.last ? { unsent_rows: written([unsent]) } : {}),
      ...(this.#skip ? { skipped: this.#skip } : {}),
      ...(warnings.length ? { warnings } : {}),
    };
  }
}

/** "1-400, 601-812". */
function written(ranges: readonly Range[]): string {
  const joined: Range[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    if (before && before.last + 1 === range.first) before.last = range.last;
    else joined.push({ ...range });
  }
  return joined.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
