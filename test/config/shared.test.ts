import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';

const stateKey = 'k'.repeat(32);
const load = (env: Record<string, string>, file?: object) => {
  const folder = mkdtempSync(join(tmpdir(), 'shared-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const given = file && path('config.json', JSON.stringify(file));
  const named = Object.entries(env).map(([name, value]) => [name, name.endsWith('_FILE') ? path(name, value) : value]);
  return loadConfig({ env: Object.fromEntries(named), file: given }, []);
};
const refusal = (...given: Parameters<typeof load>): unknown => {
  try {
    return load(...given);
  } catch (error) {
    return error;
  }
};

test('without a setting there is no Redis', () => {
  expect(load({}).redis).toBeUndefined();
  expect(load({ DATA_PLATFORMS_REDIS_PREFIX: 'mine' }).redis).toBeUndefined();
});

test('it is set by variables, by files of secrets, or in the file', () => {
  const key = { DATA_PLATFORMS_HTTP_STATE_KEY: stateKey };
  const url = 'rediss://user:pass@host:6380/2';
  const plain = { url, prefix: 'dpm', away: 'share' };
  expect(load({ ...key, DATA_PLATFORMS_REDIS_URL: url }).redis).toEqual(plain);
  expect(load({ ...key, DATA_PLATFORMS_REDIS_URL_FILE: `${url}\n` }).redis).toEqual(plain);
  const file = { redis_url: '${URL}', redis_away: 'refuse', http: { state_key: stateKey } };
  expect(load({ URL: url }, file).redis).toEqual({ ...plain, away: 'refuse' });
  expect(load({ ...key, DATA_PLATFORMS_REDIS_URL: url, DATA_PLATFORMS_REDIS_CA_FILE: 'PEM' }).redis).toEqual({
    ...plain,
    ca: 'PEM',
  });
});

test('what cannot work stops the start, and says what to do', () => {
  const url = { DATA_PLATFORMS_REDIS_URL: 'redis://host' };
  const message = (text: string) => expect.objectContaining({ code: 'not_configured', message: text });
  expect(refusal(url)).toEqual(message('redis_url is set, and there is no state key.'));
  expect(refusal({ ...url, DATA_PLATFORMS_REDIS_URL_FILE: 'redis://host' })).toEqual(
    message('There are both redis_url and redis_url_file.'),
  );
  expect(refusal({ DATA_PLATFORMS_REDIS_URL: 'http://host' })).toMatchObject({ code: 'not_configured' });
  expect(refusal({ DATA_PLATFORMS_REDIS_URI: 'redis://host' })).toMatchObject({
    hint: expect.stringContaining('DATA_PLATFORMS_REDIS_URL'),
  });
});
