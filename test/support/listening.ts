import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { httpSettings } from '../../src/config/http.ts';
import { type HttpListener, listen } from '../../src/server/http/listen.ts';
import { startWorld, type WorldOptions } from './harness.ts';

/** An answer as it came over the wire. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The JSON-RPC message: the whole body, or the last event of a stream. */
  readonly message: Message;
}

/** A message of the protocol, as loosely as tests look at it. */
export type Message = {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
};

/** An answer that is still coming, as server-sent events. */
export interface Stream {
  status: number;
  headers: IncomingHttpHeaders;
  /** Where messages go, as the first event of `/sse` says. */
  endpoint(): Promise<string>;
  /** The next event's message; undefined when the stream has ended. */
  next(): Promise<Message | undefined>;
  /** The last one there will be. */
  last(): Promise<Message | undefined>;
  /** Goes away. */
  destroy(): void;
}

export interface Listening {
  listener: HttpListener;
  send(path: string, options?: Sending): Promise<Reply>;
  /** POST to /mcp. */
  post(message: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** POST, or GET without a message; resolves with the first bytes of the answer. */
  stream(path: string, message?: unknown, headers?: Record<string, string>): Promise<Stream>;
}

interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** The whole program in this process, listening on a free port. Ends with the test. */
export async function startListening(http: Record<string, unknown> = {}, options: WorldOptions = {}) {
  const world = await startWorld(options);
  const listener = await listen(world.server, httpSettings().parse({ port: 0, ...http }));
  onTestFinished(() => listener.drain());
  return { ...world, ...over(listener) };
}

/** Not `fetch`: it sets some headers itself, and keeps its connections. */
function over(listener: HttpListener): Listening {
  const send: Listening['send'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const url = new URL(path, listener.url);
      const sent = request(url, { method, headers, agent: false }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve(reply(response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return {
    listener,
    send,
    post: (message, headers = {}) =>
      send('/mcp', { method: 'POST', headers: { ...usual, ...headers }, body: JSON.stringify(message) }),
    stream: (path, message, headers = {}) =>
      new Promise((resolve, reject) => {
        const options = { method: message ? 'POST' : 'GET', headers: { ...usual, ...headers }, agent: false };
        const sent = request(new URL(path, listener.url), options, response => resolve(events(response)));
        sent.on('error', reject);
        sent.end(message && JSON.stringify(message));
      }),
  };
}

function events(response: IncomingMessage): Stream {
  const lines = createInterface(response)[Symbol.asyncIterator]();
  async function next(): Promise<Message | undefined> {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return undefined;
      if (value.startsWith('data: {')) return JSON.parse(value.slice('data: '.length)) as Message;
    }
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    async endpoint() {
      for (;;) {
        const { value = '' } = await lines.next();
        if (value.startsWith('data: /')) return value.slice('data: '.length);
      }
    },
    next,
    async last() {
      let last: Message | undefined;
      for (let message = await next(); message; message = await next()) last = message;
      return last;
    },
    destroy: () => void response.destroy(),
  };
}

const usual = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

function reply(status: number, headers: IncomingHttpHeaders, bytes: Buffer): Reply {
  const body = bytes.toString('utf8');
  return {
    status,
    headers,
    body,
    get message() {
      const events = body.match(/^data: .*$/gm);
      return JSON.parse(events?.at(-1)?.slice('data: '.length) ?? body);
    },
  };
}

/** A request of revision 2026-07-28, and the headers that belong to it. */
export function modern(method: string, params: Record<string, unknown> = {}, capabilities: object = {}) {
  const { name, uri } = params;
  return {
    message: {
      jsonrpc: '2.0',
      id: 1,
      method,
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
          'io.modelcontextprotocol/clientCapabilities': capabilities,
        },
      },
    },
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(typeof (name ?? uri) === 'string' ? { 'mcp-name': String(name ?? uri) } : {}),
    },
  };
}

/** A request of the older revisions. */
export const legacy = (method: string, params: Record<string, unknown> = {}, id = 1) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
});
