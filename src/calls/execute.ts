import pMap from 'p-map';
import type { Clock } from '../base/clock.ts';
import { isRow, type Row } from '../base/json-value.ts';
import type { Redactor } from '../base/redact.ts';
import { refuseReversed } from '../base/time.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { apiOf, type Connections } from '../connections/connections.ts';
import type { Call } from '../http/call.ts';
import type { HttpClient } from '../http/client.ts';
import type { Connection } from '../http/connection.ts';
import { collect, type PageFetch, type PagePatch, type Position } from '../http/paging/page.ts';
import { buildUrl } from '../http/path.ts';
import type { HttpReply, HttpRequest } from '../http/request.ts';
import { askedWait } from '../http/retry.ts';
import {
  fieldMeta,
  fieldOf,
  isListing,
  isReading,
  type Operation,
  type OperationContext,
  type RequestOptions,
  routeOf,
} from '../operations/operation.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { Source } from '../results/transfer/source.ts';
import { tellElapsed } from './elapsed.ts';
import type { References } from './names/references.ts';
import { bodyOf, withoutSources } from './request-body.ts';

/** What every call of this process shares. */
export interface CallRuntime {
  clock: Clock;
  connections: Pick<Connections, 'argumentFor'>;
  catalog: Pick<Catalog, 'readingOf'>;
  http: HttpClient;
  results: ResultStore;
  references: References;
  redactor: Redactor;
  /** Folders whose files callers may send; none where they are not on this machine. */
  folders: readonly string[];
}

/** Part of a listing: rows, and how to go on exactly after the last of them. */
export interface Rows {
  items: Row[];
  next?: Position;
  /** Rows in all; null or absent where the platform does not say. */
  total?: number | null;
  complete: boolean;
  /** What the platform says beside the rows. */
  about?: Record<string, unknown>;
}

/** Ties the code of operations to one connection, one call, and the shared parts. */
export function operationContext(runtime: CallRuntime, connection: Connection, call: Call): OperationContext {
  const listed = new Map<string, Promise<Row[]>>();
  const sources = new Map<unknown, Promise<Source>>();
  const { signal, deadline, meter, progress, trace, changes } = call;
  const context: OperationContext = {
    // One by one: `...call` here takes V8 ten times as long as all the rest.
    signal,
    deadline,
    meter,
    progress,
    trace,
    changes,
    followsRuns: call.followsRuns === true,
    attempts: call.attempts,
    clock: runtime.clock,
    connection,
    connectionArgument: runtime.connections.argumentFor(connection),
    results: runtime.results,
    request: (operation, args, options) => sendOperation(runtime, context, operation, args, options),
    // One call sees one state of a listing, however many of its steps ask.
    rows(operation, args, limit = Number.POSITIVE_INFINITY) {
      const key = `${operation.name} ${limit} ${JSON.stringify(args)}`;
      const rows = listed.get(key) ?? readRows(operation, args, context, { limit }).then(({ items }) => items);
      listed.set(key, rows);
      return rows;
    },
    redact: text => runtime.redactor.text(text),
    hide: secret => runtime.redactor.add(secret),
    originOf({ operation, arguments: args, ...origin }) {
      const at = new Date(runtime.clock.now()).toISOString();
      const shownArguments = withoutSecrets(operation, args);
      const source = { operation: operation.name, arguments: shownArguments, connection: connection.name, at };
      return { mediaType: 'application/octet-stream', ...origin, source };
    },
    store: (origin, content) => runtime.results.write({ ...context.originOf(origin), signal }, content),
    download: url => runtime.http.download(connection, url, context),
    rememberedRows: async (operation, args) => (await runtime.references.rows(operation, args, context)).rows,
    source(given) {
      const found = sources.get(given) ?? findSource(runtime, context, given);
      sources.set(given, found);
      return found;
    },
    labelOf: (reference, key, args) => runtime.references.labelOf(reference, key, args, context),
    resolve: (reference, value, args, reads) => runtime.references.resolve(reference, value, args, context, reads),
  };
  return context;
}

/** The arguments as they may be kept on the disk. */
function withoutSecrets({ input }: Pick<Operation, 'input'>, args: Row): Row {
  const shown = ([name, value]: [string, unknown]) => [
    name,
    fieldMeta(fieldOf(input, name)).secret ? '[hidden]' : value,
  ];
  return Object.fromEntries(Object.entries(args).map(shown));
}

