import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it, onTestFinished } from 'vitest';

type Row = Record<string, unknown>;

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

it('finds where builds hurt most and what people say of it, from the names of things, in five calls', async () => {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-survey-'));
  onTestFinished(() => rm(results, { recursive: true, force: true }));
  const client = new Client({ name: 'scenario', version: '1.0.0' });
  const args = [bin, '--sandbox', '--results-dir', results];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  onTestFinished(() => client.close());
  const spent = { calls: 0, tokens: 0 };
  async function ask(name: string, given: Row): Promise<{ text: string; data: Row }> {
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
    const text = (content[0] as { text: string }).text;
    expect(isError ?? false, text).toBe(false);
    spent.calls += 1;
    spent.tokens += countTokens(text);
    return { text, data: structuredContent as Row };
  }
  const read = (operation: string, given: Row) => ask('call_read_operation', { operation, arguments: given });

  const found = await ask('find_operation', { query: 'developer survey: scores of every team, and comments' });
  const names = (found.data['operations'] as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['dx_list_team_scores', 'dx_list_driver_comments']));
  const { data: snapshots } = await read('dx_list_snapshots', {});
  const [latest] = snapshots['items'] as { scheduled_for: string }[];
  const snapshot_id = latest?.scheduled_for;
  const { data: scores } = await read('dx_list_team_scores', { snapshot_id, limit: 'all' });
  const { uri } = scores['result'] as { uri: string };
  const worst = await ask('query_result', {
    sql: `SELECT team, score FROM "${uri}" WHERE item_name = 'Build and test' AND NOT is_parent ORDER BY score, team LIMIT 3`,
  });
  expect(worst.text).toMatch(/team,score\nData Platform,0\nDelivery Tools,0\nMobile Apps,0$/);
  const { data: comments } = await read('dx_list_driver_comments', { snapshot_id, fields: ['driver_name', 'text'] });
  expect((comments['items'] as Row[]).some(({ driver_name }) => driver_name === 'Build and test')).toBe(true);
  expect(spent.calls).toBe(5);
  expect(spent.tokens).toBeLessThanOrEqual(8_000);
});
