import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { platformOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

const code = await Promise.all(providers.map(provider => provider.load()));
const operations = code.flatMap(operationsOf);

const planted = 'planted-value-7';

/** Where platforms keep what nobody may see, in the vendors' own form: each may stand anywhere in an answer. */
const secrets: Readonly<Record<string, object>> = {
  dataops: {
    variables: [{ key: 'LAB', value: planted, variable_type: 'env_var' }],
    pipeline: { yaml_variables: [{ key: 'LAB', value: planted }] },
    variable: { key: 'LAB', value: planted, masked: true, protected: false, environment_scope: '*' },
    hook: {
      token: planted,
      url: `https://${planted}@host.example/x`,
      url_variables: [{ key: 'K', value: planted }],
      custom_headers: [{ key: 'X-Key', value: planted }],
    },
    integration: { properties: { webhook: `https://host.example/${planted}`, api_key: planted, password: planted } },
    runners_token: planted,
    import_url: `https://${planted}@host.example/x.git`,
    trigger: { token: planted },
  },
  datagrok: {
    connection: { credentials: { parameters: { password: planted, secretKey: planted, other: planted } } },
    found: { '#type': 'Credentials', parameters: { login_key: planted } },
    bound: { entityBindId: 'x', parameters: { any: planted } },
    session: { token: planted },
  },
  datarock: { webhook: { signing_secret: planted }, client: { client_secret: planted, private_key: planted } },
  dx: { webhook: { signing_secret: planted }, project: { api_key: planted, access_token: planted } },
  datamin: { client: { client_secret: planted }, connection: { password: planted, token: planted } },
};

/** Every object of an answer with them, and every variable of it with that value. */
function plant(value: unknown, more: object): unknown {
  if (Array.isArray(value)) return value.map(one => plant(one, more));
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, plant(part, more)] as const);
  const own = Object.fromEntries(parts);
  if ('variable_type' in own && 'value' in own) own['value'] = planted;
  return { ...own, planted_here: structuredClone(more) };
}

test('no operation shows what its platform keeps secret, whatever field of its answer it stands in, and none stores it', async () => {
  const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
  const simulators = world as unknown as Record<string, typeof world.datarock>;
  let seen = 0;
  for (const { name, example, starts } of operations) {
    const platform = platformOf({ name });
    const { faults } = simulators[platform] as typeof world.datarock;
    const restore = faults.add({ kind: 'changed', change: json => plant(json, secrets[platform] ?? {}) });
    const args = starts ? { ...example.arguments, wait_seconds: 0 } : example.arguments;
    const { raw } = await world.call(name, args);
    restore();
    // A refusal is a sentence of the platform, not one of its things.
    if (raw.isError) continue;
    const told = JSON.stringify(raw);
    if (told.includes('planted_here')) seen += 1;
    expect(told, name).not.toContain(planted);
  }
  // Rows of listings leave out what is not brief.
  expect(seen).toBeGreaterThan(100);
  const folder = world.results;
  const stored = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of stored.filter(one => one.isFile())) {
    const path = join(file.parentPath, file.name);
    expect((await readFile(path, 'latin1')).includes(planted), path).toBe(false);
  }
}, 300_000);

test('a value is shown where it is asked for, and the names of what is hidden are', async () => {
  const { call } = await startWorld({ platforms: ['dataops', 'datagrok'], flags: { toolsets: 'all' } });
  const asked = { project: 'meridian/data/drill-assays', key: 'SNOWFLAKE_USER' };
  const shown = (await call('dataops_get_project_variable', { ...asked, show_value: true })).data;
  expect(shown['value']).toBe('LOADER');
  expect((await call('dataops_get_project_variable', asked)).data['value']).toBe('[hidden]');
  const { data } = await call('datagrok_get_credentials', { entity: 'Geology:Laboratory' });
  const hidden = Object.values(data['parameters'] as object);
  expect(hidden.length).toBeGreaterThan(0);
  expect(hidden.every(value => /^\[(hidden|redacted)\]$/.test(String(value)))).toBe(true);
});
