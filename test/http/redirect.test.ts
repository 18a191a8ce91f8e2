import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { unsafeStep } from '../../src/http/exchange.ts';
import { connectionTo, get, newCall, post, type Reply, respond, upstream, world } from '../support/upstream.ts';

const to = (location: string, status = 302): Reply => [status, { location }];

test('on its own origin a redirect is followed with a proof of its own', async () => {
  const { clock, client, call } = world();
  const { origin, arrivals } = await upstream(clock, to('/b?x=1#part'), [200, {}, [1]]);
  const reply = await client.send(connectionTo(origin), get(`${origin}/a`), call);
  expect(reply).toMatchObject({ body: [1], url: `${origin}/b?x=1` });
  expect(arrivals.map(({ headers }) => headers['x-proof'])).toEqual(['secret for /a', 'secret for /b']);
  expect(call.meter).toMatchObject({ requests: 2, signatures: 2, retries: 0 });
});

test.each(['#part', '#'])('what is asked has no fragment, so no proof speaks of one: %s', async fragment => {
  const { clock, client, call } = world();
  const { origin } = await upstream(clock, [200, {}, [1]]);
  const reply = await client.send(connectionTo(origin), get(`${origin}/a${fragment}`), call);
  expect(reply.url).toBe(`${origin}/a`);
});

test('to another origin only files go, and no header that could be a credential', async () => {
  const { clock, client, call } = world();
  const storage = await upstream(clock, [200, { 'content-type': 'text/csv' }, 'a,b']);
  const api = await upstream(clock, to(`${storage.origin}/file?signature=s`));
  const headers = { authorization: 'mine', cookie: 'c', 'x-own': 'o', range: 'bytes=0-' };
  const request = get(`${api.origin}/a`, { expect: 'stream', headers });
  const { body } = await client.send(connectionTo(api.origin), request, call);
  expect(await text(body as Readable)).toBe('a,b');
  const seen = storage.arrivals[0]?.headers ?? {};
  expect(Object.keys(seen).sort()).toEqual(
    ['accept', 'accept-encoding', 'connection', 'host', 'range', 'user-agent'].sort(),
  );
  await expect(client.send(connectionTo(api.origin), get(`${api.origin}/a`), newCall(clock))).rejects.toMatchObject({
    code: 'bad_upstream_reply',
    message: expect.stringContaining('another origin'),
  });
  expect(storage.arrivals).toHaveLength(1);
});

test('another origin cannot send the credential back to where it is good', async () => {
  const { clock, client, call } = world();
  const api = await upstream(clock, ({ url }, response) => respond(response, ...reactions(url)));
  const elsewhere = await upstream(clock, to(`${api.origin}/secrets`));
  const reactions = (url: string) => (url === '/a' ? to(elsewhere.origin) : ([200, {}, 'ok'] as Reply));
  await client.send(connectionTo(api.origin), get(`${api.origin}/a`, { expect: 'text' }), call);
  expect(api.arrivals.map(({ url, headers }) => [url, headers['x-proof'] !== undefined])).toEqual([
    ['/a', true],
    ['/secrets', false],
  ]);
});

test('a change is not sent on, whatever its method, and nothing else is read for its answer', async () => {
  const { clock, client } = world();
  for (const status of [301, 302, 303, 307, 308])
    for (const method of ['POST', 'GET']) {
      const { origin, arrivals } = await upstream(clock, to('/made/1', status), [200, {}, { id: 1 }]);
      const { json: _, ...change } = post(`${origin}/a`, { method });
      await expect(client.send(connectionTo(origin), change, newCall(clock)), `${status}`).rejects.toMatchObject({
        code: 'bad_upstream_reply',
        status,
        message: expect.stringMatching(/a change is not sent on\. It may have been stored\.$/),
        doubtful: true,
      });
      expect(arrivals).toHaveLength(1);
    }
});

test('a reading that is sent by POST is read where a 303 leads', async () => {
  const { clock, client } = world();
  const see = await upstream(clock, to('/made/1', 303), [200, {}, { id: 1 }]);
  const request = get(`${see.origin}/a`, { method: 'POST', json: { a: 1 } });
  expect((await client.send(connectionTo(see.origin), request, newCall(clock))).body).toEqual({ id: 1 });
  expect(see.arrivals.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{"a":1}'],
    ['GET', ''],
  ]);
  expect(see.arrivals[1]?.headers['content-type']).toBeUndefined();
});

test('circles end, and an accepted redirect is an answer', async () => {
  const { clock, client, call } = world();
  const { origin, arrivals } = await upstream(clock, to('/a'));
  await expect(client.send(connectionTo(origin), get(`${origin}/a`), call)).rejects.toMatchObject({
    message: expect.stringContaining('too many'),
  });
  expect(arrivals).toHaveLength(6);
  const reply = await client.send(connectionTo(origin), get(`${origin}/a`, { accept: [302] }), newCall(clock));
  expect(reply.headers['location']).toBe('/a');
});

test('HTTPS is not left, unless everything stays on this machine', () => {
  const step = (from: string, to: string) => unsafeStep(new URL(from), new URL(to));
  expect(step('https://a.example/', 'http://a.example/')).toBe('it leaves HTTPS');
  expect(step('https://a.example/', 'http://localhost/')).toBe('it leaves HTTPS');
  expect(step('https://localhost/', 'http://127.0.0.1:9/')).toBeUndefined();
  expect(step('http://a.example/', 'http://b.example/')).toBeUndefined();
  expect(step('https://a.example/', 'https://b.example/')).toBeUndefined();
  expect(step('http://a.example/', 'file:///etc/passwd')).toBeDefined();
});

test('a link to another origin is fetched without credentials, and its refusal is about the link', async () => {
  const { clock, client, call } = world();
  const storage = await upstream(clock, [200, {}, 'a,b'], [403, {}, '<Error>Request has expired</Error>']);
  const connection = connectionTo('https://api.example/v1');
  await expect(client.download(connection, `${storage.origin}/f`, call)).rejects.toMatchObject({
    code: 'bad_arguments',
  });
  const near = connectionTo('http://127.0.0.1:1/v1', { auth: { headers: () => Promise.reject(new Error('asked')) } });
  const { body } = await client.download(near, `${storage.origin}/f`, call);
  expect(await text(body)).toBe('a,b');
  await expect(client.download(near, `${storage.origin}/f`, call)).rejects.toMatchObject({
    code: 'rejected',
    message: expect.stringContaining('Request has expired'),
    hint: expect.stringContaining('expired'),
  });
});
