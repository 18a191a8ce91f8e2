import type * as z from 'zod';
import { Fault } from '../base/errors.ts';
import { isRow } from '../base/json-value.ts';
import { fieldMeta } from '../operations/operation.ts';
import type { Provider } from '../providers/provider.ts';

type Settings = Record<string, unknown>;

/**
 * What a header says of a platform's settings: its one secret as it is, or several settings as a JSON object. Only
 * credentials, and only what the operator left open: no caller decides where a request goes.
 * @throws Fault `not_configured`
 */
export function settingsIn(header: string, credential: string, provider: Provider, given: Settings): Settings {
  const open = openSettings(provider, given);
  if (!credential.startsWith('{')) {
    const [secret] = open.filter(({ secret }) => secret);
    if (!secret) throw unreadable(header, 'nothing is left to be given');
    return { ...given, [secret.key]: credential };
  }
  const read = parseObject(credential);
  if (!read) throw unreadable(header, 'it is neither a secret nor a JSON object');
  const allowed = open.map(({ key }) => key);
  const stranger = Object.keys(read).find(key => !allowed.includes(key));
  if (stranger !== undefined) throw unreadable(header, `it may hold ${allowed.join(', ')}, not "${stranger}"`);
  return { ...given, ...read };
}

/** Secrets, and what belongs to them: a user's name, a client's id. */
function openSettings({ settings }: Provider, given: Settings): { key: string; secret: boolean }[] {
  return Object.entries(settings.shape as Record<string, z.ZodType>).flatMap(([key, schema]) => {
    const secret = fieldMeta(schema).secret === true;
    const needed = !schema.safeParse(undefined).success && !/(^|_)url$/.test(key);
    return (secret || needed) && given[key] === undefined ? [{ key, secret }] : [];
  });
}

function parseObject(text: string): Settings | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRow(value) ? (value as Settings) : undefined;
  } catch {
    return undefined;
  }
}

const unreadable = (header: string, why: string) =>
  new Fault({
    code: 'not_configured',
    message: `The header ${header} cannot be used: ${why}.`,
    hint: 'Ask the operator of the gateway in front of this server.',
  });
