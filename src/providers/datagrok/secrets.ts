import type { Row } from '../../base/json-value.ts';

const hidden = '[hidden]';

/** Without the values that connect to somebody's data: `parameters` of credentials, wherever these are. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const row = value as Row;
  if (row['#type'] === 'Credentials' || 'entityBindId' in row) return withoutParameters(row);
  const { credentials } = row;
  return isMap(credentials) ? { ...row, credentials: withoutParameters(credentials) } : row;
}

const isMap = (value: unknown): value is Row => typeof value === 'object' && value !== null;

const withoutParameters = (credentials: Row): Row => {
  const { parameters } = credentials;
  if (!isMap(parameters)) return credentials;
  return { ...credentials, parameters: Object.fromEntries(Object.keys(parameters).map(name => [name, hidden])) };
};
