import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askedWait } from '../../src/http/retry.ts';
import { connectionTo, get, newCall, post, respond, upstream, world } from '../support/upstream.ts';

const gaps = (arrivals: { at: number }[]) => arrivals.slice(1).map(({ at }, i) => at - (arrivals[i]?.at ?? 0));

describe('repeats', () => {
  test('429 once, and the wait is told and counted', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, [429, { 'retry-after': '12' }], [200, {}, [1]]);
    const reply = await client.send(connectionTo(origin), get(`${origin}/x`), call);
    expect(reply.body).toEqual([1]);
    expect(gaps(arrivals)[0]).toBeGreaterThanOrEqual(12_000);
    expect(call.messages[0]).toBe('Acme asks to wait 12 s (rate limit)');
    expect(call.meter).toMatchObject({ requests: 2, retries: 1, signatures: 2 });
    expect(call.meter.waitedMs).toBeGreaterThanOrEqual(12_000);
  });

  test('429 three times, never before the time has run out, also for a write', async () => {
    const { clock, client, call } = world();
    const no = (seconds: number) => [429, { 'retry-after': String(seconds) }] as [number, Record<string, string>];
    const { origin, arrivals } = await upstream(clock, no(2), no(7), no(3), [201, {}, { id: 1 }]);
    const reply = await client.send(connectionTo(origin), post(`${origin}/x`), call);
    expect(reply.status).toBe(201);
    const [first = 0, second = 0, third = 0] = gaps(arrivals);
    expect([first >= 2000, second >= 7000, third >= 3000]).toEqual([true, true, true]);
    expect(arrivals.map(({ body }) => body)).toEqual(Array(4).fill('{"a":1}'));
  });

  test('502 twice, then fine: three requests', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, [502], [502], [200, {}, 'null']);
    expect((await client.send(connectionTo(origin), get(`${origin}/x`), call)).body).toBeNull();
    expect(arrivals).toHaveLength(3);
  });

  test('503 for ever: an error within 10 s and four requests', async () => {
    const { clock, client, call } = world({ random: () => 0.999 });
    const { origin, arrivals } = await upstream(clock, [503, {}, { message: 'in repair' }]);
    const start = clock.now();
    await expect(client.send(connectionTo(origin), get(`${origin}/x`), call)).rejects.toMatchObject({
      code: 'upstream_down',
      status: 503,
      message: 'Acme answered 503 to acme_list_things: "in repair" (4 attempts)',
    });
    expect(arrivals).toHaveLength(4);
    expect(clock.now() - start).toBeLessThan(10_000);
  });

  const answers: [status: number, headers: Record<string, string>][] = [
    [500, {}],
    [502, { 'retry-after': '1' }],
    [503, {}],
    [503, { 'retry-after': '1' }],
    [504, {}],
  ];
  test.each(answers)('a write is not repeated on %i %j, and the hint says to look', async (status, headers) => {
    const { clock, client } = world();
    const { origin, arrivals } = await upstream(clock, [status, headers], [200]);
    const write = client.send(connectionTo(origin), post(`${origin}/x`), newCall(clock));
    await expect(write).rejects.toMatchObject({
      code: 'upstream_down',
      message: expect.stringMatching(/It may have been stored\.$/),
      hint: 'Look whether it took effect before you send it again.',
      doubtful: true,
    });
    expect(arrivals).toHaveLength(1);
  });

  test('a write that was refused for the quota was not looked at, so it is repeated', async () => {
    const { clock, client } = world();
    const { origin, arrivals } = await upstream(clock, [429, { 'retry-after': '1' }], [200]);
    await client.send(connectionTo(origin), post(`${origin}/x`), newCall(clock));
    expect(arrivals).toHaveLength(2);
  });

  test.each([400, 403, 404, 409, 422, 501])('a write that was refused with %i is in no doubt', async status => {
    const { clock, client } = world();
    const { origin } = await upstream(clock, [status]);
    const write = client.send(connectionTo(origin), post(`${origin}/x`), newCall(clock));
    await expect(write).rejects.toMatchObject({ status, doubtful: false });
  });

  test('a broken connection is tried again for a read, not for a write', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, (_, response) => response.destroy(), [200, {}, [1]]);
    expect((await client.send(connectionTo(origin), get(`${origin}/x`), call)).body).toEqual([1]);
    const other = await upstream(clock, (_, response) => response.destroy(), [200]);
    const write = client.send(connectionTo(other.origin), post(`${other.origin}/x`), newCall(clock));
    await expect(write).rejects.toMatchObject({
      code: 'upstream_down',
      message: expect.stringMatching(/may have arrived/),
    });
    expect([arrivals.length, other.arrivals.length]).toEqual([2, 1]);
  });

  test('a write that a key makes repeatable is sent again', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, (_, response) => response.destroy(), [200, {}, { id: 1 }]);
    const { body } = await client.send(connectionTo(origin), post(`${origin}/x`, { repeatable: true }), call);
    expect(body).toEqual({ id: 1 });
    expect(arrivals.map(arrival => arrival.body)).toEqual(['{"a":1}', '{"a":1}']);
  });

  const pages: [what: string, body: string][] = [
    ['a web page', '<html><title>Sign in</title>'],
    ['half an answer', '{"id":1,"na'],
    ['a word', 'OK'],
  ];
  test.each(pages)('a write that is answered with %s may have been stored, and is no success', async (_, body) => {
    const { clock, client } = world();
    const { origin, arrivals } = await upstream(clock, [200, {}, body]);
    await expect(client.send(connectionTo(origin), post(`${origin}/x`), newCall(clock))).rejects.toMatchObject({
      code: 'bad_upstream_reply',
      message: expect.stringMatching(/It may have been stored\.$/),
      doubtful: true,
    });
    expect(arrivals).toHaveLength(1);
  });

  test('where a platform answers in words, words are an answer, and a web page is none', async () => {
    const { clock, client } = world();
    const { origin } = await upstream(
      clock,
      [200, {}, 'ok'],
      [200, {}, '"<html>made by a function</html>"'],
      [200, {}, '<p>'],
    );
    const connection = connectionTo(origin, { answersInText: true });
    const send = () => client.send(connection, post(`${origin}/x`), newCall(clock));
    expect([(await send()).body, (await send()).body]).toEqual(['ok', '<html>made by a function</html>']);
    await expect(send()).rejects.toMatchObject({ code: 'bad_upstream_reply' });
  });

  test('a refused connection is tried again even for a write: nothing was sent', async () => {
    const { clock, client, call } = world();
    const write = client.send(connectionTo('http://127.0.0.1:1'), post('http://127.0.0.1:1/x'), call);
    await expect(write).rejects.toMatchObject({
      code: 'upstream_down',
      message: expect.stringMatching(/ECONNREFUSED.*4 attempts/),
    });
    expect(clock.now()).toBeGreaterThan(0);
    expect(call.meter.requests).toBe(4);
  });

  test('a body that was read from a stream is not sent twice', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, [429, { 'retry-after': '1' }], [200]);
    const body = { mediaType: 'text/csv', open: () => Readable.from([Buffer.from('a,b\n')]) };
    const write = client.send(connectionTo(origin), post(`${origin}/x`, { body }), call);
    await expect(write).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 1 });
    expect(arrivals.map(({ body }) => body)).toEqual(['a,b\n']);
  });

  test('a wait past the deadline is an answer, at once', async () => {
    const { clock, client, call } = world();
    const { origin, arrivals } = await upstream(clock, [429, { 'retry-after': '60' }]);
    const start = clock.now();
    const read = client.send(connectionTo(origin), get(`${origin}/x`), call);
    await expect(read).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 60 });
    expect([clock.now() - start, arrivals.length]).toEqual([0, 1]);
  });

  test('a 401 renews the credential once', async () => {
    const { clock, client, call } = world();
    let token = 'old';
    const auth = {
      headers: async () => ({ authorization: token }),
      renew: async () => {
        token = 'new';
        return true;
      },
    };
    const check = await upstream(clock, ({ headers }, response) =>
      respond(response, headers.authorization === 'new' ? 200 : 401),
    );
    await client.send(connectionTo(check.origin, { auth }), post(`${check.origin}/x`), call);
    expect(check.arrivals.map(({ headers }) => headers.authorization)).toEqual(['old', 'new']);
    const never = await upstream(clock, [401]);
    const refused = client.send(connectionTo(never.origin, { auth }), get(`${never.origin}/x`), newCall(clock));
    await expect(refused).rejects.toMatchObject({ code: 'unauthorized' });
    expect(never.arrivals).toHaveLength(2);
  });

  test("the platform's own reading decides: final is final, and a 200 can be a rate limit", async () => {
    const { clock, client, call } = world();
    const final = await upstream(clock, [503]);
    const strict = connectionTo(final.origin, { readFault: () => ({ final: true, message: 'Closed on Sundays.' }) });
    await expect(client.send(strict, get(`${final.origin}/x`), call)).rejects.toMatchObject({
      message: 'Closed on Sundays.',
      code: 'upstream_down',
    });
    expect(final.arrivals).toHaveLength(1);
    const busy = await upstream(clock, [200, {}, { ok: false }], [200, {}, { ok: true }]);
    const polite = connectionTo(busy.origin, {
      readFault: ({ body }) => ((body as { ok: boolean }).ok ? undefined : { code: 'rate_limited', retryAfter: 3 }),
    });
    await client.send(polite, post(`${busy.origin}/x`), newCall(clock));
    expect(gaps(busy.arrivals)[0]).toBeGreaterThanOrEqual(3000);
  });
});

test('waiting times in all the forms platforms use', () => {
  const now = Date.UTC(2026, 0, 1);
  const asked = (headers: Record<string, string>, status = 429) => askedWait(headers, status, now);
  expect(asked({ 'retry-after': '12' })).toBe(12_000);
  expect(asked({ 'retry-after-ms': '250', 'retry-after': '1' })).toBe(250);
  expect(asked({ 'retry-after': new Date(now + 5000).toUTCString() })).toBe(5000);
  expect(asked({ 'retry-after': new Date(now - 5000).toUTCString() })).toBe(0);
  expect(asked({ 'ratelimit-reset': '30' })).toBe(30_000);
  expect(asked({ 'x-ratelimit-reset': String(now / 1000 + 30) })).toBe(30_000);
  expect(asked({ 'x-ratelimit-reset': String(now + 30_000) })).toBe(30_000);
  for (const odd of ['soon', '-1', '1e9', '99999999999', '']) expect(asked({ 'retry-after': odd })).toBeUndefined();
  expect(asked({ 'ratelimit-reset': '30' }, 503)).toBeUndefined();
});
