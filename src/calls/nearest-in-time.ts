import type * as z from 'zod';
import { isRow, type Row } from '../base/json-value.ts';
import { fieldMeta, type Operation, type OperationContext } from '../operations/operation.ts';
import { readRows } from './execute.ts';

/** Rows that are looked at for the nearest in time. Of more, what is told is said to be of the first ones. */
const rowsLookedThrough = 100;

/** Fields that say when, by what the filter's name speaks of. The first that rows have is meant. */
const fieldsBy: readonly (readonly [RegExp, readonly string[]])[] = [
  [/last_used/, ['last_used_at']],
  [/active/, ['last_activity_at']],
  [/updated/, ['updated_at', 'updatedAt']],
  [/created/, ['created_at', 'createdAt']],
  [
    /./,
    [
      'created_at',
      'committed_date',
      'started_at',
      'startedAt',
      'start',
      'at',
      'executed_at',
      'time',
      'timestamp',
      'date',
    ],
  ],
];

/**
 * What a listing holds that found nothing in the time it was narrowed to: the nearest before and after it, in a
 * sentence. Undefined where no time was given, or nothing tells when its things were.
 */
export async function nearestInTime(
  operation: Operation,
  args: Row,
  context: OperationContext,
): Promise<string | undefined> {
  const filters = Object.entries(operation.input.shape).flatMap(([name, field]) =>
    fieldMeta(field).time && args[name] !== undefined ? [name] : [],
  );
  // With a default it has a window in any case.
  if (filters.length === 0 || !filters.every(name => isFree(operation.input.shape[name]))) return undefined;
  const others = Object.fromEntries(Object.entries(args).filter(([name]) => !filters.includes(name)));
  const { items, complete } = await readRows(operation, others, context, { limit: rowsLookedThrough });
  const time = timeOf(filters.join(' '), items);
  if (time === undefined) return items.length === 0 ? 'There is none at any other time either.' : undefined;
  const dated = items.flatMap(row => {
    const ms = Date.parse(String(row[time]));
    return Number.isNaN(ms) ? [] : [{ row, ms }];
  });
  const newest = dated.toSorted((a, b) => b.ms - a.ms)[0];
  const oldest = dated.toSorted((a, b) => a.ms - b.ms)[0];
  if (!newest || !oldest) return undefined;
  const day = new Date(newest.ms).toISOString().slice(0, 10);
  const sameDay = dated.filter(({ ms }) => new Date(ms).toISOString().startsWith(day)).length;
  const among = complete ? '' : ` of the first ${items.length}`;
  const told = `The newest${among} at any time: ${time} ${moment(newest.ms)}${nameOf(newest.row)}, ${sameDay} on that day`;
  if (dated.length === 1) return `${told}.`;
  return complete ? `${told}; the oldest ${moment(oldest.ms)}${nameOf(oldest.row)}.` : `${told}.`;
}

function isFree(field: z.core.$ZodType | undefined): boolean {
  const { success, data } = (field as z.ZodType).safeParse(undefined);
  return success && data === undefined;
}

function timeOf(filters: string, rows: readonly unknown[]): string | undefined {
  const [, fields = []] = fieldsBy.find(([pattern]) => pattern.test(filters)) ?? [];
  return fields.find(field => rows.some(row => isRow(row) && typeof row[field] === 'string'));
}

const moment = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;

/** What people know the row by, in brackets. */
function nameOf(row: Row): string {
  const name = [row['name'], row['title'], row['id'], row['uuid'], row['short_id']].find(
    one => (typeof one === 'string' && one !== '') || typeof one === 'number',
  );
  return name === undefined ? '' : ` (${String(name)})`;
}
