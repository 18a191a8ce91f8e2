import { expect, it } from 'vitest';
import { withCredentials } from '../../src/callers/header-credentials.ts';
import { newToken } from '../../src/callers/static-tokens.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { legacy, modern, startListening } from '../support/listening.ts';
import { upstream } from '../support/upstream.ts';

/** Two people behind one gateway, which hands in what each of them has for DataOps.live and Datarock. */
async function gateway(http: Record<string, unknown> = {}) {
  const clock = virtualClock();
  const elsewhere = await upstream(clock, [200, {}, []]);
  const { token, sha256 } = newToken();
  const lines: string[] = [];
  const line = (fields: object, message: string) => lines.push(JSON.stringify([message, fields]));
  const credentials: Record<string, Record<string, string>> = {};
  const world = await startListening(
    { tokens: [{ name: 'gateway', sha256 }], ...http },
    {
      clock,
      platforms: ['datarock', 'dataops'],
      log: { debug: line, info: line, warn: line, error: line },
      connections: ({ datarock, dataops }) => {
        Object.assign(credentials, { datarock, dataops });
        return {
          rock: { platform: 'datarock', base_url: datarock['base_url'], credential_header: 'X-Datarock-Credential' },
          ops: { platform: 'dataops', base_url: dataops['base_url'], credential_header: 'X-DataOps-Token' },
        };
      },
    },
  );
  const authorized = { authorization: `Bearer ${token}` };
  async function call(headers: Record<string, string>, name: string, args: object = {}) {
    const call = legacy('tools/call', { name, arguments: args });
    const { message } = await world.post(call, { ...authorized, ...headers });
    const { content, structuredContent } = message.result as { content: { text: string }[]; structuredContent: object };
    return { text: content[0]?.text ?? '', data: structuredContent as Record<string, Record<string, string>> };
  }
  const { base_url: _, ...rock } = credentials['datarock'] ?? {};
  const ops = credentials['dataops']?.['token'] ?? '';
  return { ...world, authorized, call, elsewhere, lines, rock, ops };
}

it('takes nothing in for a connection that the caller may not use', async () => {
  const { server } = await gateway();
  const headers = { 'x-dataops-token': 'glpat-somebody' };
  const caller = { name: 'anna', callerId: 'anna', connections: new Set(['rock']) };
  expect(withCredentials(caller, headers, server.shared.connections.states)).toBe(caller);
  const may = { ...caller, connections: new Set(['rock', 'ops']) };
  expect([...(withCredentials(may, headers, server.shared.connections.states).credentials ?? [])]).toEqual([
    ['ops', 'glpat-somebody'],
  ]);
});

it("works with the caller's own credential, as a secret or as several settings", async () => {
  const { call, rock, ops, dataops, datarock, lines } = await gateway();
  expect((await call({ 'x-dataops-token': ops }, 'dataops_list_projects')).text).toMatch(/projects/);
  expect(dataops.requests).not.toHaveLength(0);
  const handed = { 'x-datarock-credential': JSON.stringify(rock) };
  expect((await call(handed, 'datarock_list_projects')).text).toMatch(/^All 4 projects/);
  expect(datarock.requests).not.toHaveLength(0);
  const secret = JSON.stringify(rock['private_key']).slice(100, 160);
  for (const line of lines) {
    expect(line).not.toContain(ops);
    expect(line).not.toContain(secret);
  }
});

