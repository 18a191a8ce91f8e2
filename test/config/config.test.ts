import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../src/base/errors.ts';
import { createRedactor } from '../../src/base/redact.ts';
import { type ConfigSources, loadConfig } from '../../src/config/config.ts';
import { connect } from '../../src/connections/connect.ts';
import { sandboxKeyPair } from '../../src/providers/datarock/simulator/simulator.ts';
import { providers } from '../../src/providers/index.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'data-platforms-config-'));
let files = 0;
function file(content: unknown): string {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const load = (sources: Partial<ConfigSources>) => loadConfig({ env: {}, ...sources }, providers);
function refusal(sources: Partial<ConfigSources>) {
  try {
    load(sources);
  } catch (error) {
    if (isFault(error, 'not_configured')) return `${error.message} | ${error.hint}`;
    throw error;
  }
  throw new Error('was accepted');
}

const { privateKey } = await sandboxKeyPair();
const user = 'geo@example.com';

describe('where settings come from', () => {
  it('needs nothing', () => {
    expect(load({})).toMatchObject({ connections: [], read_only: false, answer_tokens: 4000, log_level: 'info' });
  });

  it('prefers flags to variables to the file', () => {
    const path = file({ log_level: 'debug', answer_tokens: 900, results_quota_gib: 2 });
    const env = { DATA_PLATFORMS_LOG_LEVEL: 'warn', DATA_PLATFORMS_ANSWER_TOKENS: '800' };
    expect(load({ file: path, env, flags: { log_level: 'error' } })).toMatchObject({
      log_level: 'error',
      answer_tokens: 800,
      results_quota_gib: 2,
    });
  });

  it('reads truth values and lists from text', () => {
    const env = { DATA_PLATFORMS_READ_ONLY: 'true', DATA_PLATFORMS_TOOLSETS: 'datarock:unconfirmed, all' };
    expect(load({ env })).toMatchObject({ read_only: true, toolsets: ['datarock:unconfirmed', 'all'] });
    expect(load({ env: {}, flags: { allow_dir: ['/a', '/b, /c'] } }).allow_dir).toEqual(['/a', '/b', '/c']);
  });

  it('makes a connection from variables, with defaults', () => {
    const env = { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY: privateKey };
    expect(load({ env }).connections).toMatchObject([
      { name: 'datarock', readOnly: false, settings: { user, base_url: 'https://api.prod.datarock.com.au/v3' } },
    ]);
  });

  it('reads a secret from a file, named in a variable or in the file', () => {
    const key = file(privateKey);
    const [one] = load({ env: { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY_FILE: key } }).connections;
    expect(one?.settings?.['private_key']).toBe(privateKey.trim());
    const [two] = load({ file: file({ connections: { datarock: { user, private_key_file: key } } }) }).connections;
    expect(two?.settings?.['private_key']).toBe(privateKey.trim());
  });

  it('takes several named connections of a platform, with ${VAR} for secrets', () => {
    const connections = {
      west: { platform: 'datarock', user, private_key: '${WEST_KEY}' },
      east: { platform: 'datarock', user: 'east@example.com', private_key: '${WEST_KEY}', read_only: true },
    };
    const config = load({ file: file({ connections }), env: { WEST_KEY: privateKey } });
    expect(config.connections.map(({ name, readOnly, fault }) => ({ name, readOnly, fault }))).toEqual([
      { name: 'west', readOnly: false, fault: undefined },
      { name: 'east', readOnly: true, fault: undefined },
    ]);
    expect(config.connections[0]?.settings?.['private_key']).toBe(privateKey);
  });

  it('reads a file that begins with a byte order mark', () => {
    expect(load({ file: file('\uFEFF{"toolsets": ["all"]}') }).toolsets).toEqual(['all']);
  });

  it('puts variables into every text of the file', () => {
    const path = file({ results_dir: '${BASE}/results', http: { allowed_hosts: ['${HOST}'] } });
    const { results_dir, http } = load({ file: path, env: { BASE: '/data', HOST: 'data.example.com' } });
    expect([results_dir, http.allowed_hosts]).toEqual(['/data/results', ['data.example.com']]);
  });

  it('lets variables complete the connection of the platform in the file', () => {
    const path = file({ connections: { datarock: { base_url: 'https://datarock.example/v3' } } });
    const [one] = load({ file: path, env: { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY: privateKey } }).connections;
    expect(one?.settings).toMatchObject({ base_url: 'https://datarock.example/v3', user });
  });
});

describe('what stops the start', () => {
  it.each([
    ['an unknown key', { file: '{"toolset": ["all"]}' }, /"toolset".*Did you mean toolsets/],
    ['an unknown platform', { file: '{"connections": {"datarok": {}}}' }, /"datarok".*Did you mean datarock/],
    ['an unknown setting', { file: '{"connections": {"datarock": {"usr": "x"}}}' }, /"usr".*Did you mean user/],
    ['a bad connection name', { file: '{"connections": {"My Rock": {"platform": "datarock"}}}' }, /"My Rock"/],
    ['a file that is not JSON', { file: '{"a": 1,}' }, /not JSON/],
    ['a file that is a list', { file: '[]' }, /json must be an object\./],
    ['no connections', { file: '{"connections": null}' }, /, connections must be an object\./],
    ['a list of connections', { file: '{"connections": []}' }, /, connections must be an object\./],
    ['an empty connection', { file: '{"connections": {"west": null}}' }, /, connections\.west must be an object\./],
    ['a connection in a word', { file: '{"connections": {"west": "x"}}' }, /, connections\.west must be an object\./],
    ['HTTP settings in a list', { file: '{"http": []}' }, /, http must be an object\./],
    [
      'protection that nobody can read',
      { file: '{"connections": {"datarock": {"read_only": "maybe"}}}' },
      /connections\.datarock\.read_only must be true or false/,
    ],
    [
      'a reference to nothing',
      { file: '{"results_dir": "${NO_SUCH}"}' },
      /^results_dir refers to the variable NO_SUCH/,
    ],
  ])('%s', (_, { file: content }, expected) => {
    expect(refusal({ file: file(content) })).toMatch(expected);
  });

  it.each([
    ['a variable nobody reads', { DATAROCK_PRIVAT_KEY: 'x' }, /DATAROCK_PRIVAT_KEY.*Did you mean DATAROCK_PRIVATE_KEY/],
    ['a general variable nobody reads', { DATA_PLATFORMS_READONLY: '1' }, /Did you mean DATA_PLATFORMS_READ_ONLY/],
    [
      'a malformed number',
      { DATA_PLATFORMS_ANSWER_TOKENS: 'many' },
      /answer_tokens: must be a number\..*--answer-tokens/,
    ],
    ['a malformed switch', { DATA_PLATFORMS_YES: 'maybe' }, /yes: must be true or false\./],
    ['a word outside the choice', { DATA_PLATFORMS_LOG_LEVEL: 'loud' }, /log_level/],
  ])('%s', (_, env, expected) => {
    expect(refusal({ env: env as Record<string, string> })).toMatch(expected);
  });

  it('a configuration file that is not there', () => {
    expect(refusal({ file: join(folder, 'none.json') })).toMatch(/Cannot read.*--config/);
  });
});

describe('variables with a prefix that others have too', () => {
  // Of the platform's own workspaces, of DNAnexus, and some that end like one of ours.
  const foreign = {
    DATAOPS_PREFIX: 'ACME',
    DATAOPS_DATABASE: 'PROD',
    DATAOPS_DEBUG: '1',
    DATAOPS_EXTRA_BEFORE_SCRIPTS: '/workspace/before.sh',
    DATAOPS_GIT_TOKEN: 'not ours',
    DX_SECURITY_CONTEXT: '{}',
    DX_APISERVER_HOST: 'api.example',
  };

  it('are left alone, and told by name', () => {
    expect(load({ env: foreign })).toMatchObject({ connections: [], unread: Object.keys(foreign) });
  });

  it.each([
    ['DATAOPS_TOKN', 'DATAOPS_TOKEN'],
    ['DATAOPS_BASEURL', 'DATAOPS_BASE_URL'],
    ['DX_WEB_TOKE', 'DX_WEB_TOKEN'],
  ])('but for slips: %s', (given, meant) => {
    expect(refusal({ env: { ...foreign, [given]: 'x' } })).toBe(
      `Nobody reads the variable ${given}. | Did you mean ${meant}?`,
    );
  });
});

describe('what only stops one connection', () => {
  const fault = (sources: Partial<ConfigSources>) => {
    const [one] = connect(load(sources).connections, virtualClock(), createRedactor());
    return `${one?.fault?.message} | ${one?.fault?.hint}`;
  };

  it.each([
    ['a missing user', { DATAROCK_PRIVATE_KEY: privateKey }, /DATAROCK_USER is missing/],
    ['a missing key', { DATAROCK_USER: user }, /DATAROCK_PRIVATE_KEY \(or DATAROCK_PRIVATE_KEY_FILE\) is missing/],
    [
      'a user that is no address',
      { DATAROCK_USER: 'geo', DATAROCK_PRIVATE_KEY: privateKey },
      /DATAROCK_USER is malformed/,
    ],
    [
      'a key file that is not there',
      { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY_FILE: '/nowhere/key.pem' },
      /^DATAROCK_PRIVATE_KEY_FILE: cannot read \/nowhere\/key\.pem: there is no such file/,
    ],
    [
      'an empty key',
      { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY_FILE: file('') },
      /DATAROCK_PRIVATE_KEY must not be empty/,
    ],
    ['key and key file', { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY: 'x', DATAROCK_PRIVATE_KEY_FILE: 'y' }, /both/],
    [
      'plain http',
      { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY: privateKey, DATAROCK_BASE_URL: 'http://example.com/v3' },
      /DATAROCK_BASE_URL must be an https/,
    ],
  ])('%s', (_, env, expected) => {
    expect(fault({ env: env as Record<string, string> })).toMatch(expected);
  });

  it('what another account lacks is named as the file names it', () => {
    const path = file({ connections: { west: { platform: 'datarock', user: 5 } } });
    expect(fault({ file: path, env: { DATAROCK_USER: user } })).toBe(
      'Connection "west": user must be text; private_key (or private_key_file) is missing. | ' +
        'Set it under connections.west in the file given with --config.',
    );
  });

  it('takes plain http to this machine', async () => {
    const env = { DATAROCK_USER: user, DATAROCK_PRIVATE_KEY: privateKey, DATAROCK_BASE_URL: 'http://127.0.0.1:9/v3/' };
    const [one] = connect(load({ env }).connections, virtualClock(), createRedactor());
    expect((await one?.connect?.())?.baseUrl).toBe('http://127.0.0.1:9/v3');
  });

  it('a reference to a variable that is not set', () => {
    const path = file({ connections: { datarock: { user, private_key: '${NO_SUCH}' } } });
    expect(fault({ file: path })).toMatch(/connections\.datarock\.private_key refers to the variable NO_SUCH/);
  });
});
