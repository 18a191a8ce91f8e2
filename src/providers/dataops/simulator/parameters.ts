import { isRow } from '../../../base/json-value.ts';
import { type Body, readBody } from '../../../sandbox/frame/body.ts';
import type { SimulatorRequest } from '../../../sandbox/router.ts';
import { refusal } from './refusal.ts';

export type Fields = Record<string, unknown>;

/** Query and body of a request in one, as the platform reads them; the body wins. */
export async function readFields(request: SimulatorRequest): Promise<Fields> {
  return { ...nest(request.query), ...bodyFields(await readBody(request)) };
}

function bodyFields(body: Body): Fields {
  if (body.kind === 'none') return {};
  if (body.kind === 'other')
    throw refusal(415, { error: `The provided content-type '${body.type}' is not supported.` });
  if (body.kind === 'form')
    return nest(body.entries.map(([name, value]) => [name, typeof value === 'string' ? value : value.name]));
  if (body.kind === 'json' && isRow(body.value)) return body.value;
  throw refusal(400, { error: 'The provided content-type is application/json but the body is not' });
}

/** Nested form names: `a[k]=v` is a hash, `a[]=v` a list, `a[0][k]=v` or `a[][k]=v` a list of hashes. */
export function nest(pairs: Iterable<[string, string]>): Fields {
  const root: Fields = {};
  for (const [name, value] of pairs) {
    const [, first = name, rest = ''] = /^([^[]+)((?:\[[^\]]*\])*)$/.exec(name) ?? [];
    const keys = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(match => match[1] ?? '')];
    place(root, keys, value);
  }
  for (const [name, value] of Object.entries(root)) root[name] = numberedAsList(value);
  return root;
}

function place(target: Fields, [key = '', ...rest]: string[], value: string): void {
  if (rest.length === 0) target[key] = value;
  else if (rest.length === 1 && rest[0] === '') {
    const list = target[key];
    target[key] = Array.isArray(list) ? [...list, value] : [value];
  } else {
    if (!isRow(target[key])) target[key] = {};
    const inner = target[key] as Fields;
    // `a[][k]=v`: a key that the last hash has already starts the next one.
    const last = Object.keys(inner).length - 1;
    const hash = inner[String(last)];
    const index = rest[0] === '' ? (isRow(hash) && !((rest[1] ?? '') in hash) ? last : last + 1) : rest[0];
    place(inner, [String(index), ...rest.slice(1)], value);
  }
}

function numberedAsList(value: unknown): unknown {
  if (!isRow(value)) return value;
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key, index) => key === String(index)) ? Object.values(value) : value;
}

/** One parameter of a route, as the vendor declares it. */
export interface Parameter {
  name: string;
  type: string;
  required: boolean;
  /** All that it can be. */
  values?: readonly (string | number)[];
  format?: string;
}

/** What the platform checks before a handler runs: first what is missing, then what is no value of its type. */
export function checkFields(fields: Fields, parameters: readonly Parameter[]): Fields {
  const missing = parameters.filter(({ name, required }) => required && fields[name] === undefined);
  if (missing.length > 0) throw refusal(400, { error: missing.map(({ name }) => `${name} is missing`).join(', ') });
  const given = parameters.filter(({ name }) => fields[name] !== undefined && fields[name] !== null);
  return { ...fields, ...Object.fromEntries(given.map(one => [one.name, checkedValue(fields[one.name], one)])) };
}

function checkedValue(value: unknown, { name, type, format, values }: Parameter): unknown {
  const read = values ? readWord(value, values) : readValue(value, format ?? type);
  if (read !== undefined) return read;
  throw refusal(400, { error: `${name} ${values ? 'does not have a valid value' : 'is invalid'}` });
}

function readWord(value: unknown, words: readonly (string | number)[]): unknown {
  const given = Array.isArray(value) ? value : [value];
  return given.every(word => words.some(known => String(known) === String(word))) ? value : undefined;
}

// Each word small, large, or with a large first letter, as the platform's library for parameters takes them.
const booleans: ReadonlyMap<string, boolean> = new Map(
  Object.entries({ true: ['true', 't', 'yes', 'y', 'on', '1'], false: ['false', 'f', 'no', 'n', 'off', '0'] }).flatMap(
    ([meaning, words]) =>
      words
        .flatMap(word => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)])
        .map(word => [word, meaning === 'true'] as const),
  ),
);

function readValue(value: unknown, type: string): unknown {
  switch (type) {
    case 'integer':
      return /^-?\d+$/.test(String(value)) ? Number(value) : undefined;
    case 'boolean':
      return booleans.get(String(value));
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : undefined;
    case 'object[]':
      return Array.isArray(value) ? value : undefined;
    case 'string[]':
    case 'integer[]':
      return Array.isArray(value) ? value.map(String) : String(value).split(',').filter(Boolean);
    case 'object':
      return isRow(value) ? value : undefined;
    default:
      return typeof value === 'object' ? undefined : String(value);
  }
}
