import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { newToken, staticTokens } from '../../../src/callers/static-tokens.ts';
import { httpSettings } from '../../../src/config/http.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { authorizationServer } from '../../support/authorization-server.ts';
import { silent } from '../../support/harness.ts';
import { legacy, modern, startListening } from '../../support/listening.ts';
import { connectProxy } from '../../support/proxy.ts';
import { upstream } from '../../support/upstream.ts';

const listProjects = legacy('tools/call', { name: 'datarock_list_projects', arguments: {} });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('static tokens', () => {
  it('let their callers in, and nobody else, until they expire', async () => {
    const [anna, ben] = [newToken(), newToken()];
    const { post, send, clock } = await startListening({
      tokens: [
        { name: 'anna', sha256: anna.sha256 },
        { name: 'ben', sha256: ben.sha256.toUpperCase(), expires: '2026-11-22' },
      ],
    });
    for (const { token } of [anna, ben])
      expect((await post(listProjects, bearer(token))).message.result).toHaveProperty(
        'structuredContent.page.total',
        4,
      );
    for (const headers of [
      {},
      bearer('x'),
      bearer(anna.sha256),
      bearer(`${anna.token}x`),
      { authorization: `Basic ${anna.token}` },
      { authorization: anna.token },
    ]) {
      const refused = await post(listProjects, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers['www-authenticate']).toMatch(/^Bearer error="invalid_token", error_description="[^"]+"$/);
    }
    expect((await send(`/mcp?access_token=${anna.token}`)).status).toBe(401);
    await clock.advance(86_400_000);
    expect((await post(listProjects, bearer(ben.token))).message.error?.message).toBe('The token has expired.');
    expect((await post(listProjects, bearer(anna.token))).status).toBe(200);
  });

  it('are compared whole, whatever is right of them', () => {
    const { token, sha256: hash } = newToken();
    const find = staticTokens([{ name: 'anna', sha256: hash, groups: [] }]);
    expect(find(token)?.name).toBe('anna');
    expect(token).toMatch(/^dpm_[\w-]{43}$/);
    for (const other of ['', token.slice(1), token.slice(0, -1), hash, newToken().token])
      expect(find(other)).toBeUndefined();
  });

  it('leave health to be asked by anybody, and figures to operators', async () => {
    const [anna, prometheus] = [newToken(), newToken()];
    const tokens = [
      { name: 'anna', sha256: anna.sha256 },
      { name: 'prometheus', sha256: prometheus.sha256 },
    ];
    const { send } = await startListening({ tokens, operators: ['prometheus'] });
    expect((await send('/healthz')).status).toBe(200);
    expect((await send('/metrics')).status).toBe(401);
    expect((await send('/metrics', { headers: bearer(anna.token) })).status).toBe(404);
    expect((await send('/metrics', { headers: bearer(prometheus.token) })).status).toBe(200);
  });

  it('let an operator read figures under the address of a pod, and nothing else', async () => {
    const [anna, prometheus] = [newToken(), newToken()];
    const tokens = [
      { name: 'anna', sha256: anna.sha256 },
      { name: 'prometheus', sha256: prometheus.sha256 },
    ];
    const { send } = await startListening({ tokens, operators: ['prometheus'] });
    const asPod = (path: string, headers = {}) => send(path, { headers: { host: '10.1.2.3:3333', ...headers } });
    expect((await asPod('/metrics', bearer(prometheus.token))).status).toBe(200);
    expect((await asPod('/metrics', bearer(anna.token))).status).toBe(403);
    expect((await asPod('/metrics', bearer('dpm_nobody'))).status).toBe(401);
    expect((await asPod('/metrics')).status).toBe(403);
    expect((await asPod('/mcp', bearer(prometheus.token))).status).toBe(403);
    const open = await startListening({});
    expect(
      (await open.send('/metrics', { headers: { host: '10.1.2.3:3333', authorization: 'Bearer x' } })).status,
    ).toBe(403);
  });
});

