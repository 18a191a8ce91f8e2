import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import type { SandboxClock } from './clock.ts';
import { createFaults, type Faults, halve, replaceReply, spoilReply } from './faults.ts';
import { createRouter, type Router, type Routes, type SimulatorReply, type SimulatorRequest } from './router.ts';

/** One platform's stand-in: a name and how to make its state and routes. */
export interface SimulatorDefinition<State = unknown> {
  platform: string;
  /** Origins besides `api`, each with a port of its own: object storage, a sign-in host. */
  origins?: readonly string[];
  create(context: SimulatorContext): Promise<Simulation<State>>;
}

export interface SimulatorContext {
  clock: SandboxClock;
  /** Scheme, host and port of `api` or of another origin of the definition. */
  origin(name: string): string;
}

export interface Simulation<State> {
  sites: Readonly<Record<string, Site>> & { api: Site };
  /** What a client uses as base URL, without trailing slash. */
  baseUrl: string;
  /** Environment variables that connect the program to it. */
  environment: Readonly<Record<string, string>>;
  /** The same by the names of the connection's settings. */
  settings: Readonly<Record<string, string>>;
  /** What tests look at and switch. */
  state: State;
  /** Lets go of what the simulation holds outside of memory. */
  close?(): Promise<void>;
}

/** What answers on one origin. */
export interface Site {
  routes: Routes;
  /** Runs before routing, for every request: authentication, quotas. An answer ends the request. */
  before?(request: SimulatorRequest): SimulatorReply | undefined | Promise<SimulatorReply | undefined>;
  /** The platform's way of saying no. */
  refuse(status: number, message: string): SimulatorReply;
  /** Names of fields that the platform may leave out, for the fault `null-fields`. */
  nullable?: readonly string[];
  /** Longest request body in bytes; above it: 413. Default 64 MiB. Not for streamed bodies. */
  bodyLimit?: number;
  /** Requests whose bodies the handlers read themselves; `path` is not decoded. Default: none. */
  streams?(method: string, path: string): boolean;
}

export interface LoggedRequest {
  /** Name of the origin it came to. */
  site: string;
  method: string;
  target: string;
  /** Absent while there is no answer. */
  status?: number;
  /** Clock time (ms) of arrival. */
  at: number;
  /** Names of all headers; values only of those that never carry a secret, `(set)` for the rest. */
  headers: Record<string, string>;
}

/** A simulator that listens. */
export interface Simulator<State = unknown> {
  platform: string;
  baseUrl: string;
  environment: Readonly<Record<string, string>>;
  settings: Readonly<Record<string, string>>;
  faults: Faults;
  /** The latest requests, oldest first. */
  requests: LoggedRequest[];
  state: State;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

export interface Sandbox {
  simulators: Readonly<Record<string, Simulator>>;
  /** Environment variables that connect the program to all of them. */
  environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const loggedRequests = 10_000;
const plainHeaders = new Set([
  ...['accept', 'accept-encoding', 'content-length', 'content-type', 'range'],
  ...['traceparent', 'tracestate', 'user-agent'],
]);

/** Starts every simulator on loopback ports. */
export async function startSandbox(
  definitions: readonly SimulatorDefinition[],
  options: { clock: SandboxClock },
): Promise<Sandbox> {
  const running = await Promise.all(definitions.map(definition => startSimulator(definition, options)));
  return {
    simulators: Object.fromEntries(running.map(simulator => [simulator.platform, simulator])),
    environment: Object.assign({}, ...running.map(simulator => simulator.environment)),
    async close() {
      await Promise.all(running.map(simulator => simulator.close()));
    },
  };
}

/** Starts one simulator on 127.0.0.1, one free port per origin. */
export async function startSimulator<State>(
  definition: SimulatorDefinition<State>,
  { clock }: { clock: SandboxClock },
): Promise<Simulator<State>> {
  const faults = createFaults();
  const requests: LoggedRequest[] = [];
  const names = ['api', ...(definition.origins ?? [])];
  const listeners = new Map(await Promise.all(names.map(async name => [name, await listen()] as const)));
  let letGo: (() => Promise<void>) | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([...listeners.values()].map(listener => listener.close()));
    await letGo?.();
  };
  try {
    const origin = (name: string): string => {
      const listener = listeners.get(name);
      if (!listener) throw new Error(`${definition.platform} has no origin "${name}"`);
      return listener.origin;
    };
    const { sites, close: release, ...simulation } = await definition.create({ clock, origin });
    letGo = release;
    for (const [name, site] of Object.entries(sites)) {
      listeners.get(name)?.serve(exchange({ name, site, clock, faults, requests }));
    }
    return { platform: definition.platform, ...simulation, faults, requests, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface Listener {
  origin: string;
  serve(serve: Serve): void;
  close(): Promise<void>;
}

async function listen(): Promise<Listener> {
  // Clients keep connections for as long as they like; a server that drops idle ones causes failures nobody asked for.
  const server = createServer({ keepAliveTimeout: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(serve) {
      server.on('request', (request, response) => {
        // A client that leaves in the middle is no failure of the simulator.
        serve(request, response).catch(() => response.destroy());
      });
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

interface Exchange {
  name: string;
  site: Site;
  clock: SandboxClock;
  faults: Faults;
  requests: LoggedRequest[];
}

function exchange({ name, site, clock, faults, requests }: Exchange): Serve {
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
