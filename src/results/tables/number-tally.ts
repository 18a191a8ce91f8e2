import type { Column, ColumnType } from '../result.ts';
import { compareDecimals, exactNumber, saysTheSame } from './values.ts';

/** As many significant digits as any number of this language holds. */
const exactDigits = 15;
const powers = Array.from({ length: 23 }, (_, power) => 10 ** power);
const [zero, minus] = [0x30, 0x2d];

/** Digits of a decimal that takes no more room than an integer, and of the longest that an engine knows. */
export const shortDecimal = 18;
const longestDecimal = 38;

/** What stands for "no value" in many files of numbers. */
const placeholders = new Set([-9, -99, -999, -9999, -99999, -999999, -1e30, -999.25, -999.99, -1e38]);

/** The numbers of a column, taken from their bytes: how many, between what, and of how many digits. */
export class NumberTally {
  count = 0;
  readonly #decimalMark: number;
  #whole = 0;
  #scale = 0;
  #hasPoint = false;
  /** A double holds every number with all its digits. */
  #isDouble = true;
  #sum = 0;
  #min = Infinity;
  #minCount = 0;
  /** The least but one. */
  #nextMin = Infinity;
  #max = -Infinity;
  #longMin: string | undefined;
  #longMax: string | undefined;

  constructor(decimalMark: number) {
    this.#decimalMark = decimalMark;
  }

  /** Counts a number. False where the bytes are none exactly: leading zeros, exponents and signs for plus are names. */
  add(bytes: Buffer, start: number, end: number): boolean {
    const first = bytes[start] === minus ? start + 1 : start;
    let mantissa = 0;
    let pointAt = end;
    for (let at = first; at < end; at++) {
      const digit = (bytes[at] as number) - zero;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (pointAt === end && bytes[at] === this.#decimalMark) pointAt = at;
      else return false;
    }
    const whole = pointAt - first;
    const scale = pointAt === end ? 0 : end - pointAt - 1;
    if (whole + scale === 0 || (whole > 1 && bytes[first] === zero)) return false;
    if (pointAt < end) this.#hasPoint = true;
    this.#noteDigits(whole, scale);
    if (whole + scale > exactDigits) this.#noteLong(bytes, start, end);
    else this.#note((first > start ? -mantissa : mantissa) / (powers[scale] as number));
    return true;
  }

  #noteDigits(whole: number, scale: number): void {
    this.count++;
    if (whole > this.#whole) this.#whole = whole;
    if (scale > this.#scale) this.#scale = scale;
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

  #noteLong(bytes: Buffer, start: number, end: number): void {
    const text = bytes.toString('latin1', start, end).replace(String.fromCharCode(this.#decimalMark), '.');
    const value = Number(text);
    this.#note(value);
    if (this.#isDouble && !saysTheSame(value, text)) this.#isDouble = false;
    if (this.#longMin === undefined || compareDecimals(text, this.#longMin) < 0) this.#longMin = text;
    if (this.#longMax === undefined || compareDecimals(text, this.#longMax) > 0) this.#longMax = text;
  }

  /** The type that holds all of them with all their digits; text where none does, or where there is no number. */
  type(): ColumnType {
    const isTooLong = this.#whole + this.#scale > longestDecimal && !this.#isDouble;
    if (this.count === 0 || isTooLong) return 'text';
    return this.#hasPoint ? 'number' : 'integer';
  }

  /** Of how many digits they are; absent where only a double holds them all. */
  digits(): Pick<Column, 'digits'> {
    const [whole, scale] = [this.#whole, this.#scale];
    const isLong = whole + scale > shortDecimal;
    if ((isLong && this.#hasPoint && this.#isDouble) || whole + scale > longestDecimal) return {};
    return { digits: { whole, scale } };
  }

  figures(): Pick<Column, 'min' | 'max' | 'mean' | 'placeholder'> {
    if (this.count === 0) return {};
    const [min, max] = [this.#min, this.#max];
    return {
      min: this.#longMin !== undefined && Number(this.#longMin) <= min ? exactNumber(this.#longMin) : min,
      max: this.#longMax !== undefined && Number(this.#longMax) >= max ? exactNumber(this.#longMax) : max,
      mean: this.#sum / this.count,
      ...(this.#hasPlaceholder() ? { placeholder: { value: min, count: this.#minCount } } : {}),
    };
  }

  /** The least is one of those that stand for no value, and far from the rest. */
  #hasPlaceholder(): boolean {
    const [min, max, next] = [this.#min, this.#max, this.#nextMin];
    return placeholders.has(min) && next !== Infinity && (next >= 0 || next - min > max - next);
  }
}
