import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursor } from '../../../src/http/paging/cursor.ts';
import { forEach } from '../../../src/http/paging/for-each.ts';
import { link, nextLink } from '../../../src/http/paging/link.ts';
import { offset } from '../../../src/http/paging/offset.ts';
import { collect, type PagePatch, type Paging, type Position } from '../../../src/http/paging/page.ts';
import { pageNumber } from '../../../src/http/paging/page-number.ts';
import { whole } from '../../../src/http/paging/whole.ts';
import { type Listing, listing, origin, platforms, range, reply } from './listing.ts';

const styles = {
  offset: (pageSize: number) => offset({ items: 'items', total: 'total', pageSize }),
  pageNumber: (pageSize: number) => pageNumber({ items: 'items', total: 'total', pageSize }),
  cursor: (pageSize: number) => cursor({ items: 'items', next: 'meta.next', pageSize }),
  link: (pageSize: number) => link({ items: 'items', pageSize }),
  whole: () => whole({ items: 'items' }),
};

/** Reads to the end, `limits[i]` items at the i-th call, positions through JSON as a client hands them back. */
async function readInParts(paging: Paging, { fetch }: Listing, limits: number[]): Promise<unknown[]> {
  const items: unknown[] = [];
  let from: Position | undefined;
  for (let i = 0; i < 500; i += 1) {
    const limit = limits[i % limits.length] ?? 1;
    const part = await collect(paging, fetch, { ...(from !== undefined && { from }), limit });
    expect(part.items.length).toBeLessThanOrEqual(limit);
    expect(part.complete).toBe(part.next === undefined);
    items.push(...part.items);
    if (part.next === undefined) return items;
    from = JSON.parse(JSON.stringify(part.next)) as Position;
  }
  throw new Error('It does not end.');
}

const anyLimits = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(Infinity)), {
  minLength: 1,
  maxLength: 4,
});

describe.each(Object.keys(styles) as (keyof typeof styles)[])('%s', style => {
  test('read in parts of any sizes, it is the whole list, nothing twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.boolean(),
        anyLimits,
        async (count, size, total, limits) => {
          const platform = listing(platforms[style](count, size, total));
          expect(await readInParts(styles[style](size), platform, limits)).toEqual(range(count));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('one after the other for each value, too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 8 }), { maxLength: 4 }), anyLimits, async (counts, limits) => {
        const answer = (patch: PagePatch) => platforms[style](Number(patch.path?.['hole']), 3, true)(patch);
        const platform = listing(answer, { hole: counts });
        const read = await readInParts(forEach('hole', styles[style](3)), platform, limits);
        expect(read).toEqual(counts.flatMap(range));
      }),
      { numRuns: 40 },
    );
  });

  test('a reply of another form is told with what was expected', async () => {
    const platform = listing(() => reply({ rows: [], status: 'ok' }));
    await expect(collect(styles[style](5), platform.fetch)).rejects.toMatchObject({
      code: 'bad_upstream_reply',
      message: 'The answer of api.example should hold a list at "items", but it is an object with rows, status.',
    });
  });

  test('a position of another listing is refused', async () => {
    const platform = listing(platforms[style](9, 3, true));
    const from = style === 'cursor' || style === 'link' ? 5 : { at: 'x' };
    await expect(collect(styles[style](5), platform.fetch, { from })).rejects.toMatchObject({ code: 'bad_arguments' });
    expect(platform.patches).toHaveLength(0);
  });
});

