import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type NodeMcpRequestHandler, toNodeHandler } from '@modelcontextprotocol/node';
import {
  type JSONRPCMessage,
  type RequestId,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { keyOf, principalOf } from '../../callers/caller.ts';
import { noteUnreadable } from '../asking.ts';
import type { DataPlatformsServer } from '../create.ts';
import { cancelledIn, type Exchange, requestIdOf } from './exchange.ts';
import { HttpError } from './http-error.ts';
import { nameRequests, replicaAsked } from './named-requests.ts';
import { type Opening, openSealed, sealSession, sessionLifeMs } from './session-id.ts';

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
/** A session that nobody has used for so long is no longer kept here, in ms. */
const idleMs = 1_800_000;

/**
 * Sessions of older clients, who can be asked and told things in them. Each is its caller's alone. What it is stands in
 * its id, so that a process which does not know it goes on with it.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #server: DataPlatformsServer;
  readonly #onerror: (error: Error) => void;
  /** Those that are being gone on with. */
  readonly #adopting = new Map<string, Promise<Session>>();

  constructor(server: DataPlatformsServer, onerror: (error: Error) => void) {
    this.#server = server;
    this.#onerror = onerror;
    void this.#hear();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** @throws HttpError 404 for a session that is not the caller's: it may be over, and the client begins another one */
  async answer(id: string, exchange: Exchange): Promise<void> {
    const { request, response, caller, body } = exchange;
    this.#forgetIdle();
    const known = this.#sessions.get(id);
    if (known && known.key !== keyOf(caller)) throw notFound();
    const opening = known ? undefined : await this.#openingOf(id, exchange);
    if (!known && !opening) throw notFound();
    const status = await this.#handOn(id, exchange, known);
    if (status !== undefined) return void response.writeHead(status).end();
    const session = known ?? (await this.#adopt(id, opening as Opening, exchange));
    if (request.method === 'GET') sendHeadAtOnce(response);
    await this.#use(session, () => session.answer(request, response, body), { response, body });
    // The SDK would leave the stream open on which the answer was to come.
    for (const id of cancelledIn(body)) if (session.asked.has(id)) session.transport.closeSSEStream(id);
  }

  /** What concerns other processes. The status to answer with, where it concerns them alone. */
  async #handOn(id: string, { request, body }: Exchange, known: Session | undefined): Promise<number | undefined> {
    const { replica, tell, tellAll } = await this.#server.replicas.messages();
    if (request.method === 'DELETE') {
      // Where it cannot be kept, the session goes on elsewhere until nobody uses it.
      await this.#noteEnd(id).catch(() => {});
      return known ? undefined : 200;
    }
    const message = { topic: 'session', session: id, body };
    const asked = replicaAsked(body);
    if (asked !== undefined && asked !== replica) {
      if (!(await tell(asked, message))) throw notFound();
      return 202;
    }
    if (cancelledIn(body).length > 0) await tellAll(message);
    return undefined;
  }

  /** Answers an `initialize`. @throws HttpError 429 or 503 where there are too many already */
  async open(exchange: Exchange): Promise<void> {
    const { request, response, caller, body } = exchange;
    const { shared, replicas } = this.#server;
    const { params } = body as { params: unknown };
    const id = sealSession(replicas.signer, keyOf(caller), params, shared.clock.now()) ?? randomUUID();
    const session = await this.#create(id, exchange);
    await this.#use(session, () => session.answer(request, response, body), { response, body });
  }

  /** What the client of a session began with, where it is this caller's and was not ended. */
  async #openingOf(id: string, { caller }: Exchange): Promise<Opening | undefined> {
    const { shared, replicas } = this.#server;
    const opening = openSealed(replicas.signer, keyOf(caller), id, shared.clock.now());
    if (!opening) return undefined;
    const ended = await replicas.endedSessions.read(replicas.signer.sign('session ended', id)).catch(() => undefined);
    return ended?.value ? undefined : opening;
  }

  async #noteEnd(id: string): Promise<void> {
    const { endedSessions, signer } = this.#server.replicas;
    const now = this.#server.shared.clock.now();
    const key = signer.sign('session ended', id);
    await endedSessions.write(key, (await endedSessions.read(key)).version, { endedAt: now }, now + sessionLifeMs);
  }

  /** Goes on with a session that another process has begun, or this one before it was restarted. */
  #adopt(id: string, opening: Opening, exchange: Exchange): Promise<Session> {
    const adopting =
      this.#adopting.get(id) ?? this.#begin(id, opening, exchange).finally(() => this.#adopting.delete(id));
    this.#adopting.set(id, adopting);
    return adopting;
  }

  /** Tells a new server what the client has said of itself. The answer to it went to the client long ago. */
  async #begin(id: string, params: Opening, exchange: Exchange): Promise<Session> {
    const session = await this.#create(id, exchange);
    const { transport } = session;
    const tell = async (message: object) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-session-id': id,
        'mcp-protocol-version': params.protocolVersion,
      };
      const sent = new Request('http://internal/mcp', { method: 'POST', headers, body: JSON.stringify(message) });
      await (await transport.handleRequest(sent, { authInfo: exchange.request.auth })).text();
    };
    await tell({ jsonrpc: '2.0', id: 'adopted', method: 'initialize', params });
    await tell({ jsonrpc: '2.0', method: 'notifications/initialized' });
    return session;
  }

  /** What other processes were told that belongs to a session here. */
  async #hear(): Promise<void> {
    const { hear } = await this.#server.replicas.messages();
    hear(({ topic, session, body }) => {
      const known = topic === 'session' ? this.#sessions.get(session) : undefined;
      known?.transport.onmessage?.(body as JSONRPCMessage);
      for (const id of known ? cancelledIn(body) : []) if (known?.asked.has(id)) known.transport.closeSSEStream(id);
    });
  }

  async #create(id: string, { request, caller }: Exchange): Promise<Session> {
    this.#forgetIdle();
    this.#makeRoom(principalOf(caller));
    const { factory, shared, replicas } = this.#server;
    const { replica } = await replicas.messages();
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => id,
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
    nameRequests(transport, replica);
    server.onerror = error => {
      this.#onerror(error);
      noteUnreadable(server, error);
    };
    const { onclose } = server;
    server.onclose = () => {
      this.#sessions.delete(transport.sessionId ?? '');
      onclose?.();
    };
    return session;
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

const notFound = () => new HttpError(404, -32001, 'Session not found. Initialize a new one.');

const tooMany = (status: number, whose: string) =>
  new HttpError(status, -32000, `${whose} too many sessions. End one with DELETE.`, { 'retry-after': '60' });
