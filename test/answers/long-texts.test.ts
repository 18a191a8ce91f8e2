import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { storeLongLists } from '../../src/answers/long-lists.ts';
import { guessTokens } from '../../src/base/text.ts';
import type { Operation, OperationContext } from '../../src/operations/operation.ts';
import { freshStore, origin } from '../support/folder.ts';

test('a thing with a huge text has an answer of the usual size, and a handle for the whole', async () => {
  const { store } = await freshStore();
  const context = {
    store: ({ name, mediaType = 'text/plain' }, content) => store.write(origin({ name, mediaType }), content),
  } as Pick<OperationContext, 'store'> as OperationContext;
  const log = 'é'.repeat(300_000);
  const given = { id: 7, deep: { log, note: 'short' } };
  const { value, warnings } = await storeLongLists({} as Operation, {}, given, 4_000, context);
  expect(guessTokens(value)).toBeLessThan(4_000);
  expect(value).toMatchObject({ id: 7, deep: { log: `${'é'.repeat(4_000)}…`, note: 'short' } });
  expect(warnings).toEqual([
    expect.stringMatching(/^deep\.log: 4,000 of 300,000 characters are shown; all are stored as/),
  ]);
  const uri = /result:\/\/\w+/.exec(warnings[0] ?? '')?.[0] ?? '';
  expect(await text(await store.open(await store.get(uri)))).toBe(log);
  expect(given.deep.log).toBe(log);
});
