import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { Fault } from '../../errors.ts';
import type { DataPlatformsServer } from '../create.ts';
import { narrowListening } from '../subscriptions.ts';
import { readBody } from './body.ts';
import { guard, hostInUrl, isLoopback } from './guard.ts';
import { Refusal, refuse } from './refusal.ts';
import { RunEvents } from './run-events.ts';
import type { HttpSettings } from './settings.ts';
import { Traffic } from './traffic.ts';

/** A server that listens. */
export interface HttpListener {
  /** Address of `/mcp`. */
  url: string;
  /** Takes up nothing new, lets running calls end for up to 25 s, then closes every stream and connection. */
  drain(): Promise<void>;
}

/** How long running calls may take to end, in ms. */
const drainMs = 25_000;
/** Longer than proxies keep a connection to us, so that it is they who close it. In ms. */
const keepAliveMs = 75_000;

/**
 * Serves MCP over HTTP, every protocol revision at one address.
 * @throws Fault `not_configured` where everybody could reach it and nobody would have to say who they are
 */
export async function listen(server: DataPlatformsServer, settings: HttpSettings): Promise<HttpListener> {
  if (!isLoopback(settings.host) && !settings.allow_unauthenticated) throw openToEverybody(settings);
  const onerror = (error: Error) => server.log.warn({ err: error }, 'protocol');
  const events = new RunEvents();
  const mcp = createMcpHandler(server.factory, { onerror, bus: events });
  const answerMcp = toNodeHandler(mcp, { onerror });
  const mayComeIn = guard(settings);
  const bodyLimit = settings.body_limit_mib * 2 ** 20;
  const traffic = new Traffic();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://internal');
    if (pathname === '/healthz') return tell(response, 200, 'ok');
    if (pathname === '/readyz')
      return traffic.stopping ? tell(response, 503, 'stopping') : tell(response, 200, 'ready');
    const refused = mayComeIn(request.headers);
    if (refused) throw new Refusal(403, -32000, refused);
    if (traffic.stopping) throw stopping();
    traffic.add(response);
    if (pathname !== '/mcp') throw new Refusal(404, -32000, 'There is nothing here. MCP is at /mcp.');
    const body = request.method === 'POST' ? await readBody(request, bodyLimit) : undefined;
    const { method = 'GET', url = '/' } = request;
    const incoming = Object.assign(request, { method, url });
    if (!staysOpen(body)) return answerMcp(incoming, response, body);
    traffic.leaveOut(response);
    const { uris, message } = narrowListening(body, server.runs);
    await events.listening({ uris, runs: server.runs }, () => answerMcp(incoming, response, message));
  }

  const http = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    route(request, response).catch(error => {
      if (!(error instanceof Refusal)) server.log.error({ err: error }, 'defect');
      if (response.headersSent) return void response.destroy();
      refuse(response, error instanceof Refusal ? error : new Refusal(500, -32603, 'Internal error.'));
    });
  });
  http.listen(settings.port, settings.host);
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;

  return {
    url: `http://${hostInUrl(settings.host)}:${port}/mcp`,
    async drain() {
      // Not deaf meanwhile: who comes now is told to go elsewhere.
      traffic.stopping = true;
      const patience = server.shared.clock.alarm(drainMs, () => void mcp.close());
      await traffic.idle();
      patience.clear();
      await mcp.close();
      const closed = new Promise(resolve => http.close(resolve));
      // What is left has had its last word.
      setTimeout(() => http.closeAllConnections(), 500).unref();
      await closed;
    },
  };
}

function tell(response: ServerResponse, status: number, word: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${word}\n`);
}

const stopping = () =>
  new Refusal(503, -32000, 'This server is stopping. Repeat the request.', { 'retry-after': '1', connection: 'close' });

const staysOpen = (body: unknown) => (body as { method?: unknown } | undefined)?.method === 'subscriptions/listen';

const openToEverybody = ({ host }: HttpSettings) =>
  new Fault({
    code: 'not_configured',
    message: `On ${host} others could reach this server, and nobody would have to say who they are.`,
    hint: 'Give it callers under http.tokens or http.oauth in the configuration file; or say --allow-unauthenticated.',
  });
