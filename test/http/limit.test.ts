import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { Connection, Quota } from '../../src/http/connection.ts';
import {
  connectionTo,
  get,
  newCall,
  respond,
  type Upstream,
  upstream,
  type World,
  world,
} from '../support/upstream.ts';

const quota = (requests: number, perMs: number, parts: Partial<Quota> = {}): Quota => ({
  name: 'everything',
  requests,
  perMs,
  appliesTo: () => true,
  ...parts,
});

const most = ({ arrivals }: Upstream, perMs: number) => mostOf(arrivals, perMs);

const mostOf = (arrivals: readonly { at: number }[], perMs: number) =>
  Math.max(...arrivals.map(({ at }) => arrivals.filter(other => other.at >= at && other.at < at + perMs).length));

/** A quota of five a second, used up three times over. `written`: how long each request waits before it can be sent. */
async function threeBursts({ clock, client }: Pick<World, 'clock' | 'client'>, platform: Upstream, written: Written) {
  let index = 0;
  const headers = async () => {
    await clock.sleep(written(index++));
    return {};
  };
  const connection = connectionTo(platform.origin, { quotas: [quota(5, 1000)], auth: { headers } });
  const send = () => client.send(connection, get(`${platform.origin}/x`), newCall(clock));
  await Promise.all(Array.from({ length: 15 }, send));
}

type Written = (index: number) => number;

/** Counts a request when it has come all the way, which takes each one a time of its own, and refuses what is too much. */
const strict = (clock: Clock, requests: number, way: (index: number) => number, arrived: () => void) => {
  const admitted: number[] = [];
  let index = 0;
  return async (_: unknown, response: Parameters<typeof respond>[0]) => {
    const underWay = clock.sleep(way(index++));
    arrived();
    await underWay;
    const now = clock.now();
    const full = admitted.filter(at => at > now - 1000).length >= requests;
    if (!full) admitted.push(now);
    await clock.sleep(20);
    if (full) respond(response, 429, { 'retry-after': '1' });
    else respond(response, 200, {}, [1]);
  };
};

