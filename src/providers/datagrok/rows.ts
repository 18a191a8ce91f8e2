import type { Row } from '../../base/json-value.ts';

/** A thing with the name that other calls take: namespaces end in a colon. */
export function withName(thing: unknown): unknown {
  if (typeof thing !== 'object' || thing === null || !('name' in thing)) return thing;
  const { namespace, nqName } = thing as Row;
  const own = typeof namespace === 'string' ? namespace + String(thing.name) : String(thing.name);
  return { ...thing, grok_name: typeof nqName === 'string' ? nqName : own };
}

// What another field says already, or only the web interface needs.
const noise = new Set(['#type', 'namespace', 'nqName', 'parameterInfos', 'createdOn', 'storage', 'imageUrl']);

/** A row of a listing, without noise and what is empty. The single thing is shown whole by its own operation. */
export function brief(row: unknown): unknown {
  const named = withName(row);
  if (typeof named !== 'object' || named === null) return named;
  return Object.fromEntries(
    Object.entries(named)
      .filter(([field, value]) => !noise.has(field) && !isEmpty(value))
      .map(([field, value]) => [field, loginIn(value) ?? value]),
  );
}

/** People go by their login. */
const loginIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'login' in value ? value.login : undefined;

export const briefRows = (body: unknown): unknown => (Array.isArray(body) ? body.map(brief) : body);

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === null || value === '';
}
