import type { Row } from '../../base/json-value.ts';
import { cursor } from '../../http/paging/cursor.ts';
import type { PageReaders, Paging } from '../../http/paging/page.ts';
import { pageNumber } from '../../http/paging/page-number.ts';
import { whole } from '../../http/paging/whole.ts';
import { rowsUnder } from './web.ts';

interface Listing {
  /** What is shown of each row, where it is not told best as it comes. */
  show?: (row: Row) => Row;
  about?: PageReaders['about'];
}

/** Pages by cursor, of at most `most` rows; null: the method takes no limit. */
export function cursorPages(noun: string, { most = 50, ...listing }: Listing & { most?: number | null } = {}): Paging {
  const size = most === null ? { pageSize: 50, limitParam: null } : { pageSize: most };
  return cursor({ ...readers(noun, listing), ...size, next: 'response_metadata.next_cursor' });
}

/** Where the rows are, or what makes them of the answer. */
type Rows = string | ((body: unknown) => unknown);

interface Numbers extends Listing {
  perPageParam: string;
  total: string;
  most: number;
}

/** Pages by number, of at most `most` rows. */
export const numberedPages = (noun: string, { perPageParam, total, most, ...listing }: Numbers): Paging =>
  pageNumber({ ...readers(noun, listing), perPageParam, total, pageSize: most });

/** Everything at once: the method has no pages. */
export const allRows = (rows: Rows, listing: Listing = {}): Paging => whole(readers(rows, listing));

function readers(given: Rows, { show, about }: Listing): PageReaders {
  const rows = typeof given === 'string' ? rowsUnder(given) : given;
  return {
    items(body) {
      const items = rows(body);
      return show && Array.isArray(items) ? items.map(show) : items;
    },
    ...(about && { about }),
  };
}
