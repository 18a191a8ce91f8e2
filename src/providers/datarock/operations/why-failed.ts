import type { Row } from '../../../base/json-value.ts';
import { nearest } from '../../../base/nearest.ts';
import type { OperationContext } from '../../../operations/operation.ts';
import { listHoles } from './projects.ts';

/** An export, as far as it tells which holes failed. */
interface FailedHoles {
  project: string;
  failed: readonly string[];
}

/**
 * Rows of an export's holes, with why each failed one did, as far as anybody can tell: Datarock gives no reason, but
 * its list of the project's holes tells the two apart that there are. One request for each project.
 */
export async function explainHoles(
  rows: readonly Row[],
  exports: readonly FailedHoles[],
  context: OperationContext,
): Promise<Row[]> {
  const reasons = new Map<string, Row>();
  for (const { project, failed } of exports) {
    if (failed.length === 0) continue;
    const known = (await context.rows(listHoles, { project })).map(({ id }) => String(id));
    const there = new Set(known);
    for (const hole of failed) reasons.set(hole, there.has(hole) ? noRun : notThere(hole, known));
  }
  return rows.map(row => ({ ...row, ...reasons.get(String(row['holeId'])) }));
}

const noRun = { reason: 'likely no pipeline run in the time asked for (Datarock does not say)' };

function notThere(hole: string, known: readonly string[]): Row {
  const near = nearest(hole, known);
  return { reason: 'the project lists no such hole', ...(near === undefined ? {} : { did_you_mean: near }) };
}
