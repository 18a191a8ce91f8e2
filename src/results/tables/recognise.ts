import { extname } from 'node:path';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { type Save, saving } from '../disk.ts';
import type { Format } from '../result.ts';
import { csvLine } from './csv.ts';
import { type Dialect, plainDialect } from './dialect.ts';
import type { Declared } from './json-column.ts';
import { readJsonTable } from './json-table.ts';
import { arrayLines, type LineReading, ndjsonRecords, rowLines } from './ndjson.ts';
import { NotATable } from './not-a-table.ts';
import { readTextTable, type TableFacts } from './text/table.ts';

/** Records that are already split, for example joined from several files. Every record has a field for each column. */
export interface RecordTable {
  columns: readonly string[];
  batches: AsyncIterable<string[][]>;
}

/**
 * What can be stored: bytes as they come, rows, or split records. `columns` are those of lines of JSON. `asIs`:
 * somebody's own file, kept byte for byte; it is a table if it is CSV that can be read as one, and otherwise no less good.
 */
export type Content =
  | { bytes: AsyncIterable<Uint8Array>; columns?: readonly Declared[]; asIs?: true }
  | { rows: AsyncIterable<Row> | Iterable<Row> }
  | { table: RecordTable };

/** What came of reading something: a table, or why it is none, where that was expected. */
export interface Filled {
  facts?: TableFacts;
  reason?: string;
}

export interface Intake {
  format: Format;
  mediaType: string;
  /** Writes everything through `save`, and reads it meanwhile. */
  fill(save: Save): Promise<Filled>;
}

const sampleText = 500;
const headBytes = 1_024;

/**
 * Finds out what the content is, from its media type, its name and its first bytes. A record of more than
 * `recordBytes` makes it a file, whatever else it is.
 */
export async function recognise(
  content: Content,
  declared: { mediaType: string; name: string },
  recordBytes: number,
): Promise<Intake> {
  const ndjson = (bytes: AsyncIterable<Uint8Array>, type = 'application/x-ndjson', noun = 'Record') =>
    ndjsonIntake(bytes, type, { recordBytes, noun }, 'columns' in content ? content.columns : undefined);
  if ('table' in content)
    return csvIntake(tableBytes(content.table), 'text/csv', { dialect: plainDialect, recordBytes });
  if ('rows' in content) return ndjson(rowLines(content.rows));
  const { head, bytes } = await peek(content.bytes);
  const { mediaType } = declared;
  const format = declaredFormat(declared);
  if (format === 'csv') return csvIntake(bytes, content.asIs ? 'text/csv' : mediaType, { ...content, recordBytes });
  // Bytes of a two-byte encoding are kept, not read: every position in them would be wrong.
  if (format === 'file' || content.asIs || head[0] === 0xff || head[0] === 0xfe) return fileIntake(bytes, mediaType);
  if (format === 'ndjson') return ndjson(bytes, mediaType, 'Line');
  // An array of objects is stored one object a line: it can then be read as a stream, and from the middle.
  if (/^\ufeff?\s*\[\s*[{\]]/.test(head.toString())) return ndjson(arrayLines(bytes));
  return fileIntake(bytes, mediaType);
}

const formats: Record<string, 'csv' | 'ndjson' | 'json'> = {
  'text/csv': 'csv',
  'application/csv': 'csv',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'application/json-lines': 'ndjson',
  'application/json': 'json',
  'text/tab-separated-values': 'csv',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.json': 'json',
};

const unspecific = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/plain']);

function declaredFormat({ mediaType, name }: { mediaType: string; name: string }): 'csv' | 'ndjson' | 'json' | 'file' {
  const type = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  return formats[unspecific.has(type) ? extname(name).toLowerCase() : type] ?? 'file';
}

/** The first bytes of a source, and all of it to be read after. */
async function peek(source: AsyncIterable<Uint8Array>): Promise<{ head: Buffer; bytes: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  for (let length = 0; length < headBytes; ) {
    const next = await iterator.next();
    if (next.done) break;
    seen.push(next.value);
    length += next.value.length;
  }
  async function* whole() {
    try {
      yield* seen;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(seen).subarray(0, headBytes), bytes: whole() };
}

function fileIntake(bytes: AsyncIterable<Uint8Array>, mediaType: string): Intake {
  const fill = async (save: Save) => {
    for await (const _ of saving(bytes, save));
    return {};
  };
  return { format: 'bytes', mediaType, fill };
}

function csvIntake(
  bytes: AsyncIterable<Uint8Array>,
  mediaType: string,
  { asIs, dialect, recordBytes }: { asIs?: true; dialect?: Dialect; recordBytes: number },
): Intake {
  const fill = (save: Save) => whileSaving(bytes, save, pieces => readTextTable(pieces, recordBytes, dialect), asIs);
  return { format: 'csv', mediaType, fill };
}

/** Has everything saved, whether it can be read as a table or not. @throws Fault for what is damaged */
async function whileSaving(
  bytes: AsyncIterable<Uint8Array>,
  save: Save,
  read: (pieces: AsyncIterable<Uint8Array>) => Promise<TableFacts>,
  asIs?: true,
): Promise<Filled> {
  const pieces = saving(bytes, save);
  // Without `return`: a reader that gives up must not close what is still to be saved.
  const unclosed = { [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) };
  try {
    return { facts: withShortSample(await read(unclosed)) };
  } catch (error) {
    if (!(error instanceof NotATable)) throw error;
    if (!asIs && !error.isTooMuch) throw damaged(error);
    for await (const _ of pieces);
    return { reason: error.message };
  } finally {
    await pieces.return(undefined);
  }
}

function damaged(cause: NotATable): Fault {
  return new Fault({
    code: 'bad_upstream_reply',
    message: `What came is no table. ${cause.message}`,
    hint: 'Nothing was stored. Look at what stands there; if a download was cut short, call it again.',
    cause,
  });
}

function ndjsonIntake(
  bytes: AsyncIterable<Uint8Array>,
  mediaType: string,
  reading: LineReading,
  declared?: readonly Declared[],
): Intake {
  const read = (pieces: AsyncIterable<Uint8Array>) => readJsonTable(ndjsonRecords(pieces, reading), declared);
  const fill = (save: Save) => whileSaving(bytes, save, read);
  return { format: 'ndjson', mediaType, fill };
}

/** Split records as CSV. */
async function* tableBytes({ columns, batches }: RecordTable): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvLine(columns));
  for await (const records of batches) yield Buffer.from(records.map(csvLine).join(''));
}

/** The sample is kept with the metadata and shown to people: long values are clipped. */
function withShortSample(facts: TableFacts): TableFacts {
  return { ...facts, sample: facts.sample.map(shortRow) };
}

const shortRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, short(value)]));

function short(value: unknown): unknown {
  const text = typeof value === 'object' ? JSON.stringify(value) : value;
  return typeof text === 'string' && text.length > sampleText ? `${text.slice(0, sampleText)}…` : value;
}
