import { inTurns, isDue, othersTurn, type Steps } from '../../base/bounded/turns.ts';
import { Fault } from '../../base/errors.ts';
import { formatJson, parseJson, parsing } from '../../base/json.ts';
import type { Row } from '../../base/json-value.ts';
import { recordTooLarge } from '../not-a-table.ts';
import { ArrayElements } from './json-array.ts';

const newline = 0x0a;
const pieceBytes = 65_536;

/** Some records; `ends[i]` is the byte behind `records[i]`, counted from where the source began. */
export interface Records {
  records: unknown[];
  ends: number[];
}

/** How lines of JSON are read. */
export interface LineReading {
  /** The most that one line may have. Default: no bound. */
  recordBytes?: number;
  /** What a line is called: elements of an array, one a line, have no lines of their own. Default "Line". */
  noun?: string;
}

/**
 * Reads one JSON value a line. Throws `bad_upstream_reply` for a line that is not JSON, which is also how a file
 * that was cut short shows, and NotATable for one that is too large.
 */
export async function* ndjsonRecords(
  source: AsyncIterable<Uint8Array>,
  { recordBytes = Number.POSITIVE_INFINITY, noun = 'Line' }: LineReading = {},
): AsyncGenerator<Records> {
  const lines = new LineRecords(recordBytes, noun);
  for await (const bytes of source) yield await inTurns(lines.add(bytes));
  yield await inTurns(lines.end());
}

class LineRecords {
  readonly #recordBytes: number;
  readonly #noun: string;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #position = 0;
  #line = 0;

  constructor(recordBytes: number, noun: string) {
    this.#recordBytes = recordBytes;
    this.#noun = noun;
  }

  *add(bytes: Uint8Array): Steps<Records> {
    const found: Records = { records: [], ends: [] };
    const before = this.#position;
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      this.#position = before + end + 1;
      yield* this.#read(bytes.subarray(start, end), found);
      start = end + 1;
    }
    this.#position = before + bytes.length;
    // A copy, as whoever gave the bytes may use their memory again.
    if (start < bytes.length) this.#hold(Buffer.from(bytes.subarray(start)));
    return found;
  }

  *end(): Steps<Records> {
    const found: Records = { records: [], ends: [] };
    if (this.#pending.length > 0) yield* this.#read(new Uint8Array(), found);
    return found;
  }

  #hold(bytes: Uint8Array): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > this.#recordBytes)
      throw recordTooLarge(`${this.#noun} ${this.#line + 1}`, this.#recordBytes);
    this.#pending.push(bytes);
  }

  *#read(bytes: Uint8Array, found: Records): Steps<void> {
    if (bytes.length > 0) this.#hold(bytes);
    this.#line++;
    const text = Buffer.concat(this.#pending)
      .toString()
      .replace(/^\ufeff/, '');
    this.#pending = [];
    this.#pendingBytes = 0;
    if (text.trim() === '') return;
    found.records.push(yield* parseLine(text, `${this.#noun} ${this.#line}`));
    found.ends.push(this.#position);
  }
}

function* parseLine(text: string, which: string): Steps<unknown> {
  try {
    return text.length < longLine ? parseJson(text) : yield* parsing(text);
  } catch (cause) {
    throw damagedJson(`${which} is not JSON.`, cause);
  }
}

function damagedJson(what: string, cause?: unknown): Fault {
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The JSON is damaged or cut short. ${what}`,
    hint: 'Nothing was stored. Download it again; if it stays so, the file is damaged on the platform.',
    cause,
  });
}

/** Characters of a line that others would wait for. */
const longLine = 65_536;

/** Rows as lines of JSON, in pieces of about 64 KB. */
export async function* rowLines(rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const row of rows) {
    text += `${formatJson(row)}\n`;
    if (text.length < pieceBytes) continue;
    if (isDue(text.length / 64)) await othersTurn();
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/**
 * The elements of a JSON array, one a line, so that a big array can be read row by row and from the middle.
 * Works on bytes, so numbers keep all their digits. Expects a source whose first visible byte is `[`.
 */
export async function* arrayLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const elements = new ArrayElements(damagedJson);
  for await (const bytes of source) yield elements.lines(bytes);
  elements.end();
  yield Buffer.from('\n');
}
