import { expect, it } from 'vitest';
import { newToken } from '../../../src/callers/static-tokens.ts';
import { legacy, startListening } from '../../support/listening.ts';

const [anna, ben] = [newToken(), newToken()];
const tokens = [
  { name: 'anna', sha256: anna.sha256 },
  { name: 'ben', sha256: ben.sha256 },
];
const opening = {
  protocolVersion: '2025-06-18',
  capabilities: { elicitation: {} },
  clientInfo: { name: 'c', version: '1' },
};
const key = 'one key for all of them, of 32 characters';

async function replica(stateKey = key) {
  const { post, send } = await startListening(
    { tokens, legacy_sessions: true },
    { platforms: ['dataops'], env: { DATA_PLATFORMS_HTTP_STATE_KEY: stateKey } },
  );
  const as = ({ token }: { token: string }, session?: string) => ({
    authorization: `Bearer ${token}`,
    ...(session === undefined ? {} : { 'mcp-session-id': session }),
  });
  return {
    open: async (params: Record<string, unknown> = opening) =>
      (await post(legacy('initialize', params), as(anna))).headers['mcp-session-id'] as string,
    list: (session: string, who = anna) => post(legacy('tools/list'), as(who, session)),
    end: (session: string) => send('/mcp', { method: 'DELETE', headers: as(anna, session) }),
  };
}

it('any replica goes on with the session of another, for its caller alone', async () => {
  const [one, other] = await Promise.all([replica(), replica()]);
  const session = await one.open();
  expect(session.length).toBeLessThan(400);
  const [first, second] = await Promise.all([other.list(session), other.list(session)]);
  expect([first.status, second.status]).toEqual([200, 200]);
  // It knows what the client can do: a client that can ask its person gets no token to agree with.
  expect(first.message.result).toEqual((await one.list(session)).message.result);
  expect((await other.list(session, ben)).status).toBe(404);
  expect((await one.list(session, ben)).status).toBe(404);
});

it('what was changed, made by others, ended or is too old is no session', async () => {
  const [one, other, stranger] = await Promise.all([replica(), replica(), replica('k'.repeat(40))]);
  const session = await one.open();
  expect((await stranger.list(session)).status).toBe(404);
  const [born = '', ...rest] = session.split('.');
  const changed = [(Number.parseInt(born, 36) + 1).toString(36), ...rest].join('.');
  for (const id of [changed, `${session}x`, `${session}.x`, 'x', '...'])
    expect((await other.list(id)).status).toBe(404);
  expect((await other.end(session)).status).toBe(200);
  expect((await other.list(session)).status).toBe(404);
});

it('a client that says more of itself than goes into a header has a session with one replica', async () => {
  const [one, other] = await Promise.all([replica(), replica()]);
  const session = await one.open({ ...opening, clientInfo: { name: 'c'.repeat(3000), version: '1' } });
  expect(session.length).toBeLessThan(40);
  expect([(await one.list(session)).status, (await other.list(session)).status]).toEqual([200, 404]);
});
