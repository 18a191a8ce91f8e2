import * as chrono from 'chrono-node/en';
import { DateTime, type DateTimeUnit } from 'luxon';
import { type TimeReading, timeRefusal } from './time.ts';

/**
 * A moment as people say it, in milliseconds since the Unix epoch: "yesterday", "3 days", "last week", "27/11/2026",
 * "20 Nov 14:00". What is a day, a week, a month counts from its beginning, or up to its end where the field is the end
 * of a window. Loaded when somebody says such a thing.
 * @throws Fault `bad_arguments`, with what time it is now
 */
export function readPhrase(given: string, argument: string, reading: TimeReading): number {
  const now = DateTime.fromMillis(reading.now, { zone: reading.zone });
  const { text, edge } = edgeIn(given.trim().toLowerCase().replace(/\s+/g, ' '), reading.edge);
  const found =
    span(text, now, reading) ??
    calendarPeriod(text, now, edge) ??
    dayWithSlashes(text, argument, now, edge, reading) ??
    spoken(text, now, edge, reading);
  if (!found?.isValid) throw timeRefusal(argument, `"${given}" is not a time.`, reading);
  return found.toMillis();
}

/** "beginning of november" and "end of last week" say which end is meant. */
function edgeIn(text: string, fallback: TimeReading['edge']): { text: string; edge: TimeReading['edge'] } {
  const [, which = '', rest = text] = /^(?:the )?(beginning|start|end) of (.*)$/.exec(text) ?? [];
  return { text: rest.replace(/^the /, ''), edge: which === 'end' ? 'end' : which === '' ? fallback : 'start' };
}

const at = (moment: DateTime, unit: DateTimeUnit, edge: TimeReading['edge']): DateTime =>
  edge === 'end' ? moment.endOf(unit) : moment.startOf(unit);

const units: Readonly<Record<string, string>> = {
  s: 'seconds',
  sec: 'seconds',
  second: 'seconds',
  m: 'minutes',
  min: 'minutes',
  minute: 'minutes',
  h: 'hours',
  hr: 'hours',
  hour: 'hours',
  d: 'days',
  day: 'days',
  w: 'weeks',
  week: 'weeks',
  mo: 'months',
  month: 'months',
  q: 'quarters',
  quarter: 'quarters',
  y: 'years',
  year: 'years',
};

/** "3 days", "-3d", "in 2 weeks", "last 24 hours", "an hour ago": the direction is the field's where nothing says it. */
function span(text: string, now: DateTime, { isAhead }: TimeReading): DateTime | undefined {
  const form = /^(in |last |past |next |\+|-)? ?(\d+(?:\.\d+)?|an?|one) ?([a-z]+?)s?( ago| before| from now| ahead)?$/;
  const [, before = '', many = '', word = '', after = ''] = form.exec(text) ?? [];
  const unit = Object.hasOwn(units, word) ? units[word] : undefined;
  if (unit === undefined) return undefined;
  const amount = { [unit]: Number(many) || 1 };
  const isBack = /last|past|-/.test(before) || /ago|before/.test(after);
  const isOn = /in |next|\+/.test(before) || /from now|ahead/.test(after);
  return isOn || (isAhead && !isBack) ? now.plus(amount) : now.minus(amount);
}

const steps: Readonly<Record<string, number>> = { this: 0, current: 0, last: -1, previous: -1, past: -1, next: 1 };

function calendarPeriod(text: string, now: DateTime, edge: TimeReading['edge']): DateTime | undefined {
  const [, which = '', unit = ''] =
    /^(this|current|last|previous|past|next) (week|month|quarter|year)$/.exec(text) ?? [];
  if (unit === '') return undefined;
  return at(now.plus({ [`${unit}s`]: steps[which] ?? 0 }), unit as DateTimeUnit, edge);
}

/** A day of numbers alone, where only one order of day and month can be meant. */
function dayWithSlashes(
  text: string,
  argument: string,
  { zone }: DateTime,
  edge: TimeReading['edge'],
  reading: TimeReading,
): DateTime | undefined {
  const [whole, first, second, year] = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const [a, b] = [Number(first), Number(second)];
  const day = (month: number, date: number) => DateTime.fromObject({ year: Number(year), month, day: date }, { zone });
  if (a <= 12 && b <= 12 && a !== b)
    throw timeRefusal(
      argument,
      `"${text}" can be ${day(b, a).toISODate()} or ${day(a, b).toISODate()}: write the one that is meant.`,
      reading,
    );
  return at(a > 12 ? day(b, a) : day(a, b), 'day', edge);
}

/** Words around a time that say nothing more. */
const filler = /^(?:on|at|since|from|until|till|by|the|of|,|\s)*$/;

function spoken(text: string, now: DateTime, edge: TimeReading['edge'], reading: TimeReading): DateTime | undefined {
  // A zone after a time of day is not known to the library without a blank.
  const isUtc = /\d ?(?:z|utc|gmt)$/.test(text);
  const words = isUtc ? text.replace(/ ?(?:z|utc|gmt)$/, '') : text;
  const reference = { instant: now.toJSDate(), timezone: now.offset };
  const [found, ...more] = chrono.parse(words, reference, { forwardDate: reading.isAhead });
  if (!found || found.end || more.length > 0 || !filler.test(words.replace(found.text.toLowerCase(), '')))
    return undefined;
  const { start } = found;
  const zone = isUtc ? 'utc' : now.zone;
  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second') => start.get(name) ?? 0;
  const day = DateTime.fromObject({ year: part('year'), month: part('month'), day: part('day') }, { zone });
  if (words.includes('tonight')) return edge === 'end' ? day.endOf('day') : day.set({ hour: 18 });
  if (start.isCertain('hour')) return day.set({ hour: part('hour'), minute: part('minute'), second: part('second') });
  const isMonth = start.isCertain('month') && !start.isCertain('day') && !start.isCertain('weekday');
  return at(day, isMonth ? 'month' : 'day', edge);
}
