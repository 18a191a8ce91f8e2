import { type CsvError, parse } from 'csv-parse';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { valueIn } from '../result.ts';

/** Some records of a table; `ends[i]` is the byte behind `records[i]`, counted from where the source began. */
export interface Batch<Record> {
  records: Record[];
  ends: number[];
}

/**
 * Reads RFC 4180 CSV in UTF-8, header record included, one batch for each piece of the source.
 * Blank lines are skipped, a stray quote in an unquoted value is taken as it is (inch marks are common).
 * Throws `bad_upstream_reply` where a record has more or fewer fields than the first, or a quote stays open.
 */
export async function* csvRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<Batch<string[]>> {
  let batch: Batch<string[]> = { records: [], ends: [] };
  const parser = parse({
    bom: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 0,
  });
  // Records are taken where they come out of the parser. Through the stream they would lose their position, and the
  // parser's own callback for each record describes it in an object that takes longer to make than the record.
  const push = parser.push.bind(parser);
  parser.push = (record: string[] | null) => {
    if (record === null) return push(null);
    batch.records.push(record);
    batch.ends.push(parser.info.bytes);
    return true;
  };
  const failure = new Promise<never>((_, reject) => parser.once('error', error => reject(damaged(error))));
  failure.catch(() => {});
  try {
    for await (const bytes of source) {
      await settled(failure, done => parser.write(bytes, done));
      yield batch;
      batch = { records: [], ends: [] };
    }
    await settled(failure, done => parser.end(done));
    yield batch;
  } finally {
    parser.destroy();
  }
}

async function settled(failure: Promise<never>, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  const failed = await new Promise(resolve => start(error => resolve(error)));
  if (failed) await failure;
}

function damaged(cause: CsvError | Error): Fault {
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The CSV is damaged or cut short. ${cause.message}`,
    hint: 'Nothing was stored. Download it again; if it stays so, the file is damaged on the platform.',
    cause,
  });
}

/** Column names from a header record: an empty one becomes `column_3`, a repeated one `name_2`. */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>();
  return header.map((name, position) => {
    const base = name || `column_${position + 1}`;
    let unique = base;
    for (let count = 2; taken.has(unique); count++) unique = `${base}_${count}`;
    taken.add(unique);
    return unique;
  });
}

/** A row as a line of the columns' values: null is empty, what has parts is JSON. */
export function csvRow(columns: readonly string[], row: Row): string {
  return csvLine(columns.map(column => cellText(valueIn(row, column))));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One record as a line of RFC 4180 CSV. */
export function csvLine(fields: readonly string[]): string {
  // An empty line would be no record at all.
  if (fields.length === 1 && fields[0] === '') return '""\r\n';
  return `${fields.map(field => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\r\n`;
}
