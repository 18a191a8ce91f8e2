import type { Row } from '../base/json-value.ts';

/**
 * Fields by which rows tell when something was last done with a thing, the surest first; when it was made, where
 * nothing else is told. `test/batches/likeliest.test.ts` finds a listing whose rows tell it under another name.
 */
export const activityFields: readonly string[] = [
  'last_activity_at',
  'last_result_change_at',
  'last_changed_at',
  'last_used_at',
  'last_used',
  'finished_at',
  'updated_at',
  'updatedOn',
  'committed_date',
  'released_at',
  'publishedOn',
  'created_at',
];

/** Rows of a listing, those first in which something was last done: whoever asks about many means them most. */
export function likeliestFirst(rows: readonly Row[]): Row[] {
  const at = new Map(rows.map(row => [row, lastActiveAt(row)]));
  return rows.toSorted((one, other) => (at.get(other) ?? 0) - (at.get(one) ?? 0));
}

/** Ms since 1970; 0 where the row does not tell. */
function lastActiveAt(row: Row): number {
  for (const field of activityFields) {
    const moment = Date.parse(String(row[field] ?? ''));
    if (!Number.isNaN(moment)) return moment;
  }
  return 0;
}
