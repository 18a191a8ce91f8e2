import { setTimeout as wait } from 'node:timers/promises';
import {
  type Context,
  DiagLogLevel,
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Log } from '../base/log.ts';
import type { TraceContext, Tracer } from './tracer.ts';

/** How long a collector that does not answer may hold up the end of the process. */
const lastWordMs = 2_000;

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT };

/** Spans by OTLP over HTTP. Exporter, batches and sampling read the usual `OTEL_...` variables by themselves. */
export function otlpTracer(version: string, log: Log): Tracer {
  tellTroubles(log);
  const own = resourceFromAttributes({ 'service.name': 'data-platforms-mcp', 'service.version': version });
  const provider = new BasicTracerProvider({
    // What the operator says of the service wins.
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  const tracer = provider.getTracer('data-platforms-mcp', version);
  const propagator = new W3CTraceContextPropagator();

  // Nothing is registered for the process: contexts are handed on by those who have them.
  const parentOf = (parent: TraceContext | undefined): Context =>
    parent ? propagator.extract(ROOT_CONTEXT, parent, defaultTextMapGetter) : ROOT_CONTEXT;

  return {
    start(name, kind, attributes, parent) {
      const within = parentOf(parent);
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes }, within);
      const context: TraceContext = { traceparent: '' };
      propagator.inject(trace.setSpan(within, span), context, defaultTextMapSetter);
      return {
        context,
        end(found, error) {
          span.setAttributes(found);
          if (error) span.setAttribute('error.type', error.type);
          if (error) span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
          span.end();
        },
      };
    },
    async close() {
      const late = wait(lastWordMs, 'late', { ref: false });
      const ended = await Promise.race([provider.shutdown(), late]);
      if (ended === 'late') log.warn({ hint: 'Check OTEL_EXPORTER_OTLP_ENDPOINT.' }, 'the last spans were not taken');
    },
  };
}

/** An exporter that reaches nobody would otherwise fail in silence. */
function tellTroubles(log: Log): void {
  const tell = (level: 'warn' | 'error') => (message: string) => log[level]({ problem: message }, 'tracing');
  const silent = () => {};
  const logger = { error: tell('error'), warn: tell('warn'), info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
