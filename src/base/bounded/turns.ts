import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Work on something whose size somebody else decides. It stops wherever `isDue` says so, and whoever drives it lets
 * others have their turn there, or goes on at once.
 */
export type Steps<Value> = Generator<undefined, Value, undefined>;

/** About a millisecond of looking at values one after the other. */
const stepsInTurn = 4_096;

/** There is one thread, so there is one count: the steps since others had a turn. */
let left = stepsInTurn;

/** Counts what is about to be done, and says whether others should have their turn first. */
export function isDue(steps = 1): boolean {
  left -= steps;
  return left <= 0;
}

/** Lets everybody else have a turn. */
export async function othersTurn(): Promise<void> {
  await nextTurn();
  left = stepsInTurn;
}

/** All of it at once, for what is known to be small. */
export function atOnce<Value>(steps: Steps<Value>): Value {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** With a turn for everybody else wherever one is due. What is small is done without waiting. */
export async function inTurns<Value>(steps: Steps<Value>): Promise<Value> {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await othersTurn();
  }
}
