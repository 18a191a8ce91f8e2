import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRedactor } from '../../src/base/redact.ts';
import { createCatalog } from '../../src/catalog/catalog.ts';
import type { OperationManifest } from '../../src/catalog/manifest.ts';
import type { ConnectionConfig } from '../../src/config/connection.ts';
import { connect } from '../../src/connections/connect.ts';
import { apiOf, Connections } from '../../src/connections/connections.ts';
import { provider, secret } from '../../src/providers/provider.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

const bearer = (token: string) => ({ headers: async () => ({ authorization: `Bearer ${token}` }) });

/** A platform with two APIs, each on a host of its own and with a key of its own. */
const acme = provider({
  name: 'acme',
  title: 'Acme',
  guide: '',
  settings: () => z.strictObject({ store_key: secret('Store').optional(), web_token: secret('Web').optional() }),
  apis: { store: { title: 'Store API', setting: 'store_key' }, web: { title: 'Web API', setting: 'web_token' } },
  connect({ store_key, web_token }) {
    const store = { baseUrl: 'https://store.example', auth: bearer(store_key ?? ''), quotas: [] };
    const web = { baseUrl: 'https://web.example', auth: bearer(web_token ?? ''), quotas: [] };
    const apis = { ...(store_key ? { store } : {}), ...(web_token ? { web } : {}) };
    return { ...(store_key ? store : web), apis, secrets: [] };
  },
  defaultToolsets: ['things'],
  load: async () => ({ toolsets: [], runs: [], probe: async () => ({ facts: [] }) }),
  simulator: async () => {
    throw new Error('not needed');
  },
  credentials: async () => ({ ways: [] }),
  story: async () => async () => {},
});

const unread = () => Promise.reject(new Error('Nobody asks for details here.'));

const facts = (name: string, api: string): OperationManifest => ({
  ...{ name, platform: 'acme', api, route: 'GET /things', risk: 'reads', summary: '', toolset: 'things' },
  ...{ lists: false, starts: false },
});

function connected(...accounts: [name: string, settings: Record<string, unknown>][]) {
  const configured = accounts.map(
    ([name, settings]): ConnectionConfig => ({ name, provider: acme, readOnly: false, settings }),
  );
  const connections = new Connections(connect(configured, virtualClock(), createRedactor()), [acme]);
  const operations = [facts('acme_get_store', 'store'), facts('acme_get_page', 'web')];
  const catalog = createCatalog(
    {
      providers: [acme],
      facts: { platforms: { acme: { operations, runs: [] } }, general: [], details: unread, words: async () => ({}) },
      connections,
    },
    { readOnly: false },
  );
  return { connections, catalog };
}

const nobody = () => Promise.reject(new Error('Nothing has to be fetched for these credentials.'));

describe('a platform with several APIs', () => {
  it('goes to each with its own origin and credential', async () => {
    const { connections } = connected(['acme', { store_key: 'key-of-store', web_token: 'token-of-web' }]);
    const connection = await connections.choose('acme');
    const ask = async (api: string) => {
      const { baseUrl, auth } = apiOf(connection, api);
      return [baseUrl, (await auth.headers({ method: 'GET', url: baseUrl, now: 0, fetch: nobody }))['authorization']];
    };
    expect(await ask('store')).toEqual(['https://store.example', 'Bearer key-of-store']);
    expect(await ask('web')).toEqual(['https://web.example', 'Bearer token-of-web']);
    // The same object each time: what is left of quotas is kept by it.
    expect(apiOf(connection, 'web')).toBe(apiOf(await connections.choose('acme', 'acme', 'web'), 'web'));
  });

  it('offers what its credentials reach, and says what opens the rest', async () => {
    const { catalog, connections } = connected(['acme', { web_token: 'token-of-web' }]);
    expect(catalog.listed.map(({ name }) => name)).toEqual(['acme_get_page']);
    const closed = {
      code: 'not_configured',
      message: 'The Store API of Acme is not connected.',
      hint: 'Set ACME_STORE_KEY (or ACME_STORE_KEY_FILE); the rest of Acme works without it.',
    };
    expect(() => catalog.get('acme_get_store')).toThrow(expect.objectContaining(closed));
    await expect(connections.choose('acme', undefined, 'store')).rejects.toMatchObject(closed);
    const connection = await connections.choose('acme');
    expect(() => apiOf(connection, 'store')).toThrow(expect.objectContaining({ code: 'not_configured' }));
  });

  it('lets an operation choose among the connections that reach its API', async () => {
    const { connections } = connected(['one', { store_key: 'a' }], ['two', { store_key: 'b', web_token: 'c' }]);
    expect(connections.of('acme', 'store')).toEqual(['one', 'two']);
    expect(connections.of('acme', 'web')).toEqual(['two']);
    expect(await connections.choose('acme', undefined, 'web')).toMatchObject({ name: 'two' });
    await expect(connections.choose('acme', undefined, 'store')).rejects.toMatchObject({ code: 'bad_arguments' });
    await expect(connections.choose('acme', 'one', 'web')).rejects.toMatchObject({
      code: 'not_configured',
      hint: 'Set web_token (or web_token_file) of the connection one; the rest of Acme works without it.',
    });
  });
});
