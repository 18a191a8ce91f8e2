import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type NodeMcpRequestHandler, toNodeHandler } from '@modelcontextprotocol/node';
import { type RequestId, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import { keyOf, principalOf } from '../../callers/caller.ts';
import { noteUnreadable } from '../asking.ts';
import type { DataPlatformsServer } from '../create.ts';
import { cancelledIn, type Exchange, requestIdOf } from './exchange.ts';
import { HttpError } from './http-error.ts';

interface Session {
  /** On whom it counts. */
  principal: string;
  /** Who may use it: with other rights the caller has to begin another one. */
  key: string;
  transport: WebStandardStreamableHTTPServerTransport;
  answer: NodeMcpRequestHandler;
  /** Answers under way, streams included. */
  open: number;
  /** Requests that have an answer under way of their own. */
  asked: Set<RequestId>;
  /** Clock time (ms) of the last of them. */
  seen: number;
}

const mostSessions = 1000;
const mostOfCaller = 100;
/** Few clients end their sessions: one that was not used for so long gives way to a new one of its caller, in ms. */
const restingMs = 60_000;
/** A session that nobody has used for so long is over, in ms. */
const idleMs = 1_800_000;

/** Sessions of older clients, who can be asked and told things in them. Each is its caller's alone. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #server: DataPlatformsServer;
  readonly #onerror: (error: Error) => void;

  constructor(server: DataPlatformsServer, onerror: (error: Error) => void) {
    this.#server = server;
    this.#onerror = onerror;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws HttpError 404 for a session that is not the caller's: it may be over, and the client begins another one */
  async answer(id: string, { request, response, caller, body }: Exchange): Promise<void> {
    this.#forgetIdle();
    const session = this.#sessions.get(id);
    if (session?.key !== keyOf(caller)) throw new HttpError(404, -32001, 'Session not found. Initialize a new one.');
    if (request.method === 'GET') sendHeadAtOnce(response);
    await this.#use(session, () => session.answer(request, response, body), { response, body });
    // The SDK would leave the stream open on which the answer was to come.
    for (const id of cancelledIn(body)) if (session.asked.has(id)) session.transport.closeSSEStream(id);
  }

  /** Answers an `initialize`. @throws HttpError 429 or 503 where there are too many already */
  async open({ request, response, caller, body }: Exchange): Promise<void> {
    this.#forgetIdle();
    this.#makeRoom(principalOf(caller));
    const { factory, shared } = this.#server;
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: id => {
        this.#sessions.set(id, session);
      },
    });
    const answer = toNodeHandler({ fetch: (fetched, options) => transport.handleRequest(fetched, options) });
    const session: Session = {
      principal: principalOf(caller),
      key: keyOf(caller),
      transport,
      answer,
      open: 0,
      asked: new Set(),
      seen: shared.clock.now(),
    };
    const server = factory({ era: 'legacy', authInfo: request.auth });
    await server.connect(transport);
    server.onerror = error => {
      this.#onerror(error);
      noteUnreadable(server, error);
    };
    const { onclose } = server;
    server.onclose = () => {
      this.#sessions.delete(transport.sessionId ?? '');
      onclose?.();
    };
    await this.#use(session, () => answer(request, response, body), { response, body });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
  }

  async #use(
    session: Session,
    answer: () => Promise<void>,
    { response, body }: Pick<Exchange, 'response' | 'body'>,
  ): Promise<void> {
    const id = requestIdOf(body);
    session.open += 1;
    if (id !== undefined) session.asked.add(id);
    response.once('close', () => {
      session.open -= 1;
      if (id !== undefined) session.asked.delete(id);
      session.seen = this.#server.shared.clock.now();
    });
    await answer();
  }

  #makeRoom(principal: string): void {
    const sessionsOfCaller = [...this.#sessions].filter(([, session]) => session.principal === principal);
    const full = this.#sessions.size >= mostSessions;
    if (!full && sessionsOfCaller.length < mostOfCaller) return;
    const resting = sessionsOfCaller
      .filter(([, session]) => session.open === 0)
      .sort(([, a], [, b]) => a.seen - b.seen)[0];
    if (!resting || resting[1].seen > this.#server.shared.clock.now() - restingMs)
      throw full ? tooMany(503, 'This server has') : tooMany(429, 'You have');
    this.#end(...resting);
  }

  #end(id: string, { transport }: Session): void {
    this.#sessions.delete(id);
    void transport.close();
  }

  // When somebody comes, not by a timer: there are never more than so many.
  #forgetIdle(): void {
    const oldest = this.#server.shared.clock.now() - idleMs;
    for (const [id, session] of this.#sessions) if (session.open === 0 && session.seen < oldest) this.#end(id, session);
  }
}

/**
 * Its stream stays silent until there is something to tell, and Node keeps the head of an answer until its first byte:
 * for as long, the client and every proxy between would wait for it.
 */
function sendHeadAtOnce(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...given: never[]) => ServerResponse;
  response.writeHead = (...given: never[]) => {
    writeHead(...given);
    response.flushHeaders();
    return response;
  };
}

const tooMany = (status: number, whose: string) =>
  new HttpError(status, -32000, `${whose} too many sessions. End one with DELETE.`, { 'retry-after': '60' });