describe('OAuth', () => {
  const audience = 'https://data.example.com/mcp';

  async function protectedServer(settings: Record<string, unknown> = {}) {
    const clock = virtualClock();
    const idp = await authorizationServer(clock.now);
    const oauth = {
      issuer: idp.issuer,
      audience,
      required_scopes: ['data'],
      write_scopes: ['data:write'],
      ...settings,
    };
    const warned: string[] = [];
    const log = { ...silent, warn: (_: object, message: string) => void warned.push(message) };
    const world = await startListening({ oauth, public_url: audience }, { clock, log, platforms: ['datarock'] });
    const ask = async (token: string, message: unknown = listProjects) => world.post(message, bearer(token));
    return { ...world, idp, ask, warned };
  }

  it('takes tokens of its server that fit, and says of others what is wrong', async () => {
    const { idp, ask } = await protectedServer();
    const good = { sub: 'anna', scope: 'data' };
    expect((await ask(await idp.token(good))).message.result).toMatchObject({
      structuredContent: { page: { total: 4 } },
    });
    expect((await ask(await idp.token({ ...good, aud: ['other', audience] }))).status).toBe(200);
    expect((await ask(await idp.token({ ...good, scope: undefined, scp: ['data'] }))).status).toBe(200);
    const stranger = await idp.makeKey('first');
    const weak = await idp.makeKey('first', 'RS512');
    const table: [string, string][] = [
      [await idp.token({ ...good, aud: 'https://other.example.com' }), 'The token does not fit this server: "aud".'],
      [await idp.token({ ...good, aud: undefined }), 'The token does not fit this server: "aud".'],
      [await idp.token({ ...good, iss: 'https://other.example.com' }), 'The token does not fit this server: "iss".'],
      [await idp.token({ ...good, exp: 1_700_000_000 }), 'The token has expired.'],
      [await idp.token({ ...good, exp: undefined }), 'The token does not fit this server: "exp".'],
      [await idp.token({ ...good, nbf: 4_000_000_000 }), 'The token does not fit this server: "nbf".'],
      [await idp.token({ ...good, sub: undefined }), 'The token does not fit this server: "sub".'],
      [await idp.token({ ...good, sub: '' }), 'The token names no subject.'],
      [await idp.token(good, stranger), 'The signature of the token is wrong.'],
      [await idp.token(good, weak), 'The token is signed by an algorithm that is not believed here.'],
      [unsigned(await idp.token(good)), 'The token is signed by an algorithm that is not believed here.'],
      ['no.token.atall', 'The token is malformed.'],
    ];
    for (const [token, reason] of table) {
      const refused = await ask(token);
      expect([refused.status, refused.message.error?.message]).toEqual([401, reason]);
      expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
      expect(refused.body).not.toContain(token);
    }
  });

  it('tells a client where to get a token', async () => {
    const { idp, post, send } = await protectedServer();
    const { status, headers } = await post(listProjects);
    expect(status).toBe(401);
    const metadata = /resource_metadata="([^"]+)"/.exec(headers['www-authenticate'] ?? '')?.[1];
    expect(metadata).toBe('https://data.example.com/.well-known/oauth-protected-resource/mcp');
    const document = await send('/.well-known/oauth-protected-resource/mcp');
    expect(JSON.parse(document.body)).toEqual({
      resource: audience,
      authorization_servers: [idp.issuer],
      scopes_supported: ['data', 'data:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Data platforms',
    });
    expect(document.headers['access-control-allow-origin']).toBe('*');
  });

  it('asks for every scope that an operation needs, at once', async () => {
    const { idp, ask, datarock } = await protectedServer();
    const challenge = (headers: Record<string, unknown>) => String(headers['www-authenticate']);
    const none = await ask(await idp.token({ sub: 'anna', scope: 'other' }));
    expect(none.status).toBe(403);
    expect(challenge(none.headers)).toMatch(/error="insufficient_scope".*scope="data"/);
    const reader = await idp.token({ sub: 'anna', scope: 'data' });
    const exportAll = { name: 'datarock_create_export', arguments: {} };
    const { message, headers } = modern('tools/call', exportAll);
    const tries = [
      await ask(reader, legacy('tools/call', exportAll)),
      await ask(reader, [listProjects, legacy('tools/call', exportAll, 2)]),
    ];
    for (const refused of tries) {
      expect(refused.status).toBe(403);
      expect(challenge(refused.headers)).toMatch(/error="insufficient_scope".*scope="data data:write"/);
    }
    expect(headers['mcp-name']).toBe('datarock_create_export');
    expect((await ask(reader, message)).status).toBe(403);
    expect(datarock.requests).toEqual([]);
    const writer = await idp.token({ sub: 'anna', scope: 'data data:write' });
    expect((await ask(writer, legacy('tools/call', exportAll))).status).toBe(200);
    expect((await ask(reader, legacy('tools/list'))).status).toBe(200);
  });

  it('follows the keys of its server, without being made to ask all the time', async () => {
    const { idp, ask } = await protectedServer();
    const claims = { sub: 'anna', scope: 'data' };
    expect(idp.asked).toEqual([]);
    await Promise.all(Array.from({ length: 5 }, async () => ask(await idp.token(claims))));
    expect(idp.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
    const second = await idp.makeKey('second');
    // Made-up key ids do not reach the server within the cool-down.
    for (let index = 0; index < 3; index++) expect((await ask(await idp.token(claims, second))).status).toBe(401);
    expect(idp.asked).toHaveLength(2);
    idp.rotate(second);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    try {
      expect((await ask(await idp.token(claims))).status).toBe(200);
      expect(idp.asked).toHaveLength(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('blames nobody while the keys cannot be had', async () => {
    const { idp, ask } = await protectedServer();
    const token = await idp.token({ sub: 'anna', scope: 'data' });
    idp.breakDown();
    const refused = await ask(token);
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(refused.message.error?.message).toMatch(/does not say where its keys are. Try again later.$/);
  });

  it('leaves a server alone that could not say, whatever tokens come, and told the operator once', async () => {
    const { idp, ask, clock, warned } = await protectedServer();
    const good = await idp.token({ sub: 'anna', scope: 'data' });
    const strange = await idp.token({ sub: 'anna', scope: 'data' }, await idp.makeKey('strange'));
    idp.breakDown();
    for (let index = 0; index < 20; index++) expect((await ask(strange)).status).toBe(503);
    expect(idp.asked).toEqual(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']);
    expect(warned).toEqual(['authorization server']);
    idp.recover();
    await clock.advance(5_001);
    expect((await ask(good)).status).toBe(200);
    // Keys that are known are good while nobody can be asked about others.
    idp.breakDown();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    try {
      const asked = idp.asked.length;
      for (let index = 0; index < 20; index++) expect((await ask(strange)).status).toBe(503);
      expect(idp.asked.length).toBe(asked + 1);
      expect((await ask(good)).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks for the keys through the proxy that the environment names, and tells the operator what that said', async () => {
    const clock = virtualClock();
    const idp = await authorizationServer(clock.now);
    const proxy = await connectProxy({}, () => '407 Proxy Authentication Required');
    const warned: unknown[] = [];
    const { post } = await startListening(
      { oauth: { issuer: 'https://login.example', audience }, public_url: audience },
      { clock, env: { HTTPS_PROXY: proxy.address }, log: { ...silent, warn: fields => void warned.push(fields) } },
    );
    const refused = await post(listProjects, bearer(await idp.token({ sub: 'anna', iss: 'https://login.example' })));
    expect(refused.status).toBe(503);
    expect(refused.body).not.toContain(proxy.address);
    expect(new Set(proxy.asked)).toEqual(new Set(['login.example:443']));
    expect(inspect(warned, { depth: 9 })).toContain(
      `the proxy ${proxy.address} (HTTPS_PROXY) wants a user and a password (407)`,
    );
  });

  it('serves in a session and on a stream what the token of the moment allows', async () => {
    const clock = virtualClock();
    const idp = await authorizationServer(clock.now);
    const { post, stream, send } = await startListening(
      {
        oauth: { issuer: idp.issuer, audience },
        public_url: audience,
        access: [{ groups: ['geologists'], connections: ['datarock'] }],
        legacy_sessions: true,
        sse: true,
      },
      { clock },
    );
    const token = (groups: string[]) => idp.token({ sub: 'anna', groups });
    const [before, renewed, after] = await Promise.all([token(['geologists']), token(['geologists']), token([])]);
    const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    const session = (await post(legacy('initialize', opening), bearer(before))).headers['mcp-session-id'] as string;
    const inSession = async (one: string) =>
      (await post(listProjects, { ...bearer(one), 'mcp-session-id': session })).status;
    expect([await inSession(renewed), await inSession(after)]).toEqual([200, 404]);
    const events = await stream('/sse', undefined, bearer(before));
    const endpoint = await events.endpoint();
    const onStream = async (one: string) => {
      const headers = { ...bearer(one), 'content-type': 'application/json' };
      return (await send(endpoint, { method: 'POST', headers, body: JSON.stringify(legacy('ping')) })).status;
    };
    expect([await onStream(renewed), await onStream(after)]).toEqual([202, 404]);
    events.destroy();
  });

  it("sends nothing of a caller's token to a platform", async () => {
    const clock = virtualClock();
    const platform = await upstream(clock, [200, {}, []]);
    const idp = await authorizationServer(clock.now);
    const { post } = await startListening(
      { oauth: { issuer: idp.issuer, audience }, public_url: audience },
      { clock, connections: ({ datarock }) => ({ datarock: { ...datarock, base_url: platform.origin } }) },
    );
    const token = await idp.token({ sub: 'anna' });
    const { message, headers } = modern('tools/call', { name: 'datarock_list_projects', arguments: {} });
    expect((await post(listProjects, bearer(token))).status).toBe(200);
    expect((await post(message, { ...headers, ...bearer(token) })).status).toBe(200);
    expect(platform.arrivals).toHaveLength(2);
    const seen = JSON.stringify(platform.arrivals);
    expect(seen).toContain('x-api-user');
    const [, payload = '', signature = ''] = token.split('.');
    for (const secret of [token, payload, signature, 'anna']) expect(seen).not.toContain(secret);
  });
});

/** The token as one that says it needs no signature. */
function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}

it('an authorization server that anybody on the way could change is refused', () => {
  const settings = (issuer: string) => httpSettings().safeParse({ oauth: { issuer, audience: 'x' } });
  expect(settings('https://login.example.com').success).toBe(true);
  expect(settings('http://127.0.0.1:8080').success).toBe(true);
  expect(settings('http://login.example.com').error?.issues[0]?.message).toBe('must be an https address');
});

it('a hash of a token is what the configuration has of it', () => {
  const { token, sha256: hash } = newToken();
  expect(hash).toBe(sha256(token));
});
