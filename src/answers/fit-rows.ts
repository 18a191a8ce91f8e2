import type { Row } from '../base/json-value.ts';
import { guessTokens, isWithinTokens } from '../base/text.ts';

/** Characters of a value where its row is too long for an answer. */
const shownOfValue = 400;

/** How many of the rows one answer holds; at least one. */
export function countThatFit(rows: readonly Row[], tokens: number): number {
  let left = tokens;
  for (const [index, row] of rows.entries()) {
    left -= guessTokens(row);
    if (left < 0 && index > 0) return index;
  }
  return rows.length;
}

export interface FittedRows {
  rows: Row[];
  /** What is not shown whole, and how to see it. */
  warnings: string[];
}

/**
 * As many rows as one answer holds, at least one. A row that is too long for it by itself is shortened: first its long
 * values, then its columns, which then are the same in every row.
 */
export function shortenRows(rows: readonly Row[], tokens: number): FittedRows {
  const isTooLong = rows.some(row => !isWithinTokens(row, tokens));
  if (!isTooLong) return { rows: rows.slice(0, countThatFit(rows, tokens)), warnings: [] };
  const warnings = [`Values of more than ${shownOfValue} characters are cut; export_result writes them whole.`];
  const short = rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cut(value)])));
  const names = namesThatFit(short, tokens);
  const all = Object.keys(short[0] ?? {}).length;
  if (names.length < all)
    warnings.push(`The first ${names.length} of ${all} columns are shown; others can be asked for by name in columns.`);
  const few = short.map(row => Object.fromEntries(names.map(name => [name, row[name]])));
  return { rows: few.slice(0, countThatFit(few, tokens)), warnings };
}

function namesThatFit([first = {}]: readonly Row[], tokens: number): string[] {
  const names: string[] = [];
  let left = tokens;
  for (const [name, value] of Object.entries(first)) {
    left -= guessTokens({ [name]: value });
    if (left < 0 && names.length > 0) break;
    names.push(name);
  }
  return names;
}

/** A value as it is shown where there is little room. */
function cut(value: unknown): unknown {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  if (typeof text !== 'string' || text.length <= shownOfValue) return value;
  return `${text.slice(0, shownOfValue)}… (${text.length} characters)`;
}
