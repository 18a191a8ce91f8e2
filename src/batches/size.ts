import { Fault } from '../base/errors.ts';
import { firstOf } from '../base/nearest.ts';
import { formatNumber } from '../base/text.ts';
import type { Many } from '../calls/many/selection.ts';
import type { Connection } from '../http/connection.ts';
import { isReading, type Operation } from '../operations/operation.ts';
import { nounOfThings } from './combine.ts';
import { durationMs, tightestQuota } from './pace.ts';
import { pluralOf } from './plan.ts';
import type { Things } from './things.ts';

/** What of the listing narrows it: its own arguments but for those of order and form. */
const narrowing = (listing: Operation): string[] =>
  Object.keys(listing.input.shape).filter(name => !/^(order_by|sort|simple|search_namespaces)$/.test(name));

/** A call for more things than one may be for without saying how many: how many they are, how long they take, what is narrower. */
export function tooMany(
  operation: Operation,
  { of }: Many,
  { things, total, isComplete }: Things,
  connection: Connection,
  limit: number,
): Fault {
  const [{ argument, reference, selection }] = of;
  const listing = reference.list();
  const things_ = pluralOf(nounOfThings(of).replaceAll('_', ' '));
  const count = total ?? (isComplete ? things.length : undefined);
  const told = count === undefined ? `more than ${formatNumber(limit)}` : formatNumber(count);
  const quota = tightestQuota(operation, connection);
  const ms = durationMs(count ?? things.length, quota);
  const takes =
    ms === undefined || !quota
      ? 'no quota is documented'
      : `at the documented quota (${quota.requests} requests in ${spoken(quota.perMs)}) they take ${count === undefined ? 'more than' : 'about'} ${spoken(ms)}`;
  const ways = narrowing(listing);
  const narrower =
    selection.kind === 'names' || selection.kind === 'column' || ways.length === 0
      ? 'Name fewer'
      : `Narrow ${argument} by what ${listing.name} takes (${firstOf(ways, 8)}), for example {"${ways[0]}": ...}`;
  const number = count ?? '<how many at most>';
  const anyway = isReading(operation)
    ? `repeat the call with confirm_many: ${number}`
    : `call_for_each {"operation": "${operation.name}", "arguments": {...}, "confirm_many": ${number}}`;
  return new Fault({
    code: 'too_large',
    message: `${operation.name} is asked for ${told} ${things_}; ${takes}. Nothing was ${isReading(operation) ? 'asked' : 'sent'} yet.`,
    hint: `${narrower}, or ${anyway}.`,
  });
}

/** The same of rows, of which there are more. */
export function tooManyRows(operation: Operation, limit: number, connection: Connection): Fault {
  const ms = durationMs(limit, tightestQuota(operation, connection));
  const takes = ms === undefined ? '' : `; at the documented quota they take more than ${spoken(ms)}`;
  return new Fault({
    code: 'too_large',
    message: `${operation.name} is to be called for more than ${formatNumber(limit)} rows${takes}. Nothing was sent yet.`,
    hint: 'Go through fewer, narrowed by where, or repeat the call with confirm_many: <how many at most>.',
  });
}

/** "40 s", "17 min", "2 h". */
function spoken(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3600)} h`;
}
