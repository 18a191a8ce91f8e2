import { rm } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';
import { type StoredResult, whyNoRows } from '../result.ts';
import type { ResultStore, StoredTable } from '../store/store.ts';
import type { QueryTable } from './job.ts';

/** Columnar forms that are being written, by the path of the table's data, which no other table ever has. */
const beingWritten = new Map<string, Promise<unknown>>();

/**
 * Runs a job over stored tables. A table without a columnar form gets it in the course of the job; whoever wants the
 * same table meanwhile waits for it. The form is kept when the job has succeeded.
 * @throws Fault `bad_arguments` for a file, `not_found`
 */
export async function withColumnarForms<Outcome>(
  wanted: readonly StoredResult[],
  results: ResultStore,
  job: (tables: QueryTable[]) => Promise<Outcome>,
): Promise<Outcome> {
  const tables: QueryTable[] = [];
  const release: (() => void)[] = [];
  try {
    // In one order, so that no two jobs wait for each other.
    for (const result of wanted.toSorted((a, b) => (a.uri < b.uri ? -1 : 1)))
      tables.push(await columnsOf(result, results, release));
    const outcome = await job(tables);
    for (const { convert, parquet } of tables) if (convert) await results.keepColumns(convert as StoredTable, parquet);
    return outcome;
  } catch (error) {
    for (const { convert, parquet } of tables) if (convert) await rm(parquet, { force: true });
    throw error;
  } finally {
    for (const free of release) free();
  }
}

async function columnsOf(result: StoredResult, results: ResultStore, release: (() => void)[]): Promise<QueryTable> {
  if (result.kind === 'file') throw noTable(result);
  for (;;) {
    const table = await results.table(result);
    if (table.columns.length === 0) throw noTable(result);
    const { uri, columns, parquet, path } = table;
    if (parquet !== undefined) return { uri, columns, parquet };
    const other = beingWritten.get(path);
    if (!other) {
      release.push(claim(path));
      return { uri, columns, parquet: await results.columnsPath(result), convert: table };
    }
    await other;
  }
}

/** Says that the columnar form of the data is being written; what it returns says that it no longer is. */
function claim(path: string): () => void {
  let free = () => {};
  const done = new Promise<void>(resolve => {
    free = resolve;
  });
  beingWritten.set(path, done);
  return () => {
    beingWritten.delete(path);
    free();
  };
}

function noTable(result: StoredResult): Fault {
  const { uri, name, kind, mediaType } = result;
  const what = kind === 'file' ? `is a file (${mediaType}), not a table` : 'is an empty table';
  return new Fault({
    code: 'bad_arguments',
    message: `${name} (${uri}) ${what}.${whyNoRows(result)}`,
    hint: 'Query tables only; list_results says which results are.',
  });
}
