import { isFault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import type { TraceContext, Tracer } from '../tracing/tracer.ts';
import type { Exchange, Outcome, Send } from './exchange.ts';

/** The tracer of this process, once there is one; without it contexts are handed on as they came. */
export type TracerSource = () => Promise<Tracer | undefined>;

/**
 * Hands the call's trace on to the platform, and makes a span of each request where spans are made. Names by
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function trace({ tracer: source, redactor }: { tracer?: TracerSource; redactor: Redactor }, next: Send): Send {
  const plain: Send = exchange => next(exchange.call.trace ? carrying(exchange, exchange.call.trace) : exchange);
  if (!source) return plain;
  return async exchange => {
    const { call, request, target, attempt, connection } = exchange;
    const tracer = await source();
    if (!tracer) return plain(exchange);
    const { hostname, port, protocol } = target;
    const attributes = {
      'http.request.method': request.method,
      'url.full': redactor.url(request.url),
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
      'http.request.resend_count': attempt > 1 ? attempt - 1 : undefined,
      'data_platforms.operation': request.operation,
      'data_platforms.connection': connection.name,
    };
    const span = tracer.start(request.method, 'client', attributes, call.trace);
    try {
      const outcome = await next(carrying(exchange, span.context));
      span.end({ 'http.response.status_code': statusOf(outcome) }, errorOf(outcome, redactor));
      return outcome;
    } catch (error) {
      const type = isFault(error) ? error.code : 'aborted';
      span.end({}, { type, message: redactor.text(error instanceof Error ? error.message : String(error)) });
      throw error;
    }
  };
}

/** Traces are the operator's and the platform's: no other origin is told of them. */
function carrying(exchange: Exchange, { traceparent, tracestate }: TraceContext): Exchange {
  if (exchange.anonymous) return exchange;
  const headers = { ...exchange.request.headers, traceparent, ...(tracestate ? { tracestate } : {}) };
  return { ...exchange, request: { ...exchange.request, headers } };
}

const statusOf = (outcome: Outcome) => ('reply' in outcome ? outcome.reply.status : outcome.fault.status);

function errorOf(outcome: Outcome, redactor: Redactor) {
  if ('reply' in outcome) return undefined;
  const { status, code, message } = outcome.fault;
  return { type: status === undefined ? code : String(status), message: redactor.text(message) };
}
