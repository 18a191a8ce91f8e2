import { createReadStream } from 'node:fs';
import { Fault } from '../../base/errors.ts';
import { ifMissing } from '../disk.ts';
import { checkNames, NotATable, usualRecordBytes } from '../not-a-table.ts';
import { columnNames } from './column-names.ts';
import { comma, type Dialect, plainDialect } from './dialect.ts';
import { asUtf8, decode, type Encoding, wideEncoding } from './encoding.ts';
import type { Fields } from './scanner.ts';
import { TextReader } from './text/reader.ts';
import { dialectOf, headOf } from './text/table.ts';

/** A CSV file with a header, and what its rows have in common, for example the hole they describe. */
export interface Part {
  key: string;
  path: string;
  /** The most that one of its records may have. Default 16 MiB. */
  recordBytes?: number;
}

/** A part of which the beginning has been read. */
export interface OpenedPart extends Part {
  dialect: Dialect;
  encoding: Encoding;
  /** None in an empty file. */
  names: string[];
  /** What was decided about it, in sentences. */
  notes: string[];
}

/** Reads the header of a part. @throws Fault `bad_upstream_reply` for what is no table, `not_found` for what is gone */
export async function openPart(part: Part): Promise<OpenedPart> {
  return faulted(part, async () => {
    const bytes = createReadStream(part.path);
    try {
      const raw = await headOf(bytes);
      if (raw.head.length === 0) return { ...part, dialect: plainDialect, encoding: 'utf-8', names: [], notes: [] };
      const wide = wideEncoding(raw.head);
      const text = wide ? await headOf(asUtf8(raw.pieces, wide)) : raw;
      const { dialect, notes } = dialectOf(text);
      const header = headerOf(text.head, text.isWhole, dialect);
      checkNames(header);
      const { names, notes: renamed } = columnNames(header);
      return { ...part, dialect, encoding: wide ?? 'windows-1252', names, notes: [...notes, ...renamed] };
    } finally {
      bytes.destroy();
    }
  });
}

function headerOf(head: Buffer, isWhole: boolean, dialect: Dialect): string[] {
  let names: string[] = [];
  const header = (fields: Fields) => {
    names = [...(dialect.hasRowNames ? [''] : []), ...textsOf(fields, fields.count)];
  };
  const reader = new TextReader(dialect, { header, row: () => false });
  reader.push(head);
  if (isWhole) reader.end();
  return names;
}

/** All rows of a part, as texts. @throws Fault `bad_upstream_reply` for what is no table to its end */
export async function* partRows(part: OpenedPart, signal?: AbortSignal): AsyncGenerator<string[][]> {
  if (part.names.length === 0) return;
  let rows: string[][] = [];
  const row = (fields: Fields) => {
    const texts = textsOf(fields, Math.min(fields.count, part.names.length));
    rows.push(part.dialect.decimalMark === comma ? texts.map(withPoint) : texts);
    return undefined;
  };
  const reader = new TextReader(
    part.dialect,
    { header: () => {}, row },
    { recordBytes: part.recordBytes ?? usualRecordBytes },
  );
  const isWide = part.encoding === 'utf-16le' || part.encoding === 'utf-16be';
  const stream = createReadStream(part.path);
  const bytes = isWide ? asUtf8(stream, part.encoding as 'utf-16le') : stream;
  const iterator = bytes[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await faulted(part, () => iterator.next());
      await faulted(part, async () => (done ? reader.end() : reader.push(value)));
      yield rows;
      rows = [];
      if (done) return;
    }
  } finally {
    stream.destroy();
  }
}

function textsOf({ bytes, starts, ends, quotes }: Fields, count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const text = decode(bytes.subarray(starts[at], ends[at]), 'windows-1252');
    return quotes[at] === 2 ? text.replaceAll('""', '"') : text;
  });
}

const withPoint = (text: string) => (/^ *-?\d*,\d+ *$/.test(text) ? text.replace(',', '.') : text);

async function faulted<Outcome>(part: Part, read: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof NotATable || error instanceof TypeError) throw noTable(part, error);
    ifMissing(undefined)(error);
    throw missing(part, error);
  }
}

function noTable(part: Part, cause: Error): Fault {
  return new Fault({
    code: 'bad_upstream_reply',
    message: `Part ${part.key}: ${cause.message}`,
    hint: 'Nothing was stored. Look at what stands there; if the download was cut short, call it again.',
    cause,
  });
}

function missing(part: Part, cause: unknown): Fault {
  return new Fault({
    code: 'not_found',
    message: `Part ${part.key} is no longer there to be joined.`,
    hint: 'Call the download again: parts that are still there are not fetched twice.',
    cause,
  });
}