it('says what is missing, and lists the same tools with and without', async () => {
  const { authorized, call, post, ops, datarock, dataops } = await gateway();
  expect((await call({}, 'dataops_list_projects')).text).toMatch(
    /^not_configured: No credential for DataOps\.live came with the request\.\nNext: .* header x-dataops-token\.$/,
  );
  const { connections } = (await call({}, 'check_connections')).data as { connections?: { status: string }[] };
  expect(connections?.slice(0, 2).map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect((await call({ 'x-dataops-token': 'wrong-token' }, 'dataops_list_projects')).text).toMatch(/^unauthorized: /);
  expect((await call({ 'x-datarock-credential': 'no key at all' }, 'datarock_list_projects')).text).toMatch(
    /^not_configured: Connection "rock": user is missing/,
  );
  expect(datarock.requests).toEqual([]);
  expect(dataops.requests.map(({ status }) => status)).toEqual([401]);
  const tools = async (more: Record<string, string>) =>
    (await post(legacy('tools/list'), { ...authorized, ...more })).message.result?.['tools'];
  const listed = await tools({ 'x-dataops-token': ops });
  expect(listed).toHaveProperty('length', expect.any(Number));
  expect(await tools({})).toEqual(listed);
  expect(await tools({ 'x-dataops-token': '{damaged' })).toEqual(listed);
});

it('lets no header say where a request goes', async () => {
  const { call, rock, elsewhere } = await gateway();
  const handed = { 'x-datarock-credential': JSON.stringify({ ...rock, base_url: elsewhere.origin }) };
  expect((await call(handed, 'datarock_list_projects')).text).toMatch(
    /^not_configured: The header x-datarock-credential cannot be used: it may hold user, private_key, not "base_url"\./,
  );
  expect(elsewhere.arrivals).toEqual([]);
});

it('keeps those apart who come with one token and different credentials', async () => {
  const { call, rock } = await gateway();
  const handedIn = (credential: object) => ({ 'x-datarock-credential': JSON.stringify(credential) });
  const [one, other] = [handedIn(rock), handedIn({ ...rock, user: 'other@example.com' })];
  const rqd = { project: 'Copperhead North', artefact: 'RQD', holes: ['DDH001'], wait_seconds: 45 };
  const { uri = '' } = (await call(one, 'datarock_create_export', rqd)).data['result'] ?? {};
  expect((await call(one, 'read_result', { result: uri, limit: 1 })).text).toMatch(/^1 of/);
  for (const headers of [other, {}])
    expect((await call(headers, 'read_result', { result: uri })).text).toMatch(/^not_found: There is no stored result/);
});

it('counts them on who presented the token, whatever credentials come with it', async () => {
  const world = await gateway({ calls_per_caller: 2, legacy_sessions: true, sse: true });
  const { authorized, post, stream, server, clock } = world;
  const madeUp = (at: number) => ({ ...authorized, 'x-dataops-token': `glpat-made-up-${at}` });
  const statuses = async (ask: (at: number) => Promise<{ status: number }>) => {
    const each = await Promise.all(Array.from({ length: 101 }, (_, at) => ask(at)));
    return each.map(({ status }) => status).filter(status => status !== 200);
  };
  const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  expect(await statuses(at => post(legacy('initialize', opening), madeUp(at)))).toEqual([429]);
  expect(await statuses(at => stream('/sse', undefined, madeUp(at)))).toEqual([429]);
  const { message, headers } = modern('subscriptions/listen', {
    notifications: { resourceSubscriptions: ['datarock://exports/e1'] },
  });
  expect(await statuses(at => stream('/mcp', message, { ...headers, ...madeUp(at) }))).toEqual([429]);

  const goOn = clock.hold();
  const started = [1, 2].map(at => server.served(callerWith(at)).tools.call('check_connections', {}));
  const third = await server.served(callerWith(3)).tools.call('check_connections', {});
  expect(third.content[0]).toMatchObject({ text: expect.stringMatching(/^rate_limited: You have 2 calls running/) });
  goOn();
  await Promise.all(started);

  const many = Array.from({ length: 60 }, (_, index) => `dataops://projects/1/pipelines/${index}`);
  const [one, other] = [server.served(callerWith(1)).runs, server.served(callerWith(2)).runs];
  const stops = one.accept(many.slice(0, 30)).map(uri => one.watch(uri, {}, () => {}));
  expect(other.accept(many)).toHaveLength(20);
  for (const stop of stops) stop();

  function callerWith(at: number) {
    const gatewayItself = { name: 'gateway', callerId: 'gateway' };
    return withCredentials(gatewayItself, { 'x-dataops-token': `glpat-${at}` }, server.shared.connections.states);
  }
});
