import { withoutEnd } from '../../base/text.ts';
import type { ColumnType } from '../result.ts';

/** What a text that is no plain number is, seen on its own. `bound`: it can be compared with numbers all the same. */
export type TextKind = 'nothing' | 'bound' | 'word' | 'boolean' | 'date' | 'datetime' | 'json' | 'name';

const day = String.raw`(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6}0*)?)?(?:Z|[+-](?:0\d|1[0-5]):?[0-5]\d)?`;
const datePattern = new RegExp(`^${day}$`);
const datetimePattern = new RegExp(`^${day}[T ]${time}$`);
const booleanPattern = /^(?:true|false)$/i;
/** Words by which people say that there is no value. They count as none only among numbers, dates and the like. */
const nothingPattern = /^(?:null|na|n\/a|#n\/a|nan|nil|none|empty|-|--|\?)$/i;
/** A number as programs write it, which is no exact number; 1E5 without a sign or a point is a name. */
const exponentPattern = /^(?:-?\d+(?:\.\d*)?e[+-]\d+|-?\d+\.\d*e\d+|-\d+e\d+)$/i;
const boundPattern = /^([<>]=?|[\u2264\u2265])\s*(-?(?:\d+(?:[.,]\d*)?|[.,]\d+))$/;
/** Says in words why there is no number: NS, BDL, trace, "not sampled". Digits would make it a name. */
const wordPattern = /^[\p{L}*?#][\p{L}\p{P}\p{S} ]{0,29}$/u;

export function textKind(text: string): TextKind {
  if (nothingPattern.test(text)) return 'nothing';
  if (booleanPattern.test(text)) return 'boolean';
  if (isDate(text)) return 'date';
  if (isDatetime(text)) return 'datetime';
  if (isJson(text)) return 'json';
  if (boundPattern.test(text) || exponentPattern.test(text)) return 'bound';
  return wordPattern.test(text) ? 'word' : 'name';
}

export const isDate = (text: string) => datePattern.test(text) && isReal(text);
export const isDatetime = (text: string) => datetimePattern.test(text) && isReal(text);

/** Whether the month has that day. */
function isReal(text: string): boolean {
  const date = text.slice(0, 10);
  return date.slice(8) < '29' || new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `<0.01`, `>2000`: what a laboratory writes where its method ends. */
export interface Bound {
  /** The value lies on this side of the number. */
  side: '<' | '>';
  /** It may also be the number itself. */
  canEqual: boolean;
  number: number;
}

export function parseBound(text: string): Bound | undefined {
  const [, sign = '', digits = ''] = boundPattern.exec(text.trim()) ?? [];
  if (sign === '') return undefined;
  const side = sign[0] === '<' || sign === '≤' ? '<' : '>';
  return { side, canEqual: sign !== '<' && sign !== '>', number: Number(digits.replace(',', '.')) };
}

const exactPattern = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)$/;

/** Whether the text is a number exactly: no leading zeros, no exponent, no sign for plus. */
export const isExactNumber = (text: string) => exactPattern.test(text);

/** What a text says where it is a number, with an exponent or without; undefined where it says something else. */
export const numberIn = (text: string): number | undefined =>
  exactPattern.test(text) || exponentPattern.test(text) ? Number(text) : undefined;

/** `isExactNumber` as a pattern for an engine. */
export const exactNumberPattern = exactPattern.source;

/** A decimal without what does not change it: `-0.50` is `-0.5`, `.5` is `0.5`, `415.0` is `415`. */
function plainDecimal(text: string): string {
  const [, sign = '', whole = '', part = ''] = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text) ?? [];
  const decimals = withoutEnd(part, '0');
  const digits = `${whole.replace(/^0+/, '') || '0'}${decimals === '' ? '' : `.${decimals}`}`;
  return digits === '0' ? '0' : `${sign}${digits}`;
}

/** Which of two exact numbers is more, whatever the number of their digits. */
export function compareDecimals(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  // Numbers of this language tell them apart where they are far enough from each other.
  if (difference !== 0 && Math.abs(difference) > Math.abs(Number(a)) * 1e-12) return difference;
  const scale = (text: string) => text.split('.')[1]?.length ?? 0;
  const places = Math.max(scale(a), scale(b));
  const whole = (text: string) => {
    const [digits = '', decimals = ''] = text.split('.');
    return BigInt(`${digits === '' || digits === '-' ? `${digits}0` : digits}${decimals.padEnd(places, '0')}`);
  };
  const [left, right] = [whole(a), whole(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The number as a number of this language where that says the same, otherwise its digits as a text. */
export function exactNumber(text: string): number | string {
  const number = Number(text);
  if (text.length < 16) return number;
  return saysTheSame(number, text) ? number : plainDecimal(text);
}

/** Whether a number is printed with just these digits. */
export function saysTheSame(number: number, text: string): boolean {
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return false;
  return plainDecimal(withoutExponent(number)) === plainDecimal(text);
}

/** A number as people write it, `0.0000001` where this language prints `1e-7`. */
export function withoutExponent(number: number): string {
  const text = String(number);
  const [, sign = '', whole = '', part = '', exponent = ''] = /^(-?)(\d+)(?:\.(\d*))?e([+-]\d+)$/.exec(text) ?? [];
  if (exponent === '') return text;
  const shift = Number(exponent);
  const digits = whole + part;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point).padEnd(point, '0')}${digits.length > point ? `.${digits.slice(point)}` : ''}`;
}

/** The columns whose values name something, by the column's name: their digits are no quantity. */
export function namesThings(column: string): boolean {
  const words = column
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  return naming.test(last) || (numbering.test(last) && numbered.test(words.at(-2) ?? ''));
}

const naming =
  /^(?:(?:hole|sample|drillhole|borehole|bh|dh|collar|batch|project|site|uu|gu)?ids?|samples?|(?:rock|lith|litho|geo|zip|post|bar|hole|sample)?codes?|(?:drill|bore)?holes?|(?:hole|sample)(?:no|name)|barcode|versions?|revision|release|tag)$/;
const numbering = /^(?:no|nr|num|number|name|key)$/;
const numbered = /^(?:hole|sample|borehole|drillhole|bh|dh)$/;

/** The narrowest type that holds both. `other` is what holds anything: text in CSV, json in JSON. */
export function widen(known: ColumnType | undefined, found: ColumnType, other: 'text' | 'json'): ColumnType {
  if (known === undefined || known === found) return found;
  const both = (types: readonly ColumnType[]) => types.includes(known) && types.includes(found);
  if (both(['integer', 'number'])) return 'number';
  if (both(['date', 'datetime'])) return 'datetime';
  return both(['date', 'datetime', 'text']) ? 'text' : other;
}
