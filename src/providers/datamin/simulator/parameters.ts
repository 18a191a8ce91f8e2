/** What is wrong with a path parameter, in the server's words. */
export interface Complaint {
  complaint: string;
}

export const periods = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof periods)[number];

/** Any spelling of a UUID that the server takes, as the usual one. */
export function readUuid(text: string): string | Complaint {
  const bare = { 36: text, 38: text.slice(1, -1), 45: text.replace(/^urn:uuid:/i, ''), 32: dashed(text) }[text.length];
  if (bare === undefined) return { complaint: `invalid UUID length: ${text.length}` };
  const isUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(bare);
  return isUuid ? bare.toLowerCase() : { complaint: 'invalid UUID format' };
}

const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The aggregated statistics take nothing but a lower-case UUID of version 4. */
export function readUuid4(text: string): string | Complaint {
  const isUuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
  return isUuid4 ? text : { complaint: 'must be a valid UUID v4' };
}

export const readPeriod = (text: string): Period | Complaint =>
  periods.find(period => period === text) ?? { complaint: 'must be a valid value' };

export const readCount = (text: string): number | Complaint =>
  /^\d+$/.test(text) ? Number(text) : { complaint: 'must contain digits only' };

const layout = '2006-01-02 15:04:05';
const pieces: readonly (readonly [word: string, form: RegExp, name?: string, least?: number, most?: number])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d\d/, 'month', 1, 12],
  ['-', /^-/],
  ['02', /^\d\d/, 'day', 1, 31],
  [' ', /^ /],
  ['15', /^\d\d/, 'hour', 0, 23],
  [':', /^:/],
  ['04', /^\d\d/, 'minute', 0, 59],
  [':', /^:/],
  ['05', /^\d\d/, 'second', 0, 59],
];

/** `Y-m-d H:i:s` in UTC, as ms. A fraction of a second is tolerated. */
export function readDateTime(text: string): number | Complaint {
  const wrong = (why: string): Complaint => ({ complaint: `parsing time ${JSON.stringify(text)}${why}` });
  const numbers: number[] = [];
  let rest = text;
  for (const [word, form, name, least = 0, most = 9999] of pieces) {
    const [found] = form.exec(rest) ?? [];
    if (found === undefined)
      return wrong(` as "${layout}": cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(word)}`);
    rest = rest.slice(found.length);
    if (/^\d/.test(found)) numbers.push(Number(found));
    if (name && (Number(found) < least || Number(found) > most)) return wrong(`: ${name} out of range`);
  }
  const [fraction = ''] = /^\.\d+/.exec(rest) ?? [];
  if (rest !== fraction) return wrong(`: extra text: ${JSON.stringify(rest.slice(fraction.length))}`);
  const [year = 0, month = 1, date = 1, hour = 0, minute = 0, second = 0] = numbers;
  const moment = new Date(Date.UTC(2000, 0, 1, hour, minute, second));
  moment.setUTCFullYear(year, month - 1, date);
  if (moment.getUTCDate() !== date) return wrong(': day out of range');
  return moment.getTime() + Number(`0${fraction}`) * 1000;
}

/** The seed of the vendor's page has a date alone where the server wants more. */
export const readDate = (text: string): number | Complaint =>
  readDateTime(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text} 00:00:00` : text);

/** `Y-m-d H:i:s` in UTC. */
export const dateTimeText = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

export const isComplaint = (value: unknown): value is Complaint =>
  typeof value === 'object' && value !== null && 'complaint' in value;
