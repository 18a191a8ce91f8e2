import type { PageFetch, PagePatch } from '../../../src/http/paging/page.ts';
import type { HttpReply } from '../../../src/http/request.ts';

export const origin = 'https://api.example';

export function reply(body: unknown, url = '/list', headers: Record<string, string> = {}): HttpReply {
  return { status: 200, headers, url: new URL(url, origin).href, body };
}

export interface Listing {
  fetch: PageFetch;
  patches: PagePatch[];
  /** Most requests under way at one moment. */
  busiest(): number;
}

/** A listing on a platform, in memory: paging never sees more of HTTP than a fetch function. */
export function listing(answer: (patch: PagePatch) => HttpReply, path?: Record<string, unknown>): Listing {
  const patches: PagePatch[] = [];
  let [busy, busiest] = [0, 0];
  const fetch = async (patch: PagePatch) => {
    patches.push(patch);
    busy += 1;
    busiest = Math.max(busiest, busy);
    await new Promise(resolve => setImmediate(resolve));
    busy -= 1;
    return answer(patch);
  };
  return { fetch: Object.assign(fetch, path && { path }), patches, busiest: () => busiest };
}

const numberOf = (value: unknown, otherwise: number) => (value === undefined ? otherwise : Number(value));

/** Platforms in the styles there are, over the items 0 to `count` - 1, with a page size of their own at the most. */
export const platforms = {
  offset: (count: number, own: number, total: boolean) => (patch: PagePatch) => {
    const { limit, offset } = patch.query ?? {};
    const items = range(count).slice(numberOf(offset, 0), numberOf(offset, 0) + Math.min(own, numberOf(limit, own)));
    return reply({ items, ...(total && { total: count }) });
  },
  pageNumber: (count: number, own: number, total: boolean) => (patch: PagePatch) => {
    const { page, per_page } = patch.query ?? {};
    const size = Math.min(own, numberOf(per_page, own));
    const start = (numberOf(page, 1) - 1) * size;
    return reply({ items: range(count).slice(start, start + size), ...(total && { total: count }) });
  },
  cursor: (count: number, own: number) => (patch: PagePatch) => {
    const { limit, cursor } = patch.query ?? {};
    const start = cursor === undefined ? 0 : Number(Buffer.from(String(cursor), 'base64').toString());
    const end = start + Math.min(own, numberOf(limit, own));
    const next = end < count ? Buffer.from(String(end)).toString('base64') : null;
    return reply({ items: range(count).slice(start, end), meta: { next } });
  },
  link: (count: number, own: number) => (patch: PagePatch) => {
    const params = new URL(`/list${patch.search ?? ''}`, origin).searchParams;
    const size = Math.min(own, numberOf(params.get('per_page') ?? patch.query?.['per_page'], own));
    const start = numberOf(params.get('after') ?? undefined, 0);
    const next = `<${origin}/list?per_page=${size}&after=${start + size}>; rel="next", <${origin}/list>; rel="first"`;
    return reply(
      { items: range(count).slice(start, start + size) },
      '/list',
      start + size < count ? { link: next } : {},
    );
  },
  whole: (count: number) => () => reply({ items: range(count) }),
};

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
