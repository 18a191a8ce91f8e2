import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../../src/http/client.ts';
import { readProxies } from '../../../src/http/proxy/proxies.ts';
import { proxyVariables } from '../../../src/http/proxy/variables.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { connectProxy, type TestProxy } from '../../support/proxy.ts';
import { connectionTo, get, newCall, post, upstream } from '../../support/upstream.ts';

const platform = connectionTo('http://platform.example');

/** A client behind the proxies that an environment names. */
function behind(env: Record<string, string>, clock = virtualClock()) {
  const variables = proxyVariables(env);
  const proxies = variables && readProxies(variables);
  const client = createHttpClient({ clock, proxies, random: () => 0.5 });
  onTestFinished(() => client.close());
  const call = newCall(clock);
  return { clock, client, call, ask: () => client.send(platform, get('http://platform.example/things'), call) };
}

describe('through a proxy', () => {
  test('requests arrive as they were sent, over one pool of tunnels', async () => {
    const clock = virtualClock();
    const large = Buffer.alloc(3_000_000, 'row\n');
    const host = await upstream(clock, [200, {}, { a: 1 }], [201, {}, { id: 7 }], [200, {}, large]);
    const proxy = await connectProxy({ 'platform.example:80': host.origin });
    const { client, call, ask } = behind({ HTTP_PROXY: `http://me:s3cret-w%C3%B6rd@${proxy.address}` });
    expect((await ask()).body).toEqual({ a: 1 });
    expect((await client.send(platform, post('/things', { json: { name: 'x' } }), call)).body).toEqual({ id: 7 });
    const file = await client.send(platform, get('/file', { expect: 'stream' }), call);
    expect((await buffer(file.body as Readable)).equals(large)).toBe(true);
    expect(host.arrivals.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['GET', '/things', ''],
      ['POST', '/things', '{"name":"x"}'],
      ['GET', '/file', ''],
    ]);
    expect(host.arrivals.map(({ headers }) => [headers.host, headers['proxy-authorization']])).toEqual(
      Array(3).fill(['platform.example', undefined]),
    );
    // A pool may open a second connection before it knows that the first one is free.
    expect(['platform.example:80', 'platform.example:80'].slice(0, proxy.asked.length)).toEqual(proxy.asked);
    expect(proxy.shown[0]).toEqual({
      host: 'platform.example:80',
      connection: expect.any(String),
      'proxy-authorization': `Basic ${Buffer.from('me:s3cret-wörd').toString('base64')}`,
    });
    expect(await client.proxyTo('http://platform.example/v1')).toBe(`${proxy.address} (HTTP_PROXY)`);
    expect(await client.proxyTo('https://platform.example/v1')).toBeUndefined();
  });

  test('many at once have a tunnel each, no more than a pool has connections', async () => {
    const clock = virtualClock();
    const host = await upstream(clock, [200, {}, []]);
    const proxy = await connectProxy({ 'platform.example:80': host.origin });
    const { client, call } = behind({ HTTP_PROXY: proxy.address });
    const asked = Array.from({ length: 100 }, (_, i) => client.send(platform, get(`/things/${i}`), call));
    expect((await Promise.all(asked)).every(({ status }) => status === 200)).toBe(true);
    expect(host.arrivals).toHaveLength(100);
    expect(proxy.asked.length).toBeLessThanOrEqual(64);
  });

  test('a request that waits for its tunnel keeps its place in the quota', async () => {
    const clock = virtualClock();
    const host = await upstream(clock, [200, {}, []]);
    const hold = async () => {
      if (proxy.asked.length === 1) await clock.sleep(3000);
      return undefined;
    };
    const proxy: TestProxy = await connectProxy({ 'platform.example:80': host.origin }, hold);
    const { client } = behind({ HTTP_PROXY: proxy.address }, clock);
    const quotas = [{ name: 'everything', requests: 1, perMs: 1000, appliesTo: () => true }];
    const limited = connectionTo('http://platform.example', { quotas });
    const ask = () => client.send(limited, get('http://platform.example/things'), newCall(clock));
    await Promise.all([ask(), ask(), ask(), ask()]);
    const gaps = host.arrivals.slice(1).map(({ at }, index) => at - (host.arrivals[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
  });

  test('this machine and NO_PROXY are reached without', async () => {
    const clock = virtualClock();
    const host = await upstream(clock, [200, {}, []]);
    const proxy = await connectProxy({});
    const near = behind({ HTTP_PROXY: proxy.address });
    await near.client.send(connectionTo(host.origin), get(`${host.origin}/x`), near.call);
    const { ask } = behind({ HTTP_PROXY: proxy.address, NO_PROXY: '.example' });
    // Nobody has this name but the proxy.
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_down', message: expect.stringContaining('ENOTFOUND') });
    expect([host.arrivals.length, proxy.asked.length]).toEqual([1, 0]);
  });

  test('libraries go the same way', async () => {
    const clock = virtualClock();
    const host = await upstream(clock, [200, {}, { keys: [] }]);
    const proxy = await connectProxy({ 'login.example:80': host.origin });
    const { client } = behind({ HTTP_PROXY: proxy.address });
    const init = { method: 'GET', redirect: 'manual', headers: new Headers({ accept: 'application/json' }) } as const;
    const response = await client.fetch('http://login.example/keys', init);
    expect(await response.json()).toEqual({ keys: [] });
    expect(host.arrivals[0]).toMatchObject({ url: '/keys', headers: { accept: 'application/json' } });
  });
});

describe('what a proxy can do wrong', () => {
  const fails = async (refusal: Parameters<typeof connectProxy>[1], account = '') => {
    const proxy = await connectProxy({}, refusal);
    const { ask, call } = behind({ HTTP_PROXY: `http://${account}${proxy.address}` });
    const { code, message, hint } = await ask().catch(error => error);
    return { code, hint, message: message.replaceAll(proxy.address, 'proxy'), asked: proxy.asked.length, call };
  };

  test('407: whose fault it is, and no repeats', async () => {
    expect(await fails(() => '407 Proxy Authentication Required')).toMatchObject({
      code: 'not_configured',
      message: 'Acme: the proxy proxy (HTTP_PROXY) wants a user and a password (407).',
      hint: expect.stringContaining('Set HTTP_PROXY to http://user:password@'),
      asked: 1,
    });
    const refused = await fails(() => '407 No', 'me:s3cret@');
    expect(refused).toMatchObject({
      message: 'Acme: the proxy proxy (HTTP_PROXY) does not accept the user and password in HTTP_PROXY (407).',
      asked: 1,
    });
    expect(JSON.stringify(refused)).not.toContain('s3cret');
  });

  test('403: the operator has to act', async () => {
    expect(await fails(() => '403 Forbidden by policy')).toMatchObject({
      code: 'not_configured',
      message:
        'Acme: the proxy proxy (HTTP_PROXY) does not connect to platform.example:80: it answered 403 Forbidden by policy.',
      hint: expect.stringContaining('Have the proxy allow platform.example:80'),
      asked: 1,
    });
  });

  test('a host that it cannot reach is tried again', async () => {
    expect(await fails(() => '502 Bad Gateway')).toMatchObject({
      code: 'upstream_down',
      message: expect.stringContaining('it answered 502 Bad Gateway. (4 attempts)'),
      asked: 4,
    });
  });

  test('what it breaks off is tried four times, not for ever', async () => {
    expect(await fails(() => socket => socket.destroy())).toMatchObject({
      code: 'upstream_down',
      message: 'Acme: the proxy proxy (HTTP_PROXY) cannot be reached (ECONNRESET). (4 attempts)',
      asked: 4,
    });
    expect(await fails(() => socket => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'))).toMatchObject({
      code: 'upstream_down',
      message: expect.stringContaining('(HTTP_PROXY) cannot be reached (HPE_INVALID_CONSTANT). (4 attempts)'),
      asked: 4,
    });
  });

  test('silence is broken off', async () => {
    const proxy = await connectProxy({}, () => () => {});
    const { ask, clock } = behind({ HTTP_PROXY: proxy.address });
    const failed = ask().catch(error => error);
    while (proxy.asked.length === 0) await new Promise(setImmediate);
    await clock.advance(6_000);
    while (proxy.asked.length === 1) await new Promise(setImmediate);
    await clock.advance(44_000);
    expect(await failed).toMatchObject({ code: 'upstream_down', message: expect.stringContaining('within 6 s') });
  });

  test('a port where nobody listens', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const { ask } = behind({ HTTP_PROXY: `127.0.0.1:${port}` });
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_down',
      message: `Acme: the proxy 127.0.0.1:${port} (HTTP_PROXY) cannot be reached (ECONNREFUSED). (4 attempts)`,
      hint: 'Check HTTP_PROXY, or name platform.example in NO_PROXY if it is reached without a proxy.',
    });
  });

  test('a variable that names none', async () => {
    const { ask } = behind({ HTTP_PROXY: 'socks5://me:s3cret@127.0.0.1:1080' });
    await expect(ask()).rejects.toMatchObject({
      code: 'not_configured',
      message: 'The variable HTTP_PROXY does not name an HTTP proxy.',
    });
  });
});
