import { badPosition, type PageReaders, type Paging, page, readPage } from './page.ts';

/** The platform gives everything at once; limit and position are applied here. */
export function whole(readers: PageReaders): Paging {
  return {
    async *pages(fetch, from = 0, wanted) {
      if (typeof from !== 'number' || !Number.isInteger(from) || from < 0) throw badPosition();
      const { items, about } = readPage(readers, await fetch({}));
      const end = Math.min(from + wanted, items.length);
      yield page(items.slice(from, end), end < items.length ? end : undefined, { total: items.length, about });
    },
  };
}