describe('pages that are asked for by number', () => {
  test('with a total, exactly what is needed is fetched, many pages at once, in order', async () => {
    const platform = listing(platforms.offset(1000, 10, true));
    const all = await collect(styles.offset(10), platform.fetch);
    expect(all).toMatchObject({ items: range(1000), total: 1000, complete: true });
    expect(platform.patches).toHaveLength(100);
    expect(platform.busiest()).toBe(16);
    const some = listing(platforms.offset(1000, 10, true));
    const part = await collect(styles.offset(10), some.fetch, { limit: 25 });
    expect(part).toMatchObject({ items: range(25), next: 25, complete: false });
    expect(some.patches.map(({ query }) => [query?.['offset'], query?.['limit']])).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
    ]);
  });

  test('without a total, little more is fetched than there is', async () => {
    for (const [count, most] of [
      [5, 1],
      [10, 4],
      [35, 10],
    ] as const) {
      const platform = listing(platforms.offset(count, 10, false));
      expect((await collect(styles.offset(10), platform.fetch)).items).toEqual(range(count));
      expect(platform.patches.length).toBeLessThanOrEqual(most);
    }
  });

  test('when the consumer stops, or a page fails, no further page is asked for', async () => {
    const platform = listing(platforms.offset(1000, 10, true));
    for await (const page of styles.offset(10).pages(platform.fetch, undefined, Infinity)) {
      if (page.items.includes(15)) break;
    }
    const asked = platform.patches.length;
    expect(asked).toBeLessThanOrEqual(18);
    await new Promise(resolve => setTimeout(resolve, 5));
    expect(platform.patches).toHaveLength(asked);
    const broken = listing(patch => {
      if (patch.query?.['offset'] === 20) throw new Error('page 3');
      return platforms.offset(1000, 10, true)(patch);
    });
    await expect(collect(styles.offset(10), broken.fetch)).rejects.toThrow('page 3');
    expect(broken.patches.length).toBeLessThanOrEqual(19);
  });

  test('a platform with a smaller page size of its own is read whole', async () => {
    for (const style of ['offset', 'pageNumber'] as const) {
      const platform = listing(platforms[style](95, 7, true));
      expect((await collect(styles[style](20), platform.fetch)).items).toEqual(range(95));
      const rest = await collect(styles[style](20), platform.fetch, { from: 33 });
      expect(rest.items).toEqual(range(95).slice(33));
    }
  });

  test('a platform that ignores paging is read once; where that leaves gaps, it is not called complete', async () => {
    for (const style of ['offset', 'pageNumber'] as const) {
      const everything = listing(() => reply({ items: range(30) }));
      expect(await readInParts(styles[style](20), everything, [7])).toEqual(range(30));
      const first = listing(() => reply({ items: range(20) }));
      const read = await collect(styles[style](20), first.fetch);
      expect(read).toMatchObject({ items: range(20), complete: false });
      expect(read.next).toBeUndefined();
    }
  });

  test('the first page goes without parameters where they are not proven', async () => {
    const paging = offset({ items: 'items', total: 'total', pageSize: 5, bareFirst: true });
    const platform = listing(platforms.offset(12, 5, true));
    expect((await collect(paging, platform.fetch)).items).toEqual(range(12));
    expect(platform.patches[0]).toEqual({ query: {} });
    expect(platform.patches[1]).toEqual({ query: { limit: 5, offset: 5 } });
  });
});

