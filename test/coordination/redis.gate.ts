import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Fault } from '../../src/base/errors.ts';
import { takeLease } from '../../src/coordination/lease.ts';
import { openRedis, type Redis } from '../../src/coordination/redis/redis.ts';
import { RedisGate } from '../../src/coordination/redis/redis-gate.ts';
import { redisRegister } from '../../src/coordination/redis/redis-register.ts';
import { createStarts } from '../../src/coordination/starts.ts';
import { gateContract } from '../support/gate.ts';
import { RedisServer } from '../support/redis-server.ts';
import { startGuardContract } from '../support/start-guard.ts';

let server: RedisServer;
let redis: Redis;
let opened = 0;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = await openAt(server.url);
  // An account that nobody has used begins with a pause, in which its sharers put back what they have taken.
  const asking = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal, waits() {} };
  await gateOf(systemClock(), 'warm').enter([{ id: 'first' }], asking);
});
afterAll(async () => {
  redis.close();
  await server.close();
});

const openAt = (url: string) => openRedis({ url, prefix: 'dpm' }, () => {});
const away = (cause: unknown) => new Fault({ code: 'upstream_down', message: 'away', hint: 'later', cause });

startGuardContract('Redis', async clock => {
  const name = `starts${++opened}`;
  return () => redisRegister(redis, clock, name, away);
});

gateContract('Redis', clock => gateOf(clock, `${++opened}`));

/** With windows of its own in one account. */
function gateOf(clock: Clock, name: string): RedisGate {
  const nameOf = (id: string) => Buffer.from(`${name} ${id}`).toString('hex');
  return new RedisGate({ clock, redis, account: 'account', replicas: 1, refuses: false, nameOf });
}

describe('a Redis that is away', () => {
  async function lost() {
    const own = await RedisServer.start();
    const [mine, other] = await Promise.all([openAt(own.url), openAt(own.url)]);
    onTestFinished(async () => {
      mine.close();
      other.close();
      await own.close();
    });
    const clock = systemClock();
    const registerOf = (one: Redis) => redisRegister(one, clock, 'starts', away);
    const asking = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
    return { own, clock, mine: registerOf(mine), other: registerOf(other), asking };
  }

  test('lets nothing be started blindly, but what a person wants in any case', async () => {
    const { own, clock, mine, asking } = await lost();
    const starts = createStarts(clock, mine);
    const claim = await starts.claim('a', asking);
    if (claim.kind !== 'claim') throw new Error(claim.kind);
    own.pause();
    const asked = performance.now();
    await expect(claim.sent()).rejects.toMatchObject({ code: 'upstream_down' });
    await expect(starts.claim('b', asking)).rejects.toMatchObject({ code: 'upstream_down' });
    expect((await starts.claim('b', { ...asking, over: 'all' })).kind).toBe('claim');
    // None of the three waited for a Redis that may never come back.
    expect(performance.now() - asked).toBeLessThan(20_000);
    own.resume();
  });

  test('takes the right to work on something away from who cannot renew it, and gives it to one alone afterwards', async () => {
    const { own, clock, mine, other } = await lost();
    const lease = await takeLease(clock, mine, 'batch');
    expect(await takeLease(clock, other, 'batch')).toBeUndefined();
    await own.kill();
    if (!lease?.lost.aborted) await new Promise(resolve => lease?.lost.addEventListener('abort', resolve));
    await expect(takeLease(clock, mine, 'batch')).rejects.toMatchObject({ code: 'upstream_down' });
    await own.start();
    await expect.poll(() => mine.read('batch').catch(() => undefined)).toEqual({ version: 0 });
    await expect.poll(() => other.read('batch').catch(() => undefined)).toEqual({ version: 0 });
    const taken = await Promise.all([mine, other].map(register => takeLease(clock, register, 'batch')));
    expect(taken.filter(Boolean)).toHaveLength(1);
    for (const one of taken) await one?.release();
  });
});

test('what was written late is no version that anybody has read', async () => {
  const clock = systemClock();
  const register = redisRegister(redis, clock, 'versions', away);
  const first = await register.write('a', 0, { at: 1 }, clock.now() + 1);
  await expect.poll(() => register.read('a')).toEqual({ version: 0 });
  const second = await register.write('a', 0, { at: 2 }, clock.now() + 10_000);
  expect(second).toBeGreaterThan(first as number);
  expect(await register.write('a', first as number, { at: 3 }, clock.now() + 10_000)).toBeUndefined();
});
