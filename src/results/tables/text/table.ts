import type { Row } from '../../../base/json-value.ts';
import { checkNames, NotATable } from '../../not-a-table.ts';
import type { Column } from '../../result.ts';
import { columnNames } from '../column-names.ts';
import { type DecidedDialect, decideDialect, decimalCommaNote } from '../decide-dialect.ts';
import { comma, type Dialect, lineFeed } from '../dialect.ts';
import { asUtf8, decode, type Encoding, Utf8Check, wideEncoding } from '../encoding.ts';
import { columnNotes } from '../exceptions.ts';
import { noteRow, type RowIndex } from '../row-index.ts';
import type { Fields } from '../scanner.ts';
import { TextColumn } from './column.ts';
import { type Found, TextReader } from './reader.ts';
import { valueOfText } from './values.ts';

/** What was decided about a text file when it was stored. Everything that reads it later goes by this. */
export interface Reading {
  dialect: Dialect;
  encoding: Encoding;
  /** RFC 4180 in UTF-8 but for its separator: any reader of CSV finds the same rows and values. */
  isRegular: boolean;
  /** Some value holds a line break. */
  hasLineBreaks: boolean;
  /** Of the longest record. */
  longestBytes: number;
}

/** What was learnt of a table while its bytes went to the disk. */
export interface TableFacts {
  rows: number;
  columns: Column[];
  sample: Row[];
  index: RowIndex;
  /** Of text files. */
  reading?: Reading;
  /** The columns are called as in the file. */
  hasOwnNames?: boolean;
  /** What was decided for the person, in sentences. */
  notes: string[];
  /** How the file seems to be written after all, seen from its end. */
  better?: DecidedDialect;
}

const headBytes = 65_536;
const sampleRows = 5;

/**
 * Reads a text file once, and finds out all there is to know of it. `known`: how it is written, where that needs no
 * finding out. @throws NotATable with the reason
 */
export async function readTextTable(
  source: AsyncIterable<Uint8Array>,
  recordBytes: number,
  known?: DecidedDialect,
): Promise<TableFacts> {
  const head = await headOf(source);
  const wide = wideEncoding(head.head);
  const text = wide ? await headOf(asUtf8(head.pieces, wide)) : head;
  const { dialect, notes } = known ?? dialectOf(text);
  const table = new TextTable(dialect, recordBytes);
  const utf8 = new Utf8Check();
  for await (const piece of text.pieces) {
    utf8.add(piece);
    table.push(piece);
  }
  return table.finish(wide ?? (utf8.end() ? 'utf-8' : 'windows-1252'), notes);
}

/** How the text is written, by its beginning. @throws NotATable for what comes in the place of a table */
export function dialectOf({ head, isWhole }: Pick<Head, 'head' | 'isWhole'>): DecidedDialect {
  refuseDocuments(head);
  return decideDialect(head, isWhole);
}

export interface Head {
  head: Buffer;
  isWhole: boolean;
  /** All of the source, from its beginning. */
  pieces: AsyncIterable<Uint8Array>;
}

/** So much of the beginning that the dialect can be told. */
export async function headOf(source: AsyncIterable<Uint8Array>): Promise<Head> {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let isWhole = false;
  for (let length = 0; length < headBytes; ) {
    const next = await iterator.next();
    if (next.done) {
      isWhole = true;
      break;
    }
    seen.push(Buffer.from(next.value));
    length += next.value.length;
  }
  async function* pieces() {
    yield* seen;
    if (isWhole) return;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(seen), isWhole, pieces: pieces() };
}

