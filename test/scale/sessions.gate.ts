import { afterAll, beforeAll, expect, it } from 'vitest';
import { legacy, startListening } from '../support/listening.ts';
import { RedisServer } from '../support/redis-server.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.close());

const opening = {
  protocolVersion: '2025-06-18',
  capabilities: { elicitation: {} },
  clientInfo: { name: 'older client', version: '1' },
};

async function replica() {
  const env = {
    DATA_PLATFORMS_HTTP_STATE_KEY: 'one key for all of them, of 32 characters',
    DATA_PLATFORMS_REDIS_URL: redis.url,
  };
  const world = await startListening(
    { legacy_sessions: true },
    { platforms: ['dataops'], env, flags: { toolsets: 'dataops:repository' } },
  );
  // An account that nobody has used begins with a pause of real time, which this clock runs ahead of.
  const list = legacy('tools/call', { name: 'dataops_list_projects', arguments: {} });
  await expect.poll(async () => (await world.post(list)).message.result).not.toHaveProperty('isError');
  return world;
}

it('a question that one replica puts is answered through another, and nothing is asked or done twice', async () => {
  const replicas = await Promise.all([replica(), replica(), replica()]);
  const at = (index: number) => replicas[index % 3] as (typeof replicas)[number];
  const session = (await at(0).post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
  for (let index = 0; index < 12; index++) {
    const [here, there] = [at(index), at(index + 1)];
    const branch = { project: 'meridian/data/drill-assays', branch: `old-${index}` };
    const create = legacy('tools/call', { name: 'dataops_create_branch', arguments: { ...branch, ref: 'main' } });
    expect((await here.post(create, headers)).message.result).not.toHaveProperty('isError');
    const call = legacy('tools/call', { name: 'dataops_delete_branch', arguments: branch }, 1000 + index);
    const answer = await here.stream('/mcp', call, headers);
    let question = await answer.next();
    while (question?.method && question.method !== 'elicitation/create') question = await answer.next();
    expect(question).toMatchObject({ method: 'elicitation/create' });
    expect(question?.id).toMatch(/^[\w-]+:\d+$/);
    const agreed = { jsonrpc: '2.0', id: question?.id, result: { action: 'accept', content: { agree: true } } };
    expect((await there.post(agreed, headers)).status).toBe(202);
    const last = await answer.last();
    expect(JSON.stringify(last?.result ?? last)).not.toMatch(/cancelled|needs_confirmation/);
  }
  const deletions = replicas.map(({ dataops }) => dataops.requests.filter(({ method }) => method === 'DELETE').length);
  expect(deletions).toEqual([4, 4, 4]);
});

it('an answer for a replica that has gone is told so', async () => {
  const [one, other] = await Promise.all([replica(), replica()]);
  const session = (await one.post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
  const headers = { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' };
  const late = { jsonrpc: '2.0', id: 'gone:3', result: { action: 'accept', content: {} } };
  expect((await other.post(late, headers)).status).toBe(404);
});
