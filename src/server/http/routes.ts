import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, isInitializeRequest } from '@modelcontextprotocol/server';
import type { Log } from '../../base/log.ts';
import { localCaller, principalOf } from '../../callers/caller.ts';
import type { HttpSettings } from '../../config/http.ts';
import type { DataPlatformsServer } from '../create.ts';
import { narrowListening } from '../subscriptions.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { readBody } from './body.ts';
import { answerBrowser, methods } from './cors.ts';
import { answerDownload, downloadsPath } from './download.ts';
import { asks, type Exchange, listens, staysOpen } from './exchange.ts';
import { guard } from './guard.ts';
import { HttpError, refuse } from './http-error.ts';
import { createMetrics, type Metrics } from './metrics.ts';
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
  server.downloads.base = new URL(downloadsPath.slice(1), url).href;
  const traffic = new Traffic();
  const events = new RunEvents();
  const lines = new RequestLog(server.log, status => metrics.answered(status));
  const onerror = (error: Error) => {
    // What the SDK refuses is an error of the plainest kind, and belongs to the request.
    if (error.constructor !== Error) server.log.warn({ err: error }, 'protocol');
    else if (!lines.note({ problem: error.message })) server.log.debug({ problem: error.message }, 'protocol');
  };
  const mcp = createMcpAnswer(server, events, lines, onerror);
  const sessions = new Sessions(server, onerror);
  const streams = new SseStreams(server, new URL('messages', url).pathname, traffic, onerror);
  const metrics = await createMetrics(server, {
    sessions: () => sessions.size,
    streams: () => streams.size,
    listening: () => events.size,
  });
  const authentication = createAuthentication(server, settings, url);
  const endpoints = {
    server,
    settings,
    traffic,
    lines,
    authentication,
    mcp,
    sessions,
    streams,
    metrics,
    events,
    findFault: guard(settings),
    begunAt: performance.now(),
  };

  return {
    answer: (request, response) =>
      lines.follow(request, response, () =>
        takeUp(endpoints, request, response).catch(error => giveUp(error, response, server.log, lines)),
      ),
    traffic,
    async close() {
      await Promise.all([mcp.close(), sessions.close(), streams.close()]);
    },
  };
}

/** What requests are answered with. */
interface Endpoints {
  server: DataPlatformsServer;
  settings: HttpSettings;
  traffic: Traffic;
  lines: RequestLog;
  /** What is wrong with a request's Host or Origin. */
  findFault: ReturnType<typeof guard>;
  authentication: Authentication;
  mcp: McpAnswer;
  sessions: Sessions;
  streams: SseStreams;
  metrics: Metrics;
  events: RunEvents;
  /** Ms of `performance.now`. */
  begunAt: number;
}

interface McpAnswer {
  answer: ReturnType<typeof toNodeHandler>;
  close(): Promise<void>;
}

async function takeUp(endpoints: Endpoints, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { traffic, lines, authentication } = endpoints;
  const { method = 'GET', url: target = '/' } = request;
  const pathname = pathOf(target);
  if (answerProbe(pathname, endpoints, response)) return;
  const fault = endpoints.findFault(request);
  if (fault && !(await asksAsOperator(endpoints, pathname, request))) throw new HttpError(403, -32000, fault);
  if (answerBrowser(request, response)) return;
  if (pathname.startsWith(downloadsPath)) {
    if (traffic.stopping) throw stopping();
    countUntilClosed(traffic, response);
    return answerDownload(endpoints.server, pathname.slice(downloadsPath.length), request, response);
  }
  if (!methods.includes(method)) throw notAllowed();
  const { metadata } = authentication;
  if (pathname === metadata?.path) return publish(response, metadata.document);
  const caller = await authentication.authenticate(request.headers);
  lines.note(caller.caller === localCaller ? {} : { caller: caller.caller.name });
  const bodyLimit = endpoints.settings.body_limit_mib * 2 ** 20;
  const body = method === 'POST' ? await readBody(request, bodyLimit) : undefined;
  if (traffic.stopping && (body === undefined || asks(body))) throw stopping();
  await authentication.allow(caller, body);
  const asked = Object.assign(request, { method, url: target, auth: caller.auth });
  const exchange = { request: asked, response, caller: caller.caller, body };
  if (!staysOpen(exchange)) countUntilClosed(traffic, response);
  await dispatch(endpoints, pathname, exchange);
}

