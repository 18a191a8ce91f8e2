import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newToken } from '../src/callers/static-tokens.ts';
import { loadConfig } from '../src/config/config.ts';
import { sandboxKeyPair } from '../src/providers/datarock/simulator/simulator.ts';
import { providers } from '../src/providers/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'dist', 'bin.cjs');
const run = promisify(execFile);
const read = (path: string) => readFile(join(root, path), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code as string);

async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'data-platforms-docs-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

interface DesktopConfig {
  mcpServers: Record<string, { command: string; args?: string[]; env?: Record<string, string> }>;
}
const readme = await read('README.md');
const json = blocks(readme, 'json').map(code => JSON.parse(code));
const desktop = json
  .filter((one): one is DesktopConfig => 'mcpServers' in one)
  .flatMap(one => Object.values(one.mcpServers));

describe('the README', () => {
  it('shows Claude Desktop how to start it, on the sandbox and with an account', () => {
    expect(desktop).toHaveLength(2);
    for (const { command } of desktop) expect(command).toBe('data-platforms-mcp');
  });

  it.each(desktop)('has a configuration that a client can start: $args $env', async ({ args = [], env = {} }) => {
    const path = await folder();
    const key = join(path, 'key.pem');
    await writeFile(key, (await sandboxKeyPair()).privateKey);
    // As written, but for the place of the key.
    const own = Object.fromEntries(
      Object.entries(env).map(([name, value]) => [name, value.endsWith('.pem') ? key : value]),
    );
    const client = new Client({ name: 'docs', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const environment = { PATH: process.env['PATH'] ?? '', HOME: path, ...own };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [bin, ...args], env: environment, stderr: 'ignore' }),
    );
    onTestFinished(() => client.close());
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('datarock_create_export');
  });

  const commands = blocks(readme, 'sh')
    .flatMap(code => code.split('\n'))
    .filter(line => line.startsWith('data-platforms-mcp '));
  const servers = commands.filter(line => line.startsWith('data-platforms-mcp http '));
  it.each(commands.filter(line => !servers.includes(line)))('has a command that works: %s', async line => {
    const path = await folder();
    const shell = `node "${bin}" ${line.slice('data-platforms-mcp '.length)} --sandbox-speed 50`;
    const env = { PATH: `${join(process.execPath, '..')}:${process.env['PATH']}`, HOME: path };
    const { stdout } = await run('sh', ['-c', shell], { cwd: path, env });
    expect(stdout.length).toBeGreaterThan(20);
  });

  it.each(servers)('has a server that starts, answers and stops: %s', async line => {
    const path = await folder();
    const { token, sha256 } = newToken();
    const [team] = json.filter(one => 'http' in one);
    team.http.tokens[1].sha256 = sha256;
    team.http.state_key_file = join(path, 'state');
    await writeFile(team.http.state_key_file, 'k'.repeat(32));
    await writeFile(join(path, 'team.json'), JSON.stringify(await withKeys(team, path)));
    const args = [...line.split(' ').slice(1), '--port', '0'];
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: path,
      env: { HOME: path },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.stderr.on('data', chunk => {
        said += chunk;
        const [, url] = /"url":"([^"]+)","msg":"listening"/.exec(said) ?? [];
        if (url) resolve(url);
      });
      child.once('close', () => reject(new Error(said)));
    });
    const client = new Client({ name: 'docs', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    const authProvider = { token: async () => token };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('datarock_create_export');
    await client.close();
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('shows how to use it as a library', async () => {
    const path = await folder();
    const modules = join(path, 'node_modules');
    await mkdir(modules);
    await symlink(root, join(modules, 'data-platforms-mcp'), 'junction');
    await symlink(
      join(root, 'node_modules', '@modelcontextprotocol'),
      join(modules, '@modelcontextprotocol'),
      'junction',
    );
    const [code] = blocks(readme, 'js');
    await writeFile(join(path, 'example.mjs'), code ?? '');
    const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: path, env: { HOME: path } });
    expect(JSON.parse(stdout).connections.map(({ status }: { status: string }) => status)).toEqual(
      providers.map(() => 'not_configured'),
    );
  });

  it('has connections that the program reads', async () => {
    const examples = json.filter(one => 'connections' in one);
    expect(examples).toHaveLength(2);
    for (const example of examples) await expectConnections(example);
  });
});

it('the configuration page has a file that the program reads', async () => {
  const [code] = blocks(await read('docs/configuration.md'), 'json');
  await expectConnections(JSON.parse(code ?? ''));
});

interface Example {
  connections: Record<string, { private_key_file?: string }>;
  http?: { state_key_file?: string };
}

/** The same, with keys that are there. */
async function withKeys(example: Example, path: string): Promise<Example> {
  const key = join(path, 'key.pem');
  await writeFile(key, (await sandboxKeyPair()).privateKey);
  for (const connection of Object.values(example.connections))
    if (connection.private_key_file) connection.private_key_file = key;
  return example;
}

async function expectConnections(example: Example) {
  const path = await folder();
  const { privateKey } = await sandboxKeyPair();
  if (example.http) example.http.state_key_file = join(path, 'state');
  await writeFile(join(path, 'state'), 'k'.repeat(32));
  const file = join(path, 'config.json');
  await writeFile(file, JSON.stringify(await withKeys(example, path)));
  const { connections } = loadConfig({ env: { EAST_KEY: privateKey }, file }, providers);
  expect(connections.map(({ name, fault }) => [name, fault])).toEqual([
    ['west', undefined],
    ['east', undefined],
  ]);
}

it('every document that is linked exists', async () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => path as string);
  expect(links.length).toBeGreaterThan(5);
  for (const link of links) expect((await read(link)).length, link).toBeGreaterThan(0);
});

it('every platform has its page of operations, and the index leads there', async () => {
  const index = await read('docs/operations.md');
  for (const { name, title } of providers) expect(index).toContain(`[${title}](operations/${name}.md)`);
  const pages = providers.map(({ name }) => `${name}.md`);
  expect((await readdir(join(root, 'docs', 'operations'))).toSorted()).toEqual(pages.toSorted());
});

describe('the guide to the source', () => {
  it('shows code as it is', async () => {
    const guide = await read('docs/architecture.md');
    const shown = [...guide.matchAll(/From `([^`]+)`.*?```ts\n(.*?)```/gs)];
    expect(shown).toHaveLength(blocks(guide, 'ts').length);
    for (const [, path, code] of shown) expect(await read(path as string), path).toContain(code);
  });

  it('names files that are there', async () => {
    const guide = await read('docs/architecture.md');
    const paths = [...guide.matchAll(/`((?:src|test|scripts|bench)\/[\w./-]+)`/g)].map(([, path]) => path);
    expect(paths.length).toBeGreaterThan(20);
    for (const path of paths) expect(existsSync(join(root, path as string)), path).toBe(true);
  });
});
