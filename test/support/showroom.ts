import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { brotliDecompressSync } from 'node:zlib';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core';

const root = process.cwd();

type Row = Record<string, unknown>;

/** A page as it is shown: the client around it, and what is in the frame. */
export interface Shown {
  page: Page;
  view: FrameLocator;
  /** What the browser found wrong: errors of scripts, and requests that a policy forbade. */
  problems: string[];
}

export interface Look {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

/** The built server over HTTP on its sandbox, our client that draws, and a browser. */
export async function openShowroom({ speed = 50, flags = [] as string[] } = {}) {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-showroom-'));
  const child = spawn(
    process.execPath,
    [
      join(root, 'dist', 'bin.cjs'),
      'http',
      '--port',
      '0',
      '--sandbox',
      '--sandbox-speed',
      String(speed),
      '--results-dir',
      results,
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: getDefaultEnvironment() },
  );
  const mcp = await addressOf(child);
  const html = brotliDecompressSync(readFileSync(join(root, 'dist', 'pages', 'showroom.html.br')));
  const front = createServer((request, response) => {
    const isList = request.url?.startsWith('/shows.json');
    response.setHeader('content-type', isList ? 'application/json' : 'text/html; charset=utf-8');
    response.end(isList ? JSON.stringify({ mcp, shows: [] }) : html);
  }).listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = `http://127.0.0.1:${(front.address() as AddressInfo).port}/`;
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });

  return {
    mcp,
    /** Folder of its stored results. */
    results,
    /** Calls a tool as the assistant would. */
    async call(name: string, args: Row): Promise<{ structuredContent: Row; content: { text: string }[] }> {
      const response = await fetch(mcp, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } }),
      });
      const text = await response.text();
      const message = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '');
      const { result, error } = JSON.parse(message);
      if (error || result.isError) throw new Error(error?.message ?? result.content[0].text);
      return result;
    },
    async show(tool: string, args: Row, { theme = 'light', width = 900, height = 720 }: Look = {}): Promise<Shown> {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
      const problems: string[] = [];
      page.on('pageerror', error => problems.push(error.message));
      page.on('console', message => message.type() === 'error' && problems.push(message.text()));
      page.on('request', request => {
        const { origin } = new URL(request.url().startsWith('http') ? request.url() : address);
        if (origin !== new URL(address).origin && origin !== new URL(mcp).origin) problems.push(request.url());
      });
      const query = new URLSearchParams({ call: tool, args: JSON.stringify(args), theme });
      await page.goto(`${address}?${query}`);
      return { page, view: page.frameLocator('iframe'), problems };
    },
    async close() {
      await browser.close();
      front.close();
      child.kill();
      await once(child, 'close');
      await rm(results, { recursive: true, force: true });
    },
  };
}

export type Showroom = Awaited<ReturnType<typeof openShowroom>>;

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('It says nothing');
  for await (const line of createInterface({ input: child.stderr })) {
    const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
    if (msg === 'listening' && url) {
      child.stderr.resume();
      return url;
    }
  }
  throw new Error('The server does not listen');
}
