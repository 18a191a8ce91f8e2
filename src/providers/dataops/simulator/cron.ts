import { Cron } from 'croner';

/** The first moment after `after` (clock ms) that a cron line names; undefined: it is no cron line, or never comes. */
export function nextMoment(line: string, timezone: string, after: number): number | undefined {
  try {
    return new Cron(line, { timezone, mode: '5-part' }).nextRun(new Date(after))?.getTime();
  } catch {
    return undefined;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
