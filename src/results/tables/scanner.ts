import { mostColumns, NotATable, recordTooLarge } from '../not-a-table.ts';
import { blank, carriageReturn, type Dialect, lineFeed, quoteMark, tab } from './dialect.ts';

/** The fields of one record, as places in a buffer. They are valid until the next record. */
export interface Fields {
  bytes: Buffer;
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  /** 0: as it stands; 1: it was quoted; 2: quoted, and quotes within it are doubled. */
  quotes: Uint8Array;
}

/** What a file has that RFC 4180 does not know. All zero: any reader of CSV reads it alike. */
export interface Irregularities {
  lf: number;
  crlf: number;
  /** Lines that end in one carriage return, or in several before a line feed. */
  otherEnds: number;
  /** Carriage returns within values that have no quotes. */
  strayReturns: number;
  /** Quotes that stand within a value. */
  strayQuotes: number;
  /** Blanks around a quoted value. */
  padded: number;
}

const openQuote = (line: number) =>
  new NotATable(
    `The quote that opens in line ${line} is not closed: the file is damaged or cut short, or the quote is part of the value.`,
  );

/** Of one record; rows may have more fields than there can be columns, where those are empty. */
const mostFields = 65_536;

/**
 * Finds the records and fields of a table in the bytes of a file, piece by piece. Never makes a string, so that a
 * file is looked through at the speed of its bytes. A value may hold any bytes but its separators: the encoding only
 * has to write ASCII as ASCII.
 */
export class Scanner {
  /** Where the record begins that was found last, and the byte behind it, counted from where the source began. */
  recordStart = 0;
  recordEnd = 0;
  /** The line in which that record begins; the first is 1. */
  line = 1;
  readonly seen: Irregularities = { lf: 0, crlf: 0, otherEnds: 0, strayReturns: 0, strayQuotes: 0, padded: 0 };
  /** The last record had a line end. */
  isEnded = true;
  readonly fields: Fields = {
    bytes: Buffer.alloc(0),
    count: 0,
    starts: new Int32Array(64),
    ends: new Int32Array(64),
    quotes: new Uint8Array(64),
  };
  readonly #dialect: Dialect;
  readonly #found: (fields: Fields) => boolean | undefined;
  /** 1 for a byte that ends a field without quotes. */
  readonly #special = new Uint8Array(256);
  /** Of the record that is being read; it may be read again when more of it has come. */
  readonly #record = { strayReturns: 0, strayQuotes: 0, padded: 0, lines: 0 };
  /** The beginning of a record of which the end has not come. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Below so many bytes the rest is not looked through again: what it costs stays in proportion to the bytes. */
  #enough = 0;
  readonly #recordBytes: number;
  #position: number;
  #nextLine = 1;
  #isStopped = false;

