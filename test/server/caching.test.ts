import { expect, it } from 'vitest';
import { modern, startListening } from '../support/listening.ts';

const day = 86_400_000;
const fixed = { ttlMs: 3_600_000, cacheScope: 'public' };
const changing = { ttlMs: 0, cacheScope: 'private' };

it('every list and resource says truly for how long it holds, and for whom', async () => {
  const world = await startListening({}, { flags: { answer_tokens: 500 } });
  const holes = { project: 'Iron Knoll Grade Control', limit: 'all' };
  const { data } = await world.call('datarock_list_holes', holes);
  const { uri } = data['result'] as { uri: string };
  const ask = async (method: string, params = {}) => {
    const { message, headers } = modern(method, params);
    return (await world.post(message, headers)).message.result;
  };
  for (const method of ['server/discover', 'resources/templates/list'])
    expect(await ask(method), method).toMatchObject(fixed);
  // Its controls follow from whether the client can ask its person.
  expect(await ask('tools/list')).toMatchObject({ ...fixed, cacheScope: 'private' });
  // Every call may store a result, and a platform may change at any time.
  expect(await ask('resources/list')).toMatchObject(changing);
  expect(await ask('resources/read', { uri: 'datarock://projects' })).toMatchObject(changing);
  // What is stored stays as it is until it is removed, seven days after it was made.
  const stored = await ask('resources/read', { uri });
  expect(stored).toMatchObject({ cacheScope: 'private' });
  expect(stored?.['ttlMs']).toBeGreaterThan(6.99 * day);
  await world.clock.advance(day);
  expect((await ask('resources/read', { uri }))?.['ttlMs']).toBeLessThanOrEqual(6 * day);
});

it('older revisions are told nothing of it', async () => {
  const { post } = await startListening();
  const message = { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'datarock://projects' } };
  expect(Object.keys((await post(message)).message.result ?? {})).toEqual(['contents']);
});