describe('pages that name the next', () => {
  test('a next link to another origin is a fault, and never followed', async () => {
    for (const target of ['https://evil.example/list?after=3', '//evil.example/', 'http://api.example/list']) {
      const platform = listing(() => reply({ items: [1, 2, 3] }, '/list', { link: `<${target}>; rel="next"` }));
      await expect(collect(styles.link(3), platform.fetch)).rejects.toMatchObject({
        code: 'bad_upstream_reply',
        message: expect.stringContaining('another origin is not followed'),
      });
      expect(platform.patches).toHaveLength(1);
    }
    const platform = listing(platforms.link(9, 3));
    for (const at of ['https://evil.example/', '//evil.example/', '/\\evil.example/', '/list/variables?after=3'])
      await expect(collect(styles.link(3), platform.fetch, { from: { at } })).rejects.toMatchObject({
        code: 'bad_arguments',
      });
    expect(platform.patches).toHaveLength(0);
  });

  test('a cursor or page that repeats itself ends the listing, not called complete', async () => {
    const same = listing(() => reply({ items: [1, 2], meta: { next: 'again' } }));
    expect(await collect(styles.cursor(2), same.fetch)).toMatchObject({ items: [1, 2], complete: false });
    expect(same.patches.length).toBeLessThanOrEqual(2);
  });

  /** A platform whose pages name each other, or new ones, for ever. */
  const endless: Record<string, [next: (page: number) => unknown, items: (page: number) => unknown[], most: number]> = {
    'two pages that name each other': [page => `p${(page + 1) % 2}`, page => [page], 3],
    'five pages in a circle': [page => `p${(page + 1) % 5}`, page => [page], 6],
    'empty pages': [page => `p${page + 1}`, () => [], 3],
    'pages that grow fewer to nothing': [page => `p${page + 1}`, page => (page < 4 ? [page] : []), 7],
    'full pages without a total': [page => `p${page + 1}`, page => [page], 1_000],
  };
  for (const [name, [next, items, most]] of Object.entries(endless))
    for (const style of ['cursor', 'link'] as const)
      test(`${name} end a listing by ${style}, and what came is kept`, async () => {
        const platform = listing(({ query, search }) => {
          const page = Number(/p(\d+)/.exec(String(query?.['cursor'] ?? search ?? 'p0'))?.[1] ?? 0);
          const to = next(page);
          return reply({ items: items(page), meta: { next: to } }, '/list', {
            link: `<${origin}/list?${to}>; rel="next"`,
          });
        });
        const found = await collect(styles[style](1), platform.fetch);
        expect(found.complete).toBe(false);
        expect(platform.patches).toHaveLength(most);
        expect(found.items.length > 0).toBe(items(0).length > 0);
        // Only where there may be more after the bound can anybody go on.
        expect(found.next !== undefined).toBe(most === 1_000);
      });

  test('more pages than the total can need are not read, by whatever style', async () => {
    const paging = cursor({ items: 'items', next: 'next', total: 'total', pageSize: 10 });
    const platform = listing(({ query }) => {
      const page = Number(query?.['cursor'] ?? 0);
      return reply({ items: range(10).map(at => page * 10 + at), total: 50, next: page + 1 });
    });
    const found = await collect(paging, platform.fetch);
    expect(platform.patches).toHaveLength(8);
    expect(found).toMatchObject({ complete: false, total: 50 });
  });

  test('empty listings of many values are no end', async () => {
    const platform = listing(() => reply({ items: [], meta: {} }), { value: range(20) });
    const found = await collect(forEach('value', styles.cursor(10)), platform.fetch);
    expect(platform.patches).toHaveLength(20);
    expect(found.complete).toBe(true);
  });

  test('the Link header is read as it is written in the wild', () => {
    expect(nextLink('<https://a/?page=1>; rel="prev", <https://a/?x=1,2&page=3>; rel="next"')).toBe(
      'https://a/?x=1,2&page=3',
    );
    expect(nextLink('</b>;rel=next')).toBe('/b');
    expect(nextLink('<b>; title="next"; rel="last"')).toBeUndefined();
    expect(nextLink('<b>; rel="last next"')).toBe('b');
    expect(nextLink(undefined)).toBeUndefined();
  });
});

test('what a page says beside its items, and totals that are not told', async () => {
  const paging = offset({
    items: body => body,
    total: (_, { headers }) => (headers['x-total'] ? Number(headers['x-total']) : null),
    about: (_, { headers }) => ({ etag: headers['etag'] }),
    pageSize: 5,
  });
  const platform = listing(() => reply([1, 2], '/list', { 'x-total': '2', etag: 'e' }));
  expect(await collect(paging, platform.fetch)).toEqual({
    items: [1, 2],
    total: 2,
    about: { etag: 'e' },
    complete: true,
  });
  const untold = listing(() => reply([1, 2]));
  expect(await collect(paging, untold.fetch)).toMatchObject({ total: null, complete: true });
  const nothing = listing(() => reply(null));
  expect(await collect(whole({ items: '' }), nothing.fetch)).toEqual({ items: [], total: 0, complete: true });
});
