import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, onTestFinished } from 'vitest';

export type Row = Record<string, unknown>;

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

interface Options {
  /** How many times faster than real time the sandbox lives. */
  speed?: number;
  flags?: readonly string[];
  /** A folder that is shared; by default one of its own, which goes with the test. */
  results?: string;
  /** The latest revision that both know, or one before 2026. */
  era?: 'modern' | 'legacy';
}

/** A client on a server of its own in the sandbox, over stdio, and what the model has spent on its calls. */
export async function startAssistant({ speed = 50, flags = [], results, era = 'modern' }: Options = {}) {
  const folder = results ?? (await mkdtemp(join(tmpdir(), 'data-platforms-')));
  const client = new Client(
    { name: 'scenario', version: '1.0.0' },
    era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {},
  );
  onTestFinished(async () => {
    await client.close();
    if (results === undefined) await rm(folder, { recursive: true, force: true });
  });
  const args = [bin, '--sandbox', '--sandbox-speed', String(speed), '--results-dir', folder, ...flags];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }));
  const spent = { calls: 0, tokens: 0 };

  /** Whatever comes of it. */
  async function attempt(name: string, given: Row) {
    const { content, structuredContent, isError = false } = await client.callTool({ name, arguments: given });
    const [first, ...others] = content;
    const text = first?.type === 'text' ? first.text : '';
    spent.calls += 1;
    spent.tokens += countTokens(text);
    return { text, others, data: (structuredContent ?? {}) as Row, isError };
  }

  /** What has to succeed. */
  async function ask(name: string, given: Row) {
    const answer = await attempt(name, given);
    expect(answer.isError, answer.text).toBe(false);
    return answer;
  }

  const read = (operation: string, given: Row) => ask('call_read_operation', { operation, arguments: given });
  const write = (operation: string, given: Row) => ask('call_write_operation', { operation, arguments: given });
  return { attempt, ask, read, write, spent };
}
