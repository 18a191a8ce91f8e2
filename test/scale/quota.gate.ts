import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { isFault } from '../../src/base/errors.ts';
import { openRedis } from '../../src/coordination/redis/redis.ts';
import { RedisGate } from '../../src/coordination/redis/redis-gate.ts';
import { createHttpClient } from '../../src/http/client.ts';
import { RedisServer } from '../support/redis-server.ts';
import { connectionTo, get, newCall } from '../support/upstream.ts';

/*
 * Three clients, each with a connection to Redis of its own, and a platform that writes down when each request arrives:
 * however long they were under way, no window holds more than the quota.
 */
const requests = 60;
const perMs = 2_000;
const quotas = [{ name: 'everything', requests, perMs, appliesTo: () => true }];

async function world({ refuses = false } = {}) {
  const server = await RedisServer.start();
  const arrivals: { at: number; from: string }[] = [];
  const platform = createServer((request, response) => {
    arrivals.push({ at: performance.now(), from: String(request.headers['x-client']) });
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>(resolve => platform.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
  const clock = systemClock();
  const clients = await Promise.all(
    ['a', 'b', 'c'].map(async name => {
      const redis = await openRedis({ url: server.url, prefix: 'dpm' }, () => {});
      const options = { clock, redis, account: 'account', replicas: 3, refuses, nameOf: (id: string) => id };
      const http = createHttpClient({ clock, gateFor: () => new RedisGate(options) });
      return { name, redis, http };
    }),
  );
  onTestFinished(async () => {
    await Promise.all(clients.map(({ http }) => http.close()));
    for (const { redis } of clients) redis.close();
    platform.closeAllConnections();
    platform.close();
    await server.close();
  });

  /** Each client asks with so many callers for so long; gives what went wrong, by code. */
  async function ask(ms: number, callers: readonly number[]) {
    const until = performance.now() + ms;
    const faults: Record<string, number> = {};
    const caller = async ({ name, http }: (typeof clients)[number]) => {
      const connection = connectionTo(baseUrl, { quotas, auth: { headers: async () => ({ 'x-client': name }) } });
      while (performance.now() < until) {
        await http.send(connection, get('/'), newCall(clock)).catch(error => {
          if (!isFault(error)) throw error;
          faults[error.code] = (faults[error.code] ?? 0) + 1;
          return wait(50);
        });
      }
    };
    await Promise.all(clients.flatMap((client, i) => Array.from({ length: callers[i] ?? 0 }, () => caller(client))));
    return faults;
  }

  /** Most requests that arrived within one window, and how many from each client. */
  function seen() {
    const times = arrivals.map(({ at }) => at);
    const inWindow = (from: number) => times.filter(at => at >= from && at < from + perMs).length;
    const by = Object.fromEntries(clients.map(({ name }) => [name, arrivals.filter(one => one.from === name).length]));
    return { most: Math.max(...times.map(inWindow)), total: times.length, by };
  }

  return { server, ask, seen };
}

const told = (what: string, found: object) => console.log(what, JSON.stringify(found));

test('three processes use one quota to its end, never more, and each gets its share', async () => {
  const { ask, seen } = await world();
  expect(await ask(2_500, [1, 1, 1])).toEqual({});
  const before = seen().total;
  expect(await ask(8_000, [15, 15, 15])).toEqual({});
  const { most, total, by } = seen();
  told('healthy', { most, total, by });
  expect(most).toBeLessThanOrEqual(requests);
  // Four windows of 60, and the first places are taken at once.
  expect(total - before).toBeGreaterThanOrEqual(4 * requests * 0.95);
  expect(Math.min(...Object.values(by))).toBeGreaterThanOrEqual((total / 3) * 0.8);
});

test('what one does not need, the others use', async () => {
  const { ask, seen } = await world();
  await ask(8_000, [30, 1, 1]);
  const { most, by } = seen();
  told('uneven', { most, by });
  expect(most).toBeLessThanOrEqual(requests);
  expect(by['a']).toBeGreaterThan(2 * (by['b'] ?? 0));
});

test('a Redis that dies and comes back empty costs no request too many', async () => {
  const { server, ask, seen } = await world();
  const asking = ask(16_000, [15, 3, 3]);
  await wait(5_000);
  await server.kill();
  await wait(5_000);
  const alone = seen().total;
  await server.start();
  expect(await asking).toEqual({});
  const { most, total, by } = seen();
  told('killed and restarted empty', { most, alone, total, by });
  expect(most).toBeLessThanOrEqual(requests);
  expect(total).toBeGreaterThan(alone);
});

test('a Redis that stands still for four seconds costs no request too many', async () => {
  const { server, ask, seen } = await world();
  const asking = ask(14_000, [15, 15, 15]);
  await wait(4_000);
  server.pause();
  await wait(4_000);
  server.resume();
  expect(await asking).toEqual({});
  const { most, total, by } = seen();
  told('paused', { most, total, by });
  expect(most).toBeLessThanOrEqual(requests);
});

test('where the operator wants it so, nothing is sent while it is away', async () => {
  const { server, ask, seen } = await world({ refuses: true });
  await ask(2_500, [1, 1, 1]);
  await server.kill();
  await wait(500);
  const before = seen().total;
  expect(await ask(1_000, [2, 2, 2])).toEqual({ upstream_down: expect.any(Number) });
  expect(seen().total).toBe(before);
  await server.start();
  await ask(4_000, [2, 2, 2]);
  expect(seen().total).toBeGreaterThan(before);
});
