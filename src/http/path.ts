import { Fault } from '../base/errors.ts';

/** Names of the parameters of a path template: `'x' | 'y'` for `/a/{x}/b/{y*}`. */
export type PathParameters<Template extends string> = Template extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Bare}*` ? Bare : Name) | PathParameters<Rest>
  : never;

/** How a list travels in a query: `k=1&k=2` (the default), `k[]=1&k[]=2` or `k=1,2`. */
export type ListStyle = 'repeat' | 'brackets' | 'comma';

/**
 * An absolute URL. `{x}` in the template takes one path segment, or a list as one with commas; `{x*}` takes several with
 * their slashes, or none, and then its own slash goes as well. Every value is encoded once. Undefined and null leave a
 * query field out.
 * @throws Fault `bad_arguments` for a value that cannot be part of a path or query
 */
export function buildUrl<Template extends string>(
  baseUrl: string,
  template: Template,
  parameters: Record<PathParameters<Template>, unknown>,
  query: Record<string, unknown> = {},
  lists: ListStyle = 'repeat',
): string {
  const values = new Map<string, unknown>(Object.entries(parameters));
  const path = template.replace(/\{([^{}*]+)(?:\}|(\*)\}(\/?))/g, (_, name: string, several?: string, slash = '') => {
    const value = values.get(name);
    if (!several) return Array.isArray(value) ? list(name, value) : pathInSegment(segment(name, textOf(name, value)));
    const text = textOf(name, value);
    if (text === '') return '';
    const parts = text.split('/').map(part => segment(name, part));
    return parts.join('/') + slash;
  });
  const search = Object.entries(query).flatMap(([name, value]) => fields(name, value, lists));
  return `${baseUrl}${path}${search.length > 0 ? `?${search.join('&')}` : ''}`;
}

/** Some servers take what follows the last dot of a path for the format of the answer: `%2F` does not end it there. */
const pathInSegment = (text: string): string => (text.includes('%2F') ? text.replaceAll('.', '%2E') : text);

function list(name: string, values: readonly unknown[]): string {
  if (values.length === 0) throw refusal(name, 'is empty');
  return values.map(value => segment(name, textOf(name, value))).join(',');
}

function segment(name: string, text: string): string {
  if (text === '') throw refusal(name, 'is empty');
  // Also within a segment: some servers decode %2F before they look for dots.
  if (text.split(/[/\\]/).some(part => part === '.' || part === '..'))
    throw refusal(name, 'holds "." or ".." as a step');
  return encode(name, text);
}

function fields(name: string, value: unknown, style: ListStyle): string[] {
  if (value === undefined || value === null) return [];
  const one = (part: unknown) => encode(name, textOf(name, part));
  const key = encode(name, name);
  if (!Array.isArray(value)) return [`${key}=${one(value)}`];
  if (style === 'comma') return value.length > 0 ? [`${key}=${value.map(one).join(',')}`] : [];
  return value.map(part => `${key}${style === 'brackets' ? '[]' : ''}=${one(part)}`);
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint' || Number.isFinite(value)) return String(value);
  throw refusal(name, value === undefined || value === null ? 'is missing' : 'is no text, number or truth value');
}

function encode(name: string, text: string): string {
  try {
    return encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw refusal(name, 'holds half of a surrogate pair');
  }
}

function refusal(name: string, why: string): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `${name} ${why}, so it cannot be part of an address.`,
    hint: `Give ${name} as the listing it comes from shows it.`,
  });
}

/** What stands for an encoded part of an address; undefined where a percent sign in it encodes nothing. */
export function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
