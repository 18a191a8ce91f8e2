import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/server/http/listen.ts';
import { httpSettings } from '../../src/server/http/settings.ts';
import { startWorld } from '../harness.ts';
import { legacy, modern, startListening } from './listening.ts';

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
    ] as const;
    for (const [name, sending, status, code] of table) {
      const { message, status: answered } = await send('/mcp', sending);
      expect([name, answered, message.error?.code]).toEqual([name, status, code]);
    }
  });

  it('says where it is', async () => {
    const { send } = await startListening();
    const elsewhere = await send('/');
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.message.error?.message).toBe('There is nothing here. MCP is at /mcp.');
    expect(await send('/healthz')).toMatchObject({ status: 200, body: 'ok\n' });
    expect(await send('/readyz')).toMatchObject({ status: 200, body: 'ready\n' });
  });

  it('listens beyond loopback only when that was said in so many words', async () => {
    const { server } = await startWorld();
    await expect(listen(server, httpSettings.parse({ host: '0.0.0.0', port: 0 }))).rejects.toMatchObject({
      code: 'not_configured',
      hint: expect.stringContaining('--allow-unauthenticated'),
    });
    const open = await listen(server, httpSettings.parse({ host: '0.0.0.0', port: 0, allow_unauthenticated: true }));
    expect((await fetch(open.url.replace('0.0.0.0', '127.0.0.1').replace('/mcp', '/healthz'))).status).toBe(200);
    await open.drain();
  });
});

describe('told to stop', () => {
  const longRun = {
    name: 'datarock_create_export',
    arguments: { project: 'Copperhead North', artefact: 'RQD', holes: 'all', wait_seconds: 45 },
    _meta: { progressToken: 'p' },
  };

  it('it takes up nothing new, and lets a running call end', async () => {
    const { post, send, stream, listener, clock } = await startListening();
    const goOn = clock.hold();
    const call = await stream('/mcp', legacy('tools/call', longRun));
    expect(await call.next()).toMatchObject({ method: 'notifications/progress' });
    const drained = listener.drain();
    expect(await send('/readyz')).toMatchObject({ status: 503, body: 'stopping\n' });
    expect(await send('/healthz')).toMatchObject({ status: 200 });
    const late = await post(legacy('tools/call', listProjects));
    expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } });
    goOn();
    expect(await call.last()).toMatchObject({ result: { structuredContent: { run: { status: 'succeeded' } } } });
    await drained;
    await expect(send('/healthz')).rejects.toThrow('ECONNREFUSED');
  });
});
