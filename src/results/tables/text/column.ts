import type { Column, ColumnType, Exceptions } from '../../result.ts';
import { ByteCounts } from '../byte-counts.ts';
import { blank } from '../dialect.ts';
import { decideAmongNumbers, type WordCount } from '../exceptions.ts';
import { ZoneTally } from '../moment.ts';
import { NumberTally } from '../number-tally.ts';
import { namesThings, type TextKind, textKind, widen } from '../values.ts';

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
  /** The value that made a column of numbers a text, where it is a number too, but for its decimal mark. */
  brokenBy: string | undefined;
  #may: number;
  readonly #words = new ByteCounts();
  /** Of each of the words. */
  readonly #kinds: TextKind[] = [];
  /** What holds all that is neither a number nor nothing; undefined where there is no such value. */
  #other: ColumnType | undefined;
  /** Words for nothing that came when there were too many different values to be counted. */
  readonly #lateNothing = new Map<string, number>();
  readonly #numbers: NumberTally;
  readonly #zones = new ZoneTally();
  readonly name: string;

  constructor(name: string, decimalMark: number) {
    this.name = name;
    this.#numbers = new NumberTally(decimalMark);
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
    if (end - start !== to - from) this.padded++;
    if (this.#may === mayBeNumbers && this.#numbers.add(bytes, start, end)) return;
    if (this.#may !== isText) this.#addOther(bytes, start, end);
    else if (!this.#words.isOver) this.#words.add(bytes, start, end);
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
    this.#zones.add(kind, text);
    this.#other = widen(this.#other, isTyped(kind) ? kind : 'text', 'text');
    this.#may = this.#narrowed(kind, text);
  }

  /** Once it is certain that the column is text, only its different values are counted. */
  #narrowed(kind: TextKind, text: string): number {
    if (kind === 'name') {
      if (otherMark.test(text) && this.#may === mayBeNumbers) this.brokenBy = text;
      return isText;
    }
    if (this.#other !== 'text') return this.#numbers.count > 0 ? isText : mayBeTyped;
    return this.#may === mayBeTyped || this.#words.isOver ? isText : mayBeNumbers;
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
    if (exceptions) return { ...column, ...this.#numbers.figures(), exceptions };
    if (type === 'datetime') return { ...column, ...this.#zones.facts(), ...(counted > 0 ? {} : this.#distinct()) };
    if (type !== 'integer' && type !== 'number') return counted > 0 ? column : { ...column, ...this.#distinct() };
    return { ...column, ...this.#numbers.figures(), ...this.#numbers.digits() };
  }

  #type(words: readonly WordCount[]): { type: ColumnType; exceptions?: Exceptions } {
    if (this.#may === mayBeTyped && this.#other) return { type: this.#other };
    if (this.#may !== mayBeNumbers) return { type: 'text' };
    const decided = decideAmongNumbers(words, this.#numbers.count);
    if (decided === 'numbers') return { type: this.#numbers.type() };
    return decided === 'text' ? { type: 'text' } : { type: 'text', exceptions: decided };
  }

  #distinct(): Pick<Column, 'distinct'> {
    const isKnown = !this.#words.isOver && this.#numbers.count === 0 && this.padded === 0;
    return isKnown ? { distinct: this.#words.size } : {};
  }
}

/** What the decimal mark of the file has not made a number. */
const otherMark = /^-?\d*[.,]\d+$/;

const isTyped = (kind: TextKind): kind is 'boolean' | 'date' | 'datetime' | 'json' =>
  kind === 'boolean' || kind === 'date' || kind === 'datetime' || kind === 'json';

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
