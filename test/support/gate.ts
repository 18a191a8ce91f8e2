import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Quota } from '../../src/http/connection.ts';
import { type Gate, longestWayMs, type Place, type Window } from '../../src/http/quota/gate.ts';
import { type VirtualClock, virtualClock } from '../../src/sandbox/clock.ts';

const window = (requests: number, perMs: number, id = '0 '): Window => {
  const quota: Quota = { name: 'everything', requests, perMs, appliesTo: () => true };
  return { id, quota };
};

/** What every gate has to hold. `create`: one that nobody has used. */
export const gateContract = (form: string, create: (clock: VirtualClock) => Gate) =>
  describe(`a gate in ${form}`, () => {
    /** Hands places out; each place that is given is written down with the time. */
    function open() {
      const clock = virtualClock();
      const gate = create(clock);
      const start = clock.now();
      const entered: { name: string; at: number; place: Place }[] = [];
      const waits: number[] = [];
      const at = () => clock.now() - start;
      function enter(name: string, windows: Window[], { signal = new AbortController().signal, ms = 60_000 } = {}) {
        const deadline = clock.now() + ms;
        const told = { deadline, signal, waits: (until: number) => void waits.push(until - start) };
        return gate.enter(windows, told).then(place => {
          if (typeof place === 'number') return place - start;
          entered.push({ name, at: at(), place });
          return place;
        });
      }
      const placeOf = (name: string) => entered.find(one => one.name === name)?.place as Place;
      const times = () => Object.fromEntries(entered.map(one => [one.name, one.at]));
      return { clock, gate, enter, entered, placeOf, times, waits, at };
    }

    test('a place that is under way does not age, however long it takes', async () => {
      const { clock, gate, enter, placeOf, times } = open();
      const release = clock.hold();
      const one = window(1, 1000);
      await enter('a', [one]);
      const waiting = enter('b', [one]);
      await clock.advance(20_000);
      expect(times()).toEqual({ a: 0 });
      gate.written(placeOf('a'));
      gate.answered(placeOf('a'));
      await clock.advance(1000 - 1);
      expect(times()).toEqual({ a: 0 });
      release();
      await waiting;
      expect(times()['b']).toBeGreaterThanOrEqual(21_000);
      expect(times()['b']).toBeLessThan(21_100);
    });

    test('one that was written has arrived after the longest way, or with its answer', async () => {
      const { clock, gate, enter, placeOf, times } = open();
      const release = clock.hold();
      const two = window(2, 1000);
      await Promise.all([enter('a', [two]), enter('b', [two])]);
      for (const name of ['a', 'b']) gate.written(placeOf(name));
      const waiting = [enter('c', [two]), enter('d', [two])];
      await clock.advance(100);
      gate.answered(placeOf('b'));
      // Its answer takes long; that does not keep the place.
      release();
      await Promise.all(waiting);
      const { c = 0, d = 0 } = times();
      expect([c >= 1100, c < 1200]).toEqual([true, true]);
      expect([d >= 1000 + longestWayMs, d < 1100 + longestWayMs]).toEqual([true, true]);
    });

    test('one that is written again counts from then', async () => {
      const { clock, gate, enter, placeOf, times } = open();
      const release = clock.hold();
      const one = window(1, 1000);
      await enter('a', [one]);
      gate.written(placeOf('a'));
      await clock.advance(400);
      gate.written(placeOf('a'));
      const waiting = enter('b', [one]);
      release();
      await waiting;
      expect(times()['b']).toBeGreaterThanOrEqual(1400 + longestWayMs);
    });

    test('all windows of a request have room at once, or it waits and takes none', async () => {
      const { clock, gate, enter, placeOf, times } = open();
      const release = clock.hold();
      const [wide, narrow] = [window(2, 1000, '0 '), window(1, 5000, '1 ')];
      await enter('both', [wide, narrow]);
      gate.answered(placeOf('both'));
      const waiting = enter('narrow again', [wide, narrow]);
      release();
      await enter('wide', [wide]);
      await waiting;
      const { wide: first, 'narrow again': second = 0 } = times();
      // First come, first served: what waits counts for the windows it is not held up by, too.
      expect(first).toBeLessThan(1100);
      expect(second).toBeGreaterThanOrEqual(5000);
    });

    test('who asked first goes first, and who gives up is passed over', async () => {
      const { clock, gate, enter, entered } = open();
      const one = window(1, 1000);
      const release = clock.hold();
      const leaving = new AbortController();
      const gone = new Error('gone');
      const asked = ['a', 'b', 'c', 'd'].map(name =>
        enter(name, [one], name === 'b' ? { signal: leaving.signal } : {}).then(place => {
          if (typeof place !== 'number') gate.answered(place);
        }),
      );
      leaving.abort(gone);
      release();
      const ended = await Promise.allSettled(asked);
      expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(ended[1]).toMatchObject({ reason: gone });
      expect(entered.map(({ name }) => name)).toEqual(['a', 'c', 'd']);
      await expect(enter('e', [one], { signal: AbortSignal.abort(gone) })).rejects.toBe(gone);
    });

    test('who would come too late is told when it would have been let in, and keeps nobody waiting', async () => {
      const { clock, gate, enter, placeOf, times } = open();
      const one = window(1, 10_000);
      const release = clock.hold();
      await enter('a', [one]);
      gate.answered(placeOf('a'));
      expect(await enter('b', [one], { ms: 5000 })).toBeGreaterThanOrEqual(10_000);
      const waiting = enter('c', [one]);
      release();
      await waiting;
      expect(times()['c']).toBeLessThan(10_100);
    });

    test('whatever holds requests up on their way, no window of its length holds more than the quota', async () => {
      const ms = (max: number) => fc.integer({ min: 0, max });
      const request = fc.record({ written: ms(3000), arrived: ms(longestWayMs), answered: ms(3000) });
      const schedules = fc.array(request, { minLength: 10, maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(schedules, async requests => {
          const { clock, gate, enter, at } = open();
          const arrivals: number[] = [];
          const send = async ({ written, arrived, answered }: (typeof requests)[number], index: number) => {
            const place = (await enter(`${index}`, [window(4, 1000)], { ms: Number.POSITIVE_INFINITY })) as Place;
            await clock.sleep(written);
            gate.written(place);
            await clock.sleep(arrived);
            arrivals.push(at());
            await clock.sleep(answered);
            gate.answered(place);
          };
          await Promise.all(requests.map(send));
          const within = (from: number) => arrivals.filter(to => to >= from && to < from + 1000).length;
          expect(Math.max(...arrivals.map(within))).toBeLessThanOrEqual(4);
        }),
        { numRuns: 12 },
      );
    });

    test('a window that the platform closes stays closed until then, with a quota or without', async () => {
      const { clock, gate, enter, times, waits } = open();
      const release = clock.hold();
      const [free, limited] = [{ id: '' }, window(5, 1000)];
      for (const one of [free, limited]) gate.close(one, clock.now() + 30_000);
      gate.close(free, clock.now() + 10_000);
      const waiting = [enter('free', [free]), enter('limited', [limited])];
      await expect.poll(() => waits.length).toBe(2);
      for (const until of waits) expect(Math.abs(until - 30_000)).toBeLessThan(100);
      await enter('other', [window(5, 1000, '1 ')]);
      release();
      await Promise.all(waiting);
      const { other = 0, free: first = 0, limited: second = 0 } = times();
      expect([other, first, second].map(ms => Math.round(ms / 1000))).toEqual([0, 30, 30]);
      expect(Math.min(first, second)).toBeGreaterThanOrEqual(30_000);
    });
  });