  /**
   * `found` takes each record; when it returns false, nothing more is looked for. `recordBytes`: the most that one
   * record may have.
   */
  constructor(
    dialect: Dialect,
    found: (fields: Fields) => boolean | undefined,
    { position = 0, line = 1, recordBytes = Number.POSITIVE_INFINITY } = {},
  ) {
    this.#recordBytes = recordBytes;
    this.#dialect = dialect;
    this.#found = found;
    this.#position = position;
    this.#nextLine = line;
    this.#special[dialect.separator] = 1;
    this.#special[lineFeed] = 1;
    this.#special[carriageReturn] = 1;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** @throws NotATable */
  push(piece: Uint8Array): void {
    if (this.#restBytes + piece.length < this.#enough) {
      this.#hold(piece);
      return;
    }
    const bytes = this.#restBytes > 0 ? Buffer.concat([...this.#rest, piece]) : asBuffer(piece);
    const used = this.#scan(bytes, false);
    this.#rest = [];
    this.#restBytes = 0;
    this.#position += used;
    this.#enough = used === 0 ? bytes.length * 2 : 0;
    if (used < bytes.length) this.#hold(bytes.subarray(used));
  }

  /** What remains is the last record. @throws NotATable */
  end(): void {
    if (this.#restBytes > 0) this.#scan(Buffer.concat(this.#rest), true);
    this.#rest = [];
    this.#restBytes = 0;
  }

  #hold(bytes: Uint8Array): void {
    this.#restBytes += bytes.length;
    if (this.#restBytes > this.#recordBytes) {
      const which = `The record that begins in line ${this.#nextLine}`;
      throw recordTooLarge(which, this.#recordBytes, '; a quote in it may be open');
    }
    // A copy, as whoever gave the bytes may use their memory again.
    this.#rest.push(Buffer.from(bytes));
  }

  /** Gives every whole record in the bytes; how many bytes those were. */
  #scan(bytes: Buffer, isLast: boolean): number {
    this.fields.bytes = bytes;
    const { length } = bytes;
    let at = 0;
    while (at < length && !this.#isStopped) {
      const end = this.#readRecord(bytes, at, isLast);
      if (end === incomplete) return at;
      const next = end < length ? this.#passLineEnd(bytes, end, isLast) : end;
      if (next === incomplete || (end === length && !isLast)) return at;
      this.isEnded = end < length;
      this.#give(at, next);
      at = next;
    }
    return at;
  }

  /** Reads the fields of one record; where its line ends. */
  #readRecord(bytes: Buffer, start: number, isLast: boolean): number {
    const odd = this.#record;
    odd.strayReturns = odd.strayQuotes = odd.padded = odd.lines = 0;
    const { separator, blankAfterSeparator } = this.#dialect;
    const { length } = bytes;
    let at = start;
    let count = 0;
    for (;;) {
      if (blankAfterSeparator && count > 0 && bytes[at] === blank) at++;
      if (count === this.fields.starts.length) this.#grow();
      at = this.#readField(bytes, at, count, isLast);
      if (at === incomplete) return incomplete;
      count++;
      if (at >= length || bytes[at] !== separator) break;
      at++;
    }
    this.fields.count = count;
    return at;
  }

  /** Reads one field; the place of the separator or line end behind it. */
  #readField(bytes: Buffer, start: number, count: number, isLast: boolean): number {
    const first = bytes[start];
    if (first === quoteMark || ((first === blank || first === tab) && this.#isPaddedQuote(bytes, start))) {
      const end = this.#readQuoted(bytes, start, count, isLast);
      if (end !== unquotable) return end;
    }
    const special = this.#special;
    const { length } = bytes;
    let at = start;
    while (at < length && special[bytes[at] as number] === 0) at++;
    // A carriage return that ends no line belongs to the value.
    while (bytes[at] === carriageReturn && this.#lineEnd(bytes, at, isLast) === noEnd) {
      this.#record.strayReturns++;
      at++;
      while (at < length && special[bytes[at] as number] === 0) at++;
    }
    this.#setField(count, start, at, 0);
    return at;
  }

