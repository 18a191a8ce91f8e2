import type { IncomingHttpHeaders } from 'node:http';
import type * as z from 'zod';
import { Fault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import type { ConnectionState } from '../connections/connections.ts';
import { fieldMeta } from '../operations/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { anybody, type Caller } from './caller.ts';

type Settings = Record<string, unknown>;

/** The credentials of a caller's own that came with a request, by connection. */
export function withCredentials(
  caller: Caller,
  headers: IncomingHttpHeaders,
  states: readonly ConnectionState[],
): Caller {
  const found = states.flatMap(({ name, handedIn }): [string, string][] => {
    const value = handedIn && headers[handedIn.header];
    return typeof value === 'string' && value !== '' && (caller.connections?.has(name) ?? true) ? [[name, value]] : [];
  });
  if (found.length === 0) return caller;
  // Behind a gateway many people may come with one token: whoever has another credential is somebody else.
  // Not imported: a start does not need it, and it takes some ms to load.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const owner = createHash('sha256')
    .update(JSON.stringify([caller.owner, found.sort()]))
    .digest('base64url');
  return { ...caller, owner, credentials: new Map(found) };
}

/** The connection of this caller, where its credential is to come with the request. */
export function stateFor(caller: Caller, state: ConnectionState, redactor: Redactor): ConnectionState {
  const { handedIn, name, provider } = state;
  if (!handedIn) return state;
  const credential = caller.credentials?.get(name);
  const connected = credential === undefined ? undefined : handedIn.connect(credential, redactor);
  if (connected?.connect) return connected;
  const fault = connected?.fault ?? notHandedIn(provider, handedIn.header);
  // The list of tools must not change with a header that is left out or damaged once.
  return caller === anybody ? { ...state, fault } : { ...state, connect: () => Promise.reject(fault) };
}

const notHandedIn = ({ title }: Provider, header: string) =>
  new Fault({
    code: 'not_configured',
    message: `No credential for ${title} came with the request.`,
    hint: `The gateway in front of this server has to hand it in, in the header ${header}.`,
  });

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
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Settings) : undefined;
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
