import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';

type Answer = { isError: boolean; text: string };
interface AnyClient {
  call(name: string, args: Record<string, unknown>): Promise<Answer>;
  /** What the person was asked. */
  asked: string[];
}
type Connect = (agrees: boolean | undefined, extra?: string[]) => Promise<AnyClient>;

const project = 'meridian/data/drill-assays';
const branch = 'to-be-deleted';
const info = { name: 'confirm', version: '1.0.0' };
const read = (result: unknown): Answer => {
  const { isError, content } = result as { isError?: boolean; content: { text?: string }[] };
  return { isError: isError === true, text: content[0]?.text ?? '' };
};

async function command(extra: string[] = []) {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-confirm-'));
  onTestFinished(() => rm(results, { recursive: true, force: true }));
  const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
  const args = [bin, '--sandbox', '--toolsets', 'dataops:repository', '--results-dir', results, ...extra];
  return { command: process.execPath, args, stderr: 'ignore' as const };
}

const newClient =
  (mode: 'legacy' | 'auto'): Connect =>
  async (agrees, extra) => {
    const asked: string[] = [];
    const capabilities = agrees === undefined ? {} : { elicitation: {} };
    const client = new Client(info, { versionNegotiation: { mode }, capabilities });
    if (agrees !== undefined)
      client.setRequestHandler('elicitation/create', ({ params }) => {
        asked.push(params.message);
        return agrees ? { action: 'accept', content: {} } : { action: 'decline' };
      });
    await client.connect(new StdioClientTransport(await command(extra)));
    onTestFinished(() => client.close());
    return { asked, call: async (name, args) => read(await client.callTool({ name, arguments: args })) };
  };

const oldClient: Connect = async (agrees, extra) => {
  const asked: string[] = [];
  const client = new OldClient(info, { capabilities: agrees === undefined ? {} : { elicitation: {} } });
  if (agrees !== undefined)
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      asked.push(params.message);
      return agrees ? { action: 'accept' as const, content: {} } : { action: 'decline' as const };
    });
  await client.connect(new OldStdioClientTransport(await command(extra)));
  onTestFinished(() => client.close());
  return { asked, call: async (name, args) => read(await client.callTool({ name, arguments: args })) };
};

describe.each([
  ['the 1.x client', oldClient],
  ['the 2.x client, legacy era', newClient('legacy')],
  ['the 2.x client, modern era', newClient('auto')],
] as const)('%s', (_, connect) => {
  const exists = async ({ call }: AnyClient) => !(await call('dataops_get_branch', { project, branch })).isError;
  async function withBranch(client: AnyClient) {
    const made = await client.call('dataops_create_branch', { project, branch, ref: 'main' });
    expect(made.isError, made.text).toBe(false);
    expect(await exists(client)).toBe(true);
    return client;
  }

  it('asks its person, and deletes when they agree', async () => {
    const client = await withBranch(await connect(true));
    const answer = await client.call('dataops_delete_branch', { project, branch });
    expect(answer.isError, answer.text).toBe(false);
    expect(client.asked).toEqual([
      expect.stringMatching(/^Delete the branch "to-be-deleted" of "meridian\/data\/drill-assays"\?/),
    ]);
    expect(await exists(client)).toBe(false);
  });

  it('deletes nothing when they do not', async () => {
    const client = await withBranch(await connect(false));
    expect(await client.call('dataops_delete_branch', { project, branch })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^cancelled: The person did not agree/),
    });
    expect(await exists(client)).toBe(true);
  });

  it('that cannot ask goes through with the token of the first call', async () => {
    const client = await withBranch(await connect(undefined));
    const first = await client.call('dataops_delete_branch', { project, branch });
    expect(first.text).toMatch(/^needs_confirmation: /);
    expect(await exists(client)).toBe(true);
    const confirm = /confirm: "([^"]+)"/.exec(first.text)?.[1];
    expect((await client.call('dataops_delete_branch', { project, branch, confirm })).isError).toBe(false);
    expect(await exists(client)).toBe(false);
  });
});

it('with --yes nobody is asked', async () => {
  const client = await newClient('auto')(true, ['--yes']);
  await client.call('dataops_create_branch', { project, branch, ref: 'main' });
  expect((await client.call('dataops_delete_branch', { project, branch })).isError).toBe(false);
  expect(client.asked).toEqual([]);
});
