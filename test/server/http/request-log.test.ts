import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import type { Log } from '../../../src/base/log.ts';
import { newToken } from '../../../src/callers/static-tokens.ts';
import { legacy, startListening } from '../../support/listening.ts';

/** A server of one caller, and what it writes. */
async function watched(http: Record<string, unknown> = {}) {
  const { token, sha256 } = newToken();
  const lines: Record<string, unknown>[] = [];
  const write = (level: keyof Log) => (fields: object, message: string) =>
    void lines.push({ level, message, ...fields });
  const log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const world = await startListening({ tokens: [{ name: 'anna', sha256 }], ...http }, { log });
  const port = Number(new URL(world.listener.url).port);
  /** Sends bytes as they are; the status line of what comes back. */
  const raw = async (text: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString().split('\r\n', 1)[0];
  };
  /** Lines about requests that are over. `count`: waits for so many. */
  const requests = async (count: number) => {
    const found = () => lines.filter(({ message }) => message === 'request');
    while (found().length < count) await new Promise(setImmediate);
    return found();
  };
  return { ...world, lines, raw, requests, port, bearer: { authorization: `Bearer ${token}` }, token };
}

const base = { message: 'request', ms: expect.any(Number), address: '127.0.0.1' };

it('every request is one line: who, what, and why it was refused', async () => {
  const { post, send, bearer, token, requests, lines } = await watched();
  await post(legacy('tools/list'), bearer);
  await send(`/mcp?access_token=${token}`);
  await post(legacy('tools/list'), { authorization: 'Bearer wr0ng-token-of-somebody' });
  await post({ hello: 'world' }, bearer);
  await send('/mcp', { method: 'POST', headers: { ...bearer, 'content-type': 'application/json' }, body: '{' });
  await send('/mcp', { headers: { host: 'evil.example' } });
  await post(legacy('tools/list'), { ...bearer, accept: 'application/json' });
  expect(await requests(7)).toEqual([
    { ...base, level: 'debug', method: 'POST', path: '/mcp', status: 200, caller: 'anna' },
    { ...base, level: 'info', method: 'GET', path: '/mcp', status: 401, problem: 'A bearer token is needed here.' },
    { ...base, level: 'info', method: 'POST', path: '/mcp', status: 401, problem: 'Nobody here has this token.' },
    {
      ...{ ...base, level: 'info', method: 'POST', path: '/mcp', status: 400, caller: 'anna' },
      problem: expect.stringContaining('not a valid JSON-RPC message'),
    },
    {
      ...{ ...base, level: 'info', method: 'POST', path: '/mcp', status: 400, caller: 'anna' },
      problem: 'Parse error: the request is not JSON.',
    },
    {
      ...{ ...base, level: 'info', method: 'GET', path: '/mcp', status: 403 },
      problem: 'Invalid Host: evil.example. The operator can allow it with --allowed-hosts.',
    },
    {
      ...{ ...base, level: 'info', method: 'POST', path: '/mcp', status: 406, caller: 'anna' },
      problem: 'Not Acceptable: Client must accept both application/json and text/event-stream',
    },
  ]);
  expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  for (const secret of [token, 'wr0ng-token']) expect(JSON.stringify(lines)).not.toContain(secret);
});

it('no client can make it look like a defect, or fill the log', async () => {
  const { raw, post, send, bearer, token, requests, lines, port } = await watched();
  const head = (target: string) =>
    `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  expect(await raw(head('//'))).toBe('HTTP/1.1 400 Bad Request');
  expect(await raw(head('http://['))).toBe('HTTP/1.1 400 Bad Request');
  expect(await raw(head(`/${'x'.repeat(5_000)}`))).toBe('HTTP/1.1 404 Not Found');
  expect((await send('/mcp', { method: 'TRACE', headers: bearer })).status).toBe(405);
  const gone: Socket = connect(port, '127.0.0.1');
  gone.write(
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 500\r\nExpect: 100-continue\r\n\r\n{`,
  );
  // It has come when the server wants the rest.
  await once(gone, 'data');
  gone.destroy();
  expect((await requests(5))[4]).toEqual({
    ...{ ...base, level: 'debug', method: 'POST', path: '/mcp', caller: 'anna', left: true },
  });
  await post(legacy('tools/call', { name: 'x'.repeat(100_000), arguments: {} }), bearer);
  await requests(6);
  expect(lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  await post(legacy('tools/call', { name: 'x'.repeat(201), arguments: {} }), bearer);
  await requests(7);
  expect(lines.filter(({ tool }) => tool)).toMatchObject([
    { tool: '(oversized name)', outcome: 'too_large' },
    { tool: `${'x'.repeat(200)}…`, outcome: 'unknown_operation' },
  ]);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(600);
});

it('a stream that nobody reads ends', async () => {
  const { port, send, bearer, token, requests, server } = await watched({ sse: true });
  const reader = connect(port, '127.0.0.1');
  reader.write(`GET /sse HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  let told = '';
  while (!told.includes('sessionId=')) told += String((await once(reader, 'data'))[0]);
  reader.pause();
  const [endpoint = ''] = /\/messages\?sessionId=[\w-]+/.exec(told) ?? [];
  const headers = { ...bearer, 'content-type': 'application/json' };
  const say = (message: object) => send(endpoint, { method: 'POST', headers, body: JSON.stringify(message) });
  const opening = { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  await say(legacy('initialize', opening));
  const warnings: unknown[] = [];
  const warn = (warning: unknown) => void warnings.push(warning);
  process.on('warning', warn);
  const size = JSON.stringify(await server.tools.list()).length;
  const batch = 50;
  // As much as is let wait, what the two ends of a connection hold by themselves, and some more.
  const most = (2 ** 24 + 2 ** 23) / size;
  let status = 202;
  for (let id = 1; status === 202 && id < most; id += batch)
    for (const reply of await Promise.all(
      Array.from({ length: batch }, (_, n) => say(legacy('tools/list', {}, id + n))),
    ))
      status = reply.status;
  expect(status).toBe(404);
  const ended = (await requests(1)).find(({ path }) => path === '/sse');
  expect(ended).toMatchObject({ status: 200, left: true });
  process.off('warning', warn);
  expect(warnings).toEqual([]);
  reader.destroy();
});
