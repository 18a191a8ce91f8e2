import { isRow, type Row } from '../../base/json-value.ts';
import type { Told } from '../../operations/look-up.ts';
import { payload } from './arguments.ts';

/** What all records of the Web API say, with the scopes that each needs: `...web('snapshots:read')`. */
export const web = (...scopes: readonly string[]) => ({ api: 'web', scopes }) as const;

/** The rows of an answer: under their path, bare, or in its only list, where no page says what that is called. */
export const rowsUnder =
  (path: string) =>
  (body: unknown): unknown => {
    const [, parent, noun = ''] = /^(?:(.+)\.)?(\w+)$/.exec(path) ?? [];
    const holder = parent ? payload(parent)(body) : body;
    if (!isRow(holder) || noun in holder) return isRow(holder) ? holder[noun] : holder;
    const lists = Object.values(holder).filter(value => Array.isArray(value));
    return lists.length === 1 ? lists[0] : undefined;
  };

/** What is told of the thing that an answer holds under its name. */
export const within =
  (name: string, tell: (thing: Row) => Told) =>
  (body: Row): Told => {
    const thing = payload(name)(body);
    return tell(isRow(thing) ? thing : {});
  };

/** A list of things as one of their fields, where all have it: names say more than objects, in a quarter of the room. */
export const each = (list: unknown, field: string): unknown =>
  Array.isArray(list) && list.every(one => isRow(one) && isPlain(one[field])) ? list.map(one => one[field]) : list;

/** The same as a map, by another of their fields. */
export const mapped = (list: unknown, by: string, field: string): unknown =>
  Array.isArray(list) && list.every(one => isRow(one) && isPlain(one[by]) && field in one)
    ? Object.fromEntries(list.map(one => [one[by], one[field]]))
    : list;

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

/** Some names for a person, and how many there are besides: `"Booking", "Pricing" and 4 more`. */
export function named(labels: readonly unknown[], most = 12): string {
  const shown = labels.slice(0, most).map(label => `"${String(label)}"`);
  return labels.length > most ? `${shown.join(', ')} and ${labels.length - most} more` : shown.join(', ');
}
