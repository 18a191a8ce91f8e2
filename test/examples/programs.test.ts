import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The example as JavaScript, in a folder of its own where what it imports is installed. */
async function compiled(example: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-example-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outfile = join(folder, 'example.mjs');
  const entryPoints = [join(root, 'examples', example)];
  await build({ entryPoints, outfile, format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent' });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return outfile;
}

/** The address of a server over HTTP with simulators behind it. */
async function startServer(): Promise<string> {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-example-'));
  const flags = ['http', '--port', '0', '--sandbox', '--results-dir', results];
  const server = spawn(process.execPath, [join(root, 'dist', 'bin.cjs'), ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: getDefaultEnvironment(),
  });
  onTestFinished(async () => {
    server.kill();
    await once(server, 'close');
    await rm(results, { recursive: true, force: true });
  });
  for await (const line of createInterface(server.stderr)) {
    const { url } = JSON.parse(line) as { url?: string };
    if (url) return url;
  }
  throw new Error('The server ended without an address.');
}

it('a client over HTTP lists the tools and calls one', async () => {
  const example = await compiled('http-client/client.ts');
  const { stdout } = await run(process.execPath, [example, await startServer()]);
  expect(stdout).toMatch(/^\d+ tools\n3 of \d+ holes/);
});

/** A Python that has the packages of the example; `.ci/run` makes one. */
const python = process.env['TEST_PYTHON'];

it.skipIf(!python)('a client in Python does the same', async () => {
  const example = join(root, 'examples', 'python-client', 'client.py');
  const { stdout } = await run(String(python), [example, await startServer()]);
  expect(stdout).toMatch(/^\d+ tools\n3 of (\d+) holes[\s\S]*\n3 of \1\n$/);
});

it('a program embeds the server', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-example-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const example = await compiled('library/embed.ts');
  // Inside this repository the package finds itself by its own name.
  const inside = join(root, 'dist', `example-${process.pid}.mjs`);
  await cp(example, inside);
  onTestFinished(() => rm(inside));
  const env = { PATH: process.env['PATH'], HOME: folder };
  const { stdout } = await run(process.execPath, [inside], { env });
  expect(stdout).toContain('not_configured');
});
