import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Fault } from '../../base/errors.ts';
import type { HttpSettings } from '../../config/http.ts';
import { hostInUrl, isLoopback } from '../../http/addresses.ts';
import type { DataPlatformsServer } from '../create.ts';
import { createRoutes } from './routes.ts';

/** A server that listens. */
export interface HttpListener {
  /** Address of `/mcp`. */
  url: string;
  /** Takes up nothing new, lets running calls end for up to 25 s, then closes every stream and connection. */
  drain(): Promise<void>;
}

/** When running calls are told to answer with what they have, and when they are no longer waited for, in ms. */
const giveUpMs = 20_000;
const drainMs = 25_000;
/** Longer than proxies keep a connection to us, so that it is they who close it. In ms. */
const keepAliveMs = 75_000;

/**
 * Serves MCP over HTTP, every protocol revision at one address.
 * @throws Fault `not_configured` where everybody could reach it and nobody would have to say who they are
 */
export async function listen(server: DataPlatformsServer, settings: HttpSettings): Promise<HttpListener> {
  const { host, port, tokens, oauth, public_url } = settings;
  if (!isLoopback(host) && tokens.length === 0 && !oauth && !settings.allow_unauthenticated)
    throw openToEverybody(host);
  server.running.mostPerCaller = settings.calls_per_caller;
  const http = createServer({ keepAliveTimeout: keepAliveMs });
  http.listen(port, host);
  await once(http, 'listening').catch(error => Promise.reject(cannotListen(error, settings)));
  const url = `http://${hostInUrl(host)}:${(http.address() as AddressInfo).port}/mcp`;
  const made = createRoutes(server, settings, public_url ?? url);
  // Before anybody can be waiting for an answer.
  http.on('request', (request, response) => {
    made.then(({ answer }) => answer(request, response)).catch(() => response.destroy());
  });
  const routes = await made.catch(error => {
    http.close();
    throw error;
  });

  return {
    url,
    async drain() {
      const { clock } = server.shared;
      // Not deaf meanwhile: who comes now is told to go elsewhere.
      routes.traffic.stopping = true;
      const giveUp = clock.alarm(giveUpMs, () => server.running.abort(stopped()));
      await Promise.race([routes.traffic.idle(), new Promise<void>(resolve => void clock.alarm(drainMs, resolve))]);
      giveUp.clear();
      await routes.close();
      const closed = new Promise(resolve => http.close(resolve));
      // What is left has had its last word.
      setTimeout(() => http.closeAllConnections(), 500).unref();
      await closed;
    },
  };
}

const stopped = () =>
  new Fault({
    code: 'cancelled',
    message: 'This server is stopping, and the call did not end in time.',
    hint: 'Repeat it: another process answers. A run that was started goes on, and wait_for_run finds it.',
  });

const listenHints: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Another program has it: give another --port, or end that program.',
  EACCES: 'This user may not listen there: give a --port above 1023.',
  EADDRNOTAVAIL: 'This machine does not have that address: check --host.',
};

function cannotListen(cause: NodeJS.ErrnoException, { host, port }: HttpSettings): Fault {
  return new Fault({
    code: 'not_configured',
    message: `The server cannot listen on ${hostInUrl(host)}:${port} (${cause.code ?? cause.message}).`,
    hint: listenHints[cause.code ?? ''] ?? 'Check --host and --port.',
    cause,
  });
}

const openToEverybody = (host: string) =>
  new Fault({
    code: 'not_configured',
    message: `On ${host} others could reach this server, and nobody would have to say who they are.`,
    hint: 'Name callers under http.tokens or http.oauth in the configuration file; or say --allow-unauthenticated.',
  });
