import { Fault } from '../base/errors.ts';
import { type Exchange, failed, type Send, unsafeStep } from './exchange.ts';
import type { HttpReply, HttpRequest } from './request.ts';

const mostHops = 5;
const redirections = new Set([301, 302, 303, 307, 308]);
// What another origin may see of the request; everything else could be a credential.
const harmless = new Set(['accept', 'range', 'if-range']);

/** A reply that sends the request elsewhere and is not itself what the caller asked for. */
export function isRedirect({ status, headers }: Pick<HttpReply, 'status' | 'headers'>, request: HttpRequest): boolean {
  return redirections.has(status) && headers['location'] !== undefined && !request.accept?.includes(status);
}

/** Follows redirects by hand, because each hop needs its own proof, or must have none. */
export function redirect(next: Send): Send {
  return async exchange => {
    for (let hop = exchange, hops = 0; ; hops += 1) {
      const outcome = await next(hop);
      if ('fault' in outcome || !isRedirect(outcome.reply, hop.request)) return outcome;
      const target = follow(hop, outcome.reply);
      if (typeof target !== 'string' && hops < mostHops) hop = target;
      else
        return failed(refusal(hop, outcome.reply, typeof target === 'string' ? target : 'there are too many of them'));
    }
  };
}

/** The next hop, or why there is none. */
function follow(exchange: Exchange, reply: HttpReply): Exchange | string {
  const { request, target: source } = exchange;
  if (!URL.canParse(reply.headers['location'] ?? '', request.url)) return 'its target is no URL';
  const target = new URL(reply.headers['location'] ?? '', request.url);
  target.hash = '';
  const unsafe = unsafeStep(source, target);
  if (unsafe) return unsafe;
  const reads = request.method === 'GET' || request.method === 'HEAD';
  // Where it leads is not where it was meant to change something, and what is read there is not its answer.
  if (request.changes !== undefined) return 'a change is not sent on';
  if (!reads && reply.status !== 303) return `a ${request.method} is not sent on`;
  const url = target.href;
  const { json: _json, body: _body, ...rest } = request;
  const { 'content-type': _type, ...headers } = request.headers ?? {};
  const read: HttpRequest = reads ? { ...request, url } : { ...rest, headers, method: 'GET', url };
  if (target.origin === source.origin) return { ...exchange, target, request: read };
  if (read.method !== 'GET' || read.expect === 'json') return 'it leads to another origin';
  const visible = Object.entries(read.headers ?? {}).filter(([name]) => harmless.has(name.toLowerCase()));
  // Once elsewhere, always a stranger: another origin must not choose what our credential asks for.
  return { ...exchange, target, anonymous: true, request: { ...read, headers: Object.fromEntries(visible) } };
}

function refusal({ connection, request }: Exchange, reply: HttpReply, why: string): Fault {
  const origin = URL.canParse(reply.headers['location'] ?? '', request.url)
    ? ` to ${new URL(reply.headers['location'] ?? '', request.url).origin}`
    : '';
  return new Fault({
    code: 'bad_upstream_reply',
    message: `${connection.title} redirects ${request.operation}${origin}, and it is not followed: ${why}.`,
    hint: `Check the base URL of the connection ${connection.name}: its scheme, host and path must be the API's own.`,
    status: reply.status,
  });
}
