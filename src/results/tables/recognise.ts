import { extname } from 'node:path';
import { isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { type Save, saving } from '../disk.ts';
import { type Column, type Format, valueIn } from '../result.ts';
import { quoteBlankLines } from './blank-lines.ts';
import { addText, addValue, type ColumnTally, columnOf, columnTally, valueOfText } from './columns.ts';
import { type Batch, columnNames, csvLine, csvRecords } from './csv.ts';
import { arrayLines, ndjsonRecords, rowLines } from './ndjson.ts';
import { noteRow, type RowIndex } from './table.ts';

/** Records that are already split, for example joined from several files. Every record has a field for each column. */
export interface RecordTable {
  columns: readonly string[];
  batches: AsyncIterable<string[][]>;
}

/** Columns that are known beforehand: an empty column has a type then, and a table without rows has columns. */
export type Declared = readonly Pick<Column, 'name' | 'type'>[];

/**
 * What can be stored: bytes as they come, rows, or split records. `columns` are those of lines of JSON. `asIs`:
 * somebody's own file, kept byte for byte; it is a table if it is CSV that can be read as one, and otherwise no less good.
 */
export type Content =
  | { bytes: AsyncIterable<Uint8Array>; columns?: Declared; asIs?: true }
  | { rows: AsyncIterable<Row> | Iterable<Row> }
  | { table: RecordTable };

/** What was learnt of a table while its bytes went to the disk. */
export interface TableFacts {
  rows: number;
  columns: Column[];
  sample: Row[];
  index: RowIndex;
}

export interface Intake {
  format: Format;
  mediaType: string;
  /** Writes everything through `save`. Undefined: it turned out to be no table. */
  fill(save: Save): Promise<TableFacts | undefined>;
}

const sampleRows = 5;
const sampleText = 500;
const columnLimit = 2_000;
const headBytes = 1_024;

/** Finds out what the content is, from its media type, its name and its first bytes. */
export async function recognise(content: Content, declared: { mediaType: string; name: string }): Promise<Intake> {
  if ('table' in content) {
    const { table } = content;
    return { format: 'csv', mediaType: 'text/csv', fill: save => csvFacts(savedTable(table, save)) };
  }
  if ('rows' in content) return ndjsonIntake(rowLines(content.rows), 'application/x-ndjson');
  const { head, bytes } = await peek(content.bytes);
  const { mediaType } = declared;
  const format = declaredFormat(declared);
  // Bytes of a two-byte encoding are kept, not read: every position in them would be wrong.
  if (format === 'file' || head[0] === 0xff || head[0] === 0xfe) return fileIntake(bytes, mediaType);
  if (content.asIs) return format === 'csv' ? ownCsv(bytes) : fileIntake(bytes, mediaType);
  if (format === 'csv')
    return { format, mediaType, fill: save => csvFacts(csvRecords(saving(quoteBlankLines(bytes), save))) };
  if (format === 'ndjson') return ndjsonIntake(bytes, mediaType, content.columns);
  // An array of objects is stored one object a line: it can then be read as a stream, and from the middle.
  if (/^\ufeff?\s*\[\s*[{\]]/.test(head.toString())) return ndjsonIntake(arrayLines(bytes), 'application/x-ndjson');
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
  '.csv': 'csv',
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
    return undefined;
  };
  return { format: 'bytes', mediaType, fill };
}

function ownCsv(bytes: AsyncIterable<Uint8Array>): Intake {
  const fill = async (save: Save) => {
    const pieces = saving(bytes, save);
    let broken = false;
    // Without `return`: a reader that gives up must not close what is still to be saved.
    const next = async () => {
      try {
        return await pieces.next();
      } catch (error) {
        broken = true;
        throw error;
      }
    };
    try {
      return await csvFacts(csvRecords({ [Symbol.asyncIterator]: () => ({ next }) }));
    } catch (error) {
      if (broken || !isFault(error, 'bad_upstream_reply')) throw error;
      for await (const _ of pieces);
      return undefined;
    } finally {
      await pieces.return(undefined);
    }
  };
  return { format: 'csv', mediaType: 'text/csv', fill };
}

function ndjsonIntake(bytes: AsyncIterable<Uint8Array>, mediaType: string, declared?: Declared): Intake {
  return { format: 'ndjson', mediaType, fill: save => ndjsonFacts(ndjsonRecords(saving(bytes, save)), declared) };
}

/** Writes split records as CSV. */
async function* savedTable({ columns, batches }: RecordTable, save: Save): AsyncGenerator<Batch<string[]>> {
  let position = 0;
  const write = async (records: string[][]) => {
    const lines = records.map(csvLine);
    const ends = lines.map(line => (position += Buffer.byteLength(line)));
    await save(Buffer.from(lines.join('')));
    return { records, ends };
  };
  yield await write([[...columns]]);
  for await (const records of batches) yield await write(records);
}

async function csvFacts(batches: AsyncIterable<Batch<string[]>>): Promise<TableFacts | undefined> {
  let tallies: ColumnTally[] | undefined;
  const index: RowIndex = { every: 1_000, offsets: [] };
  const first: string[][] = [];
  let rows = 0;
  let start = 0;
  for await (const { records, ends } of batches) {
    for (const [position, record] of records.entries()) {
      if (tallies) {
        noteRow(index, rows++, start);
        if (rows <= sampleRows) first.push(record);
        for (let field = 0; field < record.length; field++) addText(tallies[field] as ColumnTally, record[field] ?? '');
      } else tallies = columnNames(record).map(columnTally);
      start = ends[position] ?? start;
    }
  }
  const columns = (tallies ?? []).map(tally => columnOf(tally, rows));
  if (columns.length > columnLimit) return undefined;
  const sample = first.map(record => {
    return sampleRow(columns.map(({ name, type }, field) => [name, valueOfText(record[field] ?? '', type)]));
  });
  return { rows, columns, sample, index };
}

async function ndjsonFacts(
  batches: AsyncIterable<Batch<unknown>>,
  declared: Declared = [],
): Promise<TableFacts | undefined> {
  const tallies = new Map<string, ColumnTally>(
    declared.map(({ name, type }) => [name, { ...columnTally(name), type }]),
  );
  const index: RowIndex = { every: 1_000, offsets: [] };
  const first: Row[] = [];
  let table = true;
  let rows = 0;
  let start = 0;
  for await (const { records, ends } of batches) {
    for (const [position, record] of records.entries()) {
      table &&= isRow(record) && tallies.size <= columnLimit;
      if (!table || !isRow(record)) break;
      noteRow(index, rows++, start);
      if (rows <= sampleRows) first.push(record);
      for (const [name, value] of Object.entries(record)) {
        const tally = tallies.get(name) ?? columnTally(name);
        tallies.set(name, tally);
        addValue(tally, value);
      }
      start = ends[position] ?? start;
    }
  }
  if (!table || tallies.size > columnLimit) return undefined;
  const columns = [...tallies.values()].map(tally => columnOf(tally, rows));
  const sample = first.map(row => {
    return sampleRow(columns.map(({ name }) => [name, valueIn(row, name) ?? null]));
  });
  return { rows, columns, sample, index };
}

function isRow(record: unknown): record is Row {
  return typeof record === 'object' && record !== null && !Array.isArray(record);
}

/** Long values are clipped: the sample is kept with the metadata and shown to people. */
function sampleRow(entries: [string, unknown][]): Row {
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const text = typeof value === 'object' ? JSON.stringify(value) : value;
      const long = typeof text === 'string' && text.length > sampleText;
      return [name, long ? `${text.slice(0, sampleText)}…` : value];
    }),
  );
}
