/** One page of a list by its number, from 1; a list without rows has one page. */
export interface Page<Item> {
  rows: Item[];
  pages: number;
  next?: number;
  previous?: number;
}

export function numberedPage<Item>(items: readonly Item[], page: number, size: number): Page<Item> {
  const start = (page - 1) * size;
  return {
    rows: items.slice(start, start + size),
    pages: Math.max(Math.ceil(items.length / size), 1),
    ...(start + size < items.length && { next: page + 1 }),
    ...(page > 1 && { previous: page - 1 }),
  };
}
