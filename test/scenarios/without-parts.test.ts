import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it, onTestFinished } from 'vitest';

it('works without the optional dependencies, and says what is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  await cp(dist, folder, { recursive: true, filter: path => !path.endsWith('.map') });
  const client = new Client({ name: 'scenario', version: '1' });
  const args = [join(folder, 'bin.cjs'), '--sandbox', '--results-dir', join(folder, 'results')];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  onTestFinished(() => client.close());

  const { tools } = await client.listTools();
  const names = tools.map(({ name }) => name);
  expect(names).toContain('read_result');
  expect(names).not.toContain('query_result');
  expect(names).not.toContain('chart_result');
  const { structuredContent } = await client.callTool({ name: 'check_connections', arguments: {} });
  const { missing } = structuredContent as { missing: { package: string; tools: string[]; hint: string }[] };
  expect(missing.map(one => one.package)).toEqual(['@duckdb/node-api', '@resvg/resvg-js']);
  expect(missing[0]).toMatchObject({
    package: '@duckdb/node-api',
    tools: ['query_result'],
    hint: expect.stringContaining('npm install @duckdb/node-api'),
  });
});
