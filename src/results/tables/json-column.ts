import type { Column, ColumnType, Exceptions } from '../result.ts';
import { decideAmongNumbers, type WordCount } from './exceptions.ts';
import { plainMoment, ZoneTally } from './moment.ts';
import {
  compareDecimals,
  exactNumber,
  isDate,
  isDatetime,
  isExactNumber,
  namesThings,
  textKind,
  widen,
  withoutExponent,
} from './values.ts';

const mostValues = 256;
const longestValue = 200;

/** A column that is known beforehand: it has a type even when it is empty. */
export type Declared = Pick<Column, 'name' | 'type' | 'digits'>;

/** What the values of one column of JSON are. JSON says of most of them what they are. */
export class JsonColumn {
  readonly name: string;
  readonly #declared: Declared | undefined;
  #type: ColumnType | undefined;
  #filled = 0;
  /** Numbers, and texts that are one exactly. */
  #numbers = 0;
  /** Of those the ones that JSON calls numbers. */
  #plainNumbers = 0;
  #hasDecimals = false;
  readonly #zones = new ZoneTally();
  /** Some value is neither a number nor a text. */
  #hasParts = false;
  #sum = 0;
  #min: number | string | undefined;
  #max: number | string | undefined;
  /** Digits of the longest integer that came as a text. */
  #longest = 0;
  /** Undefined once there were too many, or too long ones. */
  #values: Set<string> | undefined = new Set();
  /** Texts that are no numbers. Undefined once there were too many. */
  #words: Map<string, number> | undefined = new Map();
  /** Some value is a text other than a number with all its digits. */
  #isWorded = false;

  constructor(name: string, declared?: Declared) {
    this.name = name;
    this.#declared = declared;
    this.#type = declared?.type;
  }