/** Rows of a listing from a position on, at most `limit` of them. */
export async function readRows(
  operation: Operation,
  args: Record<string, unknown>,
  context: OperationContext,
  { from, limit = Number.POSITIVE_INFINITY }: { from?: Position; limit?: number },
): Promise<Rows> {
  const { paging, configured } = operation;
  if (configured) {
    const rows = configured(context.connection);
    const [start, end] = [Number(from ?? 0), Number(from ?? 0) + limit];
    const more = end < rows.length;
    return { items: rows.slice(start, end), total: rows.length, complete: !more, ...(more ? { next: end } : {}) };
  }
  if (!paging) throw new Error(`${operation.name} is not a listing`);
  const request = (patch: PagePatch) =>
    context.request(operation, { ...args, ...patch.path }, patch as RequestOptions & { search?: string });
  const fetch: PageFetch = Object.assign(request, { path: args, connection: context.connection });
  const page = await collect(paging, fetch, { ...(from === undefined ? {} : { from }), limit });
  return page as Rows;
}

/** The value of an operation that is neither a listing nor collects: its own code, or its route. */
export async function readValue(
  operation: Operation,
  args: Record<string, unknown>,
  context: OperationContext,
): Promise<unknown> {
  if (operation.send) return operation.send(args as never, context);
  const { body } = await context.request(operation, args);
  return operation.repair ? operation.repair(body) : body;
}

// Not imported: few calls need it, and it brings the readers of tables along.
async function findSource(runtime: CallRuntime, context: OperationContext, given: unknown): Promise<Source> {
  const { findSource: find } = await import('../results/transfer/source.ts');
  const { results, folders } = runtime;
  const { connection, clock, signal } = context;
  const at = new Date(clock.now()).toISOString();
  const source = { operation: 'local file', arguments: { source: given }, connection: connection.name, at };
  return find(given, { results, folders, origin: { source, signal } });
}

async function sendOperation(
  runtime: CallRuntime,
  context: OperationContext,
  operation: Operation,
  args: Record<string, unknown>,
  options: RequestOptions & { search?: string } = {},
): Promise<HttpReply> {
  const { method, path } = routeOf(operation);
  const parts = distribute(operation, args, context.clock.now());
  const connection = apiOf(context.connection, operation.api);
  const request: HttpRequest = {
    method,
    url:
      options.search === undefined
        ? buildUrl(connection.baseUrl, path, parts.path, { ...parts.query, ...options.query }, connection.lists)
        : buildUrl(connection.baseUrl, path, parts.path) + options.search,
    ...(options.json === undefined ? await bodyOf(operation, parts.body, context) : { json: options.json }),
    repeatable: isReading(operation) || operation.idempotent === true,
    ...changeOf(runtime, operation),
    operation: operation.name,
    ...(operation.scopes ? { scopes: operation.scopes } : {}),
    listings: () => listingsOf(operation, args),
    ...(isListing(operation) && !path.includes('{') ? { isWholeListing: true } : {}),
    expect: options.expect ?? 'json',
    ...(options.accept ? { accept: options.accept } : {}),
    ...(options.slow ? { slow: true } : {}),
  };
  const sent = runtime.http.send(connection, request, context);
  const reply = await (options.slow ? tellElapsed(operation.name, context, sent) : sent);
  const asked = askedWait(reply.headers, reply.status, runtime.clock.now());
  if (asked !== undefined) context.askedWaitMs = Math.max(asked, context.askedWaitMs ?? 0);
  return reply;
}

const done = {
  adds: 'stored',
  edits: 'stored',
  replaces: 'stored',
  exposes: 'stored',
  interrupts: 'carried out',
  deletes: 'deleted',
  starts: 'started',
} as const;

/** What may have been done when the answer is lost, and where to look whether it was. */
function changeOf({ catalog }: CallRuntime, operation: Operation): Pick<HttpRequest, 'changes' | 'verifyWith'> {
  const { name, risk, starts, verifyWith } = operation;
  if (risk === 'reads') return {};
  // What is run may do anything, so that no name tells where.
  const reading = risk === 'starts' || risk === 'interrupts' ? undefined : catalog.readingOf(name);
  const shown = reading && `${reading} shows whether it took effect: look before you send it again.`;
  const look = verifyWith ?? shown;
  const changes = risk === 'starts' && !starts ? 'carried out' : done[risk];
  return { changes, ...(look === undefined ? {} : { verifyWith: look }) };
}

