import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort, RedisServer } from '../support/redis-server.ts';

/*
 * The built program three times, nginx in front of it, redis-server and one sandbox: what a platform team runs. Each
 * replica has a results folder of its own, so that nothing but Redis tells one from another what was done.
 */
const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

interface Replica {
  port: number;
  process: ChildProcess;
  start(): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

let redis: RedisServer;
let folder: string;
let sandbox: ChildProcess;
let nginx: ChildProcess;
let url: string;
let replicas: Replica[];

async function until(line: (text: string) => boolean, stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream });
  for await (const text of lines) if (line(text)) return text;
  throw new Error('it ended before it said so');
}

async function startReplica(env: Record<string, string>, name: string): Promise<Replica> {
  const port = await freePort();
  const replica = {
    port,
    process: undefined as unknown as ChildProcess,
    async start() {
      const own = { ...process.env, ...env, DATA_PLATFORMS_RESULTS_DIR: join(folder, name) };
      const flags = [
        'http',
        '--port',
        `${port}`,
        '--legacy-sessions',
        '--replicas',
        '3',
        '--toolsets',
        'dataops:repository',
      ];
      replica.process = spawn(process.execPath, [bin, ...flags], { env: own, stdio: ['ignore', 'ignore', 'pipe'] });
      const said = replica.process.stderr as NodeJS.ReadableStream;
      await until(text => text.includes('"listening"'), said);
      said.resume();
    },
    async kill(signal: NodeJS.Signals) {
      const ended = once(replica.process, 'exit');
      replica.process.kill(signal);
      await ended;
    },
  };
  await replica.start();
  return replica;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scale-'));
  redis = await RedisServer.start();
  sandbox = spawn(process.execPath, [bin, 'sandbox', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const part of sandbox.stdout as NodeJS.ReadableStream) {
    printed += part;
    if (printed.trimEnd().endsWith('}')) break;
  }
  const { environment = JSON.parse(printed) } = JSON.parse(printed) as { environment?: Record<string, string> };
  const env = {
    ...environment,
    DATA_PLATFORMS_HTTP_STATE_KEY: 'one key for all of them, of 32 characters',
    DATA_PLATFORMS_REDIS_URL: redis.url,
  };
  replicas = await Promise.all(['one', 'two', 'three'].map(name => startReplica(env, name)));
  const port = await freePort();
  url = `http://127.0.0.1:${port}/mcp`;
  const servers = replicas.map(one => `server 127.0.0.1:${one.port} max_fails=0;`).join(' ');
  const config = `daemon off; master_process off; error_log stderr error; pid ${folder}/pid; events {}
    http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      upstream replicas { ${servers} keepalive 16; }
      server { listen 127.0.0.1:${port}; location / { proxy_pass http://replicas; proxy_http_version 1.1;
        proxy_set_header Connection ""; proxy_set_header Host $host; proxy_buffering off;
        proxy_next_upstream http_503 non_idempotent; } } }`;
  await writeFile(join(folder, 'nginx.conf'), config);
  nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf')], { stdio: 'inherit' });
  await vi.waitFor(async () => expect((await fetch(url.replace('/mcp', '/healthz'))).status).toBe(200), 10_000);
}, 120_000);

afterAll(async () => {
  for (const one of [nginx, sandbox, ...replicas.map(({ process }) => process)]) one.kill('SIGKILL');
  await redis.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answered {
  text: string;
  data: Record<string, unknown>;
}

async function post(message: object, headers: Record<string, string> = {}): Promise<Response> {
  const sent = { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers };
  return fetch(url, { method: 'POST', headers: sent, body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }) });
}

async function call(name: string, args: object, headers: Record<string, string> = {}): Promise<Answered> {
  const reply = await post({ method: 'tools/call', params: { name, arguments: args } }, headers);
  const text = await reply.text();
  const body = text.startsWith('{')
    ? text
    : (text
        .split('\n')
        .findLast(line => line.startsWith('data: {'))
        ?.slice(6) ?? '{}');
  const { result } = JSON.parse(body) as { result?: { content: { text: string }[]; structuredContent?: object } };
  return {
    text: result?.content.map(one => one.text).join('\n') ?? `${reply.status} ${text}`,
    data: { ...result?.structuredContent },
  };
}

const start = { project: 'Copperhead North', artefact: 'RQD', holes: 'all', wait_seconds: 0 };
const runUriIn = ({ text }: Answered) => /datarock:\/\/exports\/[\w-]+/.exec(text)?.[0];

test('the same start ten times at once is one start, and with again another', async () => {
  const begin = (over: object = {}) => call('datarock_create_export', { ...start, ...over });
  const answers = await Promise.all(Array.from({ length: 10 }, () => begin()));
  const uris = answers.map(runUriIn);
  expect(new Set(uris).size, answers.map(({ text }) => text).join('\n--\n')).toBe(1);
  expect(uris[0]).toBeDefined();
  const another = runUriIn(await begin({ again: true }));
  expect(another).not.toBe(uris[0]);
}, 60_000);

test('what one person agreed to is good once, whichever replica is told', async () => {
  const branch = { project: 'meridian/data/drill-assays', branch: 'agreed-once' };
  await call('dataops_create_branch', { ...branch, ref: 'main' });
  const { text } = await call('dataops_delete_branch', branch);
  const confirm = /confirm: "([^"]+)"/.exec(text)?.[1];
  expect(confirm, text).toBeDefined();
  const told = await Promise.all(
    Array.from({ length: 6 }, () => call('dataops_delete_branch', { ...branch, confirm })),
  );
  const done = told.filter(one => !/needs_confirmation|not_found/.test(one.text));
  expect(done, told.map(one => one.text).join('\n--\n')).toHaveLength(1);
}, 60_000);

test('with Redis away reads go on, a start is refused at once, and /readyz says so', async () => {
  await call('dataops_list_projects', { limit: 1 });
  await redis.kill();
  const ready = await fetch(url.replace('/mcp', '/readyz'));
  expect([ready.status, await ready.text()]).toEqual([200, 'ready, redis away\n']);
  const asked = performance.now();
  const refused = await call('datarock_create_export', start);
  expect(refused.text).toMatch(/^upstream_down: Redis/);
  expect(performance.now() - asked).toBeLessThan(20_000);
  await redis.start();
  await expect
    .poll(async () => (await call('dataops_list_projects', { limit: 1 })).text, { timeout: 50_000 })
    .toMatch(/project/);
}, 120_000);

test('a session outlives a rolling restart of all three', async () => {
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'older', version: '1' } };
  const opened = await post({ method: 'initialize', params });
  const headers = {
    'mcp-session-id': opened.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-06-18',
  };
  await opened.text();
  for (const replica of replicas) {
    await replica.kill('SIGTERM');
    await replica.start();
    const texts = await Promise.all(
      Array.from({ length: 6 }, async () => (await post({ method: 'tools/list' }, headers)).status),
    );
    expect(texts).toEqual(Array.from({ length: 6 }, () => 200));
  }
}, 120_000);
