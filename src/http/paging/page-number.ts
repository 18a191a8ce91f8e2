import { numbered } from './numbered.ts';
import type { PageReaders, Paging } from './page.ts';

export interface PageNumberOptions extends PageReaders {
  pageSize: number;
  /** Most items per page that the platform gives. Default: `pageSize`. */
  maxPageSize?: number;
  /** Default `page`. */
  pageParam?: string;
  /** Default `per_page`. */
  perPageParam?: string;
  /** Number of the first page. Default 1. */
  firstPage?: number;
}

/** Pages by their number. */
export function pageNumber(options: PageNumberOptions): Paging {
  const { pageSize, maxPageSize = pageSize, pageParam = 'page', perPageParam = 'per_page', firstPage = 1 } = options;
  return numbered({
    ...options,
    largest: maxPageSize,
    aligned: true,
    query: (index, size) => ({ [pageParam]: index / size + firstPage, [perPageParam]: size }),
  });
}
