import { Fault } from '../../base/errors.ts';
import { readRows, type TableFile } from '../tables/table.ts';
import { type Drawn, dataOf, rolesOf } from './data.ts';
import type { ChartPlan } from './plan.ts';

const mostRowsDrawn = 1_000_000;

/** The rows of a chart. @throws Fault `too_large` where reading would take too long and memory */
export async function readData(table: TableFile, plan: ChartPlan): Promise<Drawn> {
  if (table.rows > mostRowsDrawn)
    throw new Fault({
      code: 'too_large',
      message: `The table has ${table.rows.toLocaleString('en-US')} rows; a chart is drawn from ${mostRowsDrawn.toLocaleString('en-US')} at most.`,
      hint: 'Aggregate it first with query_result (GROUP BY), and draw its result.',
    });
  const roles = rolesOf(plan);
  const columns = [...new Set(roles.map(([, { name }]) => name))];
  const { rows } = await readRows(table, { columns, limit: table.rows });
  return dataOf(rows, roles);
}
