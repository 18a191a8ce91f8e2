import { isRow, type Row } from '../base/json-value.ts';
import { formatNumber, guessTokens } from '../base/text.ts';
import type { Operation, OperationContext } from '../operations/operation.ts';

/** Rows of a long list that stay in the answer. */
const shown = 3;

/** A list within a thing, and where it is: `test_suites.0.test_cases`. */
interface Found {
  path: string;
  rows: Row[];
  size: number;
  replace(rows: Row[]): void;
}

/**
 * One thing can hold lists of thousands: the tests of a pipeline, the checks of a scorecard. The longest go to the
 * result store until the rest fits; a few rows of each stay, so that the answer keeps its form, and a warning says
 * where all of them are. Where that is not enough, so do the longest texts.
 */
export async function storeLongLists(
  operation: Operation,
  args: Row,
  value: unknown,
  tokens: number,
  context: OperationContext,
): Promise<{ value: unknown; warnings: string[] }> {
  const warnings: string[] = [];
  if (guessTokens(value) <= tokens) return { value, warnings };
  const kept = structuredClone(value);
  while (guessTokens(kept) > tokens) {
    const longest = listsIn(kept).reduce<Found | undefined>((a, b) => (a && a.size >= b.size ? a : b), undefined);
    if (!longest) break;
    const { path, rows } = longest;
    const origin = { operation, arguments: args, name: path, mediaType: 'application/x-ndjson' };
    const { uri } = await context.store(origin, { rows });
    longest.replace(rows.slice(0, shown));
    warnings.push(`${path}: ${shown} of ${formatNumber(rows.length)} rows are shown; all are stored as ${uri}.`);
  }
  while (guessTokens(kept) > tokens) {
    const longest = textsIn(kept).reduce<LongText | undefined>((a, b) => (a && a.size >= b.size ? a : b), undefined);
    if (!longest) break;
    const { path, text } = longest;
    const origin = { operation, arguments: args, name: `${path}.txt`, mediaType: 'text/plain' };
    const { uri } = await context.store(origin, { bytes: bytesOf(text) });
    longest.replace(`${text.slice(0, shownOfText)}…`);
    const extent = `${formatNumber(shownOfText)} of ${formatNumber(text.length)} characters`;
    warnings.push(`${path}: ${extent} are shown; all are stored as ${uri}.`);
  }
  return { value: kept, warnings };
}

/** Characters of a long text that stay in the answer. */
const shownOfText = 4_000;

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** A long text within a thing. */
interface LongText {
  path: string;
  text: string;
  size: number;
  replace(text: string): void;
}

function textsIn(value: unknown, path: readonly string[] = []): LongText[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const here = [...path, name];
    const replace = (text: string) => Object.assign(value, { [name]: text });
    const isLong = typeof part === 'string' && part.length > shownOfText + 1;
    const own = isLong ? [{ path: here.join('.'), text: part, size: part.length, replace }] : [];
    return [...own, ...textsIn(part, here)];
  });
}

function listsIn(value: unknown, path: readonly string[] = []): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const here = [...path, name];
    const replace = (rows: Row[]) => Object.assign(value, { [name]: rows });
    const own = isTable(part) ? [{ path: here.join('.'), rows: part, size: JSON.stringify(part).length, replace }] : [];
    return [...own, ...listsIn(part, here)];
  });
}

const isTable = (part: unknown): part is Row[] =>
  Array.isArray(part) && part.length > shown && part.every(row => isRow(row));
