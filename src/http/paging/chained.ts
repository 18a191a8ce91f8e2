import { isRow } from '../../base/json-value.ts';
import type { HttpReply } from '../request.ts';
import {
  badPosition,
  type Page,
  type PageFetch,
  type PagePatch,
  type PageReaders,
  type Paging,
  type Position,
  page,
  readPage,
  repeats,
} from './page.ts';

/** How pages are asked for where each one names the next. */
export interface Chaining extends PageReaders {
  /** Items of the largest page to ask for. */
  largest: number;
  /** The request for the page at `at`, undefined for the first. */
  patch(at: string | undefined, size: number): PagePatch;
  /** What names the next page; undefined at the end. */
  next(reply: HttpReply): string | undefined;
}

/** Positions: what names the page, and how many of its items have been seen. */
export function chained(chaining: Chaining): Paging {
  return { pages: (fetch, from, wanted) => pages(chaining, fetch, from, wanted) };
}

async function* pages(
  chaining: Chaining,
  fetch: PageFetch,
  from: Position | undefined,
  wanted: number,
): AsyncGenerator<Page> {
  let { at, skip } = startOf(from);
  let left = wanted;
  let before: unknown[] | undefined;
  for (;;) {
    const reply = await fetch(chaining.patch(at, Math.min(chaining.largest, left + skip)));
    const { items, ...facts } = readPage(chaining, reply);
    const following = chaining.next(reply);
    if (repeats(before, items)) return yield { items: [], stuck: true };
    before = items;
    const part = items.slice(skip, skip + left);
    const end = skip + part.length;
    const inside = end < items.length;
    yield page(
      part,
      inside ? positionOf(at, end) : following === undefined ? undefined : positionOf(following, 0),
      facts,
    );
    left -= part.length;
    if (following === undefined || inside || left <= 0) return;
    if (following === at) return yield { items: [], stuck: true };
    // Fewer than were seen here before: the platform cuts its pages shorter now.
    skip = Math.max(0, skip - items.length);
    at = following;
  }
}

function positionOf(at: string | undefined, skip: number): Position {
  return { ...(at !== undefined && { at }), ...(skip > 0 && { skip }) };
}

function startOf(from: Position | undefined): { at: string | undefined; skip: number } {
  if (from === undefined) return { at: undefined, skip: 0 };
  if (!isRow(from)) throw badPosition();
  const { at, skip = 0 } = from as { at?: Position; skip?: Position };
  if ((at !== undefined && typeof at !== 'string') || typeof skip !== 'number' || !(skip >= 0)) throw badPosition();
  return { at, skip };
}
