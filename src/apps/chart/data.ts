import type { ViewedRows } from '../../answers/view.ts';
import { type Datum, dataOf, rolesOf } from '../../results/chart/data.ts';
import type { ChartPlan } from '../../results/chart/plan.ts';
import type { ViewRowsInput } from '../../tools/results/view.ts';
import type { Host } from '../core/host.ts';
import { count } from '../core/words.ts';

type Where = NonNullable<ViewRowsInput['where']>;

/** Rows that a page draws; of more the picture in the answer is made. */
const mostRowsPlotted = 50_000;
const atOnce = 5_000;
const mostHoles = 1_000;

/** Rows as they are drawn, and what is left out. */
export interface Data {
  data: Datum[];
  notes: string[];
}

export async function fetchData(host: Host, result: string, plan: ChartPlan, where: Where = []): Promise<Data> {
  const roles = rolesOf(plan);
  const columns = [...new Set(roles.map(([, { name }]) => name))];
  const rows: Record<string, unknown>[] = [];
  let matched = Number.POSITIVE_INFINITY;
  while (rows.length < Math.min(matched, mostRowsPlotted)) {
    const asked = { result, columns, where, offset: rows.length, limit: atOnce, cell: 200 } satisfies ViewRowsInput;
    const view = await host.call<ViewedRows>('view_rows', asked);
    matched = view.matched ?? rows.length + view.rows.length;
    rows.push(...view.rows.map(row => Object.fromEntries(view.names.map((name, at) => [name, row[at]]))));
    if (view.rows.length === 0) break;
  }
  const { data, notes } = dataOf(rows, roles);
  const left = `Drawn from the first ${count(rows.length)} of ${count(matched)} rows.`;
  return { data, notes: rows.length < matched ? [left, ...notes] : notes };
}

/** Names of the holes, sorted as people count. */
export async function fetchHoles(host: Host, result: string, column: string): Promise<string[]> {
  const asked = { result, limit: 0, figures: [column], values: mostHoles } satisfies ViewRowsInput;
  const { figures } = await host.call<ViewedRows>('view_rows', asked);
  const order = new Intl.Collator('en', { numeric: true });
  return (figures[0]?.commonest ?? []).map(({ value }) => value).toSorted(order.compare);
}