  #setField(count: number, start: number, end: number, quotes: number): void {
    const { starts, ends, quotes: how } = this.fields;
    starts[count] = start;
    ends[count] = end;
    how[count] = quotes;
  }

  /** The place behind the line end, or `incomplete`. */
  #passLineEnd(bytes: Buffer, at: number, isLast: boolean): number {
    const end = bytes[at] === lineFeed ? at + 1 : this.#lineEnd(bytes, at, isLast);
    if (end === incomplete) return incomplete;
    if (end === at + 1 && bytes[at] === lineFeed) this.seen.lf++;
    else if (end === at + 2) this.seen.crlf++;
    else this.seen.otherEnds++;
    return end;
  }

  #give(start: number, end: number): void {
    const { strayReturns, strayQuotes, padded, lines } = this.#record;
    if (strayReturns + strayQuotes + padded > 0) this.#noteOdd();
    this.recordStart = this.#position + start;
    this.recordEnd = this.#position + end;
    this.line = this.#nextLine;
    this.#nextLine += lines + 1;
    if (this.#found(this.fields) === false) this.#isStopped = true;
  }

  #noteOdd(): void {
    const { strayReturns, strayQuotes, padded } = this.#record;
    this.seen.strayReturns += strayReturns;
    this.seen.strayQuotes += strayQuotes;
    this.seen.padded += padded;
  }

  /** The place behind a line end that begins with a carriage return. */
  #lineEnd(bytes: Buffer, at: number, isLast: boolean): number {
    let next = at + 1;
    while (next < bytes.length && bytes[next] === carriageReturn) next++;
    if (next < bytes.length && bytes[next] === lineFeed) return next + 1;
    if (next === bytes.length) return isLast ? next : incomplete;
    return this.#dialect.crEndsLine ? at + 1 : noEnd;
  }

  #isPaddedQuote(bytes: Buffer, at: number): boolean {
    if (bytes[at] === this.#dialect.separator) return false;
    let next = at;
    while (bytes[next] === blank) next++;
    return bytes[next] === quoteMark;
  }

  /** Reads a quoted field; the place of the separator or line end behind it. */
  #readQuoted(bytes: Buffer, from: number, count: number, isLast: boolean): number {
    let start = from;
    while (bytes[start] === blank) start++;
    start++;
    let doubled = 0;
    let strays = 0;
    for (let at = bytes.indexOf(quoteMark, start); at >= 0; at = bytes.indexOf(quoteMark, at + 1)) {
      if (bytes[at + 1] === quoteMark) {
        doubled++;
        at++;
        continue;
      }
      const behind = this.#behindQuote(bytes, at + 1);
      if (behind === incomplete && !isLast) return incomplete;
      if (behind !== noEnd) {
        const end = behind === incomplete ? bytes.length : behind;
        const isPadded = start !== from + 1 || end !== at + 1;
        this.#noteQuoted(countLines(bytes, start, at), strays > 0, isPadded);
        this.#setField(count, start, at, doubled > 0 ? 2 : 1);
        return end;
      }
      // A quote within the value: an inch mark, or a value of which only the beginning was quoted.
      const closes = this.#closesInLine(bytes, at + 1, isLast);
      if (closes === incomplete) return incomplete;
      strays++;
      if (closes !== noEnd) continue;
      this.#record.strayQuotes++;
      return unquotable;
    }
    if (!isLast) return incomplete;
    throw openQuote(this.#nextLine);
  }

  #noteQuoted(lines: number, hasStrays: boolean, isPadded: boolean): void {
    this.#record.lines += lines;
    if (hasStrays) this.#record.strayQuotes++;
    if (isPadded) this.#record.padded++;
  }

  /** Where the field ends behind its closing quote; `noEnd` where something else follows the quote. */
  #behindQuote(bytes: Buffer, from: number): number {
    let at = from;
    while (bytes[at] === blank) at++;
    if (at >= bytes.length) return incomplete;
    return this.#special[bytes[at] as number] === 1 ? at : noEnd;
  }

  /** Whether a quote that closes the field follows in the same line. */
  #closesInLine(bytes: Buffer, from: number, isLast: boolean): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === lineFeed || byte === carriageReturn) return noEnd;
      if (byte !== quoteMark) continue;
      const behind = this.#behindQuote(bytes, at + 1);
      if (behind !== noEnd && behind !== incomplete) return at;
      if (behind === incomplete) return isLast ? at : incomplete;
    }
    return isLast ? noEnd : incomplete;
  }

  #grow(): void {
    const { fields } = this;
    if (fields.starts.length >= mostFields)
      throw new NotATable(`Line ${this.#nextLine} has more than ${mostFields} fields; ${mostColumns} can be read.`, {
        isTooMuch: true,
      });
    const length = fields.starts.length * 2;
    const grown = <List extends Int32Array | Uint8Array>(list: List, empty: List): List => {
      empty.set(list);
      return empty;
    };
    fields.starts = grown(fields.starts, new Int32Array(length));
    fields.ends = grown(fields.ends, new Int32Array(length));
    fields.quotes = grown(fields.quotes, new Uint8Array(length));
  }
}

const incomplete = -1;
const noEnd = -2;
const unquotable = -3;

function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed, start); at >= 0 && at < end; at = bytes.indexOf(lineFeed, at + 1)) lines++;
  return lines;
}

const asBuffer = (bytes: Uint8Array) =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The text of a field. */
export function fieldText({ bytes, starts, ends, quotes }: Fields, at: number, encoding: BufferEncoding): string {
  const text = bytes.toString(encoding, starts[at], ends[at]);
  return quotes[at] === 2 ? text.replaceAll('""', '"') : text;
}
