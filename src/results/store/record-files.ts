import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFault, ifMissing, replaceFile } from '../disk.ts';
import { resultId, resultUri, type StoredResult } from '../result.ts';
import type { RowIndex } from '../tables/row-index.ts';
import type { Reading } from '../tables/text/table.ts';
import { isDataFileOf } from './places.ts';
import type { Blocks } from './stored-bytes.ts';

/**
 * The metadata of a result on disk. A result exists when this file does. When the data is gone, by age or for the
 * quota, the metadata stays for a while and can still tell how the result was made.
 */
export interface ResultRecord {
  /** 1: stored before tables were read once and for all; it is read again when it is first asked. */
  version: 1 | 2;
  /** Name of the data file. Never used twice, so replacing a result cannot mix two of them. */
  file: string;
  index: RowIndex;
  result: StoredResult;
  /** The rows, as lines of JSON, where the data file is in another form. */
  rows?: { file: string; bytes: number };
  /** Of text files. */
  reading?: Reading;
  /** The data file is compressed. */
  packed?: { blocks: Blocks; bytes: number };
  /** The table in columns, typed, for SQL. */
  parquet?: { file: string; bytes: number };
}

/** Of the data file, as it is on the disk. */
export const fileBytes = ({ packed, result }: ResultRecord) => packed?.bytes ?? result.bytes;

/** All that it takes on the disk. */
export const heldBytes = (record: ResultRecord) =>
  fileBytes(record) + (record.rows?.bytes ?? 0) + (record.parquet?.bytes ?? 0);

export async function makeFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}

/**
 * The metadata of one result; undefined when there is none, or none of a version that is known here.
 * @throws Fault `not_configured` when the folder may not be read
 */
export async function readRecord(directory: string, id: string): Promise<ResultRecord | undefined> {
  const text = await readFile(recordPath(directory, id), 'utf8').catch(readable(directory, '{}'));
  try {
    const record = JSON.parse(text) as Partial<ResultRecord>;
    const isKnown = record.version === 1 || record.version === 2;
    const isNamed = record.result?.id === id && record.result.uri === resultUri(id);
    // Whoever can write into the folder could name any file, to have it read or removed.
    const files = [{ file: record.file }, record.parquet, record.rows].filter(one => one !== undefined);
    const isOwn = files.every(one => isDataFileOf(id, one.file));
    return isKnown && isNamed && isOwn ? (record as ResultRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Fault `too_large` on a full disk, `not_configured` when the folder may not be written */
export async function writeRecord(directory: string, record: ResultRecord): Promise<void> {
  const text = Buffer.from(JSON.stringify(record));
  try {
    await replaceFile(recordPath(directory, record.result.id), { bytes: Infinity }, save => save(text));
  } catch (error) {
    throw diskFault(error, directory);
  }
}

export async function removeRecord(directory: string, record: ResultRecord): Promise<void> {
  await rm(recordPath(directory, record.result.id), { force: true });
  await removeData(directory, record);
}

/** What a result is made of, but for its metadata. */
export async function removeData(directory: string, record: ResultRecord): Promise<void> {
  for (const file of dataFiles(record)) await rm(join(directory, file), { force: true });
}

/** Names of all files that a result is made of, but for its metadata. */
export const dataFiles = ({ file, rows, parquet }: ResultRecord): string[] =>
  [file, rows?.file, parquet?.file].filter(one => one !== undefined);

/**
 * Every result's metadata, and the names of all entries of the folder.
 * @throws Fault `not_configured` when the folder may not be read
 */
export async function readFolder(directory: string): Promise<{ records: ResultRecord[]; names: Set<string> }> {
  const names = new Set(await readdir(directory).catch(readable(directory, [])));
  const ids = [...names].flatMap(name => (name.endsWith('.json') ? (resultId(name.slice(0, -5)) ?? []) : []));
  const records: ResultRecord[] = [];
  // A few at a time: a thousand open files at once would meet the limit of the system.
  for (let start = 0; start < ids.length; start += 32) {
    const some = await Promise.all(ids.slice(start, start + 32).map(id => readRecord(directory, id)));
    records.push(...some.filter(record => record !== undefined));
  }
  return { records, names };
}

/** Bytes and time of the last change (ms) of a file or folder; undefined when it is gone, and for a link to elsewhere. */
export async function fileFacts(path: string): Promise<{ bytes: number; changed: number } | undefined> {
  const facts = await lstat(path).catch(ifMissing(undefined));
  return facts && !facts.isSymbolicLink() ? { bytes: facts.size, changed: facts.mtimeMs } : undefined;
}

/** The same for what is read of the results folder: a folder that may not be read is for the operator to mend. */
function readable<Value>(directory: string, value: Value): (error: unknown) => Value {
  return error => ifMissing(value)(diskFault(error, directory));
}

function recordPath(directory: string, id: string): string {
  return join(directory, `${id}.json`);
}
