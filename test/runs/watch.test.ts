import {
  Client,
  InMemoryTransport,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { serveClient } from '../../src/server/stdio.ts';
import { startWorld, type World } from '../support/harness.ts';
import { startListening } from '../support/listening.ts';

const start = { project: 'meridian/data/drill-assays', ref: 'main', wait_seconds: 0 };
const info = { name: 'watching', version: '1.0.0' };

async function startedRun(world: World): Promise<string> {
  const { data } = await world.call('dataops_run_pipeline', start);
  return (data['run'] as { uri: string }).uri;
}

/** What the platform was asked about a pipeline itself. */
const looks = ({ dataops }: World, uri: string) =>
  dataops.requests.filter(({ target }) => target.endsWith(`/pipelines/${uri.split('/').at(-1)}`)).length;

async function overStdio(mode: 'legacy' | 'auto') {
  const world = await startWorld({ platforms: ['dataops'] });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const handle = serveClient(world.server, ours as never);
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(theirs);
  onTestFinished(() => handle.close());
  return { world: world as World, client };
}

async function overHttp(
  mode: 'legacy' | 'auto',
  reach = (url: URL): Transport => new StreamableHTTPClientTransport(url),
) {
  const world = await startListening({ legacy_sessions: true, sse: true }, { platforms: ['dataops'] });
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(reach(new URL(world.listener.url)));
  onTestFinished(() => client.close());
  return { world: world as World, client };
}

/** Subscribes in the way of the client's era; resolves with how to stop. */
async function subscribe(client: Client, uri: string): Promise<() => Promise<unknown>> {
  if (client.getNegotiatedProtocolVersion() !== '2026-07-28') {
    await client.subscribeResource({ uri });
    return () => client.unsubscribeResource({ uri });
  }
  const subscription = await client.listen({ resourceSubscriptions: [uri, 'dataops://projects'] });
  expect(subscription.honoredFilter).toEqual({ resourceSubscriptions: [uri] });
  return () => subscription.close();
}

const ways = [
  ['stdio, 2025 era', () => overStdio('legacy')],
  ['stdio, 2026 era', () => overStdio('auto')],
  ['HTTP, 2026 era', () => overHttp('auto')],
  ['HTTP with a session, 2025 era', () => overHttp('legacy')],
  ['SSE, 2024 era', () => overHttp('legacy', url => new SSEClientTransport(new URL('/sse', url)))],
] as const;

describe.each(ways)('a run that is subscribed to over %s', (_, connect) => {
  it('announces its changes until it has ended', async () => {
    const { world, client } = await connect();
    const uri = await startedRun(world);
    const states: string[] = [];
    client.setNotificationHandler('notifications/resources/updated', async ({ params }) => {
      expect(params.uri).toBe(uri);
      const { contents } = await client.readResource({ uri });
      states.push(JSON.parse((contents[0] as { text: string }).text).status);
    });
    await subscribe(client, uri);
    await vi.waitFor(() => expect(states.at(-1)).toBe('success'), { timeout: 10_000 });
    expect(states.length).toBeGreaterThan(2);
    const asked = looks(world, uri);
    await world.clock.advance(600_000);
    expect(looks(world, uri)).toBe(asked);
  });

  it('is not looked at any more when nobody listens', async () => {
    const { world, client } = await connect();
    const release = world.clock.hold();
    const uri = await startedRun(world);
    const before = looks(world, uri);
    const stop = await subscribe(client, uri);
    await vi.waitFor(() => expect(looks(world, uri)).toBe(before + 1));
    await stop();
    // The stream's end takes a moment to arrive.
    await client.listTools();
    release();
    await world.clock.advance(600_000);
    expect(looks(world, uri)).toBe(before + 1);
  });
});

describe('watching', () => {
  it('announces a run that is over already, for it may just have ended', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const uri = await startedRun(world);
    await world.clock.advance(3_600_000);
    const told = await new Promise(resolve => world.server.runs.watch(uri, {}, () => resolve('changed')));
    expect(told).toBe('changed');
  });

  it('looks once for all listeners of a caller, and on through failures that pass', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const uri = await startedRun(world);
    const before = looks(world, uri);
    const release = world.clock.hold();
    const told: string[] = [];
    for (const name of ['one', 'other']) world.server.runs.watch(uri, {}, () => told.push(name));
    await world.clock.advance(1_000);
    expect(looks(world, uri)).toBe(before + 1);
    const mend = world.dataops.faults.add({ kind: 'status', status: 503 });
    release();
    await world.clock.advance(60_000);
    expect(told).toEqual([]);
    mend();
    await world.clock.advance(3_600_000);
    expect(told.length).toBeGreaterThan(1);
    expect(told).toEqual(told.map((_, index) => (index % 2 === 0 ? 'one' : 'other')));
  });

  it('is for runs alone, and for so many of a caller', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const { runs } = world.server;
    expect(runs.accept(['dataops://projects', 'result://abc', 'nothing', 'https://example.com/'])).toEqual([]);
    const many = Array.from({ length: 60 }, (_, index) => `dataops://projects/1/pipelines/${index}`);
    const accepted = runs.accept(many);
    expect(accepted).toEqual(many.slice(0, 50));
    const release = world.clock.hold();
    const stops = accepted.map(uri => runs.watch(uri, {}, () => {}));
    expect(runs.accept(many.slice(49, 51))).toEqual([many[49]]);
    expect(world.server.served({ name: 'grace', callerId: 'grace' }).runs.accept(many)).toHaveLength(50);
    for (const stop of stops) stop();
    release();
    expect(runs.accept(many.slice(50))).toHaveLength(10);
  });

  it('is refused where nothing would be told', async () => {
    const { world, client } = await overStdio('legacy');
    await expect(client.subscribeResource({ uri: 'dataops://projects' })).rejects.toThrow(/only runs do/);
    const stateless = world.server.factory({ era: 'legacy', requestInfo: new Request('http://localhost/mcp') });
    expect(stateless.getCapabilities().resources).toEqual({});
  });
});
