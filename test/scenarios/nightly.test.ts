import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it, onTestFinished } from 'vitest';

it('answers "run the nightly pipeline, and how does it compare with the last year" in two calls over stdio', async () => {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
  const args = [bin, '--sandbox', '--sandbox-speed', '50', '--results-dir', results];
  const client = new Client({ name: 'scenario', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  onTestFinished(async () => {
    await client.close();
    await rm(results, { recursive: true, force: true });
  });

  const pipeline = 'Nightly revenue sync';
  const run = await client.callTool({ name: 'datamin_run_pipeline', arguments: { pipeline } });
  expect(run.structuredContent).toMatchObject({ run: { status: 'succeeded', final: true } });
  const { tasks } = run.structuredContent as { tasks: { name: string; ok: boolean; output: unknown }[] };
  expect(tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(['orders', 'revenue', 'by country']));
  expect(tasks.every(({ ok, output }) => ok && output !== undefined)).toBe(true);

  const asked = { pipeline, period: 'month', periods: 12 };
  const history = await client.callTool({ name: 'datamin_get_pipeline_history', arguments: asked });
  const { items } = history.structuredContent as { items: { num_of_successes: number; partial?: boolean }[] };
  expect(items.length).toBeGreaterThanOrEqual(12);
  expect(items.filter(({ partial }) => !partial).every(({ num_of_successes }) => num_of_successes > 20)).toBe(true);
});
