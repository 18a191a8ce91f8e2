import { expect, test } from 'vitest';
import { platformOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld, unhurried } from '../support/harness.ts';

const code = await Promise.all(providers.map(provider => provider.load()));
const operations = code.flatMap(operationsOf);

/** The same numbers in every run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Some fields of the objects in it null, some absent. */
function spoil(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map(one => spoil(one, random));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, part]): [string, unknown][] => {
    const drawn = random();
    if (drawn < 0.1) return [[name, null]];
    return drawn < 0.2 ? [] : [[name, spoil(part, random)]];
  });
  return Object.fromEntries(kept);
}

/** Every address that is made of something which is not there. */
const holes = /\/(undefined|null|NaN|\[object)\b|%5Bobject/;

/** The same without the fields of some name. */
function without(names: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(one => without(names, one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.has(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, without(names, part)]));
}

test.each([
  ['project_id', ['project_id']],
  ['ids', ['id', 'iid', 'project_id', 'pipeline_id', 'key', 'runId', 'identifier', 'reference_id']],
])(
  'an answer without %s never makes an address with a hole in it',
  async (_, names) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    const simulators = world as unknown as Record<string, typeof world.datarock>;
    const left = new Set(names);
    const found: string[] = [];
    for (const { name, example, starts } of operations) {
      const { faults, requests } = simulators[platformOf({ name })] as typeof world.datarock;
      const restore = faults.add({ kind: 'changed', change: json => without(left, json) });
      requests.length = 0;
      const { text } = await world.call(name, starts ? { ...example.arguments, wait_seconds: 20 } : example.arguments);
      restore();
      const told = /failed unexpectedly/.test(text) || holes.test(text) ? [text] : [];
      const sent = requests.map(({ target }) => target).filter(target => holes.test(target));
      found.push(...[...told, ...sent].map(one => `${name}: ${one}`));
    }
    expect(found).toEqual([]);
  },
  300_000,
);

/** With and without asking first, which reads what would be lost. */
test.each([true, false])(
  'no field that is null or absent makes an operation fail unexpectedly (yes: %s)',
  async yes => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes } });
    const simulators = world as unknown as Record<string, typeof world.datarock>;
    let variations = 0;
    for (let round = 0; round < 4; round += 1)
      for (const { name, example, starts, ...operation } of operations) {
        const random = chance(variations + (yes ? 0 : 1_000_000));
        const { faults } = simulators[platformOf({ name })] as typeof world.datarock;
        const restore = faults.add({ kind: 'changed', change: json => spoil(json, random) });
        const { text } = await unhurried(
          world,
          name,
          starts ? { ...example.arguments, wait_seconds: 0 } : example.arguments,
        );
        restore();
        variations += 1;
        expect(text, `${operation.route}, variation ${variations}`).not.toMatch(
          /failed unexpectedly|\/(undefined|null)\b/,
        );
      }
    expect(variations).toBeGreaterThan(1500);
  },
  300_000,
);
