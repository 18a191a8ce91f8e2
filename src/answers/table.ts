import type { Row } from '../base/json-value.ts';
import { formatNumber, guessTokens } from '../base/text.ts';
import type { StoredResult } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { Outcome } from './answer.ts';

/** Most rows that are read for an answer; no more of them would fit. */
const mostRows = 1_000;

/** A stored table with its rows where they all fit an answer, otherwise with what describes them. */
export async function answerTable(
  result: StoredResult,
  { results, answerTokens }: { results: ResultStore; answerTokens: number },
  warnings: string[] = [],
): Promise<Outcome> {
  const { rows } = result.rows > mostRows ? { rows: [] } : await results.rows(result, { limit: mostRows });
  const page = { returned: result.rows, total: result.rows, complete: true, next: null };
  if (rows.length === result.rows && fitting(rows, answerTokens) === rows.length)
    return { kind: 'rows', noun: 'rows', rows, page, continued: false, result, warnings };
  return {
    kind: 'result',
    result,
    summary: `${formatNumber(result.rows)} rows, too many to show here.`,
    page,
    warnings,
  };
}

/** How many of the rows one answer holds; at least one. */
export function fitting(rows: readonly Row[], tokens: number): number {
  let left = tokens;
  for (const [index, row] of rows.entries()) {
    left -= guessTokens(row);
    if (left < 0 && index > 0) return index;
  }
  return rows.length;
}
