import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isInitializeRequest } from '@modelcontextprotocol/server';
import { localCaller, principalOf } from '../../callers/caller.ts';
import type { HttpSettings } from '../../config/http.ts';
import type { DataPlatformsServer } from '../create.ts';
import { narrowListening } from '../subscriptions.ts';
import { createDoor } from './authentication.ts';
import { readBody } from './body.ts';
import { answerBrowser, methods } from './cors.ts';
import { asks, type Exchange, listens, staysOpen } from './exchange.ts';
import { guard } from './guard.ts';
import { HttpError, refuse } from './http-error.ts';
import { createMetrics } from './metrics.ts';
import { RequestLog } from './request-log.ts';
import { RunEvents } from './run-events.ts';
import { Sessions } from './sessions.ts';
import { SseStreams } from './sse.ts';
import { Traffic } from './traffic.ts';

/** What answers the requests of one HTTP server. */
export interface Routes {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  traffic: Traffic;
  /** Ends streams and sessions, and gives up what is still running. */
  close(): Promise<void>;
}

/** `url`: address of `/mcp` as clients see it. @throws Fault `not_configured` */
export async function createRoutes(server: DataPlatformsServer, settings: HttpSettings, url: string): Promise<Routes> {
  const traffic = new Traffic();
  const events = new RunEvents();
  const lines = new RequestLog(server.log, status => metrics.answered(status));
  const onerror = (error: Error) => {
    // What the SDK refuses is an error of the plainest kind, and belongs to the request.
    if (error.constructor !== Error) server.log.warn({ err: error }, 'protocol');
    else if (!lines.note({ problem: error.message })) server.log.debug({ problem: error.message }, 'protocol');
  };
  const mcp = createMcpHandler(server.factory, { onerror, bus: events });
  const fetch: typeof mcp.fetch = async (asked, options) => {
    const answer = await mcp.fetch(asked, options);
    const problem = await problemIn(answer);
    if (problem !== undefined) lines.note({ problem });
    return answer;
  };
  const answerMcp = toNodeHandler({ fetch }, { onerror });
  const sessions = new Sessions(server, onerror);
  const streams = new SseStreams(server, new URL('messages', url).pathname, traffic, onerror);
  const metrics = await createMetrics(server, {
    sessions: () => sessions.size,
    streams: () => streams.size,
    listening: () => events.size,
  });
  const door = createDoor(server, settings, url);
  const findFault = guard(settings);
  const bodyLimit = settings.body_limit_mib * 2 ** 20;

  async function takeUp(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/' } = request;
    const pathname = pathOf(target);
    if (pathname === '/healthz') return tell(response, 200, 'ok');
    if (pathname === '/readyz')
      return traffic.stopping ? tell(response, 503, 'stopping') : tell(response, 200, 'ready');
    const fault = findFault(request);
    if (fault) throw new HttpError(403, -32000, fault);
    if (answerBrowser(request, response)) return;
    if (!methods.includes(method)) throw notAllowed();
    if (door.metadata && pathname === door.metadata.path) return publish(response, door.metadata.document);
    const visitor = await door.authenticate(request.headers);
    lines.note(visitor.caller === localCaller ? {} : { caller: visitor.caller.name });
    const body = method === 'POST' ? await readBody(request, bodyLimit) : undefined;
    if (traffic.stopping && (body === undefined || asks(body))) throw stopping();
    await door.allow(visitor, body);
    const { auth, caller } = visitor;
    const exchange = { request: Object.assign(request, { method, url: target, auth }), response, caller, body };
    if (!staysOpen(exchange)) follow(response);
    await dispatch(pathname, exchange);
  }

  function dispatch(pathname: string, exchange: Exchange): Promise<void> | void {
    const { response, request, caller } = exchange;
    const at = `${request.method} ${pathname}`;
    if (pathname === '/mcp') return speak(exchange);
    if (settings.sse && at === 'GET /sse') return streams.open(exchange);
    if (settings.sse && at === 'POST /messages') return streams.receive(exchange);
    if (at === 'GET /metrics' && door.isOperator(caller)) return metrics.tell(response);
    throw new HttpError(404, -32000, 'There is nothing here. MCP is at /mcp.');
  }

  async function speak(exchange: Exchange): Promise<void> {
    const { request, response, caller, body } = exchange;
    nameAccepted(request.headers);
    const session = request.headers['mcp-session-id'];
    if (settings.legacy_sessions && typeof session === 'string') return sessions.answer(session, exchange);
    if (settings.legacy_sessions && isInitializeRequest(body)) return sessions.open(exchange);
    if (!listens(body)) return answerMcp(request, response, body);
    const { runs } = server.served(caller);
    const { uris, message, refusal } = narrowListening(body, runs);
    if (refusal) return tellJson(response, 400, refusal);
    await events.listening({ principal: principalOf(caller), uris, runs }, () => answerMcp(request, response, message));
  }

  function giveUp(error: unknown, response: ServerResponse): void {
    if (!(error instanceof HttpError)) server.log.error({ err: error }, 'defect');
    else lines.note({ problem: error.message });
    if (response.headersSent) response.destroy();
    // Otherwise the client has gone.
    else if (!response.destroyed) refuse(response, error instanceof HttpError ? error : defect());
  }

  function follow(response: ServerResponse): void {
    traffic.add(response);
    response.once('close', () => traffic.remove(response));
  }

  return {
    answer: (request, response) =>
      lines.follow(request, response, () => takeUp(request, response).catch(error => giveUp(error, response))),
    traffic,
    async close() {
      await Promise.all([mcp.close(), sessions.close(), streams.close()]);
    },
  };
}

function pathOf(target: string): string {
  if (URL.canParse(target, 'http://internal')) return new URL(target, 'http://internal').pathname;
  throw new HttpError(400, -32000, 'The address of this request is malformed.');
}

/** The SDK looks for the names of what a client takes, also where it takes anything. */
function nameAccepted(headers: IncomingMessage['headers']): void {
  if (/(?:^|,)\s*\*\/\*\s*(?:[;,]|$)/.test(headers.accept ?? '*/*')) headers.accept = acceptable;
}

const acceptable = 'application/json, text/event-stream';

/** What the SDK says to whom it refuses; not all of it goes to `onerror`. */
async function problemIn(answer: Response): Promise<string | undefined> {
  if (answer.status < 400 || !answer.headers.get('content-type')?.includes('json')) return undefined;
  const { error } = (await answer.clone().json()) as { error?: { message?: string } };
  return error?.message;
}

function tell(response: ServerResponse, status: number, word: string): void {
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(`${word}\n`);
}

function tellJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Public, and for scripts of any page: a client may run in a browser. */
function publish(response: ServerResponse, document: object): void {
  response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(document));
}

const notAllowed = () => new HttpError(405, -32000, 'Method not allowed.', { allow: methods.join(', ') });

const defect = () => new HttpError(500, -32603, 'Internal error.');

const stopping = () =>
  new HttpError(503, -32000, 'This server is stopping. Repeat the request.', {
    'retry-after': '1',
    connection: 'close',
  });
