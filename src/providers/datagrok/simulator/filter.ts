import { numberedPage } from '../../../sandbox/frame/page.ts';
import type { Call, Fields } from './call.ts';
import { refusal } from './refusal.ts';

type Test = (item: Fields) => boolean;

/**
 * A smart filter: conditions such as `source="script"`, `dataSource='Postgres'` or `personal=false`, joined by `and`; `#tag`; any other text is
 * looked for in the names.
 */
export function smartFilter(text: string): Test {
  const tests = text
    .split(/\sand\s/i)
    .map(part => part.trim())
    .filter(Boolean)
    .map(readCondition);
  return item => tests.every(test => test(item));
}

function readCondition(text: string): Test {
  if (text.startsWith('#')) return item => listOf(item['tags']).includes(text.slice(1));
  const [, field, sign, given] = /^([\w.]+)\s*(!=|=)(.*)$/.exec(text) ?? [];
  if (field === undefined || given === undefined) return nameTest(unquoted(text));
  const wanted = unquoted(given.trim());
  return item => (fold(item[field]) === fold(wanted)) === (sign === '=');
}

function nameTest(text: string): Test {
  const wanted = fold(text);
  return item => ['name', 'friendlyName', 'login'].some(field => fold(item[field]).includes(wanted));
}

/** The text within quotes of either kind. */
const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text;
const fold = (value: unknown): string => String(value ?? '').toLowerCase();
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What matches the request's `text`. */
export function matching<Item extends object>({ query }: Call, items: readonly Item[]): Item[] {
  const text = query('text');
  return text ? items.filter(item => smartFilter(text)(item as Fields)) : [...items];
}

/** The page that `limit`, `page` (from 1) and `order` (`!field` counts down) ask for: the browser's own lists only. */
export function paged<Item extends object>({ query }: Call, items: readonly Item[]): Item[] {
  const limit = wholeNumber(query('limit'), 50, 'limit');
  const page = wholeNumber(query('page'), 1, 'page');
  const order = query('order') ?? 'name';
  const field = order.replace(/^!/, '') as keyof Item;
  const turn = order.startsWith('!') ? -1 : 1;
  const sorted = items.toSorted((a, b) => turn * compare(a[field], b[field]));
  return numberedPage(sorted, page, limit).rows;
}

function wholeNumber(text: string | undefined, fallback: number, name: string): number {
  const value = Number(text ?? fallback);
  if (!Number.isInteger(value) || value < 1) throw refusal(400, `${name} must be a whole number from 1`);
  return value;
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '').localeCompare(String(b ?? ''), 'en');
}
