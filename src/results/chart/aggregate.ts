import { compare, type Datum, type Drawn } from './data.ts';
import type { Aggregate } from './plan.ts';

export const mostBars = 30;

/** One row for each x (and series): the bars. */
export function bars(data: readonly Datum[], aggregate: Aggregate, keepOrder: boolean): Drawn {
  const groups = new Map<string, { x: unknown; by: unknown; count: number; values: number[] }>();
  for (const { x, by, y0 } of data) {
    const key = JSON.stringify([x, by]);
    const group = groups.get(key) ?? { x, by, count: 0, values: [] };
    groups.set(key, group);
    group.count++;
    if (typeof y0 === 'number') group.values.push(y0);
  }
  // Where there is no number there is no bar; zero would be one.
  const all = [...groups.values()].flatMap(({ x, by, count, values }) => {
    const y0 = figure(aggregate, values, count);
    return y0 === null ? [] : [{ x: x ?? '(empty)', by, y0 }];
  });
  const bare = new Set([...groups.values()].map(({ x }) => x ?? '(empty)'));
  for (const { x } of all) bare.delete(x);
  const totals = new Map<unknown, number>();
  for (const { x, y0 } of all) totals.set(x, (totals.get(x) ?? 0) + y0);
  const order = [...totals.keys()];
  if (keepOrder) order.sort(compare);
  else order.sort((a, b) => (totals.get(b) ?? 0) - (totals.get(a) ?? 0));
  const shown = new Set(order.slice(0, mostBars));
  const rank = new Map(order.map((x, position) => [x, position]));
  const drawn = all.filter(({ x }) => shown.has(x)).toSorted((a, b) => (rank.get(a.x) ?? 0) - (rank.get(b.x) ?? 0));
  const which = keepOrder ? 'first' : 'largest';
  const notes = [
    ...(order.length > mostBars ? [`The ${mostBars} ${which} of ${order.length} are drawn.`] : []),
    ...(bare.size > 0
      ? [
          `No bar for ${[...bare].slice(0, 5).join(', ')}${bare.size > 5 ? ` and ${bare.size - 5} more` : ''}: no number there.`,
        ]
      : []),
  ];
  return { data: drawn, notes };
}

function figure(aggregate: Aggregate, values: readonly number[], count: number): number | null {
  if (aggregate === 'count') return count;
  if (values.length === 0) return null;
  const sum = () => values.reduce((total, value) => total + value, 0);
  switch (aggregate) {
    case 'sum':
      return sum();
    case 'mean':
      return sum() / values.length;
    case 'median':
      return median(values);
    case 'min':
      return values.reduce((least, value) => Math.min(least, value));
    case 'max':
      return values.reduce((most, value) => Math.max(most, value));
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}
