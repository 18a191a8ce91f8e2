import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { QueryContext } from './query/query.ts';
import { provenance, type StoredResult } from './result.ts';
import type { Origin } from './store/store.ts';
import { findSource } from './transfer/source.ts';
import { inTurn } from './worker-pool.ts';

const mediaTypes = {
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
};

/** `file`: the bytes as they arrived, whatever they are. */
export type ExportFormat = TableFormat | 'file';
type TableFormat = keyof typeof mediaTypes;

/** A stored table in another form, as bytes that can be read once. It is made when they are read. */
export interface Exported {
  /** With the form's ending. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
}

/** @throws Fault `bad_arguments` for what is no table; `not_configured`, when it is read, for Parquet without DuckDB */
export function exportedBytes(result: StoredResult, format: ExportFormat, context: QueryContext): Exported {
  if (result.isSecret) throw noTable(result);
  if (format === 'file') return { name: result.name, bytes: stored(result, context) };
  if (result.kind !== 'table') throw noTable(result);
  const name = `${result.name.replace(/\.(?:csv|json|ndjson|jsonl|parquet)$/i, '')}.${format}`;
  // Parquet takes its turn where its process is started.
  if (format === 'parquet') return { name, bytes: parquet(result, context) };
  const make = { csv, json: array, ndjson: lines }[format];
  return { name, bytes: inTurn(make(result, context), context) };
}

/** Stores another form of a table. The same export has the same handle again. */
export async function storeExport(
  result: StoredResult,
  format: TableFormat,
  { name, bytes }: Exported,
  { results, clock, signal }: QueryContext,
): Promise<StoredResult> {
  const source = {
    operation: 'export_result',
    arguments: { result: result.uri, format },
    at: new Date(clock.now()).toISOString(),
    from: [provenance(result)],
  };
  const origin: Origin = { name, mediaType: mediaTypes[format], source, key: `export ${format} ${result.uri}`, signal };
  // Lines of JSON are a table in the store; an array stays the array that was asked for.
  return results.write(origin, format === 'ndjson' ? { bytes } : { bytes, asIs: format === 'csv' ? true : 'file' });
}

async function* stored(result: StoredResult, { results }: QueryContext): AsyncGenerator<Uint8Array> {
  yield* await results.open(result);
}

async function* csv(result: StoredResult, { results, signal, clock }: QueryContext): AsyncGenerator<Uint8Array> {
  const source = { operation: 'export_result', arguments: {}, at: new Date(clock.now()).toISOString() };
  const found = await findSource(result.uri, { results, folders: [], origin: { source, signal } });
  yield* found.body('csv').open();
}

async function* array(result: StoredResult, { results, signal }: QueryContext): AsyncGenerator<Uint8Array> {
  yield* pieces(await results.read(result, signal), '[\n', ',\n', '\n]\n');
}

async function* lines(result: StoredResult, { results, signal }: QueryContext): AsyncGenerator<Uint8Array> {
  yield* pieces(await results.read(result, signal), '', '\n', result.rows > 0 ? '\n' : '');
}

const pieceLength = 65_536;

async function* pieces(rows: AsyncIterable<Row>, open: string, between: string, close: string) {
  let text = open;
  let first = true;
  for await (const row of rows) {
    text += `${first ? '' : between}${JSON.stringify(row)}`;
    first = false;
    if (text.length < pieceLength) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text + close);
}

/** DuckDB writes files, not streams: into a work area, which is swept should this process not come to it. */
async function* parquet(result: StoredResult, context: QueryContext): AsyncGenerator<Uint8Array> {
  const { directory } = await context.results.workspace(`export ${result.uri}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, `${randomBytes(6).toString('hex')}.parquet`);
  const { writeParquet } = await import('./query/query.ts');
  try {
    await writeParquet(result, path, context);
    yield* createReadStream(path);
  } finally {
    await rm(path, { force: true });
  }
}

const noTable = ({ name, mediaType, uri }: StoredResult) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} (${mediaType}) is stored as a file, not a table.`,
    hint: `Its bytes are the resource ${uri}; format "file" writes them to a path.`,
  });
