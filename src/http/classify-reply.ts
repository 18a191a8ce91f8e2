import { Readable } from 'node:stream';
import type { Clock } from '../base/clock.ts';
import { Fault, type FaultCode } from '../base/errors.ts';
import { firstWords } from './body.ts';
import type { FaultReading } from './connection.ts';
import { type Exchange, type Failed, failed, type Outcome, type Retryable, type Send } from './exchange.ts';
import { isRedirect } from './redirect.ts';
import { refusedBefore } from './refusal-page.ts';
import type { HttpReply, HttpRequest } from './request.ts';
import { askedWait, seconds } from './retry.ts';
import { mostSkew, secondsAhead, skewWords } from './skew.ts';

/** True for 2xx and what else the caller takes for an answer. */
export function isAnswer({ status }: Pick<HttpReply, 'status'>, { accept }: HttpRequest): boolean {
  return (status >= 200 && status < 300) || accept?.includes(status) === true;
}

/** Tells answers from refusals, first by status, then the platform's own way. */
export function classifyReply(clock: Clock, next: Send): Send {
  return async exchange => {
    const outcome = await next(exchange);
    if ('fault' in outcome || isRedirect(outcome.reply, exchange.request)) return outcome;
    return classified(exchange, outcome.reply, clock);
  };
}

function classified(exchange: Exchange, received: HttpReply, clock: Clock): Outcome {
  const { connection, request, anonymous } = exchange;
  const { suspicion, unreadable, ...reply } = received;
  const readable = suspicion === undefined ? reply : { ...reply, body: suspicion };
  // What another host says is not the platform speaking.
  const reading = anonymous ? undefined : connection.readFault?.(readable, request);
  if (!reading && isAnswer(reply, request)) {
    const fault = unreadable ?? foreignAnswer(exchange, reply);
    return fault ? failed(fault) : { reply };
  }
  if (reply.body instanceof Readable) reply.body.destroy();
  return refused(exchange, readable, reading ?? {}, clock.now());
}

/** A refusal, as the platform's own reading and the status tell it, and whether it may be repeated. */
function refused(exchange: Exchange, reply: HttpReply, reading: Partial<FaultReading>, now: number): Failed {
  const { final = false, transient = false, ...details } = reading;
  const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
  const code = details.code ?? codeOf(reply.status, exchange.anonymous);
  const { connection, request, anonymous } = exchange;
  const asked = { title: connection.title, connection: connection.name, operation: request.operation };
  const byStatusFault = byStatus(exchange, reply, code, now).with(given);
  const page = anonymous ? undefined : refusedBefore(reply, asked, byStatusFault);
  const fault = page ? byStatusFault.with(page) : withClockHint(byStatusFault, reply, now);
  // A server that failed, or whose answer is somebody else's, may have done first what it was asked to.
  const unsure = failing.has(fault.code) && reply.status !== 501 && !transient;
  if (!unsure) exchange.change.mayHaveActed = false;
  exchange.change.hint = page ? page.hint : details.hint;
  return failed(fault, final ? 'never' : transient ? 'always' : retryableOf(fault));
}

/** A credential may be refused for the clock that signed it. */
function withClockHint(fault: Fault, { headers }: HttpReply, now: number): Fault {
  const skew = fault.code === 'unauthorized' ? secondsAhead(headers, now) : undefined;
  if (skew === undefined || Math.abs(skew) <= mostSkew) return fault;
  return fault.with({ hint: `The clock of this machine is ${skewWords(skew)}: set it right first. ${fault.hint}` });
}