function listingsOf({ input }: Operation, args: Row): readonly string[] {
  const named = Object.entries(input.shape).filter(([name]) => args[name] !== undefined);
  return [...new Set(named.flatMap(([, field]) => fieldMeta(field).reference?.list().name ?? []))];
}

/** What would be sent, for a person: `DELETE /projects/42 {"force":true}`. */
export function requestLine(operation: Operation, args: Record<string, unknown>, { clock }: OperationContext): string {
  const { method, path } = routeOf(operation);
  const { named, others } = withoutSources(operation, args);
  const { path: parameters, query, body } = distribute(operation, others, clock.now());
  const sent = { ...query, ...(isRow(body) ? body : {}) };
  const rest = Array.isArray(body) ? body : sent;
  const line = `${method} ${path.replace(/\{(\w+)\*?\}/g, (_, name: string) => String(parameters[name]))}`;
  return [line, ...(Object.keys(rest).length ? [JSON.stringify(readable(rest))] : []), ...named].join(' ');
}

const mostItems = 50;
const mostCharacters = 2000;

/** Nobody reads 300 teams or a page of SQL in a question: the beginning, and how much more there is. */
function readable(value: unknown): unknown {
  if (typeof value === 'string' && value.length > mostCharacters)
    return `${value.slice(0, mostCharacters)}… (${value.length} characters)`;
  if (Array.isArray(value)) {
    const more = value.length - mostItems;
    return [...value.slice(0, mostItems).map(readable), ...(more > 0 ? [`… and ${more} more`] : [])];
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, readable(part)]));
}

interface Parts {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  /** Undefined: none. */
  body: unknown;
}

// Path where the route names it; otherwise query on GET and DELETE and body on the rest, unless the field says so.
function distribute(operation: Operation, args: Record<string, unknown>, now: number): Parts {
  const { method, path } = routeOf(operation);
  const rest = ['GET', 'HEAD', 'DELETE'].includes(method) ? 'query' : 'body';
  const parts: Parts = { path: {}, query: {}, body: undefined };
  const body: Record<string, unknown> = {};
  // Left out, it leaves the body empty: an empty object would be a payload.
  const payload = Object.values(operation.input.shape).some(schema => fieldMeta(schema).in === 'payload');
  for (const [name, given] of Object.entries(args)) {
    const { in: place = rest, wire = name, encode, notBefore } = fieldMeta(fieldOf(operation.input, name));
    if (notBefore) refuseReversed(args, notBefore, name, now);
    const value = encode && given !== undefined ? encode(given as never, now, name) : given;
    if (path.includes(`{${name}}`) || path.includes(`{${name}*}`)) parts.path[name] = value;
    else if (place === 'payload') parts.body = value;
    else if (value === undefined || place === 'local') continue;
    else if (place === 'query') parts.query[wire] = value;
    else body[wire] = joined(body[wire], value);
  }
  if (!payload && rest === 'body') parts.body = body;
  return parts;
}

/** Two arguments may be parts of one list or map of the platform. */
function joined(before: unknown, value: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value];
  return isRow(before) && isRow(value) ? { ...before, ...value } : value;
}

/** Names that the platform is asked for at once. The others are looked up one by one: the first that is unknown ends it. */
const mostSearches = 16;

/** Replaces labels by keys in all arguments that name things of a listing. */
export async function resolveNames(
  operation: Operation,
  args: Record<string, unknown>,
  context: OperationContext,
): Promise<Record<string, unknown>> {
  const resolved = { ...args };
  for (const [name, schema] of Object.entries(operation.input.shape)) {
    const reference = fieldMeta(schema).reference;
    const value = resolved[name];
    if (!reference) continue;
    const reads = isReading(operation);
    const resolve = (one: unknown) =>
      typeof one === 'string' ? context.resolve(reference, one, resolved, reads) : one;
    resolved[name] = Array.isArray(value)
      ? await pMap(value, resolve, { concurrency: reference.search === undefined ? 1 : mostSearches })
      : await resolve(value);
  }
  return resolved;
}
