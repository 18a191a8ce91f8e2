import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, it, onTestFinished } from 'vitest';

type Row = Record<string, unknown>;

it('"record this deployment, and how often does each service deploy, over 90 days, as a table" in two calls over stdio', async () => {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
  const args = [bin, '--sandbox', '--sandbox-speed', '50', '--results-dir', results];
  const client = new Client({ name: 'scenario', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  onTestFinished(async () => {
    await client.close();
    await rm(results, { recursive: true, force: true });
  });
  const frequency = async () => {
    const sql = `SELECT service, count(*) AS deployments FROM deployments
      WHERE deployed_at > now() - interval '90 days' GROUP BY service ORDER BY service`;
    const { structuredContent } = await client.callTool({ name: 'dx_run_query', arguments: { sql } });
    expect(structuredContent).toMatchObject({ run: { status: 'succeeded', final: true }, page: { complete: true } });
    const { items, result } = structuredContent as { items: Row[]; result: { uri: string; rows: number } };
    expect(result.rows).toBe(items.length);
    return { items, uri: result.uri };
  };
  const before = await frequency();
  expect(before.items).toHaveLength(18);
  const service = 'booking-api';
  const deployment = { deployed_at: '10m', service, repository: `kestrel/${service}`, environment: 'production' };
  const made = await client.callTool({ name: 'dx_create_deployment', arguments: deployment });
  const { reference_id, deployed_at } = made.structuredContent as Record<string, string>;
  // The same again, as after an answer that never came: nothing is recorded twice.
  const same = { ...deployment, deployed_at, reference_id };
  const again = await client.callTool({ name: 'dx_create_deployment', arguments: same });
  expect(again.structuredContent).toEqual(made.structuredContent);

  const after = await frequency();
  expect(after.items).toEqual(
    before.items.map(row =>
      row['service'] === service ? { ...row, deployments: Number(row['deployments']) + 1 } : row,
    ),
  );
  const read = await client.callTool({ name: 'read_result', arguments: { result: after.uri, limit: 100 } });
  expect((read.structuredContent as { items: Row[] }).items).toEqual(after.items);
});
