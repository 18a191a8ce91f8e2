import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { httpSettings } from '../../../src/config/http.ts';
import { listen } from '../../../src/server/http/listen.ts';
import { startWorld } from '../../support/harness.ts';
import { legacy, type Message, modern, startListening } from '../../support/listening.ts';

const listProjects = { name: 'datarock_list_projects', arguments: {} };

describe('over HTTP', () => {
  it('every revision is answered at one address, without a session', async () => {
    const { post } = await startListening();
    for (const version of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
      const opening = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } };
      const { message, headers } = await post(legacy('initialize', opening));
      expect(message.result).toMatchObject({ protocolVersion: version });
      expect(headers['mcp-session-id']).toBeUndefined();
    }
    const old = await post(legacy('tools/call', listProjects));
    expect(old.message.result).toMatchObject({ structuredContent: { page: { total: 4 } } });
    const { message, headers } = modern('tools/call', listProjects);
    const current = await post(message, headers);
    expect(current.message.result).toMatchObject({ resultType: 'complete', structuredContent: { page: { total: 4 } } });
  });

  it('answers who takes anything', async () => {
    const { post } = await startListening();
    for (const accept of ['*/*', 'text/html, */*;q=0.8', 'application/json, */*'])
      expect([accept, (await post(legacy('tools/list'), { accept })).status]).toEqual([accept, 200]);
    expect((await post(legacy('tools/list'), { accept: 'text/html' })).status).toBe(406);
  });

  it('refuses what a web page could have sent, before anything else', async () => {
    const { send, listener } = await startListening({
      allowed_hosts: 'mcp.example.com',
      public_url: 'https://data.example.com/mcp',
    });
    const status = async (headers: Record<string, string>) => (await send('/mcp', { headers })).status;
    for (const host of ['evil.example', 'evil.example:80', 'localhost.evil.example'])
      expect(await status({ host })).toBe(403);
    for (const origin of ['https://evil.example', 'null', 'file://']) expect(await status({ origin })).toBe(403);
    const { port } = new URL(listener.url);
    // 405: it came in, and GET is for sessions only.
    for (const host of [`localhost:${port}`, 'mcp.example.com', 'data.example.com'])
      expect(await status({ host })).toBe(405);
    for (const origin of ['http://localhost:6274', 'https://mcp.example.com'])
      expect(await status({ origin })).toBe(405);
    const { message } = await send('/mcp', { headers: { host: 'evil.example' } });
    expect(message.error?.message).toBe('Invalid Host: evil.example. The operator can allow it with --allowed-hosts.');
  });

  it('refuses a target that names a host, which would stand for the one in the header', async () => {
    const { listener } = await startListening();
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    socket.write('GET http://evil.example/mcp HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 403 /);
  });

  it.each([
    'localhost#.evil.example',
    'localhost?.evil.example',
    'localhost/.evil.example',
    'localhost\\.evil.example',
    'user@localhost',
    'evil.example#@localhost',
    'localhost:80:80',
    'localhost:',
    'localhost, evil.example',
    '[::1]evil.example',
    'loc%61lhost',
    '\tlocalhost.evil.example',
    'localhost\r\nHost: evil.example',
    'evil.example\r\nHost: localhost',
    'localhost\r\nhOsT: localhost',
    '',
  ])('refuses Host: %j', async host => {
    const { listener } = await startListening();
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    socket.write(`GET /mcp HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 40[03] /);
    socket.destroy();
  });

  it('lets pages of allowed hosts read the answers', async () => {
    const { send } = await startListening({ allowed_origins: 'app.example.com' });
    const asked = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' };
    const may = await send('/mcp', { method: 'OPTIONS', headers: asked });
    expect(may.status).toBe(204);
    expect(may.headers['access-control-allow-origin']).toBe('https://app.example.com');
    expect(may.headers['access-control-allow-headers']).toContain('mcp-session-id');
    const answered = await send('/mcp', { headers: { origin: 'https://app.example.com' } });
    expect(answered.headers['access-control-allow-origin']).toBe('https://app.example.com');
    const refused = await send('/mcp', { method: 'OPTIONS', headers: { ...asked, origin: 'https://evil.example' } });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([403, undefined]);
  });

  it('reads no more of a request than it may have', async () => {
    const { send, listener } = await startListening({ body_limit_mib: 0.001 });
    const headers = { 'content-type': 'application/json' };
    const large = await send('/mcp', { method: 'POST', headers, body: Buffer.alloc(2000, 32) });
    expect(large).toMatchObject({ status: 413, headers: { connection: 'close' } });
    // Without a length, and never ending: the answer comes all the same.
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    socket.write(
      'POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    socket.write(`7d0\r\n${' '.repeat(2000)}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it('answers what is no request by an error', async () => {
    const { send } = await startListening();
    const json = { 'content-type': 'application/json' };
    const table = [
      ['no JSON', { method: 'POST', headers: json, body: '{"jsonrpc"' }, 400, -32700],
      ['another content type', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' }, 415, -32000],
      ['no message', { method: 'POST', headers: json, body: '42' }, 400, -32600],
      ['GET without a session', { method: 'GET' }, 405, -32000],
      ['DELETE without a session', { method: 'DELETE' }, 405, -32000],
      ['PUT', { method: 'PUT', body: '{}' }, 405, -32000],
      ['TRACE', { method: 'TRACE' }, 405, -32000],
      ['a depth that nobody needs', { method: 'POST', headers: json, body: '['.repeat(100_000) }, 400, -32600],
      [
        'the same within texts',
        { method: 'POST', headers: json, body: JSON.stringify('\\"['.repeat(1_000)) },
        400,
        -32600,
      ],
    ] as const;
    for (const [name, sending, status, code] of table) {
      const { message, status: answered } = await send('/mcp', sending);
      expect([name, answered, message.error?.code]).toEqual([name, status, code]);
    }
    const { headers, message } = await send('/mcp', { method: 'TRACE' });
    expect([headers['allow'], message.error?.message]).toEqual(['GET, POST, DELETE', 'Method not allowed.']);
    const deep = await send('/mcp', { method: 'POST', headers: json, body: '[{"a":'.repeat(251) });
    expect(deep.message.error?.message).toBe('A request may be 500 levels deep at the most.');
  });

  it('says where it is', async () => {
    const { send } = await startListening();
    const elsewhere = await send('/');
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.message.error?.message).toBe('There is nothing here. MCP is at /mcp.');
    expect(await send('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await send('/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
  });

  it('says why it cannot listen', async () => {
    const { listener, server } = await startListening();
    const port = Number(new URL(listener.url).port);
    await expect(listen(server, httpSettings().parse({ port }))).rejects.toMatchObject({
      code: 'not_configured',
      message: `The server cannot listen on 127.0.0.1:${port} (EADDRINUSE).`,
    });
  });

  it('listens beyond loopback only when that was said in so many words', async () => {
    const { server } = await startWorld();
    await expect(listen(server, httpSettings().parse({ host: '0.0.0.0', port: 0 }))).rejects.toMatchObject({
      code: 'not_configured',
      hint: expect.stringContaining('--allow-unauthenticated'),
    });
    const open = await listen(server, httpSettings().parse({ host: '0.0.0.0', port: 0, allow_unauthenticated: true }));
    expect((await fetch(open.url.replace('0.0.0.0', '127.0.0.1').replace('/mcp', '/healthz'))).status).toBe(200);
    await open.drain();
  });
});

const longRun = {
  name: 'datarock_create_export',
  arguments: { project: 'Copperhead North', artefact: 'RQD', holes: 'all', wait_seconds: 45 },
  _meta: { progressToken: 'p' },
};

describe('told to stop', () => {
  it('it takes up nothing new, and lets a running call end', async () => {
    const { post, send, listener, clock, datarock } = await startListening();
    datarock.faults.add({ kind: 'slow', ms: 15_000 });
    const goOn = clock.hold();
    const call = post(legacy('tools/call', listProjects));
    await until(() => datarock.requests.length > 0);
    const drained = listener.drain();
    expect(await send('/readyz')).toMatchObject({ status: 503, body: 'stopping\n' });
    expect(await send('/healthz')).toMatchObject({ status: 200 });
    const late = await post(legacy('tools/call', listProjects));
    expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
    goOn();
    expect((await call).message.result).toMatchObject({ structuredContent: { page: { total: 4 } } });
    await drained;
    await expect(send('/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('it tells calls after 20 s to answer, and waits no longer than 25 s', async () => {
    const { stream, listener, clock, datarock } = await startListening({ sse: true });
    datarock.faults.add({ kind: 'hang' });
    const call = stream('/mcp', legacy('tools/call', listProjects));
    await until(() => datarock.requests.length > 0);
    const drained = listener.drain();
    await clock.advance(20_000);
    expect(textOf(await (await call).last())).toMatch(/^cancelled: This server is stopping/);
    await drained;
  });

  it('it lets a call end whose answer goes by another way', async () => {
    const { stream, send, listener, clock, datarock } = await startListening({ sse: true });
    const events = await stream('/sse');
    const path = await events.endpoint();
    const speak = (message: object) =>
      send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) });
    datarock.faults.add({ kind: 'slow', ms: 15_000 });
    const goOn = clock.hold();
    expect((await speak(legacy('tools/call', listProjects, 7))).status).toBe(202);
    await until(() => datarock.requests.length > 0);
    const drained = listener.drain();
    expect((await speak(legacy('tools/call', listProjects, 8))).status).toBe(503);
    expect((await speak({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    goOn();
    expect(await events.last()).toMatchObject({ id: 7, result: { structuredContent: { page: { total: 4 } } } });
    await drained;
  });

  it('it ends streams that would stay open', async () => {
    const { stream, listener } = await startListening({ sse: true, legacy_sessions: true });
    const events = await stream('/sse');
    const { message, headers } = modern('subscriptions/listen', { notifications: { resourcesListChanged: true } });
    const listening = await stream('/mcp', message, headers);
    expect(await listening.next()).toMatchObject({ method: 'notifications/subscriptions/acknowledged' });
    await listener.drain();
    expect(await events.last()).toBeUndefined();
    expect(await listening.last()).toMatchObject({ id: 1, result: {} });
  });
});

const textOf = (message: Message | undefined) =>
  (message?.result?.['content'] as { text: string }[] | undefined)?.[0]?.text;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve));
}

describe('a session of an older client', () => {
  const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

  it('lasts until it is ended, or for a day', async () => {
    const { post, send, clock } = await startListening({ legacy_sessions: true });
    const open = async () => (await post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
    const [first, second] = [await open(), await open()];
    expect(first).not.toBe(second);
    const list = (id: string) => post(legacy('tools/list'), { 'mcp-session-id': id });
    expect((await list(first)).message.result).toHaveProperty('tools');
    expect((await send('/mcp', { method: 'DELETE', headers: { 'mcp-session-id': first } })).status).toBe(200);
    expect(await list(first)).toMatchObject({ status: 404 });
    await clock.advance(1_700_000);
    expect((await list(second)).status).toBe(200);
    // Nobody keeps it any more: what it is stands in its id.
    await clock.advance(1_900_000);
    expect((await list(second)).status).toBe(200);
    await clock.advance(86_400_000);
    const over = await list(second);
    expect(over.status).toBe(404);
    expect(over.message.error?.message).toBe('Session not found. Initialize a new one.');
    // Without a session, and in the new era, everything is as before.
    expect((await post(legacy('tools/list'))).message.result).toHaveProperty('tools');
    const { message, headers } = modern('tools/list');
    expect((await post(message, headers)).message.result).toHaveProperty('tools');
  });

  it('is refused where a caller has a hundred, unless one of them has rested for a minute', async () => {
    const { post, stream, clock } = await startListening({ legacy_sessions: true });
    const open = () => post(legacy('initialize', opening));
    const ids: string[] = [];
    for (let index = 0; index < 100; index++) ids.push((await open()).headers['mcp-session-id'] as string);
    const status = async (id = '') => (await post(legacy('ping'), { 'mcp-session-id': id })).status;
    expect(await open()).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    const listening = await stream('/mcp', undefined, { 'mcp-session-id': ids[0] as string });
    await clock.advance(61_000);
    expect(await status(ids[1])).toBe(200);
    expect((await open()).status).toBe(200);
    // The one that gave way goes on in the place of another.
    expect([await status(ids[0]), await status(ids[1]), await status(ids[2])]).toEqual([200, 200, 200]);
    listening.destroy();
  });

  it('tells at once that it listens', async () => {
    const { post, stream } = await startListening({ legacy_sessions: true });
    const id = (await post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
    const begun = performance.now();
    const { status, headers, destroy } = await stream('/mcp', undefined, { 'mcp-session-id': id });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
    // The first beat, which would bring the head along, comes after 15 s.
    expect(performance.now() - begun).toBeLessThan(10_000);
    destroy();
  });
});

describe('a call that is taken back', () => {
  const opening = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const back = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } };

  it('ends the answer that it had under way in a session', async () => {
    const { post, stream, server, clock, listener } = await startListening({ legacy_sessions: true });
    const goOn = clock.hold();
    const id = (await post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
    const call = stream('/mcp', legacy('tools/call', longRun, 7), { 'mcp-session-id': id });
    await until(() => server.running.size === 1);
    expect((await post(back, { 'mcp-session-id': id })).status).toBe(202);
    expect(await (await call).last()).toBeUndefined();
    // Nothing is left that a stop would wait for.
    await listener.drain();
    goOn();
  });

  it('is not waited for on a stream of events', async () => {
    const { stream, send, server, clock, listener } = await startListening({ sse: true });
    const goOn = clock.hold();
    const events = await stream('/sse');
    const endpoint = await events.endpoint();
    const headers = { 'content-type': 'application/json' };
    const say = (message: object) => send(endpoint, { method: 'POST', headers, body: JSON.stringify(message) });
    await say(legacy('initialize', opening));
    await say(legacy('tools/call', longRun, 7));
    await until(() => server.running.size === 1);
    await say(back);
    await until(() => server.running.size === 0);
    await listener.drain();
    goOn();
  });
});

it('a caller has so many listening streams at once', async () => {
  const { stream, send } = await startListening();
  const { message, headers } = modern('subscriptions/listen', {
    notifications: { resourceSubscriptions: ['datarock://exports/e1'] },
  });
  const open = () => stream('/mcp', message, headers);
  const streams = await Promise.all(Array.from({ length: 100 }, open));
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await send('/metrics')).body).toContain('\ndata_platforms_listening_streams 100\n');
  const refused = await open();
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
  streams[0]?.destroy();
  let again = await open();
  for (; again.status === 429; again = await open());
  expect(again.status).toBe(200);
  for (const one of [...streams, again]) one.destroy();
});

describe('one caller', () => {
  it('has so many calls at once, whatever they come by', async () => {
    const { post, stream, clock, server } = await startListening({ calls_per_caller: 2 });
    const goOn = clock.hold();
    const calls = [1, 2].map(id => stream('/mcp', legacy('tools/call', longRun, id)));
    await until(() => server.running.size === 2);
    const third = await post(legacy('tools/call', listProjects, 3));
    expect(third.message.result).toMatchObject({
      isError: true,
      _meta: { 'data-platforms-mcp/fault': { code: 'rate_limited', retryAfter: 1 } },
    });
    expect(textOf(third.message)).toMatch(/^rate_limited: You have 2 calls running here already/);
    goOn();
    for (const call of calls) await (await call).last();
    expect(textOf((await post(legacy('tools/call', listProjects, 4))).message)).toMatch(/^All 4 projects/);
  });
});

it('counts for Prometheus', async () => {
  const { post, send } = await startListening();
  await post(legacy('tools/call', listProjects));
  await post(legacy('tools/call', longRun));
  await post(legacy('tools/call', { name: 'datarock_list_holes', arguments: {} }));
  await post(legacy('tools/call', { name: 'made_up_name', arguments: {} }));
  await send('/nowhere');
  const { body, headers } = await send('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const value = (line: string) => Number(body.match(new RegExp(`^${line.replace(/[{}]/g, '\\$&')} (.*)$`, 'm'))?.[1]);
  expect(value('data_platforms_calls_total{tool="datarock_list_projects",outcome="ok"}')).toBe(1);
  expect(value('data_platforms_calls_total{tool="datarock_list_holes",outcome="bad_arguments"}')).toBe(1);
  expect(value('data_platforms_calls_total{tool="unknown",outcome="unknown_operation"}')).toBe(1);
  expect(value('data_platforms_errors_total{code="bad_arguments"}')).toBe(1);
  expect(value('data_platforms_upstream_requests_total')).toBeGreaterThan(40);
  expect(value('data_platforms_upstream_bytes_total')).toBeGreaterThan(100_000);
  expect(value('data_platforms_answer_bytes_total')).toBeGreaterThan(1000);
  expect(value('data_platforms_saved_tokens_total')).toBeGreaterThan(50_000);
  expect(value('data_platforms_call_seconds_count')).toBe(4);
  expect(value('data_platforms_running_calls')).toBe(0);
  expect(value('data_platforms_http_responses_total{status="200"}')).toBe(4);
  expect(value('data_platforms_http_responses_total{status="404"}')).toBe(1);
  expect(body).not.toContain('made_up_name');
});
