import { availableParallelism } from 'node:os';
import type { SheetHead, SheetJob } from '../sheets/job.ts';
import type { ReadForeign } from '../tables/derive.ts';
import { type JobContext, runWorker } from '../worker-pool.ts';
import type { QueryHead, QueryJob } from './job.ts';
import { splitHead } from './output.ts';

/** What one file may take that is no lines itself. */
const limits = { memoryMib: 1_024, threads: Math.min(4, availableParallelism()) };

/** Reads Parquet by DuckDB, and workbooks by JavaScript, each in a process of its own. */
export function foreignReader(context: Omit<JobContext, 'signal'>): ReadForeign {
  return ({ form, path, part }, read, given) => {
    const within = { ...context, signal: given ?? new AbortController().signal };
    if (form === 'parquet') {
      const job: QueryJob = { file: path, tables: [], ...limits };
      return runWorker('query', job, within, async (output, done) => {
        const [head, lines] = await splitHead(output, done);
        const { columns } = JSON.parse(head) as QueryHead;
        return read({ lines, columns, notes: [] });
      });
    }
    const job: SheetJob = { path, ...(part === undefined ? {} : { sheet: part }) };
    return runWorker('sheet', job, within, async (output, done) => {
      const [head, lines] = await splitHead(output, done);
      const { sheet, others, notes } = JSON.parse(head) as SheetHead;
      const which = others.length > 0 ? [`It has ${others.length + 1} sheets; these are the rows of "${sheet}".`] : [];
      return read({ lines, notes: [...which, ...notes], others });
    });
  };
}
