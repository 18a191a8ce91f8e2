import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FaultCode } from '../../src/base/errors.ts';
import { connectionTo, get, newCall, post, type Reply, upstream, world } from '../support/upstream.ts';

/** What the client makes of one reply. */
async function outcome(reply: Reply, parts = {}, options = {}) {
  const { clock, client, call } = world(options);
  const { origin } = await upstream(clock, reply);
  const request = 'json' in parts ? post : get;
  const sent = client.send(connectionTo(origin), request(`${origin}/x`, parts), call);
  return sent.then(({ body }) => ({ body, call }));
}

const fault = (code: FaultCode, message: string) => ({ code, message: expect.stringContaining(message) });

describe('bodies', () => {
  test('JSON, plain or packed, whatever the content type; nothing is undefined', async () => {
    const packed = gzipSync('{"a":"é"}');
    expect((await outcome([200, { 'content-type': 'text/plain' }, '\uFEFF{"a":1}'])).body).toEqual({ a: 1 });
    expect((await outcome([200, { 'content-encoding': 'gzip' }, packed])).body).toEqual({ a: 'é' });
    expect((await outcome([200, { 'content-encoding': 'br' }, brotliCompressSync('[]')])).body).toEqual([]);
    expect((await outcome([200, {}, ''])).body).toBeUndefined();
    expect((await outcome([204, {}, ''])).body).toBeUndefined();
    expect((await outcome([200, {}, 'a,b'], { expect: 'text' })).body).toBe('a,b');
  });

  test('a web page or broken JSON where JSON was promised is told in its own words', async () => {
    const page = '<!doctype html><html><head><style>x{}</style><title>Please\n sign in</title></head></html>';
    await expect(outcome([200, { 'content-type': 'text/html' }, page])).rejects.toMatchObject(
      fault('bad_upstream_reply', 'a web page instead of JSON: "Please sign in"'),
    );
    await expect(outcome([200, { 'content-type': 'text/plain' }, `ok\n${'x'.repeat(999)}`])).rejects.toMatchObject(
      fault('bad_upstream_reply', 'text/plain instead of JSON: "ok xxx'),
    );
    await expect(outcome([200, {}, '[1,'])).rejects.toMatchObject(fault('bad_upstream_reply', 'malformed JSON'));
  });

  test('too large ends early, packed bodies included', async () => {
    const limits = { mostBodyBytes: 2 ** 20 };
    const bomb = gzipSync(Buffer.alloc(2 ** 24, ' '));
    await expect(outcome([200, {}, `"${'x'.repeat(2 ** 20)}"`], {}, limits)).rejects.toMatchObject(
      fault('too_large', 'more than 1 MiB'),
    );
    await expect(outcome([200, { 'content-encoding': 'gzip' }, bomb], {}, limits)).rejects.toMatchObject(
      fault('too_large', 'more than 1 MiB'),
    );
  });

  test('a body that breaks off is asked for again, and then told with its bytes', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, (_, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('[1,', () => response.destroy());
    });
    await expect(client.send(connectionTo(origin), get(`${origin}/x`), call)).rejects.toMatchObject(
      fault('bad_upstream_reply', 'broke off after 3 of 10 bytes'),
    );
    expect(arrivals).toHaveLength(4);
    const { body } = await client.download(connectionTo(origin), `${origin}/x`, newCall(clock));
    await expect(text(body)).rejects.toMatchObject(
      fault('bad_upstream_reply', 'download broke off after 3 of 10 bytes'),
    );
  });

  test('a stream arrives whole and is counted; an abort ends it with the reason of the call', async () => {
    const { clock, client, call } = world();
    const bytes = Buffer.alloc(300_000, 'x');
    const { origin } = await upstream(
      clock,
      [200, {}, bytes],
      (_, response) => void response.writeHead(200).write('x'),
    );
    const { body } = await client.download(connectionTo(origin), `${origin}/f`, call);
    expect((await text(body)).length).toBe(300_000);
    expect(call.meter.bytes).toBe(300_000);
    const half = await client.download(connectionTo(origin), `${origin}/f`, call);
    const read = text(half.body as Readable);
    call.cancel();
    await expect(read).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('refusals', () => {
  test('every status has its code, the words of the platform, and a next step', async () => {
    const expected: [number, FaultCode][] = [
      [400, 'rejected'],
      [401, 'unauthorized'],
      [403, 'missing_scope'],
      [404, 'not_found'],
      [409, 'conflict'],
      [410, 'rejected'],
      [412, 'conflict'],
      [413, 'too_large'],
      [422, 'rejected'],
      [304, 'bad_upstream_reply'],
      [501, 'upstream_down'],
    ];
    const { clock, client } = world();
    for (const [status, code] of expected) {
      const { origin } = await upstream(clock, [status, { 'x-request-id': 'r1' }, { message: 'no such hole' }]);
      await expect(
        client.send(connectionTo(origin), get(`${origin}/x`), newCall(clock)),
        String(status),
      ).rejects.toMatchObject({
        code,
        status,
        hint: expect.stringMatching(/\w+ \w+/),
        requestId: 'r1',
        ...(status === 304 ? {} : { message: `Acme answered ${status} to acme_list_things: "no such hole"` }),
      });
    }
  });

  test('words are found wherever a platform puts them, cleaned and cut', async () => {
    const words = async (body: unknown) => (await outcome([400, {}, body]).catch(error => error.message)) as string;
    expect(await words({ error: 'invalid_grant', error_description: 'Bad client' })).toMatch(/: "Bad client"$/);
    expect(await words({ message: { base: ['Reference not found', 'x'] } })).toContain('Reference not found');
    expect(await words({ errors: [{ detail: 'a' }, { detail: 'b' }] })).toContain('"a; b"');
    expect(await words('<html><body><h1>Bad</h1> <p>gateway</p>')).toContain('"Bad gateway"');
    expect(await words({ message: 'a\u0000b\u202Ec\nd' })).toContain('"abc d"');
    expect((await words({ message: 'x'.repeat(1000) })).length).toBeLessThan(350);
    expect(await words('')).toBe('Acme answered 400 to acme_list_things.');
  });

  test('an id that no number holds keeps its digits', async () => {
    expect((await outcome([200, {}, '{"id": 12345678901234567890}'])).body).toEqual({ id: '12345678901234567890' });
  });

  test('an accepted status is an answer with its body', async () => {
    expect((await outcome([404, {}, { missing: true }], { accept: [404] })).body).toEqual({ missing: true });
    expect((await outcome([404, {}, '<html>'], { accept: [404] })).body).toBe('<html>');
  });

  test('a credential that cannot be a header is told without showing it', async () => {
    const { client, call } = world();
    const auth = { headers: async () => ({ authorization: 'hush\nhush' }) };
    const sent = client.send(connectionTo('http://127.0.0.1:1', { auth }), get('http://127.0.0.1:1/'), call);
    const error = await sent.catch(reason => reason);
    expect(error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('authorization') });
    expect(error.message).not.toContain('hush');
  });
});

test('what goes on the wire: headers, agent, and one log line for each attempt without secrets', async () => {
  const { clock, client, call, logged } = world();
  const { origin, arrivals } = await upstream(clock, [502], [200]);
  await client.send(connectionTo(origin), get(`${origin}/x?private_token=abcdef&page=2`), call);
  expect(arrivals[0]?.headers).toMatchObject({
    accept: 'application/json',
    'user-agent': 'data-platforms-mcp/1.2.3',
    'x-proof': 'secret for /x',
  });
  expect(logged.map(({ attempt, status, fault: code }) => [attempt, status, code])).toEqual([
    [1, 502, 'upstream_down'],
    [2, 200, undefined],
  ]);
  expect(JSON.stringify(logged)).toContain('page=2');
  expect(JSON.stringify(logged)).not.toContain('abcdef');
});
