import { isRow } from '../../base/json-value.ts';

/** What stands at a path; undefined where nothing does. */
export const valueAt = (value: unknown, [first, ...rest]: readonly string[]): unknown =>
  first === undefined ? value : isRow(value) ? valueAt(value[first], rest) : undefined;

/** A copy with `value` at the path; undefined takes out what stands there. */
export function withValue(
  object: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key = '', ...rest] = path;
  if (rest.length === 0 && value === undefined) {
    const { [key]: _, ...others } = object;
    return others;
  }
  const below = object[key];
  return { ...object, [key]: rest.length === 0 ? value : withValue(isRow(below) ? below : {}, rest, value) };
}
