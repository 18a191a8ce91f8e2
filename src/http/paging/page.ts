import { Fault } from '../../base/errors.ts';
import { isRow } from '../../base/json-value.ts';
import type { HttpReply } from '../request.ts';

/** Where a listing goes on, as small JSON that only the paging that made it understands. */
export type Position = string | number | boolean | null | Position[] | { [name: string]: Position };

export interface Page {
  items: unknown[];
  /** Exactly after the last of `items`; absent at the end of the listing. */
  next?: Position;
  /** Items of the whole listing; null or absent where the platform does not say. */
  total?: number | null;
  /** What the page says beside its items. */
  about?: Record<string, unknown>;
  /** The platform repeats itself or stops before its own total: there may be more, and no way to get at it. */
  stuck?: true;
  /** What comes next is another listing, of which this one says nothing. */
  last?: true;
}

export interface PagePatch {
  query?: Record<string, unknown>;
  /** In place of the query, as the platform wrote it: `?after=5`. The route stays the operation's own. */
  search?: string;
  /** In place of the path arguments of the same names. */
  path?: Record<string, unknown>;
}

/** Fetches one page: the listing's request with a part of it changed. */
export interface PageFetch {
  (patch: PagePatch): Promise<HttpReply>;
  /** The path arguments of the request, for `forEach`. */
  readonly path?: Readonly<Record<string, unknown>>;
  /** The account, for what has to be remembered of it. */
  readonly connection?: object;
}

/** One way of cutting a listing into pages. */
export interface Paging {
  /** Pages in order, `wanted` items in all at the most. Fetches nothing once the consumer stops. */
  pages(fetch: PageFetch, from: Position | undefined, wanted: number): AsyncIterable<Page>;
}

/** A value of a reply: a dotted path into its body ('' is the body itself), or a function. */
export type Reader<T> = string | ((body: unknown, reply: HttpReply) => T);

/** What all styles of paging know of a page. */
export interface PageReaders {
  items: Reader<unknown>;
  total?: Reader<unknown>;
  /** Default: every plain property of the body that is not on the way to the items. */
  about?: Reader<Record<string, unknown> | undefined>;
}

export interface ReadPage {
  items: unknown[];
  total: number | null | undefined;
  about: Record<string, unknown> | undefined;
}

/** @throws Fault `bad_upstream_reply` when there is no list where one was promised; null counts as an empty one */
export function readPage({ items, total, about }: PageReaders, reply: HttpReply): ReadPage {
  const found = read(items, reply);
  if (!Array.isArray(found) && found !== null) throw noList(items, reply, found);
  const count = total === undefined ? undefined : read(total, reply);
  return {
    items: found ?? [],
    total: typeof count === 'number' && Number.isInteger(count) ? count : count === undefined ? undefined : null,
    about: about === undefined ? undefined : (read(about, reply) as Record<string, unknown> | undefined),
  };
}

export function read(reader: Reader<unknown>, reply: HttpReply): unknown {
  if (typeof reader === 'function') return reader(reply.body, reply);
  let value = reply.body;
  for (const name of reader === '' ? [] : reader.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function noList(reader: Reader<unknown>, reply: HttpReply, found: unknown): Fault {
  const where = typeof reader === 'string' && reader !== '' ? `a list at "${reader}"` : 'a list';
  const { body } = reply;
  const seen = isRow(body)
    ? `an object with ${Object.keys(body).slice(0, 12).join(', ') || 'nothing in it'}`
    : `${Array.isArray(found) ? 'a list' : body === null ? 'null' : `a ${typeof body}`}`;
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The answer of ${hostOf(reply.url)} should hold ${where}, but it is ${seen}.`,
    hint: 'Check the base URL of the connection; if it is right, the platform has changed its answer.',
    status: reply.status,
  });
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the platform';
}

/** A page with only the parts that are there. */
export function page(items: unknown[], next: Position | undefined, { total, about }: Omit<ReadPage, 'items'>): Page {
  return {
    items,
    ...(next !== undefined && { next }),
    ...(total !== undefined && { total }),
    ...(about !== undefined && { about }),
  };
}

/** True when a page brings what the one before it brought: the platform ignores what asks for the next. */
export function repeats(before: unknown[] | undefined, items: unknown[]): boolean {
  if (before === undefined || items.length === 0 || items.length !== before.length) return false;
  const same = (index: number) => JSON.stringify(before.at(index)) === JSON.stringify(items.at(index));
  return same(0) && same(-1);
}

export function badPosition(): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: 'The cursor does not belong to this listing.',
    hint: 'Leave cursor out to begin again.',
  });
}

/** Where a listing goes on whose positions are indexes into it. @throws Fault `bad_arguments` */
export function indexFrom(from: Position | undefined): number {
  if (from === undefined) return 0;
  if (typeof from !== 'number' || !Number.isInteger(from) || from < 0) throw badPosition();
  return from;
}

export interface Collection {
  items: unknown[];
  next?: Position;
  total?: number | null;
  about?: Record<string, unknown>;
  /** From `from` on, nothing is missing. */
  complete: boolean;
}

/** Items from a position on, at most `limit` of them; `total` and `about` are those of the first page that has any. */
export async function collect(
  paging: Paging,
  fetch: PageFetch,
  { from, limit = Number.POSITIVE_INFINITY }: { from?: Position; limit?: number } = {},
): Promise<Collection> {
  const items: unknown[] = [];
  let next: Position | undefined;
  let total: number | null | undefined;
  let about: Record<string, unknown> | undefined;
  let stuck = false;
  const seen = watchPositions();
  for await (const one of paging.pages(fetch, from, Math.max(1, limit))) {
    for (const item of one.items) items.push(item);
    next = one.next;
    total ??= one.total;
    about ??= one.about;
    const found = seen(one);
    stuck ||= one.stuck === true || found === 'stuck';
    if (found === 'stuck') next = undefined;
    if (found !== 'goes on') break;
  }
  return { complete: next === undefined && !stuck, ...page(items, next, { total, about }) };
}

/** Pages without an item that may follow each other, and pages of one listing where the platform tells no total. */
const mostEmpty = 3;
const mostPages = 1_000;

/**
 * Looks whether a listing gets on. `stuck`: a position comes again, or nothing comes any more. `enough`: more pages than
 * its total can need have come; who wants to can go on after them.
 */
function watchPositions(): (page: Page) => 'goes on' | 'stuck' | 'enough' {
  const positions = new Set<string>();
  let [pages, empty, largest] = [0, 0, 0];
  return ({ items, next, total, last }) => {
    if (next === undefined) return 'goes on';
    if (last) {
      [pages, empty, largest] = [0, 0, 0];
      return 'goes on';
    }
    const position = JSON.stringify(next);
    empty = items.length === 0 ? empty + 1 : 0;
    if (positions.has(position) || empty >= mostEmpty) return 'stuck';
    positions.add(position);
    pages += 1;
    largest = Math.max(largest, items.length);
    const needed = typeof total === 'number' ? Math.ceil(total / Math.max(1, largest)) + mostEmpty : mostPages;
    return pages < needed ? 'goes on' : 'enough';
  };
}
