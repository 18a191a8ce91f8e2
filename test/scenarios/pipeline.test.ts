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
const project = 'meridian/data/drill-assays';

it('finds the failed pipeline, reads why, starts it on main, waits, and sees its jobs, in five calls', async () => {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-pipeline-'));
  onTestFinished(() => rm(results, { recursive: true, force: true }));
  const client = new Client({ name: 'scenario', version: '1.0.0' });
  const args = [bin, '--sandbox', '--sandbox-speed', '100', '--results-dir', results];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  onTestFinished(() => client.close());
  const spent = { calls: 0, tokens: 0 };
  async function ask(name: string, given: Row): Promise<Row> {
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: given });
    const text = (content[0] as { text: string }).text;
    expect(isError ?? false, text).toBe(false);
    spent.calls += 1;
    spent.tokens += countTokens(text);
    return structuredContent as Row;
  }

  const failed = await ask('dataops_list_pipelines', { project, status: 'failed', since: '36h' });
  const [night] = failed['items'] as Row[];
  const why = await ask('dataops_get_pipeline', { project, pipeline: night?.['id'] });
  expect(why['failures']).toEqual([
    expect.objectContaining({ log_end: expect.stringContaining("invalid identifier 'AU_PPM_REPEAT'") }),
  ]);
  const order = { project, ref: 'main', pipeline_file: 'full-ci.yml', wait_seconds: 1 };
  const started = await ask('dataops_run_pipeline', order);
  const { uri } = started['run'] as { uri: string };
  // The pipeline takes ten minutes; somebody comes back to it later, when it has ended.
  const before = { ...spent };
  let ended: Row;
  do {
    Object.assign(spent, before);
    ended = await ask('wait_for_run', { run: uri, wait_seconds: 45 });
  } while (!(ended['run'] as Row)['final']);
  expect(ended['run']).toMatchObject({ status: 'succeeded', final: true });
  const stages = ended['stages'] as { stage: string; jobs: Row[] }[];
  expect(stages.flatMap(({ jobs }) => jobs)).toContainEqual(
    expect.objectContaining({ name: 'Build all Models', status: 'success' }),
  );
  expect(spent.calls).toBeLessThanOrEqual(5);
  expect(spent.tokens).toBeLessThanOrEqual(6_000);
});
