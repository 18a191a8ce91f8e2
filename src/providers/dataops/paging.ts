import { ahead, startingWith } from '../../http/paging/ahead.ts';
import { link, nextLink } from '../../http/paging/link.ts';
import {
  indexFrom,
  type Page,
  type PageFetch,
  type PagePatch,
  type PageReaders,
  type Paging,
  page,
  readPage,
  repeats,
} from '../../http/paging/page.ts';
import type { HttpReply } from '../../http/request.ts';

interface PagesOptions {
  /** What is shown of each row, for rows that hold secrets. */
  show?: (row: Record<string, unknown>) => Record<string, unknown>;
  /**
   * The list has keyset paging too, in this order. `only`: always by it, because the list has no totals. Otherwise
   * where the platform gives no total, for then the end may be beyond what pages by number reach (50,000 rows).
   */
  keyset?: { order_by: string; sort?: 'asc' | 'desc'; only?: true };
}

const largest = 100;

/** GitLab's paging: as many pages at once as the total allows, the end told by X-Next-Page or Link. */
export function pages({ show, keyset }: PagesOptions = {}): Paging {
  const readers: PageReaders = {
    items: body => (show && Array.isArray(body) ? body.map(show) : body),
    total: (_, { headers }) => numberIn(headers['x-total']) ?? null,
  };
  if (!keyset) return { pages: (fetch, from, wanted) => byNumber(readers, fetch, indexFrom(from), wanted) };
  const { only, ...order } = keyset;
  const linked = link({ ...readers, pageSize: largest, query: { ...order, pagination: 'keyset' } });
  return {
    async *pages(fetch, from, wanted) {
      const { order_by: own = order.order_by, sort = order.sort } = (fetch.path ?? {}) as Record<string, unknown>;
      // Another order than the one it has keyset paging for was asked for.
      const fits = own === order.order_by && (order.sort === undefined || sort === order.sort);
      if (fits && (only || typeof from === 'object')) return yield* linked.pages(ordered(fetch, sort), from, wanted);
      const numbered = fits ? ordered(fetch, sort, order.order_by) : fetch;
      for await (const one of byNumber(readers, numbered, indexFrom(from), wanted)) {
        const huge = one.total === null && one.next !== undefined;
        if (fits && huge && from === undefined) return yield* linked.pages(ordered(fetch, sort), undefined, wanted);
        yield one;
      }
    },
  };
}

// Keyset and numbered pages have to be in the same order, for one listing may be read by both.
function ordered(fetch: PageFetch, sort: unknown, orderBy?: string): PageFetch {
  const query = { ...(sort !== undefined && { sort }), ...(orderBy !== undefined && { order_by: orderBy }) };
  const inOrder = (patch: PagePatch) => fetch({ ...patch, query: { ...query, ...patch.query } });
  return Object.assign(inOrder, fetch);
}

interface Loaded extends ReturnType<typeof readPage> {
  base: number;
  size: number;
  more: boolean;
}

// Positions are indexes into the listing. A page may show fewer rows than it stands for: notes that are hidden.
async function* byNumber(
  readers: PageReaders,
  fetch: PageFetch,
  start: number,
  wanted: number,
): AsyncGenerator<Page, void, void> {
  const end = start + wanted;
  const load = async (from: number, size: number): Promise<Loaded> => {
    const number = Math.floor(from / size);
    const reply = await fetch({ query: { page: number + 1, per_page: size } });
    const read = readPage(readers, reply);
    const actual = sizeOf(reply, size, read.items.length);
    return { ...read, base: number * actual, size: actual, more: hasMore(reply, read.items.length === size) };
  };
  let first = await load(start, Math.min(largest, wanted));
  // The server has a smaller page than was asked for, so the pages lie elsewhere.
  if (first.base + first.size <= start && first.more) first = await load(start, first.size);
  const { size } = first;
  const begin = first.base + size;
  const stop = Math.min(end, first.total ?? Number.POSITIVE_INFINITY);
  const count = first.more ? Math.max(1, Math.ceil((stop - begin) / size)) : 0;
  const rest = ahead(begin < end ? count : 0, typeof first.total === 'number' ? 16 : 2, at =>
    load(begin + at * size, size),
  );
  let previous: unknown[] | undefined;
  for await (const one of startingWith(first, rest)) {
    if (repeats(previous, one.items)) return yield { items: [], stuck: true };
    previous = one.items;
    const part = one.items.slice(Math.max(0, start - one.base), Math.max(0, end - one.base));
    const cut = end - one.base < one.items.length;
    const next = cut ? end : one.more ? one.base + one.size : undefined;
    yield page(part, next, { total: first.total, about: undefined });
    if (next === undefined || next >= end) return;
  }
}

function hasMore({ headers }: HttpReply, full: boolean): boolean {
  const next = headers['x-next-page'];
  if (next !== undefined) return next !== '';
  const links = headers['link'];
  // Neither header: a proxy dropped them, or the route knows no pages. Then a full page may be followed by one.
  return links === undefined ? full : nextLink(links) !== undefined;
}

// More rows than were asked for: the route knows no pages and sent everything.
function sizeOf({ headers }: HttpReply, asked: number, count: number): number {
  return Math.max(numberIn(headers['x-per-page']) ?? asked, count) || asked;
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
