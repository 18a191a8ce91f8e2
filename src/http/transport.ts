import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { bodyOutcome, decoded, jsonOf, readBody, streamed, textOf } from './body.ts';
import { isAnswer } from './classify-reply.ts';
import type { WrittenOptions } from './dispatcher.ts';
import { type Exchange, failed, type Outcome, type Send } from './exchange.ts';
import { inspected } from './inspect.ts';
import { proxyFailureIn } from './proxy/failure.ts';
import { openBody } from './stream-body.ts';

export interface TransportOptions {
  clock: Clock;
  /** Asked for on the first request, so that starting does not pay for it. */
  dispatcher(): Promise<Dispatcher>;
  userAgent: string;
  mostBodyBytes: number;
}

// Enough for every error message; a login page may be larger.
const mostRefusalBytes = 65_536;

/** The last layer: one request on the wire, one reply read from it. */
export function transport({ clock, dispatcher, userAgent, mostBodyBytes }: TransportOptions): Send {
  return async exchange => {
    const { call, request, signal } = exchange;
    const agent = await dispatcher();
    if (request.changes) await call.beforeChange?.();
    signal.throwIfAborted();
    const arrived = await agent.request(onTheWire(exchange, userAgent)).then(
      raw => ({ raw }),
      (error: Error) => ({ error }),
    );
    if ('error' in arrived) return notSent(exchange, arrived.error);
    const { raw } = arrived;
    return readReply(exchange, raw, clock, mostBodyBytes);
  };
}

async function readReply(
  exchange: Exchange,
  raw: Dispatcher.ResponseData,
  clock: Clock,
  mostBodyBytes: number,
): Promise<Outcome> {
  const { call, request, signal } = exchange;
  const headers = flat(raw.headers);
  const reply = { status: raw.statusCode, headers, url: request.url };
  const answer = isAnswer(reply, request);
  if (answer && request.expect === 'stream') {
    const body = streamed(clock, exchange, raw.body, headers);
    const suspect = exchange.connection.errorsInFiles && !exchange.anonymous;
    return { reply: { ...reply, ...(suspect ? await inspected(body, mostRefusalBytes) : { body }) } };
  }
  const mostBytes = answer ? mostBodyBytes : mostRefusalBytes;
  const read = await readBody(decoded(raw.body, headers), mostBytes);
  signal.throwIfAborted();
  call.meter.bytes += read.bytes.length;
  if (answer) return bodyOutcome(exchange, read, reply, mostBytes);
  const text = textOf(read.bytes);
  const parsed = jsonOf(text);
  return { reply: { body: 'value' in parsed ? parsed.value : text, ...reply } };
}

/** Of the body that was being sent, of the settings for the way, of a proxy, or of the platform's host. */
function notSent(exchange: Exchange, error: Error): Outcome {
  exchange.signal.throwIfAborted();
  if (isFault(error)) return failed(error);
  const stopped = proxyFailureIn(error);
  if (stopped) return failed(stopped.fault(exchange.connection.title), stopped.again);
  return noReply(exchange, error);
}

function onTheWire(exchange: Exchange, userAgent: string): WrittenOptions {
  const { request, target, call, signal, sending, change } = exchange;
  const { origin, pathname, search } = target;
  const headers: Record<string, string> = {
    accept: request.expect === 'json' ? 'application/json' : '*/*',
    // Files come as they are stored; unpacking what was packed only for the way would hide their size.
    'accept-encoding': request.expect === 'stream' ? 'identity' : 'gzip, br',
    'user-agent': userAgent,
  };
  const { json, body: streamed } = request;
  if (streamed) {
    headers['content-type'] = streamed.mediaType;
    if (streamed.size !== undefined) headers['content-length'] = String(streamed.size);
    sending.stream = openBody(streamed, request.operation, call);
  } else if (json !== undefined) headers['content-type'] = 'application/json';
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  const body: Readable | string | null = sending.stream ?? (json === undefined ? null : JSON.stringify(json));
  const method = request.method as Dispatcher.HttpMethod;
  const written = () => {
    change.mayHaveActed = true;
    exchange.written();
  };
  return { origin, path: pathname + search, method, headers, body, signal, written };
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(', ') : value;
  return result;
}

const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
const untrusted = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

/** What to make of a request that got no reply. */
function noReply(exchange: Exchange, error: Error & { code?: string }): Outcome {
  const { connection, request } = exchange;
  const code = error.code ?? '';
  const { host } = exchange.target;
  const fault = (message: string, hint: string) =>
    new Fault({ code: 'upstream_down', message: `${connection.title}: ${message}.`, hint, cause: error });
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return failed(
      fault(`${request.operation} was given up because this server stops`, 'Start the server again.').with({
        code: 'cancelled',
      }),
    );
  if (code === 'UND_ERR_INVALID_ARG')
    return failed(
      fault(`${request.operation} cannot be sent, ${error.message}`, 'Check the credential for line breaks.').with({
        code: 'not_configured',
      }),
    );
  if (untrusted.test(code))
    return failed(
      fault(
        `the secure connection to ${host} failed (${code})`,
        'Check the base URL. For a certificate authority of your own, set NODE_EXTRA_CA_CERTS to its file.',
      ),
    );
  if (neverSent.test(code))
    return failed(
      fault(
        `${host} cannot be reached (${code})`,
        `Check the base URL of the connection ${connection.name} and the network, then repeat the call. Behind a proxy, set HTTPS_PROXY.`,
      ),
      'always',
    );
  return failed(
    fault(
      `the connection broke before ${request.operation} was answered${code ? ` (${code})` : ''}`,
      'Repeat the call.',
    ),
    exchange.change.mayHaveActed ? 'repeatable' : 'always',
  );
}
