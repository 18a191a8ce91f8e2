import { expect, test } from 'vitest';
import { generalSettings, loadConfig } from '../../src/config/config.ts';
import { variablesOf } from '../../src/config/connection.ts';
import { httpOptions } from '../../src/config/http.ts';
import { providers } from '../../src/providers/index.ts';

const keys = Object.keys(generalSettings.shape);
const variables = [
  ...providers.flatMap(variablesOf),
  ...keys.map(key => `DATA_PLATFORMS_${key.toUpperCase()}`),
  ...Object.keys(httpOptions().shape).map(key => `DATA_PLATFORMS_HTTP_${key.toUpperCase()}`),
];

const load = (env: Record<string, string>, flags: Record<string, unknown> = {}) => {
  const { http, ...rest } = loadConfig({ env, flags }, providers);
  return { ...rest, http };
};

const placeholders = ['', '${user_config.field}', '${input:field}', '${env:FIELD}'];

test.each(placeholders)('a variable that is "%s" is not set, whichever it is', value => {
  expect(load(Object.fromEntries(variables.map(name => [name, value])))).toEqual(load({}));
});

test.each(placeholders)('a flag that is "%s" is not given', value => {
  const flags = Object.fromEntries(keys.map(key => [key, key === 'allow_dir' ? [value] : value]));
  const { allow_dir, ...rest } = load({}, flags);
  expect(allow_dir ?? []).toEqual([]);
  expect({ ...rest, allow_dir: undefined }).toEqual({ ...load({}), allow_dir: undefined });
});

test('what only looks like a placeholder is a value', () => {
  const [found] = load({ DATAOPS_TOKEN: 'a${user_config.token}' }).connections;
  expect(found?.settings).toMatchObject({ token: 'a${user_config.token}' });
});
