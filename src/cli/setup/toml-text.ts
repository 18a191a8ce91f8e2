import { parse, patch } from '@decimalturn/toml-patch';
import { withValue } from './values.ts';

export const parseToml = (text: string): unknown => parse(text);

/** The text with `value` at the path, or (undefined) without what stands there; comments and order stay. */
export function editToml(text: string, path: readonly string[], value: unknown): string {
  // A table of its own, and no comma behind the last item: older readers take it for a mistake.
  return patch(text, withValue(parse(text), path, value), { inlineTableStart: 3, trailingComma: false });
}
