import type { Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';

const mostReasons = 8;

/** How often each reason occurs, the commonest first: "12 x timeout, 3 x no access". Nothing where there is none. */
export function tellReasons(reasons: ReadonlyMap<string, number>): { reasons: string } | undefined {
  if (reasons.size === 0) return undefined;
  const ranked = [...reasons].toSorted((a, b) => b[1] - a[1]).map(([reason, times]) => `${times} x ${reason}`);
  return { reasons: firstOf(ranked, mostReasons) };
}

/** The reasons in a column of that name: one, or several for a row. */
export function countReasons(rows: readonly Row[], counts = new Map<string, number>()): Map<string, number> {
  for (const row of rows)
    for (const reason of [row['reason']].flat())
      if (typeof reason === 'string') counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