/** What comes in the place of a table: a page of a proxy, an error of a storage host. */
function refuseDocuments(head: Buffer): void {
  const text = head
    .toString('latin1', 0, 400)
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .trimStart();
  const kind = /^<!doctype html|^<html/i.test(text)
    ? 'a web page (HTML)'
    : /^<\?xml|^<[a-z][\w:]*[\s>/]/i.test(text)
      ? 'an XML document'
      : /^\{\s*"|^\[\s*[{\]]/.test(text)
        ? 'a JSON document'
        : undefined;
  if (kind) throw new NotATable(`It is ${kind}: ${text.slice(0, 120).replace(/\s+/g, ' ')}`);
}

/** Whether the file says all by itself: RFC 4180, and columns called as they are there. */
export function isPlainCsv({ reading, columns, hasOwnNames }: TableFacts): boolean {
  const isUsual = reading?.isRegular === true && reading.dialect.separator === comma;
  return isUsual && hasOwnNames === true && columns.every(({ nothing }) => !nothing);
}

class TextTable {
  readonly #dialect: Dialect;
  readonly #reader: TextReader;
  readonly #index: RowIndex = { every: 1_000, offsets: [] };
  readonly #sample: Buffer[][] = [];
  #header: Buffer[] = [];
  #columns: TextColumn[] = [];
  #longest = 0;
  #hasLineBreaks = false;
  #hasZero = false;

  constructor(dialect: Dialect, recordBytes: number) {
    this.#dialect = dialect;
    const sink = {
      header: (fields: Fields) => this.#setHeader(fields),
      row: (fields: Fields, start: number) => this.#addRow(fields, start),
    };
    this.#reader = new TextReader(dialect, sink, { recordBytes });
  }

  push(piece: Uint8Array): void {
    if (!this.#hasZero && piece.includes(0)) this.#hasZero = true;
    this.#reader.push(piece);
  }

  finish(encoding: Encoding, decided: readonly string[]): TableFacts {
    this.#reader.end();
    const { found } = this.#reader;
    const hasOddBytes = this.#hasZero || this.#columns.some(({ blankOnly }) => blankOnly > 0);
    const { rows } = found;
    const text = (bytes: Buffer) => decode(bytes, encoding);
    const { names, notes: renamed } = columnNames(this.#header.map(text));
    const columns = this.#columns.map((column, at) => ({ ...column.column(rows, text), name: names[at] as string }));
    const reading: Reading = {
      dialect: this.#dialect,
      encoding,
      isRegular: encoding === 'utf-8' && !hasOddBytes && isRegular(this.#dialect, found, columns),
      hasLineBreaks: this.#hasLineBreaks,
      longestBytes: this.#longest,
    };
    const sample = this.#sample.map(record => {
      return Object.fromEntries(
        columns.map((column, at) => [column.name, valueOfText(text(record[at] ?? noBytes), column, this.#dialect)]),
      );
    });
    const notes = [
      ...decided,
      ...encodingNotes(encoding),
      ...renamed,
      ...foundNotes(found),
      ...columnNotes(columns, rows),
      ...this.#columns.flatMap(({ brokenBy }, at) => (brokenBy ? [markNote(names[at] as string, brokenBy)] : [])),
    ];
    const hasOwnNames = this.#header.every((name, at) => text(name) === names[at]);
    const better = this.#better(columns, decided);
    const known = { rows, columns, sample, index: this.#index, reading, hasOwnNames, notes };
    return better ? { ...known, better } : known;
  }

  /** A decimal comma that only comes where the beginning of the file has been left behind. */
  #better(columns: readonly Column[], notes: readonly string[]): DecidedDialect | undefined {
    const broken = this.#columns.filter(({ brokenBy }) => brokenBy !== undefined).length;
    const withPoint = columns.filter(({ type }) => type === 'number').length;
    if (this.#dialect.decimalMark === comma || broken <= withPoint) return undefined;
    return { dialect: { ...this.#dialect, decimalMark: comma }, notes: [...notes, decimalCommaNote] };
  }

  #setHeader(fields: Fields): void {
    const names = copied(fields, fields.count);
    this.#header = this.#dialect.hasRowNames ? [noBytes, ...names] : names;
    checkNames(this.#header);
    this.#columns = this.#header.map(name => new TextColumn(name.toString('utf8'), this.#dialect.decimalMark));
  }

  #addRow(fields: Fields, start: number): undefined {
    const { rows } = this.#reader.found;
    const columns = this.#columns;
    const count = Math.min(fields.count, columns.length);
    noteRow(this.#index, rows - 1, start);
    if (rows <= sampleRows) this.#sample.push(copied(fields, count));
    const { bytes, starts, ends, quotes } = fields;
    for (let at = 0; at < count; at++) {
      const [from, to] = [starts[at] as number, ends[at] as number];
      if (quotes[at] !== 0) this.#addQuoted(at, fields);
      else (columns[at] as TextColumn).add(bytes, from, to);
    }
    const length = this.#reader.scanner.recordEnd - start;
    if (length > this.#longest) this.#longest = length;
  }

  #addQuoted(at: number, fields: Fields): void {
    const { bytes, starts, ends, quotes } = fields;
    const [from, to] = [starts[at] as number, ends[at] as number];
    if (!this.#hasLineBreaks) {
      const lineBreak = bytes.indexOf(lineFeed, from);
      this.#hasLineBreaks = lineBreak >= 0 && lineBreak < to;
    }
    const column = this.#columns[at] as TextColumn;
    if (quotes[at] === 1) column.add(bytes, from, to);
    else {
      const value = undoubled(bytes.subarray(from, to));
      column.add(value, 0, value.length);
    }
  }
}

const noBytes = Buffer.alloc(0);

/** The first values of a record, without the quotes that are doubled within them. */
function copied({ bytes, starts, ends, quotes }: Fields, count: number): Buffer[] {
  return Array.from({ length: count }, (_, at) => {
    const value = bytes.subarray(starts[at], ends[at]);
    return quotes[at] === 2
      ? Buffer.from(value.toString('latin1').replaceAll('""', '"'), 'latin1')
      : Buffer.from(value);
  });
}

const undoubled = (value: Buffer) => Buffer.from(value.toString('latin1').replaceAll('""', '"'), 'latin1');

function isRegular(dialect: Dialect, found: Found, columns: readonly Column[]): boolean {
  const { lf, crlf, otherEnds, strayReturns, strayQuotes, padded } = found;
  const { blankLines, comments, short, trailing, controlZ } = found;
  const odd = otherEnds + strayReturns + strayQuotes + padded + blankLines + comments + short + trailing + controlZ;
  const isPlain =
    dialect.skipLines === 0 && !dialect.hasRowNames && !dialect.blankAfterSeparator && !dialect.crEndsLine;
  const isUsual = dialect.decimalMark !== comma && (lf === 0 || crlf === 0);
  return odd === 0 && isPlain && isUsual && !columns.some(({ padded: has }) => has);
}

const markNote = (name: string, value: string) =>
  `${name} is text: among its numbers stands ${value}, which is none with the decimal mark of the file.`;

const encodingNotes = (encoding: Encoding) => {
  if (encoding === 'utf-8') return [];
  if (encoding === 'windows-1252') return ['It is not UTF-8; the letters that are not were read as Windows-1252.'];
  return ['It is UTF-16; it was read as such.'];
};

function foundNotes({ short, firstShort, trailing, blankLines, comments, strayQuotes }: Found): string[] {
  const told: [number, string][] = [
    [short, `${rowsInWords(short)} fewer fields than the header, the first in line ${firstShort}; the rest is empty.`],
    [trailing, `Separators behind the last column were left out in ${count(trailing, 'row')}.`],
    [blankLines, `The file has ${count(blankLines, 'blank line')}.`],
    [comments, `${count(comments, 'comment line')} (#) between the rows left out.`],
    [
      strayQuotes,
      `${count(strayQuotes, 'value')} with quotes inside that are not doubled; they were taken as part of it.`,
    ],
  ];
  return told.filter(([times]) => times > 0).map(([, words]) => words);
}

const count = (times: number, noun: string) => `${times} ${noun}${times === 1 ? '' : 's'}`;
const rowsInWords = (times: number) => (times === 1 ? '1 row has' : `${times} rows have`);
