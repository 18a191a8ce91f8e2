import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import type { Register } from '../../src/coordination/register.ts';
import {
  type Asking,
  type Claim,
  ClaimLost,
  createStarts,
  rememberedMs,
  type Starts,
} from '../../src/coordination/starts.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

/** What every register has to hold for the start guard. `open` gives what several who share it are made with. */
export const startGuardContract = (form: string, open: (clock: Clock) => Promise<() => Register>) =>
  describe(`the start guard in ${form}`, () => {
    async function share() {
      const clock = virtualClock();
      const register = await open(clock);
      /** `stopped`: it never renews anything, as if it were gone after what it did last. */
      const join = ({ stopped = false } = {}): Starts => {
        const silent = (ms: number) => ({ at: clock.now() + ms, clear() {} });
        return createStarts(stopped ? { ...clock, alarm: silent } : clock, register());
      };
      return { clock, join };
    }

    const patient = (parts: Partial<Asking> = {}): Asking => ({
      deadline: Number.POSITIVE_INFINITY,
      signal: new AbortController().signal,
      ...parts,
    });

    async function claimed(starts: Starts, parts: Partial<Asking> = {}): Promise<Claim> {
      const claim = await starts.claim('a', patient(parts));
      if (claim.kind !== 'claim') throw new Error(`found ${claim.kind}`);
      return claim;
    }

    test('of many at once one starts, and all others get its run', async () => {
      const { clock, join } = await share();
      let started = 0;
      const start = async (starts: Starts) => {
        const claim = await starts.claim('a', patient());
        if (claim.kind !== 'claim') return claim.kind === 'done' ? claim.uri : claim.kind;
        await claim.sent();
        await clock.sleep(3000);
        started += 1;
        await claim.done(`run://${started}`);
        return `run://${started}`;
      };
      const sharers = [join(), join(), join()];
      const uris = await Promise.all(Array.from({ length: 30 }, (_, i) => start(sharers[i % 3] as Starts)));
      expect([started, new Set(uris)]).toEqual([1, new Set(['run://1'])]);
      expect((await join().claim('b', patient())).kind).toBe('claim');
    });

    test('a claim whose owner has gone before anything was sent is taken over, and is worth nothing to it then', async () => {
      const { clock, join } = await share();
      const lost = await claimed(join({ stopped: true }));
      const asked = clock.now();
      const claim = await claimed(join());
      expect(clock.now() - asked).toBeGreaterThan(10_000);
      await expect(lost.sent()).rejects.toThrow(ClaimLost);
      await claim.sent();
      await claim.done('run://1');
      expect(await join().claim('a', patient())).toMatchObject({ kind: 'done', uri: 'run://1' });
    });

    test('an owner who is there is waited for, until the deadline', async () => {
      const { clock, join } = await share();
      const claim = await claimed(join());
      for (const stage of ['claimed', 'sent']) {
        if (stage === 'sent') await claim.sent();
        const found = await join().claim('a', patient({ deadline: clock.now() + 60_000 }));
        expect(found.kind, stage).toBe('pending');
      }
      const controller = new AbortController();
      const waiting = join().claim('a', patient({ signal: controller.signal }));
      controller.abort(new Error('gone'));
      await expect(waiting).rejects.toThrow('gone');
      await claim.done('run://1');
    });

    test('what was sent by an owner who has gone is not started again blindly', async () => {
      const { clock, join } = await share();
      await (await claimed(join({ stopped: true }))).sent();
      const sentAt = clock.now();
      const found = await Promise.all([join(), join()].map(starts => starts.claim('a', patient())));
      for (const one of found) {
        expect(one).toMatchObject({ kind: 'doubt' });
        if ('at' in one) expect(Math.abs(one.at - sentAt)).toBeLessThan(50);
      }
      const anyway = await Promise.all(
        [join(), join()].map(starts => starts.claim('a', patient({ over: 'all', deadline: 0 }))),
      );
      expect(anyway.map(({ kind }) => kind).toSorted()).toEqual(['claim', 'pending']);
    });

    test('an owner who does not know either says so at once, and one who surely started nothing makes room', async () => {
      const { clock, join } = await share();
      const dropped = await claimed(join());
      await dropped.sent();
      await dropped.drop();
      const doubtful = await claimed(join());
      await doubtful.sent();
      await doubtful.doubt();
      const asked = clock.now();
      expect((await join().claim('a', patient())).kind).toBe('doubt');
      expect(clock.now()).toBe(asked);
    });

    test('a start is remembered for ten minutes', async () => {
      const { clock, join } = await share();
      const claim = await claimed(join());
      await claim.sent();
      await claim.done('run://1');
      await clock.advance(rememberedMs - 1000);
      expect((await join().claim('a', patient())).kind).toBe('done');
      await clock.advance(1000);
      expect((await join().claim('a', patient())).kind).toBe('claim');
    });

    test('another is started over the one that was found, once', async () => {
      const { join } = await share();
      const claim = await claimed(join());
      await claim.sent();
      await claim.done('run://1');
      const found = await join().claim('a', patient());
      if (found.kind !== 'done') throw new Error(found.kind);
      const second = await claimed(join(), { over: found.id });
      await second.sent();
      await second.done('run://2');
      expect(await join().claim('a', patient({ over: found.id }))).toMatchObject({ kind: 'done', uri: 'run://2' });
    });

    test('asking for another does not start two when it is asked for twice at once', async () => {
      const { clock, join } = await share();
      const claim = await claimed(join());
      await claim.sent();
      await claim.done('run://1');
      const again = async () => {
        const got = await join().claim('a', patient({ over: 'all' }));
        if (got.kind !== 'claim') return got.kind === 'done' ? got.uri : got.kind;
        await got.sent();
        await clock.sleep(1000);
        await got.done('run://2');
        return 'started';
      };
      expect((await Promise.all([again(), again(), again()])).toSorted()).toEqual(['run://2', 'run://2', 'started']);
    });
  });
