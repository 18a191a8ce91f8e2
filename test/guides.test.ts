import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished } from 'vitest';
import { clients } from '../src/cli/setup/clients.ts';
import { readEntry } from '../src/cli/setup/edit.ts';
import { providers } from '../src/providers/index.ts';
import { loadManifest } from '../src/server/manifest.ts';
import { bin } from './support/process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');
const guides = ['troubleshooting.md', 'files.md', 'operator.md', 'credentials.md'];
const pages = [...guides, ...clients.map(({ name }) => `clients/${name}.md`)];

it.each(pages)('every link within the repository leads somewhere: docs/%s', async page => {
  const text = await read(join('docs', page));
  const links = [...text.matchAll(/\]\((?!https?:|vscode:|cursor:)([^)\s]+)\)/g)].map(([, link]) => link as string);
  for (const link of links) {
    const [path = '', anchor] = link.split('#');
    const file = path === '' ? join('docs', page) : join('docs', dirname(page), path);
    expect(existsSync(join(root, file)), link).toBe(true);
    if (anchor === undefined) continue;
    const anchors = [...(await read(file)).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    expect(anchors, link).toContain(anchor);
  }
});

describe.each(clients)('the page of $title', client => {
  it('has two entries that the client would read, and that start the server', async () => {
    const text = await read(`docs/clients/${client.name}.md`);
    const blocks = [...text.matchAll(/^```(?:json|toml|yaml)\n(.*?)^```/gms)].map(([, code]) => code as string);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      const entry = (await readEntry(client, block, client.title, 'data-platforms')) as Record<string, unknown>;
      const [command, ...args] = [entry['command'] ?? entry['cmd'], ...(entry['args'] as string[])];
      const words = [command, ...args].join(' ');
      expect(words).toMatch(/^(cmd \/c )?npx -y data-platforms-mcp@\d+\.\d+\.\d+ --sandbox$/);
    }
  });

  it('says where the file is on each system, and what to do when nothing appears', async () => {
    const text = await read(`docs/clients/${client.name}.md`);
    for (const part of [
      '| macOS | `~/',
      '| Windows | `%',
      '| Linux | `~/',
      '## When nothing appears',
      client.next,
      client.source,
    ])
      expect(text).toContain(part);
  });
});

it('what npx of the pages is given starts, and lists tools', async () => {
  const client = new Client({ name: 'guides', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [bin, '--sandbox'], stderr: 'ignore' }),
  );
  onTestFinished(() => client.close());
  expect((await client.listTools()).tools.length).toBeGreaterThan(20);
});

it("every platform says where its credentials are made, for settings that it has, with its vendor's page", async () => {
  const page = await read('docs/credentials.md');
  for (const provider of providers) {
    const { ways } = await provider.credentials();
    expect(ways.length).toBeGreaterThan(0);
    const known = Object.keys(provider.settings.shape);
    const needed = Object.entries(provider.settings.shape).filter(
      ([, schema]) => !(schema as { safeParse(v: unknown): { success: boolean } }).safeParse(undefined).success,
    );
    const asked = ways.flatMap(({ settings }) => settings);
    expect(known).toEqual(
      expect.arrayContaining([...asked, ...ways.flatMap(({ instead = {} }) => Object.entries(instead).flat())]),
    );
    // Whoever answers the questions of the first way has everything that is needed.
    expect(ways[0]?.settings).toEqual(expect.arrayContaining(needed.map(([key]) => key)));
    for (const { source, steps, page: begin = source } of ways) {
      expect([source, begin].every(address => address.startsWith('https://'))).toBe(true);
      for (const step of steps) expect(page).toContain(step);
    }
  }
});

it('the troubles are told by texts that the program prints', async () => {
  const sources = await Promise.all(
    (await readdir(join(root, 'src'), { recursive: true }))
      .filter(name => name.endsWith('.ts'))
      .map(name => read(join('src', name))),
  );
  const { validateHostHeader } = await import('@modelcontextprotocol/server');
  const foreign = JSON.stringify(validateHostHeader('x.example', ['y.example']));
  // As written in the source, a text may be put together: `${title} is not configured.`
  const whole = [...sources, foreign]
    .join('\n')
    .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, '…')
    .replaceAll("\\'", "'");
  const headings = [...(await read('docs/troubleshooting.md')).matchAll(/^### `(.*)`$/gm)].map(
    ([, text]) => text as string,
  );
  expect(headings.length).toBeGreaterThan(20);
  const untrue = headings.flatMap(heading =>
    heading
      .split('…')
      .map(part => part.trim())
      .filter(part => /\w{3}/.test(part) && !whole.includes(part))
      .map(part => `${heading}: ${part}`),
  );
  expect(untrue).toEqual([]);
});

describe('the skills', async () => {
  const names = await readdir(join(root, 'skills'));
  const { general, platforms } = await loadManifest();
  const tools = [...general, ...Object.values(platforms).flatMap(({ operations }) => operations)].map(
    ({ name }) => name,
  );

  it.each(names)('%s is found by its words, and names tools that there are', async name => {
    const text = await read(`skills/${name}/SKILL.md`);
    const [, front = '', body = ''] = /^---\n(.*?)\n---\n(.*)$/s.exec(text) ?? [];
    expect(front).toMatch(new RegExp(`^name: ${name}$`, 'm'));
    const [, description = ''] = /^description: (.+)$/m.exec(front) ?? [];
    expect(description.length).toBeGreaterThan(60);
    expect(description.length).toBeLessThanOrEqual(1_024);
    const named = [...body.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, tool]) => tool as string);
    expect(named.length).toBeGreaterThan(1);
    expect(tools).toEqual(expect.arrayContaining(named));
  });
});

it('metrics that operators are told of are there', async () => {
  const source = (await Promise.all(['metrics'].map(name => read(`src/server/http/${name}.ts`)))).join('\n');
  const named = [...(await read('docs/operator.md')).matchAll(/\bdata_platforms_(\w+)/g)].map(
    ([, name]) => name as string,
  );
  expect(named.length).toBeGreaterThan(2);
  for (const name of named) expect(source).toContain(name.replace(/_bucket$/, ''));
});

it('the library of the README compiles in strict TypeScript', async () => {
  const folder = await mkdtemp(join(root, 'build-guides-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [, code = ''] = /^```js\n(.*?)^```/ms.exec(await read('README.md')) ?? [];
  // It is installed as a user has it, under its own name.
  await writeFile(join(folder, 'server.mts'), code);
  await writeFile(join(folder, 'package.json'), '{"name": "user", "private": true}');
  const modules = join(folder, 'node_modules');
  const { mkdir, symlink } = await import('node:fs/promises');
  await mkdir(modules);
  await symlink(root, join(modules, 'data-platforms-mcp'), 'junction');
  for (const name of ['@modelcontextprotocol', 'zod', '@types'])
    await symlink(join(root, 'node_modules', name), join(modules, name), 'junction');
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = [
    '--ignoreConfig',
    '--strict',
    '--noEmit',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
    'server.mts',
  ];
  await promisify(execFile)(process.execPath, [tsc, ...flags], { cwd: folder });
});
