import { withoutEnd } from '../../base/text.ts';
import type { Column } from '../result.ts';

/** A date, a blank or T, and a time with or without an offset, as files and engines write them. */
const form =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?(?::00)?)?)?$/;

/** Whether a moment says in which zone it is. */
const hasZone = (text: string): boolean => /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10));

/** Whether it is told in another zone than the one in which it is shown. */
const hasOffset = (text: string): boolean => hasZone(text) && !text.endsWith('Z');

/**
 * A moment in its one form, to the microsecond: `2025-03-01T06:15:00.5Z` in UTC, and without the Z in a column of which
 * no value names a zone. In a column that has both, those without are UTC. Other texts are given back as they are.
 */
export function plainMoment(text: string, { isLocal }: Pick<Column, 'isLocal'>): string {
  const found = form.exec(text);
  if (!found) return text;
  const [, year, month, day, hour = '00', minute = '00', second = '00', part = '', , sign, hours, minutes = '00'] =
    found;
  const decimals = withoutEnd(part.slice(0, 6), '0');
  const rest = `${decimals === '' ? '' : `.${decimals}`}${isLocal ? '' : 'Z'}`;
  const shift = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? 1 : -1);
  if (shift === 0) return `${year}-${month}-${day}T${hour}:${minute}:${second}${rest}`;
  const utc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + shift * 60_000;
  return `${new Date(utc).toISOString().slice(0, 19)}${rest}`;
}

/** What the moments of one column say of zones. */
export class ZoneTally {
  #zoned = 0;
  #shifted = 0;
  #bare = 0;

  add(kind: string, text: string): void {
    if (kind !== 'datetime' && kind !== 'date') return;
    if (hasZone(text)) this.#zoned++;
    else this.#bare++;
    if (hasOffset(text)) this.#shifted++;
  }

  facts(): Pick<Column, 'isLocal' | 'zones'> {
    if (this.#zoned === 0) return { isLocal: true };
    const zones = this.#bare > 0 ? ('some' as const) : this.#shifted > 0 ? ('offsets' as const) : undefined;
    return zones ? { zones } : {};
  }
}
