import { isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { OperationContext, Reference } from '../../operations/operation.ts';
import { find, matchingRows, nearestName, ownArguments } from './name-index.ts';

/** Searches for one name, and rows of each. */
const mostSearches = 4;
const rowsPerSearch = 100;

/** Rows that may be what was meant: those that the listing finds for the name or parts of it. */
export async function rowsLike(
  reference: Reference,
  value: string,
  args: Row,
  context: OperationContext,
): Promise<Row[]> {
  const { list, search, own = {} } = reference;
  const given = ownArguments(list(), args);
  const read = async (narrowed: Row) =>
    matchingRows(reference, await context.rows(list(), { ...given, ...narrowed }, rowsPerSearch));
  try {
    if (search === undefined) return matchingRows(reference, await context.rows(list(), given));
    const parts = partsOf(value).map(text => ({ [search]: text, ...own }));
    const tries = [...parts, own, ...(reference.own ? [{}] : [])];
    let rows: Row[] = [];
    for (const one of tries) {
      rows = await read(one);
      if (rows.length > 0 && (find(reference, value, rows) ?? nearestName(reference, value, rows))) return rows;
    }
    return rows;
  } catch (error) {
    // Who may not list still gets the answer of the platform; a name of several things is told as it is.
    if (isFault(error, 'bad_arguments')) throw error;
    return [];
  }
}

/** Its last part, where it is, the longest word, and how words begin: a slip of the pen leaves most beginnings whole. */
function partsOf(value: string): string[] {
  const steps = value.split(/[/:]/).filter(Boolean);
  const last = steps.at(-1) ?? value;
  const place = value.includes('/') ? steps.slice(0, -1).join('/') : '';
  const words = last.split(/[^\p{L}\p{N}]+/u).filter(word => word.length > 2);
  const longest = words.toSorted((a, b) => b.length - a.length);
  const beginnings = words.map(word => word.slice(0, 3));
  return [...new Set([last, place, ...longest.slice(0, 1), ...beginnings])].filter(Boolean).slice(0, mostSearches);
}
