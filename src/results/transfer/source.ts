import { extname } from 'node:path';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { StreamBody } from '../../http/stream-body.ts';
import { type StoredResult, whyNoRows } from '../result.ts';
import type { Origin, ResultStore } from '../store/store.ts';
import { csvLine, csvRow } from '../tables/csv.ts';
import { localFile } from './local-file.ts';

/** `bytes`: unchanged. `csv`: RFC 4180 in UTF-8 with a header; what is CSV already goes unchanged. */
export type SourceForm = 'bytes' | 'csv';

/** Data on its way to a platform: a stored result, rows or a text that a caller gave, or a local file. */
export interface Source {
  /** A file's or result's own name; with an ending where the content has a known form. */
  name: string;
  /** How much it is: "3 rows", "1204 bytes". */
  extent: string;
  /** @throws Fault `bad_arguments` where rows are wanted of what is no table */
  body(form: SourceForm): StreamBody;
  /** Its rows, typed by their columns. @throws Fault `bad_arguments` for what is no table */
  rows(): AsyncIterable<Row>;
}

/** The argument by which data comes in. Read with `context.source`, or sent by its mark. */
export const sourceArgument = (description = 'result:// handle, rows, text, or a local file the operator allowed') =>
  z.union([z.string().min(1), z.array(z.record(z.string(), z.unknown())).min(1)]).describe(description);

/** Where sources are found. */
export interface Sources {
  results: ResultStore;
  /** Folders whose files may be sent. */
  folders: readonly string[];
  /** How a file that has to be read as a table is named in the store. */
  origin: Pick<Origin, 'source' | 'signal'>;
}

/**
 * Looks at what was given; nothing is read of it before it is sent.
 * @throws Fault saying what to give instead
 */
export async function findSource(given: unknown, sources: Sources): Promise<Source> {
  if (Array.isArray(given)) return rowsSource(given as Row[]);
  const text = String(given);
  if (text.startsWith('result://')) return resultSource(await sources.results.get(text), sources);
  if (/^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(text)) throw foreign(text);
  if (mayBePath(text)) return fileSource(text, sources);
  return (await fileCalled(text, sources)) ?? textSource(text, sources);
}

/** Characters that the name of a file may have on the systems that there are. */
const longestName = 255;

/** One line that has an ending or the steps of a path. What has a line break, or words alone, is a text. */
const mayBePath = (text: string): boolean => {
  if (/[\r\n]/.test(text)) return false;
  const hasSteps = /[/\\]/.test(text) && !/\s/.test(text);
  return hasSteps || /^(file:|~|\.{0,2}[/\\]|[a-z]:[/\\])/i.test(text) || /\.[a-z]\w{0,7}$/i.test(text);
};

/** A word may be the name of a file, where the operator allowed some and it is there. */
async function fileCalled(text: string, sources: Sources): Promise<Source | undefined> {
  if (sources.folders.length === 0 || text.length > longestName || /[\0\r\n]/.test(text)) return undefined;
  return fileSource(text, sources).catch(error => {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  });
}

function textSource(text: string, { results, origin }: Sources): Source {
  const bytes = Buffer.from(text);
  const open = () => Readable.from([bytes], { objectMode: false });
  const isLine = !/[\r\n]/.test(text.trimEnd());
  async function* rows() {
    if (isLine) throw noTable('The text', ' It is one line, and no path of a file.');
    const result = await results.write({ ...origin, name: 'text.csv', mediaType: csvType }, { bytes: open() });
    yield* resultSource(result, { results, origin, folders: [] }).rows();
  }
  return {
    name: 'text.csv',
    extent: `${bytes.length} bytes`,
    body(form) {
      if (form === 'csv' && isLine) throw noTable('The text', ' It is one line, and no path of a file.');
      return { mediaType: form === 'csv' ? csvType : anyType, size: bytes.length, open };
    },
    rows,
  };
}

