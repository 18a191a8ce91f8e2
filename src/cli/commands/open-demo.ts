import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../base/errors.ts';
import { providers } from '../../providers/index.ts';
import type { Show } from '../../providers/story.ts';
import { readPageText } from '../../resources/page.ts';
import type { DataPlatformsServer } from '../../server/create.ts';
import { listen } from '../../server/http/listen.ts';
import { type Flags, openSession } from '../session.ts';
import { print, type Terminal } from '../terminal.ts';

/** Nobody wants to wait for what a platform takes its time for. */
const speed = 50;

/**
 * Shows the pages for clients that draw without a client: a page of ours in a browser, on the sandbox, over MCP. Ends
 * with Ctrl-C.
 */
export async function openDemo(flags: Flags, terminal: Terminal): Promise<0> {
  const { env, signal, stdout } = terminal;
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-demo-'));
  const given = { sandboxSpeed: speed, logLevel: 'error', ...flags, sandbox: true, resultsDir: results };
  const { server, config, close } = await openSession(given, env);
  try {
    const listener = await listen(server, { ...config.http, host: '127.0.0.1', port: 0 });
    const page = await serve(listener.url, showsOf(server));
    print(stdout, `The pages are at ${page.url} until Ctrl-C is pressed.`);
    openBrowser(page.url);
    if (!signal.aborted) await once(signal, 'abort');
    page.close();
    await listener.drain();
  } finally {
    await close();
    await rm(results, { recursive: true, force: true });
  }
  return 0;
}

/** What every platform has to show; its data is made on the first look. */
async function showsOf({ tools }: DataPlatformsServer): Promise<Show[]> {
  const ask = async (tool: string, args: Record<string, unknown>) => {
    const { content, structuredContent = {}, isError } = await tools.call(tool, args);
    const [first] = content;
    const text = first?.type === 'text' ? first.text : '';
    if (isError) throw new Fault({ code: 'bad_upstream_reply', message: text, hint: 'Run it again.' });
    return { text, data: structuredContent as Record<string, unknown> };
  };
  const shows: Show[] = [];
  for (const { shows: make } of providers) if (make) shows.push(...(await (await make())(ask)));
  return shows;
}

/** Serves the page that shows the others, and what it has to show. */
async function serve(mcp: string, shows: Promise<Show[]>) {
  const html = await readPageText('showroom');
  // Told by whoever asks.
  shows.catch(() => {});
  const http = createServer(async ({ url = '/' }, response) => {
    if (!url.startsWith('/shows.json')) {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html);
      return;
    }
    const told = await shows.then(
      found => JSON.stringify({ mcp, shows: found }),
      error => JSON.stringify({ problem: String(error) }),
    );
    response.setHeader('content-type', 'application/json').end(told);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    close() {
      http.close();
      http.closeAllConnections();
    },
  };
}

const openers: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** As a person's desktop does it; without one, the address has been printed. */
function openBrowser(url: string): void {
  const [program = 'xdg-open', ...args] = openers[process.platform] ?? [];
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
