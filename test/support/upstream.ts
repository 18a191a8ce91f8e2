import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { Fault } from '../../src/base/errors.ts';
import type { Call } from '../../src/http/call.ts';
import { createHttpClient, type HttpClient } from '../../src/http/client.ts';
import type { Connection } from '../../src/http/connection.ts';
import type { HttpRequest } from '../../src/http/request.ts';
import { type VirtualClock, virtualClock } from '../../src/sandbox/clock.ts';

/** A request as it arrived, and the clock's time then. */
export interface Arrival {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
  at: number;
}

export type Reply = [status: number, headers?: Record<string, string>, body?: unknown];
export type Answer = Reply | ((request: Arrival, response: ServerResponse) => unknown);

export interface Upstream {
  origin: string;
  arrivals: Arrival[];
}

/** A platform on a real socket. Answers in the order given, the last one for ever. */
export async function upstream(clock: Clock, ...answers: Answer[]): Promise<Upstream> {
  const arrivals: Arrival[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    const arrival = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, at: clock.now() };
    const answer = answers[Math.min(arrivals.length, answers.length - 1)] as Answer;
    const seen = { ...arrival, body };
    arrivals.push(seen);
    try {
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
    } catch {
      return; // The client has gone in the middle of it.
    }
    seen.body = body;
    if (typeof answer === 'function') answer(seen, response);
    else respond(response, ...answer);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, arrivals };
}

export function respond(response: ServerResponse, ...[status, headers = {}, body = {}]: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

export interface World {
  clock: VirtualClock;
  client: HttpClient;
  call: Call & { messages: string[]; cancel(reason?: unknown): void };
  logged: Record<string, unknown>[];
}

export function world(options: { mostBodyBytes?: number; random?: () => number; replicas?: number } = {}): World {
  const clock = virtualClock();
  const logged: Record<string, unknown>[] = [];
  const log = (_level: string, fields: Record<string, unknown>) => void logged.push(fields);
  const client = createHttpClient({ clock, log, version: '1.2.3', random: () => 0.5, ...options });
  onTestFinished(() => client.close());
  return { clock, client, call: newCall(clock), logged };
}

/** A call that is due 50 s from now. */
export function newCall(clock: Clock, ms = 50_000): World['call'] {
  const controller = new AbortController();
  const messages: string[] = [];
  const late = new Fault({
    code: 'timed_out',
    message: `The call did not finish within ${ms / 1000} s.`,
    hint: 'Repeat it.',
  });
  clock.alarm(ms, () => controller.abort(late));
  return {
    signal: controller.signal,
    deadline: clock.now() + ms,
    meter: { requests: 0, retries: 0, signatures: 0, polls: 0, bytes: 0, waitedMs: 0 },
    progress: message => void messages.push(message),
    messages,
    cancel: reason => controller.abort(reason),
  };
}

export function connectionTo(baseUrl: string, parts: Partial<Connection> = {}): Connection {
  return {
    name: 'acme',
    platform: 'acme',
    title: 'Acme',
    baseUrl,
    readOnly: false,
    auth: { headers: async ({ url }) => ({ 'X-Proof': `secret for ${new URL(url).pathname}` }) },
    quotas: [],
    ...parts,
  };
}

export function get(url: string, parts: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, repeatable: true, operation: 'acme_list_things', expect: 'json', ...parts };
}

export function post(url: string, parts: Partial<HttpRequest> = {}): HttpRequest {
  const change = {
    method: 'POST',
    json: { a: 1 },
    repeatable: false,
    changes: 'stored',
    operation: 'acme_create_thing',
  } as const;
  return get(url, { ...change, ...parts });
}
