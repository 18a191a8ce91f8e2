import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type Keep, storeLongParts } from '../../src/answers/long-parts.ts';
import { guessTokens } from '../../src/base/text.ts';
import { freshStore, origin } from '../support/folder.ts';

test('a thing with a huge text has an answer of the usual size, and a handle for the whole', async () => {
  const { store } = await freshStore();
  const keep: Keep = (named, content) => store.write(origin(named), content);
  const log = 'é'.repeat(300_000);
  const given = { id: 7, deep: { log, note: 'short' } };
  const { value, warnings } = await storeLongParts(given, 4_000, 3, keep);
  expect(guessTokens(value)).toBeLessThan(4_000);
  expect(value).toMatchObject({ id: 7, deep: { log: `${'é'.repeat(4_000)}…`, note: 'short' } });
  expect(warnings).toEqual([
    expect.stringMatching(/^deep\.log: 4,000 of 300,000 characters are shown; all are stored as/),
  ]);
  const uri = /result:\/\/\w+/.exec(warnings[0] ?? '')?.[0] ?? '';
  expect(await text(await store.open(await store.get(uri)))).toBe(log);
  expect(given.deep.log).toBe(log);
});
