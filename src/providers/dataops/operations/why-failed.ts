import pMap from 'p-map';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { firstOf } from '../../../base/nearest.ts';
import type { OperationContext } from '../../../operations/operation.ts';
import { readLogEnd } from './logs.ts';
import { readJobs } from './pipeline-jobs.ts';

/** Pipelines whose jobs are read at once. */
const atOnce = 4;
/** Lines of a log, from its end, in which the reason is looked for, and characters of it that are shown. */
const [searched, shown] = [80, 160];
const named = 3;

/** Rows of a list of pipelines, with the jobs that made each failed one fail, and what the first of them said at its end. */
export function explainPipelines(
  rows: readonly Row[],
  { project }: { project: string },
  context: OperationContext,
): Promise<Row[]> {
  const explain = async (row: Row): Promise<Row> =>
    row['status'] === 'failed' ? { ...row, ...(await whyFailed(project, String(row['id']), context)) } : row;
  return pMap(rows, explain, { concurrency: atOnce });
}

async function whyFailed(project: string, pipeline: string, context: OperationContext): Promise<Row> {
  try {
    const jobs = (await readJobs({ project, pipeline }, context)).filter(({ status }) => status === 'failed');
    const counting = jobs.filter(({ allow_failure }) => !allow_failure);
    const tolerated = jobs.filter(({ allow_failure }) => allow_failure);
    const [first] = counting;
    const log = first && (await readLogEnd({ project, job: String(first.id) }, context)).lines;
    const found = log && reasonIn(log);
    return {
      failed_jobs: firstOf(
        counting.map(({ name }) => name),
        named,
      ),
      reason: found?.reason ?? first?.failure_reason ?? 'no job of it failed: look at what it started, or its YAML',
      ...(found && { log: found.lines }),
      ...(tolerated.length > 0 && {
        may_fail: firstOf(
          tolerated.map(({ name }) => name),
          named,
        ),
      }),
    };
  } catch (error) {
    // What may not be read of one pipeline does not spoil the rest.
    if (!isFault(error)) throw error;
    return { reason: `cannot be told: ${error.message}` };
  }
}

/** What names a cause, and what only says that there was one. */
const cause =
  /invalid|not found|does not exist|denied|unauthori[sz]ed|not authori[sz]ed|permission|timed? ?out|cannot|could not|unable to|no such|duplicate|exceed|refused|syntax|missing|unexpected|out of memory/i;
const failure = /error|fail|fatal|exception|abort/i;
/** What every failed log ends with. */
const noise = /^ERROR: Job failed|^Uploading|^Cleaning up|^Done\.|^Completed with|\bSKIP\b|^WARNING/i;

/** The last line that names a cause, and the two before it. */
export function reasonIn(log: readonly string[]): { reason: string; lines: string } | undefined {
  const lines = log
    .slice(-searched)
    .map(line => line.replace(/^\d\d:\d\d:\d\d\s+/, '').trim())
    .filter(line => line !== '' && !noise.test(line));
  const last = (pattern: RegExp) => lines.findLastIndex(line => pattern.test(line));
  const at = last(cause) >= 0 ? last(cause) : last(failure);
  if (at < 0) return undefined;
  const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}…` : text);
  const before = lines.slice(Math.max(0, at - 2), at + 1).join(' | ');
  return { reason: cut(lines[at] as string, shown), lines: cut(before, 2 * shown) };
}
