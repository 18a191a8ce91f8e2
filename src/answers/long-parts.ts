import { isRow, type Row } from '../base/json-value.ts';
import { formatNumber, guessTokens } from '../base/text.ts';
import type { StoredResult } from '../results/result.ts';
import type { Content } from '../results/tables/recognise.ts';

/** Puts into the result store what an answer has no room for. */
export type Keep = (named: { name: string; mediaType: string }, content: Content) => Promise<StoredResult>;

/** A list within a thing, and where it is: `test_suites.0.test_cases`. */
interface LongList {
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
export async function storeLongParts(
  value: unknown,
  tokens: number,
  shown: number,
  keep: Keep,
): Promise<{ value: unknown; warnings: string[] }> {
  const warnings: string[] = [];
  if (guessTokens(value) <= tokens) return { value, warnings };
  const kept = structuredClone(value);
  const shortenLongest = async <Part extends { size: number }>(
    find: () => Part[],
    shorten: (part: Part) => Promise<string>,
  ) => {
    while (guessTokens(kept) > tokens) {
      const longest = find().reduce<Part | undefined>((a, b) => (a && a.size >= b.size ? a : b), undefined);
      if (!longest) return;
      warnings.push(await shorten(longest));
    }
  };
  await shortenLongest(
    () => listsIn(kept, shown),
    async ({ path, rows, replace }) => {
      const { uri } = await keep({ name: path, mediaType: 'application/x-ndjson' }, { rows });
      replace(rows.slice(0, shown));
      return `${path}: ${shown} of ${formatNumber(rows.length)} rows are shown; all are stored as ${uri}.`;
    },
  );
  await shortenLongest(
    () => textsIn(kept),
    async ({ path, text, replace }) => {
      const { uri } = await keep({ name: `${path}.txt`, mediaType: 'text/plain' }, { bytes: bytesOf(text) });
      replace(`${text.slice(0, shownOfText)}…`);
      const extent = `${formatNumber(shownOfText)} of ${formatNumber(text.length)} characters`;
      return `${path}: ${extent} are shown; all are stored as ${uri}.`;
    },
  );
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

function listsIn(value: unknown, longerThan: number, path: readonly string[] = []): LongList[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const here = [...path, name];
    const replace = (rows: Row[]) => Object.assign(value, { [name]: rows });
    const isLong = isTable(part) && part.length > longerThan;
    const own = isLong ? [{ path: here.join('.'), rows: part, size: JSON.stringify(part).length, replace }] : [];
    return [...own, ...listsIn(part, longerThan, here)];
  });
}

const isTable = (part: unknown): part is Row[] => Array.isArray(part) && part.every(row => isRow(row));
