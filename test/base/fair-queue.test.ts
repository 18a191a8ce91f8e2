import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairQueue } from '../../src/base/fair-queue.ts';

const { signal } = new AbortController();

/** A queue whose turns are told in the order in which they begin, and ended by name. */
function told(atOnce: number, perCaller: number) {
  const queue = createFairQueue({ atOnce, perCaller });
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  async function ask(caller: string, name: string) {
    ends.set(name, await queue.enter(caller, signal));
    began.push(name);
  }
  async function end(name: string) {
    ends.get(name)?.();
    await settled();
  }
  return { queue, began, ask, end };
}

const settled = () => new Promise(resolve => setImmediate(resolve));

test('one caller who asks for everything leaves a turn for another', async () => {
  const { began, ask, end } = told(3, 2);
  for (let count = 1; count <= 24; count++) void ask('a', `a${count}`);
  void ask('b', 'b1');
  await settled();
  expect(began).toEqual(['a1', 'a2', 'b1']);
  void ask('c', 'c1');
  await end('a1');
  expect(began).toEqual(['a1', 'a2', 'b1', 'c1']);
  await end('b1');
  expect(began.at(-1)).toBe('a3');
});

test('a turn goes to whoever has fewest, and of those to the one who has waited longest since the last', async () => {
  const { began, ask, end } = told(1, 1);
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) void ask(name.charAt(0), name);
  await settled();
  for (const name of ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']) {
    expect(began.at(-1)).toBe(name);
    await end(name);
  }
});

test('whoever gives up waiting takes no turn, and one that has ended twice is one', async () => {
  const { queue, began, ask } = told(1, 1);
  const first = await queue.enter('a', signal);
  const controller = new AbortController();
  const given = queue.enter('b', controller.signal);
  void ask('c', 'c1');
  controller.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  await expect(queue.enter('b', controller.signal)).rejects.toThrow('enough');
  first();
  first();
  void ask('d', 'd1');
  await settled();
  expect(began).toEqual(['c1']);
});

test('never too many at once, in all or of one caller, and everybody gets a turn', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      async (callers, atOnce, perCaller) => {
        const queue = createFairQueue({ atOnce, perCaller });
        const running: string[] = [];
        await Promise.all(
          callers.map(async caller => {
            const end = await queue.enter(caller, signal);
            running.push(caller);
            expect(running.length).toBeLessThanOrEqual(atOnce);
            expect(running.filter(one => one === caller).length).toBeLessThanOrEqual(perCaller);
            await settled();
            running.splice(running.indexOf(caller), 1);
            end();
          }),
        );
        expect(running).toEqual([]);
      },
    ),
  );
});