/**
 * Prometheus asks a pod by its address, which no server knows as its own name. Who has an operator's token is no web page
 * that has made a browser ask.
 */
async function asksAsOperator({ authentication }: Endpoints, pathname: string, request: IncomingMessage) {
  if (pathname !== '/metrics' || request.method !== 'GET' || !request.headers.authorization) return false;
  const { caller } = await authentication.authenticate(request.headers);
  return caller !== localCaller && authentication.isOperator(caller);
}

function countUntilClosed(traffic: Traffic, response: ServerResponse): void {
  traffic.add(response);
  response.once('close', () => traffic.remove(response));
}

function dispatch(endpoints: Endpoints, pathname: string, exchange: Exchange): Promise<void> | void {
  const { settings, authentication, streams, metrics } = endpoints;
  const { response, request, caller } = exchange;
  const at = `${request.method} ${pathname}`;
  if (pathname === '/mcp') return answerMcp(endpoints, exchange);
  if (settings.sse && at === 'GET /sse') return streams.open(exchange);
  if (settings.sse && at === 'POST /messages') return streams.receive(exchange);
  if (at === 'GET /metrics' && authentication.isOperator(caller)) return metrics.tell(response);
  throw new HttpError(404, -32000, 'There is nothing here. MCP is at /mcp.');
}

/** A message to `/mcp`: of a session where there is one, otherwise on its own. */
async function answerMcp({ server, settings, mcp, sessions, events }: Endpoints, exchange: Exchange): Promise<void> {
  const { request, response, caller, body } = exchange;
  nameAccepted(request.headers);
  const session = request.headers['mcp-session-id'];
  if (settings.legacy_sessions && typeof session === 'string') return sessions.answer(session, exchange);
  if (settings.legacy_sessions && isInitializeRequest(body)) return sessions.open(exchange);
  if (!listens(body)) return mcp.answer(request, response, body);
  const { runs } = server.served(caller);
  const { uris, message, refusal } = narrowListening(body, runs);
  if (refusal) return tellJson(response, 400, refusal);
  const answer = () => mcp.answer(request, response, message);
  await events.listening({ principal: principalOf(caller), uris, runs }, answer);
}

/** The SDK's answer to requests of every protocol revision that belong to no session, its refusals noted in the log. */
function createMcpAnswer(
  server: DataPlatformsServer,
  bus: RunEvents,
  lines: RequestLog,
  onerror: (error: Error) => void,
): {
  answer: ReturnType<typeof toNodeHandler>;
  close(): Promise<void>;
} {
  const handler = createMcpHandler(server.factory, { onerror, bus });
  const fetch: typeof handler.fetch = async (asked, options) => {
    const answer = await handler.fetch(asked, options);
    const problem = await problemIn(answer);
    if (problem !== undefined) lines.note({ problem });
    return answer;
  };
  return { answer: toNodeHandler({ fetch }, { onerror }), close: () => handler.close() };
}

/** Whether it was a probe: those are answered to anybody, and while the server is stopping. */
function answerProbe(pathname: string, endpoints: Endpoints, response: ServerResponse): boolean {
  if (pathname === '/healthz') tell(response, 200, 'ok');
  else if (pathname === '/readyz') tell(response, ...readiness(endpoints));
  else return false;
  return true;
}

/** A start waits so long for what replicas share, in ms. */
const contactMs = 5_000;

/**
 * Without Redis a replica does less, and all of them would be without it at once: taken out of service for that, none
 * would be left.
 */
function readiness({ server, traffic, begunAt }: Endpoints): [status: number, word: string] {
  if (traffic.stopping) return [503, 'stopping'];
  const redis = server.replicas.redis();
  if (redis === 'unseen' && performance.now() - begunAt < contactMs) return [503, 'waiting for redis'];
  return [200, redis === 'away' || redis === 'unseen' ? 'ready, redis away' : 'ready'];
}

function giveUp(error: unknown, response: ServerResponse, log: Log, lines: RequestLog): void {
  if (error instanceof HttpError) lines.note({ problem: error.message });
  else log.error({ err: error }, 'defect');
  if (response.headersSent) response.destroy();
  // Otherwise the client has gone.
  else if (!response.destroyed) refuse(response, error instanceof HttpError ? error : defect());
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
