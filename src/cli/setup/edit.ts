import { isDeepStrictEqual } from 'node:util';
import { Fault } from '../../base/errors.ts';
import { isRow } from '../../base/json-value.ts';
import type { McpClient } from './clients.ts';
import { valueAt, withValue } from './values.ts';

/** The same text with `value` at the path, or without what stands there; everything else as it was. */
type Edit = (text: string, path: readonly string[], value: unknown) => string;

interface Format {
  /** What a text says. @throws where it is malformed */
  parse(text: string): unknown;
  edit: Edit;
}

/** Of each format the library that leaves comments, order and white space alone. */
const formats: Readonly<Record<McpClient['format'], () => Promise<Format>>> = {
  async json() {
    const { parseJson, editJson } = await import('./libraries.ts');
    return { parse: parseJson, edit: editJson };
  },
  async toml() {
    const { parseToml, editToml } = await import('./libraries.ts');
    return { parse: parseToml, edit: editToml };
  },
  async yaml() {
    const { parseYaml, editYaml } = await import('./libraries.ts');
    return { parse: parseYaml, edit: editYaml };
  },
};

/** What a client's configuration says of one server; undefined where it says nothing. @throws Fault `not_configured` */
export async function readEntry(client: McpClient, text: string, path: string, name: string): Promise<unknown> {
  const whole = await parsed(client, text, path);
  return plainOf(valueAt(whole, [...client.servers, name]));
}

/**
 * The text of a client's configuration with an entry put in, replaced, or (undefined) taken out. What comes of it is
 * read again: it has to say what was meant, and to differ in nothing else.
 * @throws Fault `not_configured` where the text cannot be read, or could not be changed alone there
 */
export async function withEntry(
  client: McpClient,
  { text, path, name, entry }: { text: string; path: string; name: string; entry: unknown },
): Promise<string> {
  const before = await parsed(client, text, path);
  const place = [...client.servers, name];
  if (isDeepStrictEqual(plainOf(valueAt(before, place)), entry)) return text;
  // Some editors begin a file with the mark of its encoding, which is no part of what it says.
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const { edit } = await formats[client.format]();
  const changed = edit(text.slice(mark.length), place, entry);
  const wanted = withValue(before, place, entry);
  if (isDeepStrictEqual(plainOf(await parsed(client, changed, path)), plainOf(wanted))) return mark + changed;
  throw new Fault({
    code: 'not_configured',
    message: `${path} has a form in which our entry cannot be changed alone. It was left as it is.`,
    hint: `Put it in by hand: data-platforms-mcp setup --print ${client.name}.`,
  });
}

async function parsed(
  { format, title, name }: McpClient,
  text: string,
  path: string,
): Promise<Record<string, unknown>> {
  try {
    const { parse } = await formats[format]();
    const value = parse(text.replace(/^\uFEFF/, ''));
    if (isRow(value)) return value;
    throw new Error('it holds no table of settings');
  } catch (cause) {
    const [reason = ''] = (cause as Error).message.split('\n');
    throw new Fault({
      code: 'not_configured',
      message: `The configuration of ${title}, ${path}, cannot be read: ${reason.replace(/[.:]$/, '')}. It was left as it is.`,
      hint: `Mend it and run this again, or put the entry in by hand: data-platforms-mcp setup --print ${name}.`,
      cause,
    });
  }
}

/** Dates and the like compare by what they say. */
const plainOf = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
