import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

it('check_connections says whose account it is on each platform', async () => {
  const { call } = await startWorld({ platforms: 'all' });
  const { data } = await call('check_connections');
  const accounts = (data['connections'] as { platform: string; account?: string }[]).map(
    ({ platform, account }) => [platform, account] as const,
  );
  expect(Object.fromEntries(accounts)).toEqual({
    Datarock: 'geo@sandbox.example',
    'DataOps.live': expect.stringMatching(/^[\w.]+ \(.+\)$/),
    Datagrok: expect.stringMatching(/^[\w.]+$/),
    Datamin: expect.stringMatching(/^API client [0-9a-f-]{36}$/),
    DX: expect.stringMatching(/^organization .+/),
  });
});
