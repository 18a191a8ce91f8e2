import { Readable } from 'node:stream';
import type { SimulatorReply } from './router.ts';

/** What goes wrong. All of it works on every route of every origin of the simulator. */
export type FaultKind =
  /** 429, with `Retry-After: <seconds>` when given. */
  | { kind: 'rate-limit'; retryAfter?: number }
  /** 403 with a text body, as a firewall blocks a caller who asks too often. */
  | { kind: 'rate-block' }
  /** Any status; a text body instead of the platform's own when given. */
  | { kind: 'status'; status: number; body?: string; headers?: Readonly<Record<string, string>> }
  /** The request is accepted and never answered. */
  | { kind: 'hang' }
  /** The platform has no such route. */
  | { kind: 'no-route' }
  /** 200 with a login page. */
  | { kind: 'html' }
  /** The handler has run; half the answer is sent, then the connection is cut. */
  | { kind: 'truncate' }
  /** The connection is cut before the handler runs. */
  | { kind: 'drop' }
  /** Every field that the platform may leave out is null. */
  | { kind: 'null-fields' }
  /** Every object has fields that nobody has heard of. */
  | { kind: 'unknown-fields' }
  /** The right answer, after so many ms of clock time. */
  | { kind: 'slow'; ms: number }
  /** The answer's JSON, changed at will. */
  | { kind: 'changed'; change(json: unknown): unknown }
  /** Half of the body, as a complete HTTP answer. */
  | { kind: 'malformed' };

/** A switch: which requests it is for, and what goes wrong with them. */
export type FaultSwitch = FaultKind & {
  /** `path` is tested against the raw target, query included. */
  match?: { method?: string; path?: RegExp };
  /** So many matching requests go wrong. Default: all. */
  times?: number;
  /** So many matching requests go well first. */
  skip?: number;
};

export interface Faults {
  /** The first switch that is not used up wins. Returns how to switch it off. */
  add(fault: FaultSwitch): () => void;
  clear(): void;
  /** What goes wrong with this request; counts it. */
  take(method: string, target: string): FaultKind | undefined;
}

export function createFaults(): Faults {
  let active: { fault: FaultSwitch; skip: number; left: number }[] = [];
  return {
    add(fault) {
      const entry = { fault, skip: fault.skip ?? 0, left: fault.times ?? Number.POSITIVE_INFINITY };
      active.push(entry);
      return () => {
        active = active.filter(other => other !== entry);
      };
    },
    clear() {
      active = [];
    },
    take(method, target) {
      for (const entry of active) {
        if (!isFor(entry.fault, method, target)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        if (entry.left <= 0) continue;
        entry.left -= 1;
        return entry.fault;
      }
      return undefined;
    },
  };
}

const isFor = ({ match }: FaultSwitch, method: string, target: string): boolean =>
  (!match?.method || match.method === method) && (!match?.path || target.search(match.path) >= 0);

/** The answer that stands in for the handler's, for the kinds that need no handler. */
export function replaceReply(
  fault: FaultKind,
  refuse: (status: number, message: string) => SimulatorReply,
): SimulatorReply | undefined {
  switch (fault.kind) {
    case 'rate-limit': {
      const reply = refuse(429, 'Too many requests');
      const wait = fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) };
      return { ...reply, headers: { ...reply.headers, ...wait } };
    }
    case 'rate-block':
      return { status: 403, headers: { 'content-type': 'text/plain' }, body: 'Request blocked.\n' };
    case 'status': {
      if (fault.body === undefined) return refuse(fault.status, 'Something went wrong');
      const headers = { 'content-type': 'text/plain', ...fault.headers };
      return { status: fault.status, headers, body: fault.body };
    }
    case 'no-route':
      return refuse(404, 'No such route');
    case 'html':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: loginPage };
    default:
      return undefined;
  }
}

/** The handler's answer, spoiled. `nullable`: names of fields that the platform may leave out. */
export async function spoilReply(
  fault: FaultKind,
  reply: SimulatorReply,
  nullable: readonly string[],
): Promise<SimulatorReply> {
  switch (fault.kind) {
    case 'null-fields': {
      const names = new Set(nullable);
      return reply.json === undefined ? reply : { ...reply, json: mapObjects(reply.json, nulls(names)) };
    }
    case 'unknown-fields':
      return reply.json === undefined ? reply : { ...reply, json: mapObjects(reply.json, withStrangers) };
    case 'changed':
      return reply.json === undefined ? reply : { ...reply, json: fault.change(structuredClone(reply.json)) };
    case 'malformed': {
      const { json, body = '', ...rest } = reply;
      const type = json === undefined ? {} : { 'content-type': 'application/json' };
      const { bytes } = await halve(json === undefined ? body : JSON.stringify(json));
      return { ...rest, headers: { ...type, ...rest.headers }, body: bytes };
    }
    default:
      return reply;
  }
}

/** The first half of a body and the length that the whole has. Of a stream: half of its first chunk. */
export async function halve(body: string | Uint8Array | Readable): Promise<{ bytes: Buffer; length: number }> {
  const whole = body instanceof Readable ? await firstChunk(body) : Buffer.from(body as string);
  // Nothing cannot be cut short, so an empty answer claims to have a byte.
  return { bytes: whole.subarray(0, Math.floor(whole.length / 2)), length: Math.max(whole.length, 1) };
}

async function firstChunk(body: Readable): Promise<Buffer> {
  for await (const chunk of body) return Buffer.from(chunk);
  return Buffer.alloc(0);
}

type Fields = Record<string, unknown>;

const nulls =
  (names: ReadonlySet<string>) =>
  (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, names.has(name) ? null : value]));

const withStrangers = (fields: Fields): Fields => ({
  ...fields,
  x_sandbox_note: 'added by the sandbox',
  x_sandbox_tree: { leaves: [1, null, 'two'] },
});

export function mapObjects(value: unknown, change: (fields: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map(item => mapObjects(item, change));
  if (value === null || typeof value !== 'object') return value;
  return change(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapObjects(item, change)])));
}

const loginPage = `<!doctype html>
<html><head><title>Sign in</title></head>
<body><form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>
`;
