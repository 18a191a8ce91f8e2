import type { Clock } from '../base/clock.ts';
import type { Row } from '../base/json-value.ts';
import { type TimeReading, type TimeUse, timeRefusal } from '../base/time.ts';
import { fieldMeta, type Operation } from '../operations/operation.ts';

export interface ResolvedTimes {
  args: Row;
  /** Times that were said in words, as they were said: what belongs to a call is kept under these. */
  said: Row;
  /** What they became. */
  became: Row;
}

/**
 * Makes moments of the times in a call, once and before all else: what is sent, stored and told is the same moment.
 * @throws Fault `bad_arguments`
 */
export async function resolveTimes(
  { input }: Operation,
  given: Row,
  { clock, timeZone }: { clock: Clock; timeZone: string },
): Promise<ResolvedTimes> {
  const found: ResolvedTimes = { args: { ...given }, said: {}, became: {} };
  for (const [name, field] of Object.entries(input.shape)) {
    const { time } = fieldMeta(field);
    const value = given[name];
    if (!time || value === '' || (typeof value !== 'string' && typeof value !== 'number')) continue;
    const { value: moment, told } = await resolveTime(value, name, time, { now: clock.now(), zone: timeZone });
    if (!told) continue;
    found.args[name] = moment;
    found.said[name] = value;
    found.became[name] = String(moment).replace(/\.\d{3}Z$/, 'Z');
  }
  return found;
}

const isoDay = /^\d{4}-\d{2}-\d{2}$/;
const isoMoment = /^\d{4}-\d{2}-\d{2}[T ]/;
const hasZone = /([zZ]|[+-]\d{2}:?\d{2})$/;

/**
 * A time as the rest of the program takes it: what stands for itself as it came, everything else as ISO 8601 in UTC.
 * `told` where it was said in another way, so that the answer can say what it became.
 * @throws Fault `bad_arguments`
 */
export async function resolveTime(
  given: string | number,
  argument: string,
  use: TimeUse,
  { now, zone }: Pick<TimeReading, 'now' | 'zone'>,
): Promise<{ value: string | number; told: boolean }> {
  const text = String(given).trim();
  const isPlain = zone === 'UTC' && use.edge !== 'end';
  const standsForItself =
    /^\d+(\.\d+)?$/.test(text) ||
    (isoDay.test(text) && (use.isDay || isPlain)) ||
    (isoMoment.test(text) && (hasZone.test(text.slice(10)) || zone === 'UTC'));
  if (standsForItself) return { value: given, told: false };
  const reading = { now, zone, isAhead: use.isAhead ?? false, edge: use.edge ?? 'start' };
  const ms = text.toLowerCase() === 'now' ? now : await readSaid(text, argument, reading);
  if (!use.isDay) return { value: new Date(ms).toISOString(), told: true };
  const { DateTime } = await import('luxon');
  return { value: DateTime.fromMillis(ms, { zone }).toISODate() as string, told: true };
}

async function readSaid(text: string, argument: string, reading: TimeReading): Promise<number> {
  if (isoDay.test(text) || isoMoment.test(text)) {
    const { DateTime } = await import('luxon');
    const moment = DateTime.fromISO(text.replace(' ', 'T'), { zone: reading.zone });
    if (!moment.isValid) throw timeRefusal(argument, `"${text}" is not a time.`, reading);
    return (isoDay.test(text) && reading.edge === 'end' ? moment.endOf('day') : moment).toMillis();
  }
  const { readPhrase } = await import('../base/phrases.ts');
  return readPhrase(text, argument, reading);
}
