import type { Column, ColumnType, Exceptions } from '../result.ts';
import { ByteCounts } from './byte-counts.ts';
import { blank } from './dialect.ts';
import { compareDecimals, exactNumber, namesThings, saysTheSame, type TextKind, textKind, widen } from './values.ts';

/** As many significant digits as any number of this language holds. */
const exactDigits = 15;
const powers = Array.from({ length: 23 }, (_, power) => 10 ** power);
/** Others than numbers that are listed by name. */
const mostListed = 5;

/** What can become of the column. It only ever goes down this list. */
const mayBeNumbers = 0;
const mayBeTyped = 1;
const isText = 2;

/**
 * What the values of one column of a text file are, found out from their bytes. A column is a number only if every
 * value is one exactly; a few words for "nothing" do not change that, and what a laboratory writes instead of a number
 * makes it a text of which the numbers are known.
 */
export class TextColumn {
  filled = 0;
  /** Values with blanks around them. */
  padded = 0;
  /** Values that are nothing but blanks; they are none. */
  blankOnly = 0;
  #may: number;
  readonly #decimalMark: number;
  readonly #words = new ByteCounts();
  /** Of each of the words. */
  readonly #kinds: TextKind[] = [];
  /** What holds all that is neither a number nor nothing; undefined where there is no such value. */
  #other: ColumnType | undefined;
  /** Words for nothing that came when there were too many different values to be counted. */
  readonly #lateNothing = new Map<string, number>();
  #numbers = 0;
  #whole = 0;
  #scale = 0;
  #hasPoint = false;
  #isDouble = true;
  #sum = 0;
  #min = Infinity;
  #minCount = 0;
  #nextMin = Infinity;
  #max = -Infinity;
  #longMin: string | undefined;
  #longMax: string | undefined;

  readonly name: string;

  constructor(name: string, decimalMark: number) {
    this.name = name;
    this.#decimalMark = decimalMark;
    this.#may = namesThings(name) ? isText : mayBeNumbers;
  }