/** A change is answered by the platform, not by whatever stands at its address. */
function foreignAnswer({ connection, request, anonymous }: Exchange, { body, status }: HttpReply): Fault | undefined {
  const { name, title } = connection;
  if (anonymous || request.changes === undefined || connection.isOwnAnswer?.(body) !== false) return undefined;
  const words = firstWords(JSON.stringify(body) ?? 'nothing', 200);
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The answer to ${request.operation} has not the form that ${title} gives its answers: ${words}`,
    hint: `Check the base URL of the connection ${name}; a login page or a proxy may stand between.`,
    status,
  });
}

function byStatus(exchange: Exchange, reply: HttpReply, code: FaultCode, now: number): Fault {
  const { connection, request, anonymous } = exchange;
  const vendorWords = ownWords(reply.body);
  const words = vendorWords === undefined ? '' : firstWords(vendorWords, 300);
  const wait = askedWait(reply.headers, reply.status, now);
  const host = anonymous ? ` (${new URL(reply.url).host})` : '';
  const isUnoffered = code === 'not_found' && request.isWholeListing === true;
  const said404 = `answered ${reply.status} to ${request.operation}`;
  return new Fault({
    code,
    message: `${connection.title}${host} ${isUnoffered ? `does not offer ${request.operation} (${reply.status})` : said404}${words ? `: "${words}"` : '.'}`,
    hint: isUnoffered
      ? `Not every server has every route; if others fail alike, check the base URL of the connection ${connection.name}.`
      : anonymous && code === 'rejected'
        ? 'The link may have expired: ask the platform for a new one.'
        : hints(connection.name, wait)[code],
    status: reply.status,
    retryAfter: wait === undefined ? undefined : wait / 1000,
    requestId: requestId(reply.headers),
  });
}

const failing: ReadonlySet<FaultCode> = new Set(['upstream_down', 'timed_out', 'bad_upstream_reply']);

// What was refused for the quota was not looked at. A 503 may come from what stands before a server that was.
function retryableOf({ code, status }: Fault): Retryable {
  if (code === 'rate_limited') return 'always';
  return code === 'upstream_down' && status !== 501 ? 'repeatable' : 'never';
}

function codeOf(status: number, anonymous: boolean): FaultCode {
  // Somebody else's host knows nothing of our credential: its 401 and 403 are about the link.
  if (anonymous && (status === 401 || status === 403)) return 'rejected';
  const known: Record<number, FaultCode> = {
    401: 'unauthorized',
    403: 'missing_scope',
    404: 'not_found',
    409: 'conflict',
    412: 'conflict',
    413: 'too_large',
    429: 'rate_limited',
  };
  if (status >= 500) return 'upstream_down';
  return known[status] ?? (status >= 400 ? 'rejected' : 'bad_upstream_reply');
}

// Only what this layer can produce has a hint of its own; a provider that reads other codes writes better ones.
function hints(connection: string, wait: number | undefined): Record<FaultCode, string> {
  const change = 'Change the arguments as the platform says, and repeat the call.';
  const report = `Check the base URL of the connection ${connection}, and whether the platform has changed.`;
  return {
    bad_arguments: change,
    unknown_operation: report,
    not_configured: `Check the settings of the connection ${connection}.`,
    unauthorized: `Check the credential of the connection ${connection}: it may be wrong, expired or revoked.`,
    missing_scope: `Ask for the permission, or give the connection ${connection} a credential that has it.`,
    not_found: 'Check the ids with the listing they come from; things the credential may not see look the same.',
    conflict: 'Read the thing again to see its present state, then decide.',
    rejected: change,
    rate_limited: `Wait ${wait === undefined ? 'a minute' : seconds(wait)}, then repeat the call.`,
    upstream_down: `Repeat the call in ${wait === undefined ? 'a few minutes' : seconds(wait)}; the fault is on the platform.`,
    bad_upstream_reply: report,
    outcome_unknown: 'Look whether it took effect before you send it again.',
    timed_out: 'Repeat the call later, or ask for less.',
    cancelled: 'Repeat the call if it is still wanted.',
    needs_confirmation: 'Ask a person to agree on the platform.',
    too_large: 'Send or ask for less at once.',
    read_only: 'Use another connection.',
  };
}

const wordy = ['message', 'error_description', 'detail', 'error', 'errors', 'title', 'reason'];

/** What the platform says about it, wherever it put it. */
function ownWords(body: unknown, depth = 0): string | undefined {
  if (typeof body === 'string') return body.trim() === '' ? undefined : body;
  if (typeof body !== 'object' || body === null || depth > 3) return undefined;
  if (Array.isArray(body))
    return (
      body
        .map(part => ownWords(part, depth + 1))
        .filter(Boolean)
        .join('; ') || undefined
    );
  for (const name of wordy) {
    const words = ownWords((body as Record<string, unknown>)[name], depth + 1);
    if (words !== undefined) return words;
  }
  return fieldWords(body as Record<string, unknown>) ?? JSON.stringify(body);
}

/** "name: is taken": what is said of each field. */
function fieldWords(body: Record<string, unknown>): string | undefined {
  const entries = Object.entries(body);
  if (entries.length === 0 || !entries.every(([, words]) => [words].flat().every(word => typeof word === 'string')))
    return undefined;
  // `base` is what several platforms call the thing as a whole.
  return entries.map(([name, words]) => `${name === 'base' ? '' : `${name}: `}${[words].flat().join(', ')}`).join('; ');
}

function requestId(headers: Record<string, string>): string | undefined {
  return headers['x-request-id'] ?? headers['request-id'] ?? headers['x-amzn-requestid'] ?? headers['x-amz-request-id'];
}
