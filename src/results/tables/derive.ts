import { readFile } from 'node:fs/promises';
import { isFault } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { isRow, type Row } from '../../base/json-value.ts';
import type { Save } from '../disk.ts';
import { saving } from '../disk.ts';
import { NotATable } from '../not-a-table.ts';
import { openBytes } from '../store/stored-bytes.ts';
import { type Filled, withShortSample } from './filled.ts';
import type { Declared } from './json-column.ts';
import { readJsonTable } from './json-table.ts';
import { arrayLines, ndjsonRecords, rowLines } from './ndjson.ts';

/** What holds a table in another form than lines. It is kept as it came, and its rows beside it as lines of JSON. */
export type OtherForm = 'array' | 'object' | 'lines' | 'parquet' | 'excel';

/** Rows that a process of its own has found in a file. */
export interface ForeignTable {
  lines: AsyncIterable<Uint8Array>;
  columns?: readonly Declared[];
  notes: readonly string[];
  /** Further tables in the file, by name. */
  others?: readonly string[];
}

/** Reads what only a process of its own can read. `read` is given the rows. @throws Fault where it cannot be read */
export type ReadForeign = (
  file: { form: 'parquet' | 'excel'; path: string; part?: string },
  read: (table: ForeignTable) => Promise<Filled>,
  signal: AbortSignal | undefined,
) => Promise<Filled>;

export interface OtherFile {
  path: string;
  bytes: number;
  recordBytes: number;
  signal?: AbortSignal | undefined;
}

/** An object is in memory as a whole while its list is looked for. */
const mostOfObject = 33_554_432;

/**
 * Writes the rows of a file as lines of JSON, and says what there is to know of them; without facts where it holds no
 * table. @throws Fault `bad_upstream_reply` for damaged JSON
 */
export async function deriveRows(
  form: OtherForm,
  file: OtherFile,
  save: Save,
  readForeign: ReadForeign | undefined,
): Promise<Filled> {
  const read = (lines: AsyncIterable<Uint8Array>, columns?: readonly Declared[]) =>
    readLines(lines, save, file.recordBytes, columns);
  switch (form) {
    case 'array':
      return read(arrayLines(openBytes(file)));
    case 'lines':
      return read(openBytes(file));
    case 'object':
      return readObject(file, read);
    default: {
      if (!readForeign) return {};
      const take = async ({ lines, columns, notes, others = [] }: ForeignTable): Promise<Filled> => {
        const filled = await read(lines, columns);
        if (!filled.facts) return filled;
        return { facts: { ...filled.facts, notes: [...notes, ...filled.facts.notes] }, others };
      };
      return readForeign({ form, path: file.path }, take, file.signal).catch(unread);
    }
  }
}

/** A file that cannot be read as a table is a file; what is wrong with this server or the call is told. */
function unread(error: unknown): Filled {
  if (isFault(error) && ['bad_arguments', 'not_configured', 'too_large', 'timed_out'].includes(error.code))
    return { reason: `${error.message} ${error.hint}` };
  throw error;
}

type ReadRows = (lines: AsyncIterable<Uint8Array>) => Promise<Filled>;

async function readLines(
  lines: AsyncIterable<Uint8Array>,
  save: Save,
  recordBytes: number,
  columns: readonly Declared[] | undefined,
): Promise<Filled> {
  try {
    const records = ndjsonRecords(saving(lines, save), { recordBytes, noun: 'Record' });
    return { facts: withShortSample(await readJsonTable(records, columns)) };
  } catch (error) {
    if (!(error instanceof NotATable)) throw error;
    return { reason: error.message };
  }
}

/** The one list of objects in an object, as `results` in what dbt writes about a run. */
async function readObject({ path, bytes }: OtherFile, read: ReadRows): Promise<Filled> {
  if (bytes > mostOfObject) return {};
  let value: unknown;
  try {
    value = parseJson(await readFile(path, 'utf8'));
  } catch {
    // A file of that name that is no JSON is still somebody's file.
    return {};
  }
  const lists = listsIn(value, []);
  const [only, ...more] = lists;
  if (!only) return {};
  if (more.length > 0) return { reason: `It holds several lists: ${lists.slice(0, 5).map(inWords).join(', ')}.` };
  const filled = await read(rowLines(only.rows));
  if (!filled.facts) return filled;
  return { facts: { ...filled.facts, notes: [`Its rows are the list "${only.path}".`, ...filled.facts.notes] } };
}

interface FoundList {
  path: string;
  rows: Row[];
}

const inWords = ({ path, rows }: FoundList) => `${path} (${rows.length} rows)`;
const deepest = 3;

function listsIn(value: unknown, path: readonly string[]): FoundList[] {
  if (!isRow(value) || path.length >= deepest) return [];
  return Object.entries(value).flatMap(([name, part]): FoundList[] => {
    const here = [...path, name];
    const isList = Array.isArray(part) && part.length > 0 && part.every(one => isRow(one));
    return isList ? [{ path: here.join('.'), rows: part as Row[] }] : listsIn(part, here);
  });
}