  add(value: unknown): void {
    if (value === null || value === undefined) return;
    this.#filled++;
    const isLong = typeof value === 'string' && isLongNumber(value);
    if (typeof value === 'string' && !isLong) this.#isWorded = true;
    const found = typeOfValue(value);
    if (typeof value === 'string') this.#zones.add(found, value);
    if (found !== this.#type) this.#type = this.#widened(found, isLong);
    if (typeof value === 'number') {
      this.#plainNumbers++;
      this.#addNumber(value);
    } else if (typeof value === 'string') this.#addText(value);
    else this.#hasParts = true;
    if (typeof value === 'object') this.#values = undefined;
    else this.#addDistinct(String(value));
  }

  /** Ids stay ids, and what is measured stays a number: both come as texts where they have many digits. */
  #widened(found: ColumnType, isLong: boolean): ColumnType {
    const declared = this.#declared?.type;
    const isNumber = found === 'integer' || found === 'number' || isLong;
    if ((declared === 'integer' || declared === 'number') && isNumber && this.#type === declared) return declared;
    const types = [this.#type, found];
    if (!this.#isWorded && types.includes('text')) {
      if (types.includes('number')) return 'number';
      if (types.includes('integer')) return 'text';
    }
    return widen(this.#type, found, 'json');
  }

  #addText(text: string): void {
    if (isExactNumber(text)) this.#addNumber(text);
    else if (this.#words !== undefined) {
      const isNew = !this.#words.has(text);
      if (text.length > longestValue || (isNew && this.#words.size >= mostValues)) this.#words = undefined;
      else this.#words.set(text, (this.#words.get(text) ?? 0) + 1);
    }
  }

  #addNumber(value: number | string): void {
    this.#numbers++;
    this.#sum += Number(value);
    this.#hasDecimals ||= typeof value === 'number' ? !Number.isInteger(value) : value.includes('.');
    if (typeof value === 'string') {
      const [digits = ''] = value.replace(/^-/, '').split('.', 1);
      this.#longest = Math.max(this.#longest, digits.length);
    }
    if (this.#min === undefined || isLess(value, this.#min)) this.#min = value;
    if (this.#max === undefined || isLess(this.#max, value)) this.#max = value;
  }

  #addDistinct(text: string): void {
    if (this.#values === undefined) return;
    if (text.length > longestValue || this.#values.add(text).size > mostValues) this.#values = undefined;
  }

  /** The finished column; one without any value is text unless it was declared. */
  column(rows: number): Column {
    const mixed = this.#mixed();
    const type = mixed?.type ?? this.#type ?? 'text';
    const nothing = mixed?.nothing ?? {};
    const none = Object.values(nothing).reduce((sum, count) => sum + count, 0);
    const column: Column = {
      name: this.name,
      type,
      nulls: rows - this.#filled + none,
      ...(none > 0 ? { nothing } : {}),
    };
    if (mixed?.exceptions) return { ...column, ...this.#figures(), exceptions: mixed.exceptions };
    const isNumber = type === 'integer' || type === 'number';
    const zones = type === 'datetime' ? this.#zones.facts() : {};
    if (!isNumber)
      return { ...column, ...zones, ...(this.#values && none === 0 ? { distinct: this.#values.size } : {}) };
    return { ...column, ...this.#figures(), ...this.#digits(type) };
  }

  /** What becomes of numbers among which there are texts; undefined where the texts are something else. */
  #mixed(): { type: ColumnType; nothing?: Record<string, number>; exceptions?: Exceptions } | undefined {
    const declared = this.#declared?.type;
    const isOpen = declared === undefined || declared === 'text';
    const texts = this.#filled - this.#plainNumbers;
    if (!isOpen || this.#hasParts || texts === 0 || this.#words === undefined || namesThings(this.name))
      return undefined;
    // Texts that are numbers, all of them, are what somebody made texts.
    if (this.#words.size === 0 && this.#plainNumbers === 0) return undefined;
    if (!this.#isWorded) return undefined;
    const words: WordCount[] = [...this.#words].map(([text, count]) => ({ text, count, kind: textKind(text) }));
    const decided = decideAmongNumbers(words, this.#numbers);
    if (decided === 'text') return undefined;
    const nothing = Object.fromEntries(
      words.filter(({ kind }) => kind === 'nothing').map(({ text, count }) => [text, count]),
    );
    if (decided !== 'numbers') return { type: 'text', nothing, exceptions: decided };
    // Among texts alone, "NA" is one more text.
    if (this.#plainNumbers === 0) return undefined;
    return { type: this.#hasDecimals ? 'number' : 'integer', nothing };
  }

  #figures(): Pick<Column, 'min' | 'max' | 'mean'> {
    if (this.#numbers === 0) return {};
    const [min, max] = [this.#min, this.#max] as [number | string, number | string];
    return { min: shown(min), max: shown(max), mean: this.#sum / this.#numbers };
  }

  #digits(type: ColumnType): Pick<Column, 'digits'> {
    if (this.#declared?.digits && this.#declared.type === type) return { digits: this.#declared.digits };
    return type === 'integer' && this.#longest > 0 ? { digits: { whole: this.#longest, scale: 0 } } : {};
  }
}

/** A value of JSON as its column has it: one form in rows, SQL and exports. */
export function valueOfJson(value: unknown, column: Pick<Column, 'type' | 'nothing' | 'isLocal'>): unknown {
  const { type, nothing } = column;
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') {
    if (nothing && Object.hasOwn(nothing, value)) return null;
    if (type === 'datetime') return plainMoment(value, column);
    return (type === 'integer' || type === 'number') && isExactNumber(value) ? exactNumber(value) : value;
  }
  if (type !== 'text' || typeof value === 'object') return value;
  return typeof value === 'number' ? withoutExponent(value) : String(value);
}

const shown = (value: number | string) => (typeof value === 'string' ? exactNumber(value) : value);

const isLess = (a: number | string, b: number | string) =>
  typeof a === 'number' && typeof b === 'number' ? a < b : compareDecimals(digitsOf(a), digitsOf(b)) < 0;

const digitsOf = (value: number | string) => (typeof value === 'number' ? withoutExponent(value) : value);

/** A number with more digits than one of this language holds; such come as texts. */
const isLongNumber = (text: string) =>
  text.length >= 16 && isExactNumber(text) && !/^-?\.|\.$/.test(text) && text.replace(/\D/g, '').length >= 16;

function typeOfValue(value: unknown): ColumnType {
  if (typeof value === 'string') return isDate(value) ? 'date' : isDatetime(value) ? 'datetime' : 'text';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}
