import { isDue, type Steps } from '../base/bounded/turns.ts';
import { isRow, type Row } from '../base/json-value.ts';

/** Where a value stands in an answer of a platform. */
export interface FieldPlace {
  field: string;
  /** What it is a field of, and the name of the field in which that stands: '' for a whole answer or row. */
  thing: Row;
  under: string;
  /** What was asked for. */
  args: Row;
}

/**
 * What may be shown of a field: the value itself, `hiddenValue` where it is a secret, undefined where not even that is
 * of use. One rule for all operations of a platform, so that none of them can show what another one hides.
 */
export type ShowField = (value: unknown, place: FieldPlace) => unknown;

const hiddenValue = '[hidden]';

/** Each value of a map hidden, its names shown; and of anything else the value. */
export const hiddenValues = (value: unknown): unknown =>
  isRow(value) ? Object.fromEntries(Object.keys(value).map(name => [name, hiddenValue])) : hideValue(value);

/** What is absent is no secret. */
export const hideValue = (value: unknown): unknown => (value === null || value === undefined ? value : hiddenValue);

const deepest = 32;

/** An answer by the rule of its platform. What hides nothing is given back itself. */
export function* shownFields(value: unknown, show: ShowField, args: Row, under = '', depth = 0): Steps<unknown> {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (isDue()) yield;
  if (!Array.isArray(value)) return yield* shownFieldsOf(value as Row, show, args, under, depth);
  let changed: unknown[] | undefined;
  for (const [index, one] of value.entries()) {
    const shown = isPlain(one) ? one : yield* shownFields(one, show, args, under, depth + 1);
    if (shown !== one) changed ??= value.slice(0, index);
    changed?.push(shown);
  }
  return changed ?? value;
}

function* shownFieldsOf(thing: Row, show: ShowField, args: Row, under: string, depth: number): Steps<Row> {
  let changed: [string, unknown][] | undefined;
  for (const [index, field] of Object.keys(thing).entries()) {
    if (isDue()) yield;
    const allowed = show(thing[field], { field, thing, under, args });
    const shown = isPlain(allowed) ? allowed : yield* shownFields(allowed, show, args, field, depth + 1);
    if (shown !== thing[field]) changed ??= Object.entries(thing).slice(0, index);
    if (shown !== undefined) changed?.push([field, shown]);
  }
  return changed ? Object.fromEntries(changed) : thing;
}

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;
