import { keyOf, principalOf } from '../../callers/caller.ts';
import { noteUnreadable } from '../asking.ts';
import type { DataPlatformsServer } from '../create.ts';
import type { Exchange } from './exchange.ts';
import { HttpError } from './http-error.ts';
import { SseTransport } from './sse-transport.ts';
import type { Traffic } from './traffic.ts';

interface Stream {
  /** On whom it counts. */
  principal: string;
  /** Who may speak in it: with other rights the caller has to open another one. */
  key: string;
  transport: SseTransport;
}

const mostStreams = 1000;
const mostOfCaller = 100;

/** Clients of revision 2024-11-05: `GET /sse` opens a stream, `POST /messages` speaks in it. Each is its caller's alone. */
export class SseStreams {
  readonly #streams = new Map<string, Stream>();
  readonly #server: DataPlatformsServer;
  readonly #endpoint: string;
  readonly #traffic: Traffic;
  readonly #onerror: (error: Error) => void;

  /** `endpoint`: path of `/messages` as clients see it. */
  constructor(server: DataPlatformsServer, endpoint: string, traffic: Traffic, onerror: (error: Error) => void) {
    this.#server = server;
    this.#endpoint = endpoint;
    this.#traffic = traffic;
    this.#onerror = onerror;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** @throws HttpError 429 or 503 where there are too many already */
  async open({ request, response, caller }: Exchange): Promise<void> {
    const principal = principalOf(caller);
    const streamsOfCaller = [...this.#streams.values()].filter(stream => stream.principal === principal);
    if (streamsOfCaller.length >= mostOfCaller) throw tooMany(429);
    if (this.#streams.size >= mostStreams) throw tooMany(503);
    const transport = new SseTransport(this.#endpoint, response, this.#traffic);
    const server = this.#server.factory({ era: 'legacy', authInfo: request.auth });
    const { onclose } = server;
    server.onclose = () => {
      this.#streams.delete(transport.sessionId);
      onclose?.();
    };
    server.onerror = error => {
      this.#onerror(error);
      noteUnreadable(server, error);
    };
    this.#streams.set(transport.sessionId, { principal, key: keyOf(caller), transport });
    await server.connect(transport);
  }

  /** @throws HttpError 404 for a stream that is not the caller's, 400 for what is no message */
  receive({ request, response, caller, body }: Exchange): void {
    const id = new URL(request.url, 'http://internal').searchParams.get('sessionId') ?? '';
    const stream = this.#streams.get(id);
    if (stream?.key !== keyOf(caller)) throw new HttpError(404, -32001, 'Session not found. Open /sse again.');
    try {
      stream.transport.receive(body, request.auth);
    } catch {
      throw new HttpError(400, -32600, 'This is not a message of the protocol.');
    }
    response.writeHead(202).end();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#streams.values()].map(({ transport }) => transport.close()));
  }
}

const tooMany = (status: number) =>
  new HttpError(status, -32000, 'There are too many streams. Close one first.', { 'retry-after': '60' });
