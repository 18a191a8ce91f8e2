import { numberedPage } from '../../../sandbox/frame/page.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';
import type { Call } from './call.ts';
import { refusal } from './refusal.ts';

export interface PagingOptions {
  /** What the items are called in the refusal of pages too far out. */
  type?: string;
  /** What keyset paging may order by, and how. Absent: the list has offset paging only. */
  keyset?: { by: readonly string[]; only?: 'asc' | 'desc' };
  /** False: no totals, however short the list. */
  totals?: boolean;
}

const largestPage = 100;
const mostCounted = 10_000;

/** One page of a list that is complete and in its order, with the headers that the platform gives. */
export function paged<Item>(
  call: Call,
  items: readonly Item[],
  show: (item: Item) => unknown,
  options: PagingOptions = {},
): SimulatorReply {
  // What lies before the first page is the first page.
  const page = Math.max(call.number('page') ?? 1, 1);
  const perPage = Math.min(call.number('per_page') ?? 20, largestPage);
  if (perPage < 1) throw refusal(400, { error: 'per_page has a value not allowed' });
  if (call.text('pagination') === 'keyset') return byKeyset(call, items, show, perPage, options);
  const { offsetCap } = call.state;
  if (options.keyset && page * perPage > offsetCap)
    throw refusal(405, {
      error:
        `Offset pagination has a maximum allowed offset of ${offsetCap} for requests that return objects of type ` +
        `${options.type ?? 'Object'}. Remaining records can be retrieved using keyset pagination.`,
    });
  const counted = options.totals !== false && items.length <= mostCounted;
  const { rows, pages: last, next, previous } = numberedPage(items, page, perPage);
  const link = (rel: string, to: number | undefined): string[] =>
    to === undefined ? [] : [linkTo(call, { page: String(to), per_page: String(perPage) }, rel)];
  const links = [
    link('prev', previous),
    link('next', next),
    link('first', 1),
    link('last', counted ? last : undefined),
  ];
  return {
    status: 200,
    headers: {
      'x-page': String(page),
      'x-per-page': String(perPage),
      'x-next-page': String(next ?? ''),
      'x-prev-page': String(previous ?? ''),
      ...(counted && { 'x-total': String(items.length), 'x-total-pages': String(last) }),
      link: links.flat().join(', '),
    },
    json: rows.map(show),
  };
}

/** A link on the server's own host that carries the query on. */
function linkTo({ world, request }: Call, changes: Record<string, string>, rel: string): string {
  const query = new URLSearchParams(request.query);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `<${world.origin}${request.path}?${query}>; rel="${rel}"`;
}

// Items are in their order already, so a position is the id of the last one seen.
function byKeyset<Item>(
  call: Call,
  items: readonly Item[],
  show: (item: Item) => unknown,
  perPage: number,
  { keyset, type }: PagingOptions,
): SimulatorReply {
  const order = call.text('order_by') ?? keyset?.by[0] ?? 'id';
  const sort = call.text('sort') ?? keyset?.only ?? 'desc';
  if (!keyset?.by.includes(order) || (keyset.only !== undefined && keyset.only !== sort))
    throw refusal(405, { error: 'Keyset pagination is not yet available for this type of request' });
  const by = type === 'Project' ? (sort === 'asc' ? 'id_after' : 'id_before') : 'cursor';
  const after = by === 'cursor' ? readCursor(call.text('cursor')) : undefined;
  const start = after === undefined ? 0 : items.findIndex(item => keyOf(item) === after) + 1;
  const rows = items.slice(start, start + perPage);
  const last = rows.at(-1);
  const more = last !== undefined && start + perPage < items.length;
  const position = more ? (by === 'cursor' ? writeCursor(keyOf(last)) : keyOf(last)) : '';
  return {
    status: 200,
    headers: more ? { link: linkTo(call, { [by]: position, per_page: String(perPage) }, 'next') } : {},
    json: rows.map(show),
  };
}

const keyOf = (item: unknown): string => String((item as { id: number | string }).id);
const writeCursor = (id: string): string => Buffer.from(JSON.stringify({ id, _kd: 'n' })).toString('base64url');

function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [, id] = /"id":"([^"]+)"/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (id === undefined) throw refusal(400, { error: 'cursor is invalid' });
  return id;
}

type Key = string | number;

/** Sorted by a key of each item, ties by id. */
export function sorted<Item extends { id?: unknown }>(
  items: readonly Item[],
  key: (item: Item) => Key,
  direction: string | undefined,
): Item[] {
  const sign = direction === 'asc' ? 1 : -1;
  const compare = (a: Key, b: Key): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...items].sort((a, b) => sign * (compare(key(a), key(b)) || compare(Number(a.id ?? 0), Number(b.id ?? 0))));
}

/** Whether a text has all the letters of a search in one piece, whatever their case. */
export const matches = (search: string | undefined, ...texts: (string | null | undefined)[]): boolean =>
  search === undefined || texts.some(text => text?.toLowerCase().includes(search.toLowerCase()));

/** A filter on a moment (clock ms) by `<name>_after` and `<name>_before`. */
export function isWithin(call: Call, name: string, at: number): boolean {
  const [after, before] = [call.text(`${name}_after`), call.text(`${name}_before`)];
  return (after === undefined || at > Date.parse(after)) && (before === undefined || at < Date.parse(before));
}

/** Labels of a merge request or issue. */
export const labelsOf = (thing: Readonly<Record<string, unknown>>): string[] =>
  (thing['labels'] as string[] | undefined) ?? [];
