/** Where a request comes from or goes to, as it travels: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  traceparent: string;
  tracestate?: string;
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One piece of work in a trace. */
export interface Span {
  /** What its own requests travel with. */
  readonly context: TraceContext;
  /** `error`: its class and words, where it failed. */
  end(attributes: Attributes, error?: { type: string; message: string }): void;
}

/** Makes spans. Only there where an exporter is configured. */
export interface Tracer {
  start(name: string, kind: 'server' | 'client', attributes: Attributes, parent: TraceContext | undefined): Span;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

const traceparentForm = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** Printable, without what would end a header. The recommendation lets nobody carry more than this many characters. */
const tracestateForm = /^[\x20-\x7e]{1,512}$/;

/** A context that a request brought, if it is one: it goes into headers of other requests. */
export function readTraceContext(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  if (typeof traceparent !== 'string' || !traceparentForm.test(traceparent)) return undefined;
  const state = typeof tracestate === 'string' && tracestateForm.test(tracestate) ? { tracestate } : {};
  return { traceparent, ...state };
}
