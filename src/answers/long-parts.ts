import { inTurns, isDue, type Steps } from '../base/bounded/turns.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { formatNumber, guessTokens, isWithinTokens } from '../base/text.ts';
import type { StoredResult } from '../results/result.ts';
import type { Content } from '../results/tables/recognise.ts';

/** Puts into the result store what an answer has no room for. */
export type Keep = (named: { name: string; mediaType: string }, content: Content) => Promise<StoredResult>;

/** Lists and texts of one thing that are stored by themselves. Of more, the thing is stored as a whole. */
const mostParts = 12;

/** Characters of a long text that stay in the answer. */
const shownOfText = 4_000;

/**
 * One thing can hold lists of thousands: the tests of a pipeline, the checks of a scorecard. The longest go to the
 * result store until the rest fits; a few rows of each stay, so that the answer keeps its form, and a warning says
 * where all of them are. Where that is not enough, so do the longest texts, and at last the whole thing.
 */
export async function storeLongParts(
  value: unknown,
  tokens: number,
  shown: number,
  keep: Keep,
): Promise<{ value: unknown; warnings: string[] }> {
  const warnings: string[] = [];
  let kept = value;
  for (const isPart of [isLongerList(shown), isLongText]) {
    while (!isWithinTokens(kept, tokens) && warnings.length < mostParts) {
      const part = await inTurns(longest(kept, isPart));
      if (!part) break;
      const short = await storePart(part, shown, keep);
      kept = replaced(kept, part.path, short.value);
      warnings.push(short.warning);
    }
  }
  if (isWithinTokens(kept, tokens)) return { value: kept, warnings };
  const whole = await storeWhole(value, kept, tokens, keep);
  return { value: whole.value, warnings: [...warnings, whole.warning] };
}

/** A list or a text within a thing, and where it is. */
interface Part {
  path: readonly string[];
  value: Row[] | string;
  size: number;
}

async function storePart({ path, value }: Part, shown: number, keep: Keep) {
  const name = path.join('.');
  if (typeof value === 'string') {
    const { uri } = await keep({ name: `${name}.txt`, mediaType: 'text/plain' }, { bytes: bytesOf(value) });
    const extent = `${formatNumber(shownOfText)} of ${formatNumber(value.length)} characters`;
    const warning = `${name}: ${extent} are shown; all are stored as ${uri}.`;
    return { value: `${value.slice(0, shownOfText)}…`, warning };
  }
  const { uri } = await keep({ name, mediaType: 'application/x-ndjson' }, { rows: value });
  const warning = `${name}: ${shown} of ${formatNumber(value.length)} rows are shown; all are stored as ${uri}.`;
  return { value: value.slice(0, shown), warning };
}

/** No field of use takes less. */
const fewTokens = 4;

/** The thing itself, with as many of its fields as there is room for. */
async function storeWhole(whole: unknown, kept: unknown, tokens: number, keep: Keep) {
  const { uri } = await keep({ name: 'answer.json', mediaType: 'application/json' }, { bytes: jsonBytes(whole) });
  const fields = isRow(kept) ? kept : { value: kept };
  const shown: Row = {};
  let left = tokens;
  for (const name of Object.keys(fields)) {
    const field = { [name]: fields[name] };
    if (!isWithinTokens(field, left)) continue;
    shown[name] = fields[name];
    left -= guessTokens(field);
    if (left < fewTokens) break;
  }
  const [some, all] = [Object.keys(shown).length, Object.keys(fields).length];
  const warning = `${formatNumber(some)} of ${formatNumber(all)} fields are shown; the whole answer is stored as ${uri}.`;
  return { value: shown, warning };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* jsonBytes(value: unknown): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(value));
}

type IsPart = (part: unknown) => part is Part['value'];

const isLongText: IsPart = (part): part is string => typeof part === 'string' && part.length > shownOfText + 1;

/** A table of more rows. */
const isLongerList =
  (rows: number): IsPart =>
  (part): part is Row[] =>
    Array.isArray(part) && part.length > rows && part.every(row => isRow(row));

/** The largest part of a kind. Of parts within each other, the outermost. */
function* longest(thing: unknown, isPart: IsPart): Steps<Part | undefined> {
  let found: Part | undefined;
  function* look(value: unknown, path: readonly string[]): Steps<number> {
    if (isDue()) yield;
    let size = sizeBeside(value);
    for (const name of namesOfLarge(value)) size += yield* look((value as Row)[name], [...path, name]);
    if (path.length > 0 && isPart(value) && (!found || size >= found.size)) found = { path, value, size };
    return size;
  }
  yield* look(thing, []);
  return found;
}

/** Characters of a value apart from what it holds that is not small, roughly. */
function sizeBeside(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && value !== null ? smallSize * Object.keys(value).length : smallSize;
}

const namesOfLarge = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.keys(value).filter(name => !isSmall((value as Row)[name])) : [];

const smallSize = 8;

/** Holds nothing, and is short: it is not looked at further. */
const isSmall = (part: unknown): boolean =>
  typeof part === 'string' ? part.length <= smallSize : typeof part !== 'object' || part === null;

/** The same with another value at a place; what is beside it is not copied. */
function replaced(thing: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const copy = Array.isArray(thing) ? [...thing] : { ...(thing as Row) };
  (copy as Row)[name] = replaced((thing as Row)[name], rest, value);
  return copy;
}
