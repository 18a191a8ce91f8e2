/** Figures and times as people read them. */

const counted = new Intl.NumberFormat('en-US');
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (number: number): string => counted.format(number);

/** `8,540 rows`, `1 row`. */
export const countOf = (number: number, noun: string): string => `${count(number)} ${noun}${number === 1 ? '' : 's'}`;

/** A figure of four digits or so. */
export function figure(value: number | string): string {
  if (typeof value === 'string') return value;
  const size = Math.abs(value);
  if (size >= 1e6) return short.format(value);
  return size !== 0 && size < 0.001 ? value.toPrecision(2) : String(Number(value.toPrecision(4)));
}

/** `3.1 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let at = 0;
  let left = size;
  for (; left >= 1000 && at < units.length - 1; at++) left /= 1000;
  return `${left < 10 && at > 0 ? left.toFixed(1) : Math.round(left)} ${units[at]}`;
}

/** `2 min 10 s`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 > 0 ? ` ${whole % 60} s` : ''}`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A cell as text. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
