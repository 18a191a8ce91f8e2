import { isUtf8 } from 'node:buffer';
import { Fault } from '../base/errors.ts';
import { brokenUp } from './json-text.ts';
import type { StoredResult } from './result.ts';
import type { ResultStore } from './store/store.ts';
import { decode, wideEncoding } from './tables/encoding.ts';

export interface LineQuery {
  /** Number of the first line, from 1 on. */
  from?: number | undefined;
  /** Number of the last line. */
  to?: number | undefined;
  /** Only lines that hold the text, case ignored. */
  search?: string | undefined;
  /** Most lines. */
  limit: number;
  signal?: AbortSignal | undefined;
}

export interface LinePage {
  rows: { line: number; text: string }[];
  /** Lines of the text, or that hold what was searched; absent where the rest was not looked at. */
  total?: number;
  /** Nothing comes behind these lines. */
  complete: boolean;
  notes: string[];
}

/** Characters of a line that are kept; the beginning, or what stands around what was searched. */
const mostOfLine = 2_000;
const beforeHit = 200;
/** How far behind a full page is still counted. */
const countBytes = 67_108_864;
/** What stands in one line and is no larger than this is broken into several, if it is JSON. */
const mostOfJson = 4_194_304;
const headBytes = 65_536;
/** Characters of one line that are held. */
const mostHeld = 1_048_576;

/**
 * Lines of a stored text: a log, a document, a program, whatever it is called.
 * @throws Fault `bad_arguments` for what is no text
 */
export async function readLines(result: StoredResult, query: LineQuery, results: ResultStore): Promise<LinePage> {
  const notes: string[] = [];
  const search = new LineSearch(query);
  for await (const piece of linesOf(result, results, notes)) {
    query.signal?.throwIfAborted();
    for (const text of piece) search.take(text);
    if (search.isBeyond) break;
    if (search.isFar) return { rows: search.rows, complete: false, notes };
  }
  const { rows, found } = search;
  return { rows, total: found, complete: found <= rows.length, notes };
}

/** Looks at line after line, and keeps those that are wanted. */
class LineSearch {
  readonly rows: { line: number; text: string }[] = [];
  /** Lines that are wanted, kept or not. */
  found = 0;
  #line = 0;
  /** Characters since the page was full. */
  #passed = 0;
  readonly #query: LineQuery;
  readonly #text: string | undefined;

  constructor(query: LineQuery) {
    this.#query = query;
    this.#text = query.search?.toLowerCase();
  }

