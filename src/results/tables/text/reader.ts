import { NotATable } from '../../not-a-table.ts';
import { type Dialect, hash } from '../dialect.ts';
import { type Fields, type Irregularities, Scanner } from '../scanner.ts';

/** What was found besides rows and header. */
export interface Found extends Irregularities {
  rows: number;
  blankLines: number;
  comments: number;
  /** Rows with fewer fields than the header; the others are empty. */
  short: number;
  firstShort: number;
  /** Rows with empty fields behind the last column. */
  trailing: number;
  /** 1 where a Ctrl-Z marks the end of the file. */
  controlZ: number;
}

export interface RecordSink {
  /** The names of the columns. */
  header(fields: Fields): void;
  /** Fields beyond `columns` are to be left alone. `start`: the byte where the row begins. */
  row(fields: Fields, start: number): boolean | undefined;
}

const shownLine = 120;

/** Finds header and rows in the bytes of a table: the one place that says what a row is. */
export class TextReader {
  readonly found: Found;
  readonly scanner: Scanner;
  readonly #sink: RecordSink;
  readonly #dialect: Dialect;
  #columns: number;
  #skip: number;
  /** A final Ctrl-Z is the end of a file, as old programs write it. */
  #held: Uint8Array | undefined;
  #lastWasShort = false;

  /** From the beginning, or, where the number of columns is given, from the beginning of a row. */
  constructor(
    dialect: Dialect,
    sink: RecordSink,
    { from, recordBytes }: { from?: { columns: number; position: number } | undefined; recordBytes?: number } = {},
  ) {
    this.#dialect = dialect;
    this.#sink = sink;
    this.#columns = from?.columns ?? 0;
    this.#skip = from ? 0 : dialect.skipBytes;
    const start = from ? { position: from.position } : { position: dialect.skipBytes, line: dialect.skipLines + 1 };
    const how = { ...start, ...(recordBytes === undefined ? {} : { recordBytes }) };
    this.scanner = new Scanner(dialect, fields => this.#record(fields), how);
    const none = { rows: 0, blankLines: 0, comments: 0, short: 0, firstShort: 0, trailing: 0, controlZ: 0 };
    this.found = Object.assign(this.scanner.seen, none);
  }

  /** @throws NotATable */
  push(given: Uint8Array): void {
    let piece = this.#held ? Buffer.concat([this.#held, given]) : given;
    this.#held = undefined;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, piece.length);
      this.#skip -= skipped;
      piece = piece.subarray(skipped);
    }
    if (piece.at(-1) === 26) {
      this.#held = Buffer.from(piece.subarray(-1));
      piece = piece.subarray(0, -1);
    }
    this.scanner.push(piece);
  }

  /** @throws NotATable where the table is cut short */
  end(): void {
    this.scanner.end();
    if (this.#held) this.found.controlZ = 1;
    if (this.#lastWasShort && !this.scanner.isEnded && !this.#held) {
      throw new NotATable(`It ends in the middle of line ${this.scanner.line}: the file was cut short.`);
    }
  }

  #record(fields: Fields): boolean | undefined {
    const { found } = this;
    const columns = this.#columns;
    const { count } = fields;
    if (count === columns && count > 1) {
      found.rows++;
      this.#lastWasShort = false;
      return this.#sink.row(fields, this.scanner.recordStart);
    }
    if (count === 1 && isBlank(fields) && columns !== 1) {
      found.blankLines++;
      return undefined;
    }
    if (this.#dialect.hasComments && fields.bytes[fields.starts[0] as number] === hash) {
      found.comments++;
      return undefined;
    }
    if (columns === 0) {
      this.#columns = count + (this.#dialect.hasRowNames ? 1 : 0);
      this.#sink.header(fields);
      return undefined;
    }
    if (count < columns) this.#noteShort();
    else if (count > columns) this.#noteLong(fields);
    else if (isBlank(fields)) found.blankLines++;
    found.rows++;
    return this.#sink.row(fields, this.scanner.recordStart);
  }

  #noteShort(): void {
    const { found } = this;
    found.short++;
    if (found.firstShort === 0) found.firstShort = this.scanner.line;
    this.#lastWasShort = true;
  }

  #noteLong(fields: Fields): void {
    for (let at = this.#columns; at < fields.count; at++) {
      if (fields.starts[at] === fields.ends[at]) continue;
      const [start = 0, end = 0] = [fields.starts[0], fields.ends[fields.count - 1]];
      const text = fields.bytes.toString('utf8', start, Math.min(end, start + shownLine * 4));
      const line = text.length > shownLine ? `${text.slice(0, shownLine)}…` : text;
      throw new NotATable(
        `Line ${this.scanner.line} has ${fields.count} fields, the header has ${this.#columns}: ${line}`,
      );
    }
    this.found.trailing++;
  }
}

function isBlank({ bytes, starts, ends, quotes }: Fields): boolean {
  if (quotes[0] !== 0) return false;
  const end = ends[0] as number;
  for (let at = starts[0] as number; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}
