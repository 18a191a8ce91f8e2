import * as z from 'zod';
import { Fault } from './errors.ts';

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** How what people say of a time is understood: by what the field is for, and where its reader is. */
export interface TimeReading {
  /** Milliseconds since the Unix epoch. */
  now: number;
  /** IANA name, for example `Europe/Berlin`. */
  zone: string;
  /** A span without a direction is ahead: an expiry. Otherwise it is ago: a window. */
  isAhead: boolean;
  /** A day counts from its start, or up to its end. */
  edge: 'start' | 'end';
}

/** What a field with a time is for. A mark on the argument. */
export interface TimeUse extends Partial<Pick<TimeReading, 'isAhead' | 'edge'>> {
  /** The platform wants a calendar day. */
  isDay?: boolean;
}

/**
 * A moment as people give it. A call makes ISO 8601 of it by its `time` mark before anything else is done with it;
 * `parseTime` reads what then is there.
 */
export const time = (description: string, use: TimeUse = {}) =>
  z
    .union([z.string().min(1), z.number()])
    .describe(`${description}: ISO 8601, "24h", "yesterday", or Unix seconds`)
    .meta({ time: use });

/** A day ahead, for example the last one of a permission. */
export const dayAhead = (description: string) =>
  z
    .string()
    .min(1)
    .describe(`${description}, YYYY-MM-DD or "30 days"`)
    .meta({ time: { isAhead: true, isDay: true } });

export function timeRefusal(argument: string, what: string, { now }: Pick<TimeReading, 'now'>): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `${argument}: ${what} It is now ${new Date(now).toISOString().slice(0, 16)}Z.`,
    hint: 'Use ISO 8601 with a zone (2026-11-20T14:00:00Z), a span (24h, 7d, 3 days), words like "yesterday" or "last Monday", or Unix seconds.',
  });
}

/** @returns milliseconds since the Unix epoch */
export function parseTime(value: string | number, argument: string, now: number): number {
  const refuse = (message: string) => timeRefusal(argument, message, { now });
  const text = String(value).trim();
  if (/^\d+(\.\d+)?$/.test(text)) {
    const seconds = Number(text);
    if (seconds >= 1e11)
      throw refuse(`${text} looks like milliseconds; Unix seconds are expected (${Math.floor(seconds / 1000)}).`);
    return seconds * 1000;
  }
  if (text === 'now') return now;
  const span = /^(\d+)\s*([mhdw])$/.exec(text);
  if (span) return now - Number(span[1]) * (unitMs[span[2] as string] as number);
  if (/^\d{4}-\d{2}-\d{2}([T ]|$)/.test(text)) {
    // A date without a zone is read as UTC: the server's own zone would be an accident.
    const zoned = /([zZ]|[+-]\d{2}:?\d{2})$/.test(text.slice(10))
      ? text
      : `${text.slice(0, 10)}T${text.slice(11) || '00:00:00'}Z`;
    const parsed = Date.parse(zoned.replace(' ', 'T'));
    if (!Number.isNaN(parsed) && isDay(text.slice(0, 10))) return parsed;
  }
  throw refuse(`"${text}" is not a time.`);
}

// Date takes 30 February for a day in March.
const isDay = (day: string) => new Date(`${day}T00:00Z`).toISOString().startsWith(day);

/** A window that ends before it starts holds nothing, and a platform says so without a word. */
export function refuseReversed(args: Record<string, unknown>, start: string, end: string, now: number): void {
  const [from, to] = [args[start], args[end]];
  if (!isMoment(from) || !isMoment(to) || roughly(from, start, now) <= roughly(to, end, now)) return;
  throw new Fault({
    code: 'bad_arguments',
    message: `${start} is later than ${end}.`,
    hint: 'Exchange the two, or leave one out.',
  });
}

/** Some platforms take Unix milliseconds as well. */
const roughly = (value: string | number, argument: string, now: number) =>
  /^\d{12,15}$/.test(String(value)) ? Number(value) : parseTime(value, argument, now);

const isMoment = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
