import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/http/paging/page.ts';
import type { HttpReply } from '../../../src/http/request.ts';
import { pages } from '../../../src/providers/dataops/paging.ts';
import { itemsOf, project, type Row, start } from '../../support/dataops-world.ts';

describe('paging', () => {
  it('asks for full pages, several at once, and stores what is large', async () => {
    const { call, names } = await start();
    const { data, usage } = await call('list_group_projects', { group: names.manyPath, limit: 350 });
    expect(data).toMatchObject({
      page: { returned: 350, total: 10_000, complete: false },
      result: { rows: 350 },
    });
    expect(usage.requests).toBe(4);
  });

  it('goes on exactly where a page ended, whatever the limits', async () => {
    const { call } = await start();
    const numbers: unknown[] = [];
    let cursor: unknown;
    for (const limit of [3, 7, 50]) {
      const { data } = await call('list_issues', { project, sort: 'asc', limit, ...(cursor ? { cursor } : {}) });
      numbers.push(...(data['items'] as Row[]).map(({ iid }) => iid));
      cursor = (data['page'] as Row)['next'];
    }
    expect(cursor).toBeNull();
    expect(numbers.length).toBeGreaterThan(10);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => Number(a) - Number(b)));
  });

  it('continues a keyset listing from a cursor', async () => {
    const world = await start();
    world.dataops.state.offsetCap = 100;
    const first = await world.call('list_projects', { limit: 150, fields: ['id'] });
    const { next, total } = first.data['page'] as Row;
    expect(total).toBeNull();
    const second = await world.call('list_projects', { limit: 150, fields: ['id'], cursor: next });
    const ids = [...itemsOf(first), ...itemsOf(second)].map(({ id }) => Number(id));
    expect(ids).toHaveLength(300);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  });

  const reply = (items: unknown[], headers: Record<string, string>): HttpReply => ({
    status: 200,
    headers,
    url: 'https://example.com/api/v4/x',
    body: items,
  });

  it('believes X-Next-Page and not the number of rows: a page may hide some', async () => {
    const hiding = async ({ query }: { query?: Row }) => {
      const page = Number(query?.['page']);
      const rows = Array.from({ length: 100 }, (_, n) => ({ id: page * 100 + n })).filter(({ id }) => id % 3 !== 0);
      return reply(rows, { 'x-page': String(page), 'x-next-page': page < 4 ? String(page + 1) : '', 'x-total': '400' });
    };
    const found = await collect(pages(), hiding);
    expect(found.complete).toBe(true);
    expect(found.items).toHaveLength(Array.from({ length: 400 }, (_, n) => n + 100).filter(n => n % 3 !== 0).length);
  });

  it('follows Link where there is no X-Next-Page, and the size of page the server keeps to', async () => {
    const asked: number[] = [];
    const small = async ({ query }: { query?: Row }) => {
      const page = Number(query?.['page']);
      asked.push(page);
      const next = page < 3 ? { link: `<https://example.com/api/v4/x?page=${page + 1}>; rel="next"` } : { link: '' };
      return reply([{ id: page * 2 }, { id: page * 2 + 1 }], { ...next, 'x-per-page': '2' });
    };
    const found = await collect(pages(), small, { limit: 5 });
    expect(found.items.map(item => (item as Row)['id'])).toEqual([2, 3, 4, 5, 6]);
    expect(found).toMatchObject({ complete: false, next: 5, total: null });
    expect(asked.slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('takes a route without pages for what it is', async () => {
    const found = await collect(pages(), async () => reply([{ id: 1 }, { id: 2 }, { id: 3 }], {}), { limit: 2 });
    expect(found).toMatchObject({ complete: false, next: 2 });
    expect(found.items).toHaveLength(2);
  });
});
