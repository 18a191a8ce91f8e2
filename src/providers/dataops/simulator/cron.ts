const bounds = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const dayMs = 86_400_000;

/** Numbers that a field of a cron line admits; undefined: it is none. */
function readField(field: string, [low, high]: readonly [number, number]): Set<number> | undefined {
  const numbers = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const [, from, to, step = '1'] = match;
    const first = from === undefined ? low : Number(from);
    const last = to !== undefined ? Number(to) : from === undefined || match[3] ? high : first;
    if (first < low || last > high || first > last || Number(step) < 1) return undefined;
    for (let n = first; n <= last; n += Number(step)) numbers.add(n);
  }
  return numbers;
}

/** How far a time zone is ahead of UTC at a moment, in ms; undefined: there is no such zone. */
export function zoneOffset(zone: string, at: number): number | undefined {
  try {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(name) ?? [];
    return Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  } catch {
    return undefined;
  }
}

/** The first moment after `after` (clock ms) that a cron line names; undefined: it is no cron line, or never comes. */
export function nextMoment(cron: string, zone: string, after: number): number | undefined {
  const fields = cron.trim().split(/\s+/);
  const read = fields.map((field, index) => readField(field, bounds[index] ?? [0, 0]));
  const [minutes, hours, days, months, weekdays] = read;
  const offset = zoneOffset(zone, after);
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays || offset === undefined)
    return undefined;
  const either = fields[2] !== '*' && fields[4] !== '*';
  const start = after + offset + 60_000;
  for (let day = Math.floor(start / dayMs) * dayMs, n = 0; n < 4 * 366; day += dayMs, n += 1) {
    const date = new Date(day);
    const onDay = days.has(date.getUTCDate());
    const onWeekday = weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7));
    if (!months.has(date.getUTCMonth() + 1) || !(either ? onDay || onWeekday : onDay && onWeekday)) continue;
    for (const hour of [...hours].sort((a, b) => a - b))
      for (const minute of [...minutes].sort((a, b) => a - b)) {
        const moment = day + hour * 3_600_000 + minute * 60_000;
        if (moment >= Math.floor(start / 60_000) * 60_000) return moment - offset;
      }
  }
  return undefined;
}
