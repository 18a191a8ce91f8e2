import {
  type Implementation,
  type JSONRPCRequest,
  type Result,
  Server,
  type ServerContext,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import type { Redactor } from '../base/redact.ts';
import type { TracerSource } from '../http/trace.ts';
import { faultKey } from '../tools/registry.ts';
import { withinTrace } from '../tracing/current.ts';
import { type Attributes, readTraceContext, type TraceContext } from '../tracing/tracer.ts';

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/**
 * Answers every request as part of its caller's trace, and makes a span of it where spans are made. Names by
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/mcp.md
 */
export class TracedServer extends Server {
  readonly #tracer: TracerSource | undefined;

  readonly #redactor: Pick<Redactor, 'line' | 'value'>;

  constructor(
    info: Implementation,
    options: ServerOptions,
    { tracer, redactor }: { tracer: TracerSource | undefined; redactor: Pick<Redactor, 'line' | 'value'> },
  ) {
    super(info, options);
    this.#redactor = redactor;
    this.#tracer = tracer;
  }

  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const answer = safely(super._wrapHandler(method, handler), () => this.#redactor);
    return async (request, context) => {
      const parent = incoming(context);
      const tracer = await this.#tracer?.();
      if (!tracer) return withinTrace(parent, () => answer(request, context));
      const { tool, resource } = targetOf(method, request);
      const attributes = { ...attributesOf(method, context, this), 'mcp.resource.uri': resource, ...toolNames(tool) };
      const span = tracer.start(tool ? `${method} ${tool}` : method, 'server', attributes, parent);
      try {
        const result = await withinTrace(span.context, () => answer(request, context));
        span.end({}, toolError(result));
        return result;
      } catch (error) {
        const { code, message = '' } = error as { code?: unknown; message?: string };
        const type = typeof code === 'number' ? String(code) : '-32603';
        span.end({ 'rpc.response.status_code': type }, { type, message });
        throw error;
      }
    };
  }
}

/** What is wrong with a request is told in its own words, which leave like all others. */
function safely(handler: Handler, redactor: () => Pick<Redactor, 'line' | 'value'>): Handler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { line, value } = redactor();
      const { message, data } = error as Error & { data?: unknown };
      throw Object.assign(error, { message: line(message), ...(data ? { data: value(data) } : {}) });
    }
  };
}

/** In `_meta`, whatever the transport; a proxy in front may have put it into headers. */
function incoming({ mcpReq: { _meta }, http }: ServerContext): TraceContext | undefined {
  const own = readTraceContext(_meta?.['traceparent'], _meta?.['tracestate']);
  const headers = http?.req?.headers;
  return own ?? readTraceContext(headers?.get('traceparent'), headers?.get('tracestate'));
}

/** What a request is about. Other parameters are for other eyes. */
function targetOf(method: string, { params }: JSONRPCRequest): { tool?: string; resource?: string } {
  const { name, uri } = (params ?? {}) as { name?: unknown; uri?: unknown };
  if (method === 'tools/call' && typeof name === 'string') return { tool: name };
  return typeof uri === 'string' ? { resource: uri } : {};
}

const toolNames = (tool: string | undefined): Attributes =>
  tool === undefined ? {} : { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': tool };

function attributesOf(method: string, { mcpReq: { id }, http, sessionId }: ServerContext, server: Server): Attributes {
  return {
    'mcp.method.name': method,
    'jsonrpc.request.id': String(id),
    'mcp.protocol.version': server.getNegotiatedProtocolVersion(),
    'mcp.session.id': sessionId,
    'network.transport': http ? 'tcp' : 'pipe',
    'network.protocol.name': http ? 'http' : undefined,
  };
}

/** A tool that failed has answered well as far as the protocol goes. Its words are for the model, and stay out. */
function toolError({ isError, _meta }: Result): { type: string; message: string } | undefined {
  const { code } = (_meta?.[faultKey] ?? {}) as { code?: string };
  return isError ? { type: 'tool_error', message: code ?? '' } : undefined;
}
