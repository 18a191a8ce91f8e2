import { extname } from 'node:path';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { type Save, saving } from '../disk.ts';
import { NotATable } from '../not-a-table.ts';
import type { Format } from '../result.ts';
import { csvLine } from './csv.ts';
import type { OtherForm } from './derive.ts';
import { type Dialect, plainDialect } from './dialect.ts';
import { type Filled, withShortSample } from './filled.ts';
import type { Declared } from './json-column.ts';
import { readJsonTable } from './json-table.ts';
import { type LineReading, ndjsonRecords, rowLines } from './ndjson.ts';
import { readTextTable, type TableFacts } from './text/table.ts';

/** Records that are already split, for example joined from several files. Every record has a field for each column. */
export interface RecordTable {
  columns: readonly string[];
  batches: AsyncIterable<string[][]>;
}

/**
 * What can be stored: bytes as they come, rows, or split records. `columns` are those of lines of JSON. `asIs`:
 * somebody's own file, kept byte for byte; it is a table if it can be read as one, and otherwise no less good; with 'file' nobody tries.
 */
export type Content =
  | { bytes: AsyncIterable<Uint8Array>; columns?: readonly Declared[]; asIs?: true | 'file' }
  | { rows: AsyncIterable<Row> | Iterable<Row> }
  | { table: RecordTable };

export interface Intake {
  format: Format;
  mediaType: string;
  /** Writes everything through `save`, and reads it meanwhile. */
  fill(save: Save): Promise<Filled>;
  /** Reads what was written once more, where its end says of its beginning that it was read in the wrong way. */
  review?(filled: Filled, bytes: () => AsyncIterable<Uint8Array>): Promise<Filled>;
  /** The rows have to be got out of what was written, in a second step. */
  form?: OtherForm;
  /** What cannot be read as what it was declared to be is kept all the same. */
  asIs?: true;
}

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
  const mediaType = found(declared.mediaType, head);
  const format = declaredFormat({ ...declared, mediaType });
  if (format === 'csv' && content.asIs !== 'file')
    return csvIntake(bytes, content.asIs ? 'text/csv' : mediaType, {
      ...(content.asIs ? { asIs: content.asIs } : {}),
      recordBytes,
    });
  // Bytes of a two-byte encoding are kept, not read: every position in them would be wrong.
  if (content.asIs === 'file' || head[0] === 0xff || head[0] === 0xfe) return fileIntake(bytes, mediaType);
  if (format === 'ndjson')
    return content.asIs
      ? { ...fileIntake(bytes, mediaType), form: 'lines', asIs: true }
      : ndjson(bytes, mediaType, 'Line');
  const form = otherForm(format, head);
  const asIs = content.asIs ? { asIs: content.asIs } : {};
  return { ...fileIntake(bytes, mediaType), ...(form ? { form } : {}), ...asIs };
}

/** What rows have to be got out of. */
function otherForm(format: DeclaredFormat, head: Buffer): OtherForm | undefined {
  if (format === 'parquet' || format === 'excel') return format;
  if (format !== 'json') return undefined;
  const text = head.toString();
  if (/^\ufeff?\s*\[\s*[{\]]/.test(text)) return 'array';
  return /^\ufeff?\s*\{/.test(text) ? 'object' : undefined;
}

type DeclaredFormat = 'csv' | 'ndjson' | 'json' | 'parquet' | 'excel' | 'file';

const parquetType = 'application/vnd.apache.parquet';

const formats: Record<string, DeclaredFormat> = {
  [parquetType]: 'parquet',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'excel',
  'application/vnd.ms-excel.sheet.macroenabled.12': 'excel',
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
  '.parquet': 'parquet',
  '.xlsx': 'excel',
  '.xlsm': 'excel',
};

const unspecific = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'text/plain', 'application/zip']);

/** First bytes by which files say what they are, as Latin-1. */
const signatures: readonly [begins: string, mediaType: string][] = [
  ['\x89PNG\r\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['%PDF-', 'application/pdf'],
  ['PK\x03\x04', 'application/zip'],
  ['PAR1', parquetType],
];

/** The media type, by the bytes where nothing else says it. */
function found(mediaType: string, head: Buffer): string {
  if (!unspecific.has(typeOf(mediaType))) return mediaType;
  const text = head.toString('latin1', 0, 12);
  if (text.startsWith('RIFF') && text.endsWith('WEBP')) return 'image/webp';
  return signatures.find(([begins]) => text.startsWith(begins))?.[1] ?? mediaType;
}

const typeOf = (mediaType: string) => (mediaType.split(';')[0] ?? '').trim().toLowerCase();

function declaredFormat({ mediaType, name }: { mediaType: string; name: string }): DeclaredFormat {
  const type = typeOf(mediaType);
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
  const known = dialect && { dialect, notes: [] };
  const fill = (save: Save) => whileSaving(bytes, save, pieces => readTextTable(pieces, recordBytes, known), asIs);
  const review = async (filled: Filled, again: () => AsyncIterable<Uint8Array>): Promise<Filled> => {
    const { better } = filled.facts ?? {};
    if (!better || !filled.facts) return filled;
    const other = await readTextTable(again(), recordBytes, better);
    return { facts: numbersIn(other) > numbersIn(filled.facts) ? withShortSample(other) : filled.facts };
  };
  return { format: 'csv', mediaType, fill, review };
}

/** Columns of which something can be calculated. */
const numbersIn = ({ columns }: TableFacts) =>
  columns.filter(({ type, exceptions }) => type === 'number' || type === 'integer' || exceptions).length;

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
