import { chained } from './chained.ts';
import { type PageReaders, type Paging, type Reader, read } from './page.ts';

export interface CursorOptions extends PageReaders {
  pageSize: number;
  /** Most items per page that the platform gives. Default: `pageSize`. */
  maxPageSize?: number;
  /** The token of the next page; null, '' and absent mean that there is none. */
  next: Reader<unknown>;
  /** Default `cursor`. */
  cursorParam?: string;
  /** Default `limit`; null where the platform takes none. */
  limitParam?: string | null;
}

/** Pages by a token that each one gives for the next. */
export function cursor(options: CursorOptions): Paging {
  const { pageSize, maxPageSize = pageSize, next, cursorParam = 'cursor', limitParam = 'limit' } = options;
  return chained({
    ...options,
    largest: maxPageSize,
    patch: (at, size) => ({
      query: { ...(limitParam !== null && { [limitParam]: size }), ...(at !== undefined && { [cursorParam]: at }) },
    }),
    next(reply) {
      const token = read(next, reply);
      if (typeof token === 'number') return String(token);
      return typeof token === 'string' && token !== '' ? token : undefined;
    },
  });
}
