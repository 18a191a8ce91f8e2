import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** An empty folder that is the home of whoever runs the program. */
async function home(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function serve(folder: string, program: string, env: Record<string, string> = {}) {
  const client = new Client({ name: 'scenario', version: '1' });
  const of = { HOME: folder, USERPROFILE: folder, XDG_DATA_HOME: join(folder, 'data'), LOCALAPPDATA: folder };
  const args = [
    join(program, 'bin.cjs'),
    '--sandbox',
    '--results-dir',
    join(folder, 'results'),
    '--sandbox-speed',
    '50',
  ];
  const PATH = process.env['PATH'] ?? '';
  const transport = { command: process.execPath, args, env: { PATH, ...of, ...env }, stderr: 'ignore' } as const;
  await client.connect(new StdioClientTransport(transport));
  onTestFinished(() => client.close());
  return async (name: string, args: Record<string, unknown> = {}) => {
    const { content, structuredContent, isError } = await client.callTool({ name, arguments: args });
    const text = content.flatMap(one => (one.type === 'text' ? one.text : [])).join('\n');
    return { text, data: (structuredContent ?? {}) as Record<string, unknown>, content, isError };
  };
}

type Call = Awaited<ReturnType<typeof serve>>;

async function storedTable(call: Call): Promise<string> {
  const { data } = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: 'DDH001',
    wait_seconds: 45,
  });
  return (data['result'] as { uri: string }).uri;
}

const drawBars = (result: string) => ({ result, type: 'histogram', x: 'rqd_percent' });

describe('the executable alone, in a folder of its own', () => {
  it('draws, and says what brings SQL', async () => {
    const folder = await home();
    const program = join(folder, 'program');
    await cp(dist, program, { recursive: true, filter: path => !path.endsWith('.map') });
    const call = await serve(folder, program);
    const uri = await storedTable(call);
    const chart = await call('chart_result', drawBars(uri));
    expect(chart.content.map(({ type }) => type)).toContain('image');
    const refused = await call('query_result', { sql: `SELECT count(*) FROM "${uri}"` });
    expect(refused.text).toMatch(
      /^not_configured: SQL needs DuckDB \(70 MB\), which is not installed on this computer\./,
    );
    expect(refused.text).toMatch(/"npx -y data-platforms-mcp@\S+ add sql"/);
    const { missing } = (await call('check_connections')).data as { missing: { sql: string } };
    expect(missing.sql).toContain('add sql');
  });
});

/** Has a Node claim to be an application with Node's engine in it, whose own program cannot run a script. */
function pretendToBeElectron(folder: string): { NODE_OPTIONS: string } {
  const helper = join(folder, 'helper');
  writeFileSync(helper, '#!/bin/sh\nexit 64\n');
  chmodSync(helper, 0o755);
  const preload = join(folder, 'pretend.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process.versions, 'electron', { value: '39.2.0' });
     process.execPath = ${JSON.stringify(helper)};`,
  );
  return { NODE_OPTIONS: `--require "${preload}"` };
}

describe.skipIf(process.platform === 'win32')('inside an application whose program is no Node', () => {
  it('draws in a thread, and says what SQL needs', async () => {
    const folder = await home();
    mkdirSync(join(folder, 'empty'));
    // None of the folders where a Node usually is can be hidden: one that is found there is as good.
    const call = await serve(folder, dist, { ...pretendToBeElectron(folder), PATH: join(folder, 'empty') });
    const uri = await storedTable(call);
    const chart = await call('chart_result', drawBars(uri));
    expect(chart.content.map(({ type }) => type)).toContain('image');
    const asked = await call('query_result', { sql: `SELECT count(*) AS holes FROM "${uri}"` });
    if (asked.isError)
      expect(asked.text).toMatch(/^not_configured: SQL needs Node 20\.18\.1 or newer on this computer/);
    else expect(asked.data['items']).toHaveLength(1);
    expect(asked.text).not.toContain('memory');
  });

  it('runs SQL in the Node that it is told of', async () => {
    const folder = await home();
    const named = { DATA_PLATFORMS_NODE: process.execPath, PATH: folder };
    const call = await serve(folder, dist, { ...pretendToBeElectron(folder), ...named });
    const uri = await storedTable(call);
    const { data, text } = await call('query_result', { sql: `SELECT count(*) AS holes FROM "${uri}"` });
    expect(text, text).not.toContain('not_configured');
    expect(data['items']).toEqual([{ holes: expect.any(Number) }]);
  });
});
