import { ahead, startingWith } from './ahead.ts';
import {
  indexFrom,
  type Page,
  type PageFetch,
  type PageReaders,
  type Paging,
  page,
  type ReadPage,
  readPage,
  repeats,
} from './page.ts';

/** How pages are asked for where each one can be computed without the one before it. */
export interface Numbering extends PageReaders {
  /** Items of the largest page to ask for. */
  largest: number;
  /** Pages begin at multiples of their size; otherwise anywhere. */
  aligned: boolean;
  query(index: number, size: number): Record<string, unknown>;
}

interface Loaded extends ReadPage {
  /** Index in the listing of the first item. */
  base: number;
  size: number;
}

/** Positions are indexes into the listing, so they stay true whatever the page size. */
export function numbered(numbering: Numbering): Paging {
  return { pages: (fetch, from, wanted) => pages(numbering, fetch, indexFrom(from), wanted) };
}

async function* pages(numbering: Numbering, fetch: PageFetch, start: number, wanted: number): AsyncGenerator<Page> {
  const load = (index: number, most: number) => loadPage(numbering, fetch, index, most);
  const first = await firstPage(numbering, load, start, Math.min(numbering.largest, wanted));
  const total = first.total ?? undefined;
  const stop = Math.min(start + wanted, total ?? Number.POSITIVE_INFINITY);
  const begin = first.base + first.size;
  let before: unknown[] | undefined;
  // An aligned page has a fixed size; any other is asked for only as far as it is wanted.
  const sizeAt = (index: number) => (numbering.aligned ? first.size : Math.min(first.size, stop - index));
  const count = first.items.length === 0 ? 0 : Math.max(0, Math.ceil((stop - begin) / first.size));
  const rest = ahead(count, total === undefined ? 2 : 16, at => {
    const index = begin + at * first.size;
    return load(index, sizeAt(index));
  });

  for await (const loaded of startingWith(first, rest)) {
    const { base, items } = loaded;
    if (repeats(before, items)) return yield { items: [], stuck: true };
    before = items;
    // The listing is said to go on, and nothing comes.
    if (items.length === 0 && total !== undefined && base < total) return yield { items: [], stuck: true };
    const { next, isLast, isEnough } = whatFollows(loaded, start + wanted, total);
    const part = items.slice(Math.max(0, start - base), Math.max(0, start + wanted - base));
    yield page(part, isLast ? undefined : next, { ...loaded, total: first.total });
    if (isLast || isEnough) return;
  }
}

/** Where the page after this one begins, or what is wanted ends; whether the listing ends here, and whether it is enough. */
function whatFollows(
  { base, size, items }: Loaded,
  end: number,
  total: number | undefined,
): { next: number; isLast: boolean; isEnough: boolean } {
  const isEnough = end - base <= items.length;
  if (total !== undefined) {
    const next = isEnough ? end : base + size;
    return { next, isLast: next >= total, isEnough };
  }
  const next = isEnough ? end : base + items.length;
  return { next, isLast: items.length < size && next >= base + items.length, isEnough };
}

async function loadPage(numbering: Numbering, fetch: PageFetch, index: number, size: number): Promise<Loaded> {
  const base = numbering.aligned ? Math.floor(index / size) * size : index;
  const loaded = readPage(numbering, await fetch({ query: numbering.query(base, size) }));
  return { ...loaded, base, size };
}

type Load = (index: number, size: number) => Promise<Loaded>;

// The first page shows how the platform takes the size it was asked for.
async function firstPage(numbering: Numbering, load: Load, start: number, most: number): Promise<Loaded> {
  const first = await load(start, most);
  const { base, items, total } = first;
  const known = total ?? undefined;
  // More than was asked for, and no more in the listing: the platform knows no pages and sent everything.
  if (items.length > most && (known === undefined || known <= items.length))
    return { ...first, base: 0, size: items.length, total: items.length };
  const capped = items.length > 0 && known !== undefined && base + items.length < known && items.length !== most;
  if (!capped) return first;
  // The platform has a page size of its own; pages are where that size puts them.
  return numbering.aligned && base > 0 ? load(start, items.length) : { ...first, size: items.length };
}