  /** Counts the value that stands between two places. Blanks around it do not count. */
  add(bytes: Buffer, from: number, to: number): void {
    let start = from;
    let end = to;
    while (start < end && bytes[start] === blank) start++;
    while (end > start && bytes[end - 1] === blank) end--;
    if (start === end) {
      if (to > from) this.blankOnly++;
      return;
    }
    this.filled++;
    if (this.#may === mayBeNumbers && this.#addNumber(bytes, start, end)) {
      if (end - start !== to - from) this.padded++;
      return;
    }
    if (end - start !== to - from) this.padded++;
    if (this.#may === isText) {
      if (!this.#words.isOver) this.#words.add(bytes, start, end);
    } else this.#addOther(bytes, start, end);
  }

  /** Whether it was one. */
  #addNumber(bytes: Buffer, start: number, end: number): boolean {
    let at = start;
    const negative = bytes[at] === 0x2d;
    if (negative) at++;
    const first = at;
    let mantissa = 0;
    let pointAt = -1;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (pointAt < 0 && bytes[at] === this.#decimalMark) pointAt = at;
      else return false;
    }
    const whole = (pointAt < 0 ? end : pointAt) - first;
    const scale = pointAt < 0 ? 0 : end - pointAt - 1;
    if (whole + scale === 0 || (whole > 1 && bytes[first] === 0x30)) return false;
    this.#numbers++;
    if (whole > this.#whole) this.#whole = whole;
    if (scale > this.#scale) this.#scale = scale;
    if (pointAt >= 0) this.#hasPoint = true;
    if (whole + scale > exactDigits) this.#addLong(bytes, start, end);
    else this.#note((negative ? -mantissa : mantissa) / (powers[scale] as number));
    return true;
  }

  #note(value: number): void {
    this.#sum += value;
    if (value > this.#max) this.#max = value;
    if (value === this.#min) this.#minCount++;
    else if (value < this.#min) {
      this.#nextMin = this.#min;
      this.#min = value;
      this.#minCount = 1;
    } else if (value < this.#nextMin) this.#nextMin = value;
  }

  #addLong(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('latin1', start, end).replace(String.fromCharCode(this.#decimalMark), '.');
    const value = Number(text);
    this.#note(value);
    if (this.#isDouble && !saysTheSame(value, text)) this.#isDouble = false;
    if (this.#longMin === undefined || compareDecimals(text, this.#longMin) < 0) this.#longMin = text;
    if (this.#longMax === undefined || compareDecimals(text, this.#longMax) > 0) this.#longMax = text;
  }

  #addOther(bytes: Buffer, start: number, end: number): void {
    if (this.#words.isOver && this.#other === 'date' && isUsualDate(bytes, start, end)) return;
    const before = this.#words.size;
    const entry = this.#words.add(bytes, start, end);
    if (entry >= 0 && entry < before) return;
    const text = bytes.toString('utf8', start, end);
    const kind = textKind(text);
    if (entry >= 0) this.#kinds[entry] = kind;
    if (kind === 'nothing') {
      if (entry < 0) this.#lateNothing.set(text, (this.#lateNothing.get(text) ?? 0) + 1);
      return;
    }
    this.#other = widen(this.#other, kind === 'bound' || kind === 'word' || kind === 'name' ? 'text' : kind, 'text');
    // Once it is certain that the column is text, nothing more is looked for than how many different values there are.
    const isTyped = this.#other !== 'text';
    if (kind === 'name' || (isTyped && this.#numbers > 0) || (!isTyped && this.#words.isOver)) this.#may = isText;
    else if (isTyped || this.#may === mayBeTyped) this.#may = isTyped ? mayBeTyped : isText;
  }

  /** The finished column of a table of so many rows. One without any value is text. */
  column(rows: number, decode: (bytes: Buffer) => string): Column {
    const base = { name: this.name, nulls: rows - this.filled };
    const words = this.#words.counts.map((count, at) => {
      return { text: decode(this.#words.value(at)), count, kind: this.#kinds[at] ?? 'name' };
    });
    const { type, exceptions } = this.#type(words);
    if (type === 'text' && !exceptions) return { ...base, type, ...this.#distinct() };
    const nothing = Object.fromEntries([
      ...words.filter(({ kind }) => kind === 'nothing').map(({ text, count }) => [text, count]),
      ...this.#lateNothing,
    ]) as Record<string, number>;
    const counted = Object.values(nothing).reduce((sum, count) => sum + count, 0);
    const column: Column = {
      ...base,
      type,
      nulls: base.nulls + counted,
      ...(counted > 0 ? { nothing } : {}),
      ...(this.padded > 0 ? { padded: true as const } : {}),
    };
    if (exceptions) return { ...column, ...this.#figures(), exceptions };
    if (type !== 'integer' && type !== 'number') return counted > 0 ? column : { ...column, ...this.#distinct() };
    return { ...column, ...this.#figures(), ...this.#digits() };
  }

  #type(words: readonly Word[]): { type: ColumnType; exceptions?: Exceptions } {
    if (this.#may === mayBeTyped && this.#other) return { type: this.#other };
    if (this.#may !== mayBeNumbers) return { type: 'text' };
    const total = (kind: TextKind) => words.reduce((sum, word) => sum + (word.kind === kind ? word.count : 0), 0);
    const [bounds, others] = [total('bound'), total('word')];
    if (bounds + others === 0) return { type: this.#numbers === 0 ? 'text' : this.#numberType() };
    if (this.#numbers + bounds === 0 || this.#numbers + bounds < others) return { type: 'text' };
    const commonest = words
      .filter(({ kind }) => kind === 'bound' || kind === 'word')
      .toSorted((a, b) => b.count - a.count)
      .slice(0, mostListed)
      .map(({ text, count }) => ({ text, count }));
    return { type: 'text', exceptions: { numbers: this.#numbers, others: bounds + others, commonest } };
  }

  #numberType(): ColumnType {
    // A number that no type of ours holds with all its digits keeps them as a text.
    const isTooLong = this.#whole + this.#scale > longestDecimal && !this.#isDouble;
    if (isTooLong) return 'text';
    return this.#hasPoint ? 'number' : 'integer';
  }

  /** Of how many digits the numbers are; absent where only a double holds them all. */
  #digits(): Pick<Column, 'digits'> {
    const [whole, scale] = [this.#whole, this.#scale];
    const isLong = whole + scale > shortDecimal;
    if ((isLong && this.#hasPoint && this.#isDouble) || whole + scale > longestDecimal) return {};
    return { digits: { whole, scale } };
  }

  #distinct(): Pick<Column, 'distinct'> {
    const isKnown = !this.#words.isOver && this.#numbers === 0 && this.padded === 0;
    return isKnown ? { distinct: this.#words.size } : {};
  }

  #figures(): Pick<Column, 'min' | 'max' | 'mean' | 'placeholder'> {
    if (this.#numbers === 0) return {};
    const [min, max, least] = [this.#min, this.#max, this.#nextMin];
    const isPlaceholder = placeholders.has(min) && least !== Infinity && (least >= 0 || least - min > max - least);
    return {
      min: this.#longMin !== undefined && Number(this.#longMin) <= min ? exactNumber(this.#longMin) : min,
      max: this.#longMax !== undefined && Number(this.#longMax) >= max ? exactNumber(this.#longMax) : max,
      mean: this.#sum / this.#numbers,
      ...(isPlaceholder ? { placeholder: { value: min, count: this.#minCount } } : {}),
    };
  }
}

interface Word {
  text: string;
  count: number;
  kind: TextKind;
}

/** Digits of a decimal that takes no more room than an integer, and of the longest that an engine knows. */
export const [shortDecimal, longestDecimal] = [18, 38];

/** What stands for "no value" in many files of numbers. */
const placeholders = new Set([-9, -99, -999, -9999, -99999, -999999, -1e30, -999.25, -999.99, -1e38]);

/** A date before the 29th of its month, found without making a text of it. */
function isUsualDate(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return false;
  const digits = (from: number, count: number) => {
    let number = 0;
    for (let at = start + from; at < start + from + count; at++) {
      const digit = (bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return -1;
      number = number * 10 + digit;
    }
    return number;
  };
  const [month, day] = [digits(5, 2), digits(8, 2)];
  return digits(0, 4) > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
}
