import { isDue, type Steps } from './turns.ts';

/** Characters that are looked at in one go. A text that is no longer is one window. */
export const windowLength = 65_536;

/** So many characters after a window are looked at with it: what begins in it shows within them what it is. */
const reach = 16_384;

/** Characters that are looked at in the time of one step. */
const charactersInStep = 16;

/** Whether others should have their turn before the next window. */
export const isWindowDue = () => isDue(windowLength / charactersInStep);

/** What stands in the place of a match: where that which is replaced ends, and by what. Undefined: it stays. */
export type Rewrite = (found: RegExpExecArray) => { end: number; text: string } | undefined;

/**
 * The text with the matches of a pattern rewritten, as one pass over all of it would, but a window at a time. `index` of
 * a match is its place in the text.
 */
export function* rewritten(text: string, pattern: RegExp, rewrite: Rewrite): Steps<string> {
  let written = '';
  let from = 0;
  for (let start = 0; start < text.length; ) {
    if (start > 0 && isWindowDue()) yield;
    const end = start + windowLength;
    const pieces: string[] = [];
    let next = start;
    for (let found = matchIn(text, pattern, next, end); found; found = matchIn(text, pattern, next, end)) {
      const made = rewrite(found);
      next = made?.end ?? found.index + 1;
      if (!made) continue;
      pieces.push(text.slice(from, found.index), made.text);
      from = made.end;
    }
    if (pieces.length > 0) written += pieces.join('');
    start = Math.max(end, next);
  }
  return from === 0 ? text : written + text.slice(from);
}

/** Whether a pattern matches somewhere. */
export function* appears(text: string, pattern: RegExp): Steps<boolean> {
  for (let start = 0; start < text.length; start += windowLength) {
    if (start > 0 && isWindowDue()) yield;
    if (matchIn(text, pattern, start, start + windowLength)) return true;
  }
  return false;
}

/** The first match that begins at `from` or after it, and before `end`. */
function matchIn(text: string, pattern: RegExp, from: number, end: number): RegExpExecArray | null {
  if (from >= end) return null;
  // One character before it, as patterns look back that far.
  const begin = Math.max(0, from - 1);
  const view = text.length <= end + reach && begin === 0 ? text : text.slice(begin, end + reach);
  pattern.lastIndex = from - begin;
  const found = pattern.exec(view);
  if (!found || begin + found.index >= end) return null;
  found.index += begin;
  // It may go on where the view ends.
  if (found.index + found[0].length < begin + view.length || begin + view.length === text.length) return found;
  pattern.lastIndex = found.index;
  return pattern.exec(text);
}
