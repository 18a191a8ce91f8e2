import { Fault } from '../../base/errors.ts';
import { formatJson, parseJson } from '../../base/json.ts';
import type { Row } from '../../base/json-value.ts';
import type { Batch } from './csv.ts';

const newline = 0x0a;
const pieceBytes = 65_536;

/**
 * Reads one JSON value a line. Throws `bad_upstream_reply` for a line that is not JSON, which is also how a file
 * that was cut short shows.
 */
export async function* ndjsonRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<Batch<unknown>> {
  let pending: Uint8Array[] = [];
  let position = 0;
  let line = 0;
  const read = (bytes: Uint8Array, batch: Batch<unknown>) => {
    line++;
    const text = Buffer.concat([...pending, bytes])
      .toString()
      .replace(/^\ufeff/, '');
    pending = [];
    if (text.trim() === '') return;
    batch.records.push(parseLine(text, line));
    batch.ends.push(position);
  };
  for await (const bytes of source) {
    const batch: Batch<unknown> = { records: [], ends: [] };
    const before = position;
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      position = before + end + 1;
      read(bytes.subarray(start, end), batch);
      start = end + 1;
    }
    position = before + bytes.length;
    if (start < bytes.length) pending.push(bytes.subarray(start));
    yield batch;
  }
  const last: Batch<unknown> = { records: [], ends: [] };
  if (pending.length > 0) read(new Uint8Array(), last);
  yield last;
}

function parseLine(text: string, line: number): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw damaged(`Line ${line} is not JSON.`, cause);
  }
}

function damaged(what: string, cause?: unknown): Fault {
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The JSON is damaged or cut short. ${what}`,
    hint: 'Nothing was stored. Download it again; if it stays so, the file is damaged on the platform.',
    cause,
  });
}

/** Rows as lines of JSON, in pieces of about 64 KB. */
export async function* rowLines(rows: AsyncIterable<Row> | Iterable<Row>): AsyncGenerator<Uint8Array> {
  let text = '';
  for await (const row of rows) {
    text += `${formatJson(row)}\n`;
    if (text.length < pieceBytes) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

const [quote, backslash, comma, space, carriageReturn] = [0x22, 0x5c, 0x2c, 0x20, 0x0d];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * The elements of a JSON array, one a line, so that a big array can be read row by row and from the middle.
 * Works on bytes, so numbers keep all their digits. Expects a source whose first visible byte is `[`.
 */
export async function* arrayLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let empty = true;
  let closed = false;
  for await (const bytes of source) {
    const out = Buffer.allocUnsafe(bytes.length + 1);
    let length = 0;
    for (let position = 0; position < bytes.length; position++) {
      const byte = bytes[position] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === backslash) escaped = true;
        else if (byte === quote) inString = false;
      } else {
        if (byte === quote) inString = true;
        else if (byte === openBracket || byte === openBrace) depth++;
        else if (byte === closeBracket || byte === closeBrace) depth--;
        // What stands around the array (its brackets, a byte order mark) is not part of an element.
        const around = depth === 0 || (depth === 1 && byte === openBracket);
        if (around) {
          if (closed && byte > space) throw damaged('Something follows the array.');
          closed ||= byte === closeBracket;
          continue;
        }
        // Outside strings a line break is only white space.
        if (byte === newline || byte === carriageReturn) continue;
        if (depth === 1 && byte === comma) {
          if (empty) throw damaged('An element of the array is missing.');
          empty = true;
          out[length++] = newline;
          continue;
        }
        if (byte > space) empty = false;
      }
      out[length++] = byte;
    }
    yield out.subarray(0, length);
  }
  if (!closed) throw damaged('The array is not closed.');
  yield Buffer.from('\n');
}
