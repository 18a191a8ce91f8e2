import { isRow, type Row } from '../base/json-value.ts';
import { isWithinTokens } from '../base/text.ts';
import type { Handle } from '../results/pending.ts';
import { type StoredResult, sampleRows } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { Outcome } from './answer.ts';
import { countOf, extentOf } from './extent.ts';
import { countThatFit, type FittedRows, shortenRows } from './fit-rows.ts';
import { type Keep, storeLongParts } from './long-parts.ts';

/** How much of what a call came to stands in its answer. What is beyond it is stored, and the answer says where. */
export interface FitPolicy {
  /** Tokens of rows in one answer, roughly. */
  answerTokens: number;
  /** One thing is worth more of an answer than rows of many are. */
  thingFactor: number;
  /** Rows of a list within a thing that stay in the answer when the list is stored. */
  sampleRows: number;
}

export const fitPolicy = (answerTokens: number): FitPolicy => ({ answerTokens, thingFactor: 2, sampleRows });

/** What a call came to, with no more in it than one answer holds. */
export async function fitAnswer(outcome: Outcome, policy: FitPolicy, keeping: Keeping): Promise<Outcome> {
  const { keep } = keeping;
  if (outcome.kind === 'rows') return fitListing(outcome, policy, keeping);
  if (outcome.kind === 'value') return { kind: 'value', value: await fitThing(outcome.value, policy, keep) };
  return outcome;
}

/** How what is shown, and what is not, can be named by the next call. */
export interface Keeping {
  keep: Keep;
  /** Gives rows that are shown a handle, by which the next call can query, draw or send them. */
  keepLater?: (name: string, rows: readonly Row[]) => Handle;
}

async function fitListing(
  found: Outcome & { kind: 'rows' },
  policy: FitPolicy,
  { keep, keepLater }: Keeping,
): Promise<Outcome> {
  const { noun, rows, page, continued, about, warnings } = found;
  if (isWithinTokens(rows, policy.answerTokens))
    return keepLater && rows.length > 0 ? { ...found, result: keepLater(noun, rows), isShown: true } : found;
  const result = await keep({ name: noun, mediaType: 'application/x-ndjson' }, { rows });
  const summary = `${extentOf(noun, page, continued)} Stored, because they do not fit one answer.`;
  return { kind: 'result', result, summary, page, ...(about ? { about } : {}), warnings };
}

async function fitThing(value: unknown, policy: FitPolicy, keep: Keep): Promise<unknown> {
  const tokens = policy.thingFactor * policy.answerTokens;
  const { value: short, warnings: long } = await storeLongParts(value, tokens, policy.sampleRows, keep);
  if (long.length === 0) return value;
  const own = isRow(short) ? short['warnings'] : undefined;
  return { ...(short as Row), warnings: [...(Array.isArray(own) ? own : []), ...long] };
}

/** Most rows that are read for an answer; no more of them would fit. */
const mostRowsRead = 1_000;

/** A stored table with its rows where they all fit an answer, otherwise with what describes them. */
export async function fitTable(
  result: StoredResult,
  results: Pick<ResultStore, 'rows'>,
  { answerTokens }: FitPolicy,
  warnings: string[] = [],
): Promise<Outcome> {
  const { rows } = result.rows > mostRowsRead ? { rows: [] } : await results.rows(result, { limit: mostRowsRead });
  const page = { returned: result.rows, total: result.rows, complete: true, next: null };
  const isShort = rows.every(row => isWithinTokens(row, answerTokens));
  if (rows.length === result.rows && isShort && countThatFit(rows, answerTokens) === rows.length)
    return { kind: 'rows', noun: 'rows', rows, page, continued: false, result, warnings };
  const summary = `${countOf(result.rows, 'rows')}, too many to show here.`;
  return { kind: 'result', result, summary, page, warnings };
}

/** As many rows of a stored table as one answer holds, at least one, shortened where it is too long by itself. */
export const fitRows = (rows: readonly Row[], { answerTokens }: FitPolicy): FittedRows =>
  shortenRows(rows, answerTokens);
