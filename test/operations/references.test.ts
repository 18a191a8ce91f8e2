import { expect, it } from 'vitest';
import type * as z from 'zod';
import { ownArguments } from '../../src/calls/names/name-index.ts';
import { fieldMeta, isReading, type Operation, type Reference, startsRun } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld, type World } from '../support/harness.ts';

const records = (await Promise.all(providers.map(provider => provider.load()))).flatMap(operationsOf);

interface Named {
  operation: Operation;
  argument: string;
  reference: Reference;
}

/** Every reference that a reading takes one name for, by the first record that has it: the mechanism is one. */
function references(): Named[] {
  const seen = new Map<unknown, Named>();
  for (const operation of records) {
    if (!isReading(operation) || startsRun(operation)) continue;
    for (const [argument, field] of Object.entries(operation.input.shape)) {
      const { reference } = fieldMeta(field);
      if (!reference || !(field as z.ZodType).safeParse('x').success) continue;
      const key = JSON.stringify([reference.list().name, reference.key, reference.label, reference.also]);
      if (!seen.has(key)) seen.set(key, { operation, argument, reference });
    }
  }
  return [...seen.values()];
}

/** What goes with an argument, beside the example. */
const beside: Record<string, Record<string, unknown>> = { attribute_group_id: { dimension_type: 'attribute' } };

/** What nobody can be told apart by: a name that the listing gives to several things. */
const countOf = (rows: readonly Record<string, unknown>[], value: string) =>
  rows.filter(row => Object.values(row).some(one => String(one).toLowerCase() === value.toLowerCase())).length;

/** Answers without the handles in them, which differ from call to call. */
const bare = (text: string) => text.replace(/(result|cursor)[^\s]*/g, '').replace(/"(at|started_at)":"[^"]*"/g, '');

async function rowsOf({ call }: World, { operation, reference }: Named) {
  const listing = reference.list();
  const own = ownArguments(listing, operation.example.arguments as Record<string, unknown>);
  // Long listings are stored, and the answer has none of their rows.
  const { data, isError, text } = await call(listing.name, {
    ...own,
    limit: reference.search ? 30 : 'all',
    ...(reference.only ? {} : { fields: [reference.key, reference.label, ...(reference.also ?? [])] }),
  });
  expect(isError, `${listing.name}: ${text}`).toBe(false);
  const rows = (data['items'] ?? []) as Record<string, unknown>[];
  return reference.only ? rows.filter(reference.only) : rows;
}

/** Two letters exchanged within the longest word: what people mistype. */
function mistyped(name: string): string | undefined {
  const word = /[\p{L}]{6,}/u.exec(name)?.[0];
  if (word === undefined) return undefined;
  const [a = '', b = ''] = [word[2], word[3]];
  return a.toLowerCase() === b.toLowerCase() ? undefined : name.replace(word, word.slice(0, 2) + b + a + word.slice(4));
}

const all = references();

it('are many', () => {
  expect(all.length).toBeGreaterThan(20);
});

it.each(all.map(one => [`${one.operation.name} ${one.argument}`, one] as const))(
  '%s is taken by its key, its names and in another case, and a near miss is told',
  async (_, named) => {
    const { operation, argument, reference } = named;
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    const rows = await rowsOf(world, named);
    const given = operation.example.arguments as Record<string, unknown>;
    const ask = (value: string) => world.call(operation.name, { ...given, ...beside[argument], [argument]: value });
    // The thing of the example where it is among them: what has an own page has to be something that can be asked for.
    const wanted = String(given[argument] ?? '');
    const isIt = (row: Record<string, unknown>) =>
      [reference.key, reference.label, ...(reference.also ?? [])].some(field => String(row[field]) === wanted);
    const row = rows.find(isIt) ?? rows[0];
    expect(row, 'the sandbox has such things').toBeDefined();
    if (!row) return;
    const key = String(row[reference.key]);
    const right = await ask(key);
    expect(right.isError, `${key}: ${right.text}`).toBe(false);
    const names = [reference.label, ...(reference.also ?? [])].flatMap(field =>
      row[field] === null || row[field] === undefined || row[field] === '' ? [] : [String(row[field])],
    );
    for (const name of new Set(names)) {
      if (countOf(rows, name) > 1) continue;
      for (const spelt of [name, name.toUpperCase(), ` ${name} `]) {
        const { text, isError } = await ask(spelt);
        expect(isError, `${spelt}: ${text}`).toBe(false);
        expect(bare(text), spelt).toBe(bare(right.text));
      }
    }
    const miss = names.map(mistyped).find(name => name !== undefined && countOf(rows, name) === 0);
    if (miss === undefined) return;
    const { text, isError } = await ask(miss);
    // What a search finds all the same is what was meant.
    if (!isError) return;
    expect(text, miss).toMatch(/Did you mean "/);
  },
  60_000,
);
