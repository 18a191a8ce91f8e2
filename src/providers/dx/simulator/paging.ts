import { numberedPage as pageByNumber } from '../../../sandbox/frame/page.ts';
import { integer, text } from './arguments.ts';
import { invalid } from './refusal.ts';

/** What every method with cursor paging takes. */
export const cursorShape = { cursor: text.optional(), limit: integer.optional() };

export const encodeId = (value: number | string): string => Buffer.from(String(value)).toString('base64url');
const decodeId = (id: string): string => Buffer.from(id, 'base64url').toString();

export interface CursorRequest {
  cursor?: string | undefined;
  limit?: number | undefined;
}

/** A page of a list, and what says where the next one starts; `usual` and `most` rows. */
export function pageOf<Item>(
  items: readonly Item[],
  { cursor, limit }: CursorRequest,
  { usual = 50, most = 50 }: { usual?: number; most?: number } = {},
): { page: Item[]; response_metadata: { next_cursor: string | null } } {
  const size = limit ?? usual;
  if (size < 1 || size > most) throw invalid(`limit must be between 1 and ${most}`);
  const start = cursor === undefined ? 0 : Number(decodeId(cursor));
  if (!Number.isInteger(start) || start < 0) throw invalid('cursor is not one of this list');
  const end = start + size;
  const next_cursor = end < items.length ? encodeId(end) : null;
  return { page: items.slice(start, end), response_metadata: { next_cursor } };
}

/** A page by its number, from 1. */
export function numberedPage<Item>(items: readonly Item[], page: number, size: number) {
  if (page < 1 || size < 1 || size > 100) throw invalid('page must be 1 or more and a page at most 100 long');
  return { ...pageByNumber(items, page, size), total: items.length };
}
