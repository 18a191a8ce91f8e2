import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { exportsTraces, openTracer } from '../../src/tracing/exporting.ts';
import { type Attributes, readTraceContext, type Tracer } from '../../src/tracing/tracer.ts';
import { silent, type WorldOptions } from '../support/harness.ts';
import { modern, startListening } from '../support/listening.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const tracestate = 'vendor=opaque';

async function started(tracer?: WorldOptions['tracer']) {
  const world = await startListening({}, { tracer });
  const call = async (name: string, args: object, meta: object, headers: Record<string, string> = {}) => {
    const { message, headers: usual } = modern('tools/call', { name, arguments: args });
    Object.assign(message.params._meta, meta);
    return (await world.post(message, { ...usual, ...headers })).message.result;
  };
  return { ...world, call };
}

type World = Awaited<ReturnType<typeof started>>;

const traces = ({ datarock }: World, site = 'api') =>
  datarock.requests
    .filter(one => one.site === site)
    .map(({ headers }) => ({ traceparent: headers['traceparent'], tracestate: headers['tracestate'] }));

describe('a trace that a request belongs to', () => {
  it('goes on to the platform, and to no other origin', async () => {
    const world = await started();
    const asked = { project: 'Copperhead North', artefact: 'rqd', holes: 'all' };
    await world.call('datarock_create_export', asked, { traceparent, tracestate });
    const told = traces(world);
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual(told.map(() => ({ traceparent, tracestate })));
    const elsewhere = traces(world, 'storage');
    expect(elsewhere).toHaveLength(40);
    expect(elsewhere).toEqual(elsewhere.map(() => ({})));
  });

  it('may come in a header; the request itself has the last word', async () => {
    const world = await started();
    const other = traceparent.replace('00f067aa', 'ffffffff');
    await world.call('datarock_list_projects', {}, {}, { traceparent: other });
    await world.call('datarock_list_projects', {}, { traceparent }, { traceparent: other });
    expect(traces(world)).toEqual([{ traceparent: other }, { traceparent }]);
  });

  it('is dropped where it is none', async () => {
    for (const wrong of ['', 'x', `${traceparent}\r\nx-evil: 1`, traceparent.toUpperCase(), 7, undefined])
      expect(readTraceContext(wrong, tracestate)).toBeUndefined();
    for (const wrong of ['', 'a\nb', 'é', 'a'.repeat(513), {}])
      expect(readTraceContext(traceparent, wrong)).toEqual({ traceparent });
    const world = await started();
    await world.call('datarock_list_projects', {}, { traceparent: 'made up' });
    await world.call('datarock_list_projects', {}, {});
    expect(traces(world)).toEqual([{}, {}]);
  });
});

interface Made {
  name: string;
  kind: string;
  attributes: Attributes;
  parent: string | undefined;
  error?: { type: string; message: string };
}

/** Keeps what it is told. Each span travels under its number. */
function recorder() {
  const made: Made[] = [];
  const tracer: Tracer = {
    start(name, kind, attributes, parent) {
      const span: Made = { name, kind, attributes, parent: parent?.traceparent };
      const number = made.push(span);
      return {
        context: { traceparent: `00-${traceId}-${String(number).padStart(16, '0')}-01` },
        end(found, error) {
          span.attributes = { ...span.attributes, ...found };
          if (error) span.error = error;
        },
      };
    },
    close: async () => {},
  };
  return { made, tracer: async () => tracer };
}

describe('spans', () => {
  it('are made of requests and of what they ask of platforms, under the names of the conventions', async () => {
    const { made, tracer } = recorder();
    const world = await started(tracer);
    await world.call('datarock_list_holes', { project: 'Copperhead North', limit: 1 }, { traceparent });
    const [request, ...asked] = made;
    expect(request).toEqual({
      name: 'tools/call datarock_list_holes',
      kind: 'server',
      parent: traceparent,
      attributes: {
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'datarock_list_holes',
        'jsonrpc.request.id': '1',
        'mcp.protocol.version': '2026-07-28',
        'network.transport': 'tcp',
        'network.protocol.name': 'http',
      },
    });
    const { hostname, port } = new URL(world.datarock.baseUrl);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked[0]).toEqual({
      name: 'GET',
      kind: 'client',
      parent: `00-${traceId}-0000000000000001-01`,
      attributes: {
        'http.request.method': 'GET',
        'url.full': expect.stringMatching(/\/v3\/projects/),
        'server.address': hostname,
        'server.port': Number(port),
        'http.response.status_code': 200,
        'data_platforms.operation': 'datarock_list_projects',
        'data_platforms.connection': 'datarock',
      },
    });
    // What the platform was told is the span of its own request.
    expect(traces(world)).toEqual(
      asked.map((_, index) => ({ traceparent: `00-${traceId}-${String(index + 2).padStart(16, '0')}-01` })),
    );
  });

  it('say what failed: the tool, the attempt, the protocol', async () => {
    const { made, tracer } = recorder();
    const world = await started(tracer);
    world.datarock.faults.add({ kind: 'status', status: 503, times: 1 });
    await world.call('datarock_list_projects', {}, {});
    expect(made.map(({ error }) => error?.type)).toEqual([undefined, '503', undefined]);
    expect(made.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, undefined, 1]);
    made.length = 0;
    await world.call('datarock_list_holes', { project: 'Nowhere' }, {});
    expect(made[0]?.error).toEqual({ type: 'tool_error', message: 'not_found' });
    made.length = 0;
    const { message, headers } = modern('resources/read', { uri: 'datarock://nothing' });
    await world.post(message, headers);
    expect(made[0]).toMatchObject({
      name: 'resources/read',
      attributes: { 'mcp.resource.uri': 'datarock://nothing', 'rpc.response.status_code': '-32602' },
      error: { type: '-32602' },
    });
  });
});

describe('an exporter', () => {
  it('is there only where the operator names a place', () => {
    const endpoint = 'http://127.0.0.1:4318';
    expect(exportsTraces({})).toBe(false);
    expect(exportsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBe(false);
    expect(exportsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })).toBe(true);
    expect(exportsTraces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint })).toBe(true);
    expect(exportsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: 'true' })).toBe(false);
    expect(exportsTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: 'none' })).toBe(false);
  });

  it('says that it speaks one protocol', async () => {
    const told: unknown[] = [];
    const log = { ...silent, warn: (fields: object) => told.push(fields) };
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(await openTracer(env, '1.2.3', log)).toBeUndefined();
    expect(told).toEqual([{ protocol: 'grpc', hint: 'Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.' }]);
  });

  it('sends spans of the trace that came in', async () => {
    const bodies: Buffer[] = [];
    const collector = createServer(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()));
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void collector.close());
    await once(collector, 'listening');
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
    onTestFinished(() => void vi.unstubAllEnvs());
    const tracer = await openTracer({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, '1.2.3', silent);
    const span = tracer?.start('tools/call x', 'server', {}, { traceparent, tracestate });
    expect(span?.context).toEqual({
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`)),
      tracestate,
    });
    span?.end({}, { type: 'tool_error', message: 'It failed.' });
    await tracer?.close();
    const [sent] = bodies;
    expect(sent?.includes(Buffer.from(traceId, 'hex'))).toBe(true);
    expect(sent?.includes(Buffer.from('00f067aa0ba902b7', 'hex'))).toBe(true);
    for (const text of ['tools/call x', 'tool_error', 'It failed.', 'data-platforms-mcp', '1.2.3'])
      expect(sent?.includes(text), text).toBe(true);
  });
});
