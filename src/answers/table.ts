import { formatNumber, guessTokens } from '../base/text.ts';
import type { StoredResult } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { Outcome } from './answer.ts';
import { fitting } from './fit.ts';

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
  const isShort = rows.every(row => guessTokens(row) <= answerTokens);
  if (rows.length === result.rows && isShort && fitting(rows, answerTokens) === rows.length)
    return { kind: 'rows', noun: 'rows', rows, page, continued: false, result, warnings };
  return {
    kind: 'result',
    result,
    summary: `${formatNumber(result.rows)} rows, too many to show here.`,
    page,
    warnings,
  };
}
