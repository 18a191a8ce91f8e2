import { parseJson } from '../../../base/json.ts';
import { withoutEnd } from '../../../base/text.ts';
import type { Column } from '../../result.ts';
import type { Dialect } from '../dialect.ts';
import { plainMoment } from '../moment.ts';
import { exactNumber } from '../values.ts';

/** What a column has to say about the texts in it. */
type Typed = Pick<Column, 'type' | 'nothing' | 'exceptions' | 'padded' | 'isLocal'>;

/** The value that a text of a file stands for in its column. Numbers that would lose digits stay texts. */
export function valueOfText(text: string, column: Typed, { decimalMark }: Pick<Dialect, 'decimalMark'>): unknown {
  const plain = textOfValue(text, column, decimalMark === 44);
  if (plain === null) return null;
  switch (column.type) {
    case 'integer':
    case 'number':
      return exactNumber(plain);
    case 'boolean':
      return plain.toLowerCase() === 'true';
    case 'datetime':
      return plainMoment(plain, column);
    case 'json':
      return parseJson(plain);
    default:
      return plain;
  }
}

/** The text of a value, without what is no part of it, and with a decimal point; null for none. */
export function textOfValue(
  text: string,
  { type, nothing, exceptions, padded }: Typed,
  hasDecimalComma: boolean,
): string | null {
  if (text === '') return null;
  if (type === 'text' && !exceptions) return /^ *$/.test(text) ? null : text;
  const trimmed = padded ? withoutEnd(text.replace(/^ +/, ''), ' ') : text;
  if (trimmed === '' || (nothing && Object.hasOwn(nothing, trimmed))) return null;
  if (!hasDecimalComma) return trimmed;
  const isNumber = exceptions ? /^-?\d*,\d*$/.test(trimmed) : type === 'number' || type === 'integer';
  return isNumber ? trimmed.replace(',', '.') : trimmed;
}