function rowsSource(rows: readonly Row[]): Source {
  async function* all() {
    yield* rows;
  }
  return {
    name: 'rows.csv',
    extent: rowsInWords(rows.length),
    body(form) {
      const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
      const bytes = Buffer.from(csvLine(columns) + rows.map(row => csvRow(columns, row)).join(''));
      return { mediaType: form === 'csv' ? csvType : anyType, size: bytes.length, open: () => Readable.from([bytes]) };
    },
    rows: all,
  };
}

function resultSource(result: StoredResult, { results, origin }: Sources): Source {
  if (result.isSecret) throw secret(result);
  const { kind, bytes: size } = result;
  const isTable = kind === 'table';
  // A file of that name that could not be read as a table is still the CSV of whoever wrote it.
  const isCsv = isTable ? result.isPlainCsv === true : endingOf(result.name) === '.csv';
  const open = () => lazily(() => results.open(result));
  async function* rows() {
    yield* await results.read(result, origin.signal);
  }
  return {
    name: result.name,
    extent: isTable ? rowsInWords(result.rows) : `${size} bytes`,
    body(form) {
      if (form === 'bytes') return { mediaType: anyType, size, open };
      if (isCsv) return { mediaType: csvType, size, open };
      if (!isTable) throw noTable(result.name, whyNoRows(result));
      const columns = result.columns.map(({ name }) => name);
      return { mediaType: csvType, open: () => Readable.from(pieces(columns, rows()), { objectMode: false }) };
    },
    rows() {
      if (!isTable) throw noTable(result.name, whyNoRows(result));
      return rows();
    },
  };
}

async function fileSource(given: string, sources: Sources): Promise<Source> {
  const file = await localFile(given, sources.folders);
  const { name, size, open } = file;
  const mediaType = mediaTypes[endingOf(name)] ?? anyType;
  // Read as a table it takes the way of every other table: into the store.
  const asResult = async () => {
    const result = await sources.results.write({ ...sources.origin, name, mediaType }, { bytes: open() });
    return resultSource(result, sources);
  };
  async function* rows() {
    yield* (await asResult()).rows();
  }
  return {
    name,
    extent: `${size} bytes`,
    body(form) {
      if (form === 'bytes') return { mediaType: anyType, size, open };
      if (mediaType === csvType) return { mediaType, size, open };
      if (mediaType === anyType) throw noTable(name);
      return { mediaType: csvType, open: () => lazily(async () => (await asResult()).body('csv').open()) };
    },
    rows,
  };
}

const rowsInWords = (count: number) => `${count} row${count === 1 ? '' : 's'}`;

const anyType = 'application/octet-stream';
const csvType = 'text/csv; charset=utf-8';

const mediaTypes: Record<string, string> = {
  '.csv': csvType,
  '.json': 'application/json',
  '.ndjson': 'application/x-ndjson',
  '.jsonl': 'application/x-ndjson',
};

const endingOf = (name: string) => extname(name).toLowerCase();

function lazily(open: () => Promise<Readable>): Readable {
  async function* bytes() {
    yield* await open();
  }
  return Readable.from(bytes(), { objectMode: false });
}

const pieceLength = 65_536;

/** CSV in pieces of about 64 KB: one write for each row would cost more than the row. */
async function* pieces(columns: readonly string[], rows: AsyncIterable<Row>): AsyncGenerator<Buffer> {
  let text = csvLine(columns);
  for await (const row of rows) {
    text += csvRow(columns, row);
    if (text.length < pieceLength) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

const foreign = (given: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `"${given}" holds no data of its own.`,
    hint: 'Fetch it first: the answer of the download, or of wait_for_run, names a result:// handle. Give that.',
  });

const secret = ({ name, uri }: StoredResult) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} is a secret, and is sent nowhere.`,
    hint: `The person opens ${uri} as a resource.`,
  });

const noTable = (name: string, why = '') =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} is a file, not a table.${why}`,
    hint: 'Give a table: CSV, lines of JSON, or rows.',
  });
