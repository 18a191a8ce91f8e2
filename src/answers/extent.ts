import type { Row } from '../base/json-value.ts';
import { formatNumber } from '../base/text.ts';
import { oneOf } from '../operations/nouns.ts';
import type { PageFacts } from './answer.ts';

/** "1 row of history", "1,204 branches": a number with what it counts, `nouns` being in the plural. */
export function countOf(value: number, nouns: string): string {
  return `${formatNumber(value)} ${value === 1 ? oneOf(nouns) : nouns}`;
}

/**
 * How much of a listing an answer holds, in a sentence: never "all" unless it is, and of what is not complete how to go
 * on. `asked`: what the listing was narrowed by, repeated where nothing was found.
 */
export function extentOf(
  nouns: string,
  { returned, total, complete, next, next_offset }: PageFacts,
  isContinued: boolean,
  asked: Row = {},
): string {
  const of = total === null || total === returned ? '' : ` of ${formatNumber(total)}`;
  const some = of ? `${formatNumber(returned)}${of} ${nouns}` : countOf(returned, nouns);
  if (!complete) return `${some}; ${wayOn(next, next_offset)}.`;
  if (isContinued && returned === 0)
    return `No more ${nouns}${total === null ? '' : `; there are ${formatNumber(total)}`}.`;
  if (isContinued) return `The last ${some}.`;
  if (returned === 0) return `No ${nouns}${filtersIn(asked)}.`;
  return returned === 1 ? `${some}.` : `All ${some}.`;
}

function wayOn(next: string | null, offset: number | undefined): string {
  if (next !== null) return `there are more: repeat with cursor "${next}"`;
  if (offset !== undefined) return `there are more: repeat with offset ${offset}`;
  return 'not complete, and the platform gives no way to the rest';
}

/** " with status failed, ref main". */
function filtersIn(asked: Row): string {
  const told = Object.entries(asked).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return [];
    const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return `${name} ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}`;
  });
  return told.length > 0 ? ` with ${told.join(', ')}` : '';
}
