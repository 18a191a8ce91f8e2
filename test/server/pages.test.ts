import type { Tool } from '@modelcontextprotocol/server';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import type { ViewedRows } from '../../src/answers/view.ts';
import { pageMediaType, pages, pagesExtension, pageUri } from '../../src/catalog/pages.ts';
import { startWorld } from '../support/harness.ts';
import { modernClient } from '../support/modern.ts';

const drawing = { extensions: { [pagesExtension]: { mimeTypes: [pageMediaType] } } };
const ofPage = ({ _meta }: Tool) => (_meta?.['ui'] ?? {}) as { resourceUri?: string; visibility?: string[] };
const isForModels = (tool: Tool) => ofPage(tool).visibility?.includes('model') ?? true;
const toolsOf = async (ask: ReturnType<typeof modernClient>) => (await ask('tools/list')).result?.['tools'] as Tool[];

test('tools name their pages, and one more is listed, where a client draws; nothing changes for others', async () => {
  const world = await startWorld({ platforms: 'all' });
  const plain = await toolsOf(modernClient(world, { capabilities: {} }));
  const other = await toolsOf(
    modernClient(world, { capabilities: { extensions: { [pagesExtension]: { mimeTypes: ['text/x'] } } } }),
  );
  const drawn = await toolsOf(modernClient(world, { capabilities: drawing }));
  expect(other).toEqual(plain);
  expect(plain.filter(({ _meta }) => _meta !== undefined)).toEqual([]);
  const forPages = drawn.filter(tool => !isForModels(tool));
  expect(forPages.map(({ name }) => name)).toEqual(['view_rows', 'view_run', 'view_overview']);
  expect(drawn.filter(isForModels).map(({ _meta, ...tool }) => tool)).toEqual(plain);
  const visible = (tools: Tool[]) =>
    countTokens(JSON.stringify(tools.map(({ name, description, inputSchema }) => [name, description, inputSchema])));
  expect(visible(drawn.filter(isForModels))).toBe(visible(plain));
});

test('a page may call what only reads; what changes something is called by the model alone', async () => {
  const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
  const drawn = await toolsOf(modernClient(world, { capabilities: drawing }));
  const shown = drawn.filter(({ _meta }) => _meta?.['ui']);
  expect(new Set(shown.map(tool => ofPage(tool).resourceUri))).toEqual(
    new Set((Object.keys(pages) as (keyof typeof pages)[]).map(pageUri)),
  );
  for (const tool of shown) {
    const { name, annotations } = tool;
    expect(ofPage(tool).visibility?.includes('app'), name).toBe(annotations?.readOnlyHint === true);
  }
});

test('a page is one file that asks for nothing', async () => {
  const world = await startWorld();
  const ask = modernClient(world, { capabilities: drawing });
  for (const name of Object.keys(pages) as (keyof typeof pages)[]) {
    const { result } = await ask('resources/read', { uri: pageUri(name) });
    const [page] = (result?.['contents'] ?? []) as { mimeType: string; text: string; _meta: object }[];
    expect(page?.mimeType).toBe(pageMediaType);
    expect(page?._meta).toEqual({ ui: { csp: {}, prefersBorder: true } });
    expect(page?.text).toMatch(/^<!doctype html>/);
    expect(page?.text).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|https?:\/\/(?!www\.w3\.org\/)/,
    );
    expect(result?.['ttlMs']).toBeGreaterThan(60_000);
  }
  expect(await ask('resources/read', { uri: 'ui://data-platforms/other.html' })).toHaveProperty('error');
});

test('rows for a page are whole, cut where they are long, and cleaned like all others', async () => {
  const world = await startWorld();
  const results = world.server.shared.results;
  const source = { operation: 'test', arguments: {}, at: '2026-12-01' };
  const rows = Array.from({ length: 1_200 }, (_, at) => ({
    n: at,
    note: at === 3 ? 'x'.repeat(5_000) : `a\u202e${at}`,
  }));
  const { uri } = await results.write({ name: 'many', mediaType: 'application/x-ndjson', source }, { rows });
  const ask = modernClient(world, { capabilities: drawing });
  const view = async (args: object) => {
    const { result } = await ask('tools/call', { name: 'view_rows', arguments: { result: uri, ...args } });
    expect(result?.['isError'], JSON.stringify(result?.['content'])).toBeFalsy();
    return result as unknown as { structuredContent: ViewedRows; content: { text: string }[] };
  };
  const { structuredContent: all, content } = await view({ limit: 1_200, about: true });
  expect(all.rows.map(([n]) => n)).toEqual(rows.map(({ n }) => n));
  expect(all.rows[4]).toEqual([4, 'a◌4']);
  expect(all.cut).toEqual([[3, 1]]);
  expect(all.about?.columns.map(({ name }) => name)).toEqual(['n', 'note']);
  expect(countTokens(content[0]?.text ?? '')).toBeLessThan(60);
  const { structuredContent: some } = await view({
    where: [{ column: 'n', op: '>=', value: 1_000 }],
    sort: [{ column: 'n', order: 'desc' }],
    limit: 2,
    figures: ['n', 'note'],
  });
  expect(some).toMatchObject({
    matched: 200,
    rows: [
      [1_199, 'a◌1199'],
      [1_198, 'a◌1198'],
    ],
  });
  expect(some.figures[0]).toMatchObject({ column: 'n', filled: 200, least: 1_000, most: 1_199 });
  const { structuredContent: whole } = await view({ offset: 3, limit: 1, columns: ['note'], cell: 100_000 });
  expect(whole.rows).toEqual([['x'.repeat(5_000)]]);
});
