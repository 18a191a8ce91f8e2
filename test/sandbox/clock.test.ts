import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { virtualClock } from '../../src/sandbox/clock.ts';

const start = 1_000_000;
const minutes = 60_000;

test('time jumps to the earliest sleeper, again and again, in order', async () => {
  const clock = virtualClock(start);
  const seen: [string, number][] = [];
  const sleeper = async (name: string, ...naps: number[]) => {
    for (const nap of naps) {
      await clock.sleep(nap);
      seen.push([name, clock.now() - start]);
    }
  };
  await Promise.all([sleeper('slow', 10 * minutes), sleeper('quick', 4 * minutes, 5 * minutes, 2 * minutes)]);
  expect(seen).toEqual([
    ['quick', 4 * minutes],
    ['quick', 9 * minutes],
    ['slow', 10 * minutes],
    ['quick', 11 * minutes],
  ]);
});

test('time stays while anything is held, and goes on after the last release', async () => {
  const clock = virtualClock(start);
  const [first, second] = [clock.hold(), clock.hold()];
  const nap = clock.sleep(5 * minutes);
  first();
  first();
  for (let i = 0; i < 50; i += 1) await turn();
  await new Promise(resolve => setTimeout(resolve, 5));
  expect(clock.now()).toBe(start);
  second();
  await nap;
  expect(clock.now()).toBe(start + 5 * minutes);
});

test('an alarm fires when a sleeper takes time past it, and never by itself', async () => {
  const clock = virtualClock(start);
  let firedAt = 0;
  const late = clock.alarm(3 * minutes, () => {
    firedAt = clock.now();
  });
  const cleared = clock.alarm(1 * minutes, () => {
    throw new Error('cleared');
  });
  await new Promise(resolve => setTimeout(resolve, 6));
  expect([clock.now(), late.at, firedAt]).toEqual([start, start + 3 * minutes, 0]);
  cleared.clear();
  await clock.sleep(4 * minutes);
  expect(firedAt).toBe(start + 3 * minutes);
});

test('an aborted sleeper rejects with the reason and no longer moves time', async () => {
  const clock = virtualClock(start);
  const controller = new AbortController();
  const nap = clock.sleep(60 * minutes, controller.signal);
  const reason = new Error('caller left');
  controller.abort(reason);
  await expect(nap).rejects.toBe(reason);
  await expect(clock.sleep(1, controller.signal)).rejects.toBe(reason);
  await clock.sleep(1000);
  expect(clock.now()).toBe(start + 1000);
});

test('moving time by hand wakes everything on the way at its own time, though something is held', async () => {
  const clock = virtualClock(start);
  const release = clock.hold();
  const ticks: number[] = [];
  const ticker = (async () => {
    for (let i = 0; i < 12; i += 1) {
      await clock.sleep(5000);
      ticks.push(clock.now() - start);
    }
  })();
  let rang = false;
  clock.alarm(31_000, () => {
    rang = true;
  });
  await clock.advance(30_000);
  expect(ticks).toEqual([5000, 10_000, 15_000, 20_000, 25_000, 30_000]);
  expect([clock.now() - start, rang]).toEqual([30_000, false]);
  await clock.advance(2000);
  expect(rang).toBe(true);
  release();
  await ticker;
  expect(clock.now() - start).toBe(60_000);
});

test('nothing is left running when nobody sleeps', async () => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length;
  const before = timers();
  const clock = virtualClock(start);
  clock.alarm(minutes, () => {});
  clock.hold()();
  await clock.sleep(minutes / 2);
  await turn();
  expect(timers()).toBeLessThanOrEqual(before);
});
