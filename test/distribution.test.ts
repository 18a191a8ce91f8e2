import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { distributionFiles, installLinks } from '../scripts/distribution.ts';
import { systemClock } from '../src/base/clock.ts';
import { providerVariables } from '../src/config/connection.ts';
import { providers } from '../src/providers/index.ts';
import { startSimulator } from '../src/sandbox/host.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const { name, version, mcpName, repository, description, dependencies } = readJson('package.json');

test('what was built does not say where it was built', () => {
  const dist = join(root, 'dist');
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(file =>
    /\.(?:c?js|map|json|d\.ts|txt)$/.test(file),
  );
  expect(files.length).toBeGreaterThan(8);
  const places = [root, homedir()].map(one => one.replace(/\/$/, '')).filter(one => one.length > 1);
  for (const file of files) {
    const text = readFileSync(join(dist, file), 'utf8');
    // A home such as /root may be a word of a program, and is a place where something follows it.
    for (const place of places) expect(text.includes(`${place}/`), `${file}: ${place}`).toBe(false);
  }
});

describe('what registries and clients are told', () => {
  test('stands in the repository as package.json and the settings say it', () => {
    for (const [path, text] of Object.entries(distributionFiles()))
      expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  test('has one version, and the name that the repository gives', () => {
    const [, owner] = /github\.com\/([^/]+)\//.exec(repository.url) ?? [];
    expect(mcpName).toBe(`io.github.${owner}/${name}`);
    const server = readJson('server.json');
    expect(server).toMatchObject({ name: mcpName, version, packages: [{ identifier: name, version }] });
    for (const path of ['gemini-extension.json', '.claude-plugin/plugin.json', '.cursor-plugin/plugin.json'])
      expect(readJson(path)).toMatchObject({ name, version });
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain(
      `io.modelcontextprotocol.server.name="${mcpName}"`,
    );
  });

  test('keeps within what the registry takes', () => {
    expect(description.length).toBeLessThanOrEqual(100);
    expect(mcpName).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
    expect(dependencies).toBeUndefined();
  });

  test('has links that hold no secret, and that editors can read', () => {
    const { vscode, cursor } = installLinks();
    const { args } = JSON.parse(decodeURIComponent(vscode.link.split('?')[1] ?? ''));
    for (const address of Object.values(cursor)) {
      const config = new URL(address).searchParams.get('config') ?? '';
      expect(JSON.parse(Buffer.from(config, 'base64').toString()).args).toEqual(args);
    }
    expect(JSON.parse(new URL(vscode.page).searchParams.get('config') ?? '').args).toEqual(args);
    expect(args).toEqual(['-y', `${name}@${version}`, '--sandbox']);
  });
});

test('a release refuses a repository without an address, and a tag that is not the version', () => {
  const refused = (tag: string) => {
    const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'release.mjs'), tag], {
      encoding: 'utf8',
    });
    return { status, stderr };
  };
  expect(refused('v0.0.0')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`package.json says v${version}`),
  });
  if (!repository.url.includes('/OWNER/')) return;
  expect(refused(`v${version}`)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('names no repository yet'),
  });
});

test('in the registry the README begins with npx, and says the rest as before', async () => {
  const { npxFirst } = await import('../scripts/npx-first.mjs');
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const published = npxFirst(readme);
  const commands = (text: string) =>
    [...text.matchAll(/^(?:npm|npx) .*/gm)].map(([line]) => line.split('#')[0]?.trim());
  expect(commands(published).slice(0, 3)).toEqual([
    'npx -y data-platforms-mcp setup',
    'npm ci && npm run demo',
    'npm ci && npm test',
  ]);
  expect(commands(readme).slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  expect(published).not.toContain('<!--');
  expect(published.length).toBeGreaterThan(readme.length - 400);
});

interface Manifest {
  server: { mcp_config: { command: string; args: string[]; env: Record<string, string> } };
  user_config: Record<string, { type: string; default?: unknown; required?: boolean; sensitive?: boolean }>;
}

describe('the bundle for Claude Desktop', () => {
  const bundle = join(root, 'build', 'bundle');
  let manifest: Manifest;
  beforeAll(() => {
    execFileSync(process.execPath, [join(root, 'scripts', 'bundle.mjs'), '--folder']);
    manifest = readJson('build/bundle/manifest.json');
  });

  /** Puts in what a person entered, as clients do: what has no value stays as it is written. */
  function replaced(text: string, entered: Record<string, unknown>): string {
    return text.replace('${__dirname}', bundle).replace(/\$\{user_config\.(\w+)\}/g, (whole, key) => {
      const value = entered[key] ?? manifest.user_config[key]?.default;
      return value === undefined ? whole : String(value);
    });
  }

  async function start(entered: Record<string, unknown>) {
    const home = mkdtempSync(join(tmpdir(), 'data-platforms-bundle-'));
    const client = new Client({ name: 'desktop', version: '1' });
    const { args, env } = manifest.server.mcp_config;
    const replacedEnv = Object.fromEntries(Object.entries(env).map(([key, text]) => [key, replaced(text, entered)]));
    const own = { HOME: home, USERPROFILE: home, LOCALAPPDATA: home, ...replacedEnv };
    const command = { command: process.execPath, args: args.map(text => replaced(text, entered)), env: own };
    await client.connect(new StdioClientTransport({ ...command, stderr: 'ignore' }));
    onTestFinished(async () => {
      await client.close();
      rmSync(home, { recursive: true, force: true });
    });
    const { tools } = await client.listTools();
    const { structuredContent } = await client.callTool({ name: 'check_connections', arguments: {} });
    const { connections } = structuredContent as { connections: { platform: string; status: string }[] };
    return { tools: tools.length, states: connections.map(({ platform, status }) => [platform, status]) };
  }

  test('asks for nothing that it cannot do without, and hides what is secret', () => {
    const optional = Object.entries(manifest.user_config).filter(([, { type }]) => type !== 'boolean');
    expect(optional.length).toBeGreaterThan(10);
    for (const [key, field] of optional) expect(field, key).toMatchObject({ required: false, default: '' });
    for (const { name: variable } of providers.flatMap(providerVariables).filter(({ secret }) => secret)) {
      const key = variable.toLowerCase();
      const file = manifest.user_config[`${key}_file`];
      if (file) expect(file.type).toBe('file');
      else expect(manifest.user_config[key]?.sensitive, key).toBe(true);
    }
  });

  test('starts with every field left empty', async () => {
    const { states } = await start({});
    expect(states).toEqual(providers.map(({ title }) => [title, 'not_configured']));
  });

  test('starts with placeholders that a client has not replaced', async () => {
    const asIs = Object.fromEntries(Object.keys(manifest.user_config).map(key => [key, `\${user_config.${key}}`]));
    const { states } = await start(asIs);
    expect(states).toEqual(providers.map(({ title }) => [title, 'not_configured']));
  });

  test('starts with one platform, and in its sandbox', async () => {
    const dataops = providers.find(provider => provider.name === 'dataops') as (typeof providers)[number];
    const simulator = await startSimulator(await dataops.simulator(), { clock: systemClock() });
    onTestFinished(() => simulator.close());
    const entered = Object.fromEntries(
      Object.entries(simulator.environment).map(([key, value]) => [key.toLowerCase(), value]),
    );
    const one = await start(entered);
    expect(one.states[0]).toEqual([dataops.title, 'ok']);
    const sandbox = await start({ sandbox: true });
    expect(sandbox.states).toEqual(providers.map(({ title }) => [title, 'ok']));
    expect(sandbox.tools).toBeGreaterThan(one.tools);
  });
});
