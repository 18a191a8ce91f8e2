import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { SandboxClock } from './clock.ts';
import { type Faults, halve, replaceReply, spoilReply } from './faults.ts';
import { createRouter, type Router, type SimulatorReply, type SimulatorRequest } from './router.ts';
import type { LoggedRequest, Site } from './site.ts';

/** Answers one request of an origin, and logs it. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const loggedRequests = 10_000;
const plainHeaders = new Set([
  'accept',
  'accept-encoding',
  'content-length',
  'content-type',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
]);

interface Exchange {
  name: string;
  site: Site;
  clock: SandboxClock;
  faults: Faults;
  requests: LoggedRequest[];
}

/** What an origin does with its requests: faults first, then the site's own checks, then the handler. */
export function exchange({ name, site, clock, faults, requests }: Exchange): Serve {
  const route = createRouter(site.routes);
  return async (request, response) => {
    const { method = 'GET', url: target = '/' } = request;
    const entry: LoggedRequest = { site: name, method, target, at: clock.now(), headers: namesOf(request.headers) };
    requests.push(entry);
    if (requests.length > loggedRequests) requests.shift();
    const fault = faults.take(method, target);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'drop') {
      request.socket.destroy();
      return;
    }
    if (fault?.kind === 'slow') await clock.sleep(fault.ms);
    const release = hold(clock, response);
    const standIn = fault && replaceReply(fault, site.refuse);
    const reply = standIn ?? (await answer(request, site, route));
    if (reply.afterMs !== undefined) {
      release();
      await pass(reply.afterMs, clock, response);
      hold(clock, response);
    }
    const spoiled = fault ? await spoilReply(fault, reply, site.nullable ?? []) : reply;
    entry.status = spoiled.status;
    response.setHeader('date', new Date(clock.now()).toUTCString());
    await write(response, spoiled, fault?.kind === 'truncate');
  };
}

/** Keeps time where it is until the response is done with. */
function hold(clock: SandboxClock, response: ServerResponse): () => void {
  const release = clock.hold?.() ?? (() => {});
  response.once('close', release);
  if (response.destroyed) release();
  return release;
}

/** Lets clock time pass, unless nobody waits any more. */
async function pass(ms: number, clock: SandboxClock, response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const gone = new AbortController();
  const leave = () => gone.abort();
  response.once('close', leave);
  await clock.sleep(ms, gone.signal);
  response.off('close', leave);
}

async function answer(message: IncomingMessage, site: Site, route: Router): Promise<SimulatorReply> {
  const { method = 'GET', url: target = '/', headers } = message;
  const [path = '/', ...query] = target.split('?');
  const streamed = site.streams?.(method, path) ?? false;
  const bytes = streamed ? Buffer.alloc(0) : await readBody(message, site.bodyLimit ?? 64 * 1024 * 1024);
  if (!bytes) return site.refuse(413, 'The request body is too large');
  const match = route(method, path);
  const request: SimulatorRequest = {
    method,
    target,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    params: 'params' in match ? match.params : {},
    bytes,
    ...(streamed && { stream: message }),
    json: () => parse(bytes),
  };
  try {
    const stopped = await site.before?.(request);
    if (stopped) return stopped;
    if ('handler' in match) return await match.handler(request);
    if (match.allowed.length === 0) return site.refuse(404, `No route ${path}`);
    const reply = site.refuse(405, `${method} is not allowed here`);
    return { ...reply, headers: { ...reply.headers, allow: match.allowed.join(', ') } };
  } catch (error) {
    // A defect of the simulator must not pass for the platform's behaviour.
    return site.refuse(500, `Defect in the simulator: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    if (streamed) await readOn(message);
  }
}

/** What nobody read has to be read all the same: an answer before the end would reset the connection. */
async function readOn(message: IncomingMessage): Promise<void> {
  if (message.readableEnded || message.destroyed) return;
  message.resume();
  await finished(message).catch(() => {});
}

async function write(response: ServerResponse, reply: SimulatorReply, truncated: boolean): Promise<void> {
  const { status, headers, json } = reply;
  const body = json === undefined ? (reply.body ?? '') : JSON.stringify(json);
  const type = json === undefined ? {} : { 'content-type': 'application/json' };
  if (truncated) {
    const { bytes, length } = await halve(body);
    response.writeHead(status, { ...type, ...headers, 'content-length': length });
    response.write(bytes, () => response.destroy());
    return;
  }
  if (body instanceof Readable) {
    response.writeHead(status, { ...type, ...headers });
    await pipeline(body, response);
    return;
  }
  const bytes = Buffer.from(body as string);
  response.writeHead(status, { ...type, ...headers, ...(status === 204 ? {} : { 'content-length': bytes.length }) });
  response.end(bytes);
}

// Reads to the end even when it is too much, for the same reason.
async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function namesOf(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    plainHeaders.has(name) ? String(value) : '(set)',
  ]);
  return Object.fromEntries(entries);
}
