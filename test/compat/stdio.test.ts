import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, it, onTestFinished } from 'vitest';

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
const info = { name: 'compat', version: '1.0.0' };

interface Answer {
  text: string;
  data: Record<string, unknown>;
  isError: boolean;
}

/** What the story needs of a client, whichever it is. */
interface AnyClient {
  tools(): Promise<string[]>;
  call(
    name: string,
    args: Record<string, unknown>,
    progress?: (message: string, done: number) => void,
  ): Promise<Answer>;
  templates(): Promise<string[]>;
  read(uri: string): Promise<string>;
  complete(uri: string, name: string, value: string): Promise<string[]>;
  close(): Promise<void>;
}

async function server() {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-compat-'));
  onTestFinished(() => rm(results, { recursive: true, force: true }));
  const args = [bin, '--sandbox', '--sandbox-speed', '100', '--results-dir', results];
  return { command: process.execPath, args, stderr: 'ignore' as const };
}

const answer = (result: { content?: unknown; structuredContent?: unknown; isError?: unknown }): Answer => ({
  text: (result.content as { text?: string }[])[0]?.text ?? '',
  data: (result.structuredContent ?? {}) as Record<string, unknown>,
  isError: result.isError === true,
});

async function newClient(mode: 'legacy' | 'auto'): Promise<AnyClient> {
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport(await server()));
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args, progress) {
      const onprogress =
        progress &&
        (({ message, progress: done }: { message?: string | undefined; progress: number }) =>
          progress(message ?? '', done));
      return answer(await client.callTool({ name, arguments: args }, onprogress ? { onprogress } : {}));
    },
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map(one => one.uriTemplate),
    read: async uri => ((await client.readResource({ uri })).contents[0] as { text: string }).text,
    complete: async (uri, name, value) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values,
    close: () => client.close(),
  };
}

async function oldClient(): Promise<AnyClient> {
  const client = new OldClient(info);
  await client.connect(new OldStdioClientTransport(await server()));
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    async call(name, args, progress) {
      const onprogress =
        progress &&
        (({ message, progress: done }: { message?: string | undefined; progress: number }) =>
          progress(message ?? '', done));
      const result = await client.callTool({ name, arguments: args }, undefined, onprogress ? { onprogress } : {});
      return answer(result as Parameters<typeof answer>[0]);
    },
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map(one => one.uriTemplate),
    read: async uri => ((await client.readResource({ uri })).contents[0] as { text: string }).text,
    complete: async (uri, name, value) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values,
    close: () => client.close(),
  };
}

describe.each([
  ['the 1.x client', oldClient],
  ['the 2.x client, legacy era', () => newClient('legacy')],
  ['the 2.x client, modern era', () => newClient('auto')],
])('%s over stdio', (_, connect) => {
  it('goes from a question to the numbers', async () => {
    const client = await connect();
    onTestFinished(() => client.close());
    expect(await client.tools()).toEqual(
      expect.arrayContaining(['datarock_create_export', 'wait_for_run', 'read_result']),
    );

    const projects = await client.call('datarock_list_projects', {});
    expect(projects.data['items']).toHaveLength(4);

    const artefacts = await client.call('datarock_list_artefacts', { project: 'Copperhead North' });
    expect(artefacts.text).toMatch(/^All \d+ artefacts\./);

    const told: [string, number][] = [];
    const asked = { project: 'Copperhead North', artefact: 'RQD', holes: 'all' };
    const made = await client.call('datarock_create_export', asked, (message, done) => told.push([message, done]));
    expect(made.data).toMatchObject({ run: { status: 'succeeded', final: true }, result: { rows: 8540 } });
    expect(told.map(([message]) => message)).toContain('40 of 40 files');
    expect(told.map(([, done]) => done)).toEqual(told.map(([, done]) => done).toSorted((a, b) => a - b));

    const { uri } = made.data['result'] as { uri: string };
    const where = [{ column: 'rqd_percent', op: '<', value: 10 }];
    const weak = await client.call('read_result', {
      result: uri,
      where,
      columns: ['hole_id', 'rqd_percent'],
      limit: 200,
    });
    expect(weak.data['page']).toMatchObject({ complete: true });
    expect((weak.data['items'] as { rqd_percent: number }[]).every(row => row.rqd_percent < 10)).toBe(true);

    const again = await client.call('wait_for_run', { run: (made.data['run'] as { uri: string }).uri });
    expect(again.data).toMatchObject({ run: { status: 'succeeded' }, result: { uri } });
  });

  it('meets mistakes, resources and completion', async () => {
    const client = await connect();
    onTestFinished(() => client.close());
    const wrong = await client.call('datarock_list_holes', { project: 'Coperhead North' });
    expect(wrong).toMatchObject({ isError: true, text: expect.stringMatching(/Did you mean "Copperhead North"/) });
    const unknown = await client.call('datarock_list_holes', { projet: 'x' });
    expect(unknown).toMatchObject({ isError: true, text: expect.stringMatching(/Did you mean "project"/) });

    expect(await client.templates()).toContain('datarock://projects/{project}/holes');
    expect(JSON.parse(await client.read('datarock://projects'))).toMatchObject({
      page: { complete: true, returned: 4 },
    });
    expect(await client.complete('datarock://projects/{project}/holes', 'project', 'cop')).toEqual([
      'Copperhead North',
    ]);
    await expect(client.read('datarock://nothing')).rejects.toThrow(/not found/i);
  });
});
