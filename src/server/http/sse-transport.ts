import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  type AuthInfo,
  type JSONRPCMessage,
  type MessageExtraInfo,
  parseJSONRPCMessage,
  type RequestId,
  type Transport,
} from '@modelcontextprotocol/server';
import { cancelledIn, requestIdOf } from './exchange.ts';
import type { Traffic } from './traffic.ts';

/** Proxies and clients give a stream up that has been silent for about a minute. In ms. */
const beatMs = 15_000;
/** A client that has left so much unread will not read it any more, and each of its questions would add to it. In bytes. */
const mostUnread = 2 ** 24;

/**
 * The HTTP transport of revision 2024-11-05: events out on one long GET, messages in by POST. The SDK's line 2.x has it
 * only in a deprecated package of 1.x code that wants Express beside it.
 */
export class SseTransport implements Transport {
  readonly sessionId = randomUUID();
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  readonly #pending = new Map<RequestId, object>();
  readonly #traffic: Traffic;
  readonly #endpoint: string;
  readonly #response: ServerResponse;
  #beat: NodeJS.Timeout | undefined;

  /** `endpoint`: path that messages are posted to, without the session. `traffic`: learns what is to be answered. */
  constructor(endpoint: string, response: ServerResponse, traffic: Traffic) {
    this.#endpoint = endpoint;
    this.#traffic = traffic;
    this.#response = response;
  }

  async start(): Promise<void> {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      // nginx would collect the events until they fill a buffer.
      'x-accel-buffering': 'no',
    });
    this.#response.once('close', () => void this.close());
    this.#beat = setInterval(() => this.#write(': keep-alive\n\n'), beatMs);
    this.#write(`event: endpoint\ndata: ${this.#endpoint}?sessionId=${this.sessionId}\n\n`);
  }

  /** Takes a message in. @throws for what is none */
  receive(body: unknown, auth: AuthInfo): void {
    const message = parseJSONRPCMessage(body);
    for (const id of cancelledIn(message)) this.#answered(id);
    const request = requestIdOf(message);
    if (request !== undefined) {
      this.#answered(request);
      const pending = { request };
      this.#pending.set(request, pending);
      this.#traffic.add(pending);
    }
    this.onmessage?.(message, { authInfo: auth });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    if (this.#response.writableEnded) throw new Error('The client has gone.');
    this.#write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
    if (!('method' in message)) this.#answered(message.id);
  }

  #answered(id: RequestId | undefined): void {
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || !pending) return;
    this.#pending.delete(id);
    this.#traffic.remove(pending);
  }

  async close(): Promise<void> {
    if (this.#beat === undefined) return;
    clearInterval(this.#beat);
    this.#beat = undefined;
    for (const id of [...this.#pending.keys()]) this.#answered(id);
    this.#response.end();
    this.onclose?.();
  }

  #write(text: string): void {
    if (this.#response.writableLength <= mostUnread) this.#response.write(text);
    else {
      this.onerror?.(new Error('The client does not read its stream.'));
      this.#response.destroy();
    }
  }
}
