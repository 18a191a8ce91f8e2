import { setMaxListeners } from 'node:events';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { createRedactor, type Redactor } from '../base/redact.ts';
import { authenticate } from './auth.ts';
import type { Call } from './call.ts';
import { type Change, inDoubt } from './change.ts';
import { classifyReply } from './classify-reply.ts';
import type { Connection, Fetch } from './connection.ts';
import { abortFault, deadline } from './deadline.ts';
import { createDispatcher } from './dispatcher.ts';
import { baseOf, unsafeStep } from './exchange.ts';
import type { Proxies } from './proxy/proxies.ts';
import type { Gate } from './quota/gate.ts';
import { limit } from './quota/limit.ts';
import { MemoryGate } from './quota/memory-gate.ts';
import { redirect } from './redirect.ts';
import type { HttpReply, HttpRequest } from './request.ts';
import { retry } from './retry.ts';
import { type Log, telemetry } from './telemetry.ts';
import { type TracerSource, trace } from './trace.ts';
import { transport } from './transport.ts';

/** Sends requests to any connection; keeps pools of sockets and what is left of quotas. */
export interface HttpClient {
  /** @throws Fault */
  send(connection: Connection, request: HttpRequest, call: Call): Promise<HttpReply>;
  /**
   * A file by absolute URL of any origin, without credentials when that is not the connection's.
   * An error of the stream is a Fault: `timed_out` when it stalls, `bad_upstream_reply` when it breaks off.
   */
  download(connection: Connection, url: string, call: Call): Promise<HttpReply & { body: Readable }>;
  /**
   * For libraries that bring a protocol of their own: the same sockets and proxies, and nothing else of the above.
   * @throws TypeError with the reason as its cause
   */
  fetch: Fetch;
  /** "host:port (variable)" of the proxy on the way to a URL. @throws Fault `not_configured` */
  proxyTo(url: string): Promise<string | undefined>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  clock: Clock;
  /** Gets one line for each request on the wire. */
  log?: Log;
  /** Makes spans of them. */
  tracer?: TracerSource;
  redactor?: Redactor;
  /** Those that the way to some hosts leads through. */
  proxies?: Proxies | undefined;
  /** Processes that use the same accounts, this one included. Default 1. */
  replicas?: number;
  /** Keeps an account within its quotas. Default: in this process alone. */
  gateFor?(connection: Connection): Gate;
  /** This program's version, for the User-Agent. */
  version?: string;
  /** Most bytes of a body that is read into memory. Default 32 MiB. */
  mostBodyBytes?: number;
  /** In [0, 1), for the jitter of repeats. */
  random?: () => number;
}

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const {
    clock,
    log,
    tracer,
    redactor = createRedactor(),
    proxies,
    replicas = 1,
    gateFor = () => new MemoryGate({ clock, replicas }),
    version,
    mostBodyBytes = 2 ** 25,
    random = Math.random,
  } = options;
  const userAgent = version === undefined ? 'data-platforms-mcp' : `data-platforms-mcp/${version}`;
  let agent: Promise<Dispatcher> | undefined;
  const closing = new AbortController();
  // Every tunnel that is being opened listens.
  setMaxListeners(0, closing.signal);
  const dispatcher = () => {
    agent ??= createDispatcher(proxies, clock, closing.signal);
    return agent;
  };
  const fetch: Fetch = async (url, init) => {
    const undici = await import('undici');
    const { method, redirect, body = null, signal = null } = init;
    const headers = Object.fromEntries(new Headers(init.headers));
    return undici.fetch(url, { method, redirect, body, signal, headers, dispatcher: await dispatcher() });
  };

  // Outermost first: a repeat takes a slot of its own, and waiting for the slot is not time of the attempt.
  let pipeline = transport({ clock, dispatcher, userAgent, mostBodyBytes });
  pipeline = classifyReply(clock, pipeline);
  pipeline = telemetry({ clock, redactor, ...(log && { log }) }, pipeline);
  pipeline = trace({ redactor, ...(tracer && { tracer }) }, pipeline);
  pipeline = authenticate({ clock, fetch }, pipeline);
  pipeline = deadline(clock, pipeline);
  pipeline = limit({ clock, gateFor }, pipeline);
  pipeline = redirect(pipeline);
  pipeline = retry({ clock, random, fetch }, pipeline);

  const client: HttpClient = {
    async send(connection, request, call) {
      const { signal } = call;
      const change: Change = { request, mayHaveActed: false };
      if (request.changes) call.changes?.push(change);
      // One call may have many requests under way, and each listens.
      setMaxListeners(0, signal);
      try {
        const target = wireUrl(request.url, connection);
        const anonymous = target.origin !== baseOf(connection).origin;
        const sent = { headers: {}, ...request, url: target.href };
        const blank = { attempt: 1, proof: {}, sending: {}, written: () => {} };
        const outcome = await pipeline({
          connection,
          request: sent,
          target,
          call,
          signal,
          anonymous,
          change,
          ...blank,
        });
        if ('reply' in outcome) return outcome.reply;
        throw outcome.fault;
      } catch (error) {
        const { title } = connection;
        const failure = signal.aborted ? abortFault(signal, { title, operation: request.operation }) : error;
        throw isFault(failure) ? inDoubt(failure, change) : failure;
      }
    },
    async download(connection, url, call) {
      const request = { method: 'GET', url, repeatable: true, operation: 'download', expect: 'stream' } as const;
      return (await client.send(connection, request, call)) as HttpReply & { body: Readable };
    },
    fetch,
    async proxyTo(url) {
      const proxy = proxies?.to(new URL(url));
      return proxy && `${proxy.url.host} (${proxy.variable})`;
    },
    async close() {
      closing.abort();
      await (await agent)?.destroy();
    },
  };
  return client;
}

// The form that goes on the wire is what signatures are about.
function wireUrl(given: string, connection: Connection): URL {
  const base = baseOf(connection);
  const url = parsed(given, base);
  const unsafe = url ? unsafeStep(base, url) : 'it is no URL';
  if (url === undefined || unsafe)
    throw new Fault({
      code: 'bad_arguments',
      message: `A link of ${connection.title} cannot be used: ${unsafe}.`,
      hint: 'Ask the platform for the link again, and check the base URL of the connection.',
    });
  // Setting it has the whole URL written anew. An empty one does not show as `hash`.
  if (url.href.includes('#')) url.hash = '';
  return url;
}

function parsed(given: string, base: URL): URL | undefined {
  try {
    return new URL(given, base);
  } catch {
    return undefined;
  }
}
