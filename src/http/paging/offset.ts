import { numbered } from './numbered.ts';
import type { PageReaders, Paging } from './page.ts';

export interface OffsetOptions extends PageReaders {
  /** Items per page when the platform is not asked. */
  pageSize: number;
  /** Most items per page that the platform gives. Default: `pageSize`. */
  maxPageSize?: number;
  /** Default `limit`. */
  limitParam?: string;
  /** Default `offset`. */
  offsetParam?: string;
  /** Ask for the first page without parameters, where the platform is not known to take them. */
  bareFirst?: boolean;
}

/** Pages by the number of items to skip. */
export function offset(options: OffsetOptions): Paging {
  const { pageSize, maxPageSize = pageSize, limitParam = 'limit', offsetParam = 'offset', bareFirst } = options;
  return numbered({
    ...options,
    largest: maxPageSize,
    aligned: false,
    query: (index, size) => (bareFirst && index === 0 ? {} : { [limitParam]: size, [offsetParam]: index }),
  });
}