describe('quotas', () => {
  test('60 calls at once against 20 a second: none fails, 72 requests at most', async () => {
    const { clock, client } = world();
    // The first requests open connections, which takes up to 400 ms more than later ones need.
    const way = (index: number) => (index < 20 ? 100 + index * 20 : 10 + ((index * 37) % 50));
    // Real delays do not count: time stands still from each request's leaving to its arrival.
    const holds: (() => void)[] = [];
    const headers = async () => {
      holds.push(clock.hold());
      return {};
    };
    const platform = await upstream(
      clock,
      strict(clock, 20, way, () => holds.pop()?.()),
    );
    const connection = connectionTo(platform.origin, { quotas: [quota(20, 1000)], auth: { headers } });
    const send = () => client.send(connection, get(`${platform.origin}/x`), newCall(clock, 60_000));
    const start = clock.now();
    const replies = await Promise.all(Array.from({ length: 60 }, send));
    expect(replies.map(({ status }) => status)).toEqual(Array(60).fill(200));
    expect(platform.arrivals.length).toBeLessThanOrEqual(72);
    expect(clock.now() - start).toBeLessThan(4000);
  });

  test('no window of its length ever holds more than the quota, wherever it begins', async () => {
    const { clock, client, call } = world();
    const platform = await upstream(clock, [200]);
    const connection = connectionTo(platform.origin, { quotas: [quota(5, 1000)] });
    const send = () => client.send(connection, get(`${platform.origin}/x`), call);
    await send();
    await clock.sleep(900);
    const start = clock.now();
    await Promise.all(Array.from({ length: 14 }, send));
    expect(most(platform, 1000)).toBe(5);
    expect(clock.now() - start).toBeLessThan(3000);
    expect(call.messages.length).toBeGreaterThan(0);
    expect(call.meter.waitedMs).toBeGreaterThan(0);
  });

  test('a request that is written late keeps its place until it has arrived', async () => {
    const parts = world();
    const platform = await upstream(parts.clock, [200]);
    // A token has to be fetched first, for example, which takes longer than any way to the platform.
    await threeBursts(parts, platform, index => (index === 0 ? 3000 : 0));
    expect(most(platform, 1000)).toBe(5);
  });

  test('the answers of a slow platform do not let go of places early', async () => {
    const parts = world();
    const { clock } = parts;
    const counted: { at: number }[] = [];
    const platform = await upstream(clock, async (_, response) => {
      // The first connections take their time, and what comes over them is counted just before it is answered.
      await clock.sleep(counted.length < 5 ? 400 : 10);
      counted.push({ at: clock.now() });
      await clock.sleep(10);
      respond(response, 200);
    });
    await threeBursts(parts, platform, () => 0);
    expect(mostOf(counted, 1000)).toBe(5);
  });

  test('processes that share them keep to their part, and to one request at the least', async () => {
    const { clock, client } = world({ replicas: 2 });
    const platform = await upstream(clock, [200]);
    const call = newCall(clock);
    const send = (connection: Connection) => client.send(connection, get(`${platform.origin}/x`), call);
    const shared = connectionTo(platform.origin, { quotas: [quota(5, 3000)] });
    await Promise.all([shared, shared, shared].map(send));
    expect(most(platform, 3000)).toBe(2);
    expect(call.messages).toEqual([expect.stringContaining('(everything: 2 of 5 requests in 3 s)')]);
    const single = connectionTo(platform.origin, { quotas: [quota(1, 1000)] });
    expect((await send(single)).status).toBe(200);
  });

  test('APIs that share their quotas wait in one line, others do not', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [200]);
    const quotas = [quota(2, 1000)];
    const [web, events, other] = [{ quotas }, { quotas }, { quotas: [quota(2, 1000)] }].map(parts =>
      connectionTo(platform.origin, parts),
    ) as [Connection, Connection, Connection];
    const send = (connection: Connection) => client.send(connection, get(`${platform.origin}/x`), newCall(clock));
    const start = clock.now();
    await Promise.all([web, events, other, other].map(send));
    expect(clock.now() - start).toBeLessThan(900);
    await send(events);
    expect(clock.now() - start).toBeGreaterThanOrEqual(1000);
  });

  test('first come, first served; who gives up gives its place back', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [200]);
    const connection = connectionTo(platform.origin, { quotas: [quota(1, 1000)] });
    const release = clock.hold();
    const calls = Array.from({ length: 5 }, () => newCall(clock));
    const sent = calls.map((call, i) => client.send(connection, get(`${platform.origin}/${i}`), call));
    for (const one of sent) one.catch(() => {});
    calls[1]?.cancel();
    release();
    const results = await Promise.allSettled(sent);
    expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true]);
    expect(platform.arrivals.map(({ url }) => url)).toEqual(['/0', '/2', '/3', '/4']);
    expect((platform.arrivals.at(-1)?.at ?? 0) - (platform.arrivals[0]?.at ?? 0)).toBeLessThan(3300);
  });

  test('a place that comes too late is refused at once, with the time it takes', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [200]);
    const connection = connectionTo(platform.origin, { quotas: [quota(1, 300_000)] });
    await client.send(connection, get(`${platform.origin}/x`), newCall(clock));
    const start = clock.now();
    await expect(client.send(connection, get(`${platform.origin}/x`), newCall(clock))).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfter: 301,
      message: expect.stringMatching(/Acme.*everything: 1 requests in 300 s/),
    });
    expect([clock.now() - start, platform.arrivals.length]).toEqual([0, 1]);
  });

  test('a 429 stops the calls beside it until its time has run out, and refuses those it makes too late', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [429, { 'retry-after': '30' }], [200]);
    const connection = connectionTo(platform.origin);
    const first = client.send(connection, get(`${platform.origin}/first`), newCall(clock));
    while (platform.arrivals.length < 1) await new Promise(resolve => setImmediate(resolve));
    const release = clock.hold();
    await new Promise(resolve => setTimeout(resolve, 5));
    const hurried = client.send(connection, get(`${platform.origin}/hurried`), newCall(clock, 10_000));
    await expect(hurried).rejects.toMatchObject({ code: 'rate_limited', retryAfter: 30 });
    const second = client.send(connection, get(`${platform.origin}/second`), newCall(clock));
    release();
    await Promise.all([first, second]);
    const [start = 0, ...rest] = platform.arrivals.map(({ at }) => at);
    expect(rest).toHaveLength(2);
    for (const at of rest) expect(at - start).toBeGreaterThanOrEqual(30_000);
  });

  test('a quota of each thing holds up nobody who asks about another', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [200]);
    const each = quota(2, 5000, { countedFor: ({ searchParams }) => String(searchParams.get('id')) });
    const connection = connectionTo(platform.origin, { quotas: [each] });
    const send = (id: string) => client.send(connection, get(`${platform.origin}/run?id=${id}`), newCall(clock));
    const start = clock.now();
    await Promise.all(['a', 'b', 'a', 'b'].map(send));
    expect(clock.now() - start).toBeLessThan(500);
    await Promise.all([send('a'), send('c')]);
    const at = (id: string) =>
      platform.arrivals.filter(({ url }) => url === `/run?id=${id}`).map(one => one.at - start);
    expect(at('a')[2]).toBeGreaterThanOrEqual(5000);
    expect(at('c')[0]).toBeLessThan(500);
    // The window of what was let go of is empty again, not closed.
    await clock.sleep(6000);
    await Promise.all(['d', 'a', 'a'].map(send));
    expect(clock.now() - start).toBeLessThan(12_000);
  });

  test('a narrow quota that is used up does not hold up what it does not apply to', async () => {
    const { clock, client } = world();
    const platform = await upstream(clock, [200]);
    const exports = quota(1, 40_000, { name: 'exports', appliesTo: ({ path }) => path.startsWith('/export/') });
    const connection = connectionTo(`${platform.origin}/v3`, { quotas: [quota(100, 1000), exports] });
    const release = clock.hold();
    const send = (path: string) => client.send(connection, get(`${platform.origin}/v3${path}`), newCall(clock));
    await send('/export/a');
    const waiting = send('/export/b');
    await send('/projects');
    expect(platform.arrivals.map(({ url }) => url)).toEqual(['/v3/export/a', '/v3/projects']);
    release();
    await waiting;
    expect((platform.arrivals[2]?.at ?? 0) - (platform.arrivals[0]?.at ?? 0)).toBeGreaterThanOrEqual(40_000);
  });
});
