import type { Row } from '../base/json-value.ts';
import { fieldMeta, fieldOf, type Operation, routeOf } from './operation.ts';

const longest = 120;
const longestValue = 40;

/**
 * What a list is, so that it can be told from others of its kind: `pipelines of meridian/data, status failed, updated
 * after 23 Nov 2026`. `given`: the arguments as they were said.
 */
export function listingTitle(noun: string, operation: Pick<Operation, 'input' | 'route'>, given: Row): string {
  const { path } = routeOf(operation);
  const said = Object.entries(given).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const names = (name: string) =>
    fieldMeta(fieldOf(operation.input, name)).reference !== undefined ||
    path.includes(`{${name}}`) ||
    path.includes(`{${name}*}`);
  const shown = said.filter(([name]) => !fieldMeta(fieldOf(operation.input, name)).secret);
  const things = shown.filter(([name]) => names(name)).map(([, value]) => inWords(value));
  const filters = shown
    .filter(([name]) => !names(name))
    .map(([name, value]) => filter(name.replaceAll('_', ' '), value));
  const title = [`${noun}${things.length > 0 ? ` of ${things.join(', ')}` : ''}`, ...filters].join(', ');
  return title.length > longest ? `${title.slice(0, longest - 1)}…` : title;
}

function filter(name: string, value: unknown): string {
  if (value === true) return name;
  return value === false ? `not ${name}` : `${name} ${inWords(value)}`;
}

function inWords(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map(inWords).join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  const day = /^(\d{4})-(\d\d)-(\d\d)(?:T.*)?$/.exec(text);
  if (day) return `${Number(day[3])} ${months[Number(day[2]) - 1] ?? day[2]} ${day[1]}`;
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
