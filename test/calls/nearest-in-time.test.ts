import { expect, it } from 'vitest';
import type * as z from 'zod';
import { fieldMeta, isListing } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

const records = (await Promise.all(providers.map(provider => provider.load()))).flatMap(operationsOf);
// A history is of periods that begin at a time, not of things in it.
const isHistory = (name: string) => name.endsWith('_history');

const timed = records.flatMap(operation => {
  if (operation.risk !== 'reads' || !isListing(operation) || isHistory(operation.name)) return [];
  const times = Object.entries(operation.input.shape).filter(([, field]) => fieldMeta(field).time);
  // With a default there is a window in any case.
  const isFree = times.every(([, field]) => {
    const { success, data } = (field as z.ZodType).safeParse(undefined);
    return success && data === undefined;
  });
  return times.length > 0 && isFree ? [{ operation, times }] : [];
});

it('are most listings with a time', () => {
  expect(timed.length).toBeGreaterThan(10);
});

it.each(timed.map(one => [one.operation.name, one] as const))(
  '%s says the nearest there is where nothing is in the time asked for',
  async (name, { operation, times }) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
    const given: Record<string, unknown> = { ...operation.example.arguments };
    if (given['schedule'] !== undefined) {
      const { data } = await world.call('dataops_list_schedules', { project: given['project'] });
      given['schedule'] = String((data['items'] as { id: unknown }[])[0]?.id);
    }
    if (given['deployment'] !== undefined) {
      const { data } = await world.call('dataops_list_deployments', { project: given['project'] });
      given['deployment'] = String((data['items'] as { id: unknown }[])[0]?.id);
    }
    const bare = Object.fromEntries(
      Object.entries(given).filter(([argument]) => !times.some(([one]) => one === argument)),
    );
    const all = await world.call(name, { ...bare, limit: 5 });
    expect(all.isError, all.text).toBe(false);
    // Nothing is after the last second of the century, nothing before its first.
    for (const [argument, field] of times) {
      const isEnd = fieldMeta(field).time?.edge === 'end' || /before|until/.test(argument);
      const { text, isError, data } = await world.call(name, {
        ...bare,
        [argument]: isEnd ? '2001-01-01T00:00:00Z' : '2099-12-31T00:00:00Z',
      });
      expect(isError, text).toBe(false);
      // A token that was never used was not used after a day either.
      if (argument === 'last_used_before') continue;
      expect(data['items'], text).toEqual([]);
      expect(text).toMatch(/^No /);
      const found = (all.data['items'] as unknown[]).length > 0;
      expect(text, argument).toMatch(
        found ? /The newest (of the first 100 )?at any time: \w+ \d{4}-\d\d-\d\dT/ : /none at any other time/,
      );
      expect(text).not.toMatch(/check the ids/i);
    }
  },
  60_000,
);
