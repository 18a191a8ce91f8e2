import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request as a simulator sees it, body read unless its site streams it. */
export interface SimulatorRequest {
  method: string;
  /** The request target byte for byte as it came: path and query, nothing decoded. */
  target: string;
  /** Path part of the target, not decoded. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Variables of the route, each decoded once. */
  params: Readonly<Record<string, string>>;
  /** Empty where the site streams the body. */
  bytes: Buffer;
  /** The body as it arrives, where the site streams it; to be read to its end or not at all. */
  stream?: Readable;
  /** The body as JSON; undefined when it is not JSON. */
  json(): unknown;
}

export interface SimulatorReply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is; a stream goes out in chunks, as fast as it is read. */
  body?: string | Uint8Array | Readable;
  /** Clock ms that pass before it is sent. */
  afterMs?: number;
}

export type Handler = (request: SimulatorRequest) => SimulatorReply | Promise<SimulatorReply>;

/**
 * Request lines, for example `GET /v1/projects/:project/files/*path`: `:x` is one segment, a last `*x` the rest.
 * The first line that matches wins.
 */
export type Routes = Readonly<Record<string, Handler>>;

/** A handler and its variables, or the methods that the path knows (none: no such path). */
export type Match = { handler: Handler; params: Record<string, string> } | { allowed: string[] };

/** Finds the handler for a method and a path that is not decoded. */
export type Router = (method: string, path: string) => Match;

export function createRouter(routes: Routes): Router {
  const table = Object.entries(routes).map(([line, handler]) => {
    const [method = '', template = ''] = line.split(' ');
    return { method, segments: template.split('/'), handler };
  });
  return (method, path) => {
    const parts = path.split('/');
    const allowed: string[] = [];
    for (const route of table) {
      const params = matchSegments(route.segments, parts);
      if (!params) continue;
      if (route.method === method) return { handler: route.handler, params };
      allowed.push(route.method);
    }
    return { allowed };
  };
}

/** Variables of a path that has the form of a route; undefined: it has not. */
function matchSegments(segments: string[], parts: string[]): Record<string, string> | undefined {
  const last = segments.length - 1;
  const hasRest = segments[last]?.startsWith('*') ?? false;
  if (hasRest ? parts.length < segments.length : parts.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const value = decode(hasRest && index === last ? parts.slice(index).join('/') : (parts[index] ?? ''));
    if (!fits(segment, value)) return undefined;
    if (isVariable(segment)) params[segment.slice(1)] = value ?? '';
  }
  return params;
}

const isVariable = (segment: string): boolean => segment.startsWith(':') || segment.startsWith('*');

/** A variable stands for anything but nothing. */
const fits = (segment: string, value: string | undefined): boolean =>
  isVariable(segment) ? value !== undefined && value !== '' : value === segment;

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
