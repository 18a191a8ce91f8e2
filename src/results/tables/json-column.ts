import type { Column, ColumnType } from '../result.ts';
import { compareDecimals, exactNumber, isDate, isDatetime, isExactNumber, widen, withoutExponent } from './values.ts';

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
  #numbers = 0;
  #sum = 0;
  #min: number | string | undefined;
  #max: number | string | undefined;
  /** Digits of the longest integer that came as a text. */
  #longest = 0;
  /** Undefined once there were too many, or too long ones. */
  #values: Set<string> | undefined = new Set();
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
    if (found !== this.#type) this.#type = this.#widened(found, isLong);
    if (typeof value === 'number' || isLong) this.#addNumber(value as number | string);
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

  #addNumber(value: number | string): void {
    this.#numbers++;
    this.#sum += Number(value);
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
    const type = this.#type ?? 'text';
    const column: Column = { name: this.name, type, nulls: rows - this.#filled };
    const isNumber = type === 'integer' || type === 'number';
    if (!isNumber) return this.#values ? { ...column, distinct: this.#values.size } : column;
    const digits = this.#digits(type);
    if (this.#numbers === 0) return { ...column, ...digits };
    const [min, max] = [this.#min, this.#max] as [number | string, number | string];
    return { ...column, min: shown(min), max: shown(max), mean: this.#sum / this.#numbers, ...digits };
  }

  #digits(type: ColumnType): Pick<Column, 'digits'> {
    if (this.#declared?.digits && this.#declared.type === type) return { digits: this.#declared.digits };
    return type === 'integer' && this.#longest > 0 ? { digits: { whole: this.#longest, scale: 0 } } : {};
  }
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