  take(text: string): void {
    const { from = 1, to = Infinity, limit } = this.#query;
    this.#line++;
    if (this.found >= limit) this.#passed += text.length;
    if (this.#line < from || this.#line > to) return;
    const at = this.#text === undefined ? 0 : text.toLowerCase().indexOf(this.#text);
    if (at < 0) return;
    this.found++;
    if (this.rows.length < limit) this.rows.push({ line: this.#line, text: excerpt(text, at) });
  }

  get isBeyond(): boolean {
    return this.#line >= (this.#query.to ?? Infinity);
  }

  /** There are more, and to count them all would take long. */
  get isFar(): boolean {
    return this.found > this.rows.length && this.#passed > countBytes;
  }
}

function excerpt(text: string, at: number): string {
  if (text.length <= mostOfLine) return text;
  const start = Math.max(0, at - beforeHit);
  const part = text.slice(start, start + mostOfLine);
  return `${start > 0 ? '…' : ''}${part}… (${text.length} characters)`;
}

/** The lines, a piece of the file at a time. */
async function* linesOf(result: StoredResult, results: ResultStore, notes: string[]): AsyncGenerator<string[]> {
  const source = (await results.open(result)) as AsyncIterable<Buffer>;
  const iterator = source[Symbol.asyncIterator]();
  try {
    const head = await beginning(iterator);
    const wide = wideEncoding(head.bytes);
    if (!wide && !isText(head.bytes)) throw noText(result);
    const lines = new Lines(wide ? wideDecoder(wide) : narrowDecoder(), notes);
    if (head.isWhole && isJson(result, head.bytes)) {
      const broken = brokenUp(lines.decode(head.bytes, true));
      if (broken) notes.push('The JSON stands in one line; it is broken into lines here.');
      yield broken ?? lines.split('', true);
      return;
    }
    yield lines.add(head.bytes);
    if (!head.isWhole)
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield lines.add(next.value);
    yield lines.end();
  } finally {
    await iterator.return?.();
  }
}

/** As much as is needed to tell what it is; all of a small file. */
async function beginning(iterator: AsyncIterator<Buffer>): Promise<{ bytes: Buffer; isWhole: boolean }> {
  const pieces: Buffer[] = [];
  let length = 0;
  let isJson = false;
  while (length < (isJson ? mostOfJson : headBytes)) {
    const next = await iterator.next();
    if (next.done) return { bytes: Buffer.concat(pieces), isWhole: true };
    pieces.push(next.value);
    length += next.value.length;
    // What has a line end soon need not be read whole.
    isJson = /^\s*[[{]/.test(pieces[0]?.toString('latin1', 0, 100) ?? '') && !pieces.some(one => one.includes(10));
  }
  return { bytes: Buffer.concat(pieces), isWhole: false };
}

const isJson = ({ name, mediaType }: StoredResult, bytes: Buffer) =>
  (/json/i.test(mediaType) || /\.json$/i.test(name) || bytes[0] === 0x7b || bytes[0] === 0x5b) &&
  bytes.subarray(0, -1).indexOf(10) < 0;

const overlong = `Of a line of more than ${mostHeld} characters only so many are read and searched.`;

type Decode = (bytes: Buffer, isLast: boolean) => string;

function wideDecoder(encoding: string): Decode {
  const decoder = new TextDecoder(encoding);
  return (bytes, isLast) => decoder.decode(bytes, { stream: !isLast });
}

/** UTF-8, and what is none of it as Windows-1252. Bytes are held back to the last line end, so that none is cut. */
function narrowDecoder(): Decode {
  let held = Buffer.alloc(0);
  return (bytes, isLast) => {
    const all = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    const end = isLast ? all.length : Math.max(all.lastIndexOf(10), all.length > 1_048_576 ? lastAscii(all) : -1) + 1;
    held = Buffer.from(all.subarray(end));
    const whole = all.subarray(0, end);
    return isUtf8(whole) ? whole.toString('utf8') : decode(whole, 'windows-1252');
  };
}

function lastAscii(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at >= 0 && (bytes[at] as number) >= 0x80) at--;
  return at;
}

/** Cuts a text into lines wherever it comes in pieces. */
class Lines {
  readonly decode: Decode;
  #rest = '';
  /** The line is longer than is kept of one. */
  #isOver = false;

  readonly #notes: string[];

  constructor(decode: Decode, notes: string[]) {
    this.decode = decode;
    this.#notes = notes;
  }

  add(bytes: Buffer): string[] {
    return this.split(this.decode(bytes, false), false);
  }

  end(): string[] {
    return this.split(this.decode(Buffer.alloc(0), true), true);
  }

  split(text: string, isLast: boolean): string[] {
    const given = this.#isOver ? text.replace(/^[^\r\n]+/, '') : text;
    const lines = (this.#rest + given).replace(/^\ufeff/, '').split(/\r\n|\n|\r(?!$)/);
    const last = lines.pop() ?? '';
    this.#isOver = lines.length === 0 && last.length > mostHeld;
    if (this.#isOver && !this.#notes.includes(overlong)) this.#notes.push(overlong);
    this.#rest = isLast ? '' : last.slice(0, mostHeld + 1);
    return isLast && last !== '' ? [...lines, last.endsWith('\r') ? last.slice(0, -1) : last] : lines;
  }
}

/** Text has no zero bytes, and few of the other signs that no printer knows. */
function isText(head: Buffer): boolean {
  const some = head.subarray(0, 8_192);
  let odd = 0;
  for (const byte of some) {
    if (byte === 0) return false;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27 && byte !== 26) odd++;
  }
  return odd * 100 <= some.length;
}

const noText = ({ name, mediaType, uri }: StoredResult) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} (${mediaType}) is no text and no picture.`,
    hint: `Hand it on by its handle ${uri}, or have it written to a file: export_result with format "file".`,
  });
