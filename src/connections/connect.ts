import type { Clock } from '../base/clock.ts';
import { nodeCrypto } from '../base/crypto.ts';
import { Fault } from '../base/errors.ts';
import { lazy } from '../base/lazy.ts';
import type { Redactor } from '../base/redact.ts';
import { type ConnectionConfig, providerVariables } from '../config/connection.ts';
import type { Connection } from '../http/connection.ts';
import type { Provider } from '../providers/provider.ts';
import type { Account, ConnectionState } from './connections.ts';

/** Builds every configured connection, without I/O. */
export function connect(configured: readonly ConnectionConfig[], clock: Clock, redactor: Redactor): ConnectionState[] {
  return configured.map(one => {
    const { name, provider, readOnly, exposed, settings, fault, headerCredential, keychain } = one;
    const base = { name, provider, readOnly, ...(exposed ? { exposed } : {}) };
    if (settings) return connectWith(base, settings, clock, redactor);
    if (keychain) return { ...base, ...connectLater(base, keychain, clock, redactor) };
    if (!headerCredential) return { ...base, fault: fault ?? missing(provider) };
    const { header, settings: complete } = headerCredential;
    const connectAs = (credential: string, itsRedactor: Redactor) => {
      itsRedactor.add(credential);
      return connectWith(base, () => complete(credential), clock, itsRedactor);
    };
    return { ...base, headerCredential: { header, connect: connectAs } };
  });
}

/** Reads the secrets when the connection is first used: a keychain may take its time, or ask the person. */
function connectLater(
  base: Account,
  { entries, settings }: NonNullable<ConnectionConfig['keychain']>,
  clock: Clock,
  redactor: Redactor,
): Pick<ConnectionState, 'connect' | 'apis'> {
  const given = settings(entries);
  const opened = Object.entries(base.provider.apis ?? {}).filter(([, { setting }]) => given[setting] !== undefined);
  let connected: Promise<Connection> | undefined;
  const open = async () => {
    const { readKeychain } = await import('../base/keychain.ts');
    const secrets = Object.entries(entries).map(async ([key, entry]) => [key, await readKeychain(entry)] as const);
    const complete = Object.fromEntries(await Promise.all(secrets));
    const { connect: opening, fault } = connectWith(base, () => settings(complete), clock, redactor);
    if (!opening) throw fault;
    return opening();
  };
  return {
    ...(base.provider.apis ? { apis: opened.map(([api]) => api) } : {}),
    connect() {
      connected ??= open();
      // A keychain that was locked may be open at the next call.
      connected.catch(() => {
        connected = undefined;
      });
      return connected;
    },
  };
}

function connectWith(
  base: Account,
  settings: Record<string, unknown> | (() => Record<string, unknown>),
  clock: Clock,
  redactor: Redactor,
): ConnectionState {
  const { name, provider, readOnly } = base;
  try {
    const given = typeof settings === 'function' ? settings() : settings;
    const { secrets, apis, ...parts } = provider.connect(given as never, clock);
    for (const secret of secrets) redactor.add(secret);
    // One object for as long as it is used, and one for each API: quotas and pools are kept by it.
    // Not before somebody asks: what makes it takes some ms to load.
    const accountKey = lazy(() => digestOf([provider.name, parts.baseUrl, ...secrets]));
    const account = { name, platform: provider.name, title: provider.title, readOnly, redactor, accountKey };
    const reached = Object.entries(apis ?? {}).map(([api, own]) => [api, { ...account, ...own }] as const);
    const connection = { ...account, ...parts, ...(apis ? { apis: Object.fromEntries(reached) } : {}) };
    return { ...base, ...(apis ? { apis: Object.keys(apis) } : {}), connect: () => connection };
  } catch (error) {
    if (error instanceof Fault) return { ...base, fault: error };
    throw error;
  }
}

const digestOf = (parts: readonly string[]) =>
  nodeCrypto().createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** What an operator has to set before a platform can be used. */
export function missing(provider: Provider): Fault {
  const variables = providerVariables(provider);
  const required = variables.filter(one => one.required);
  // Where one of several credentials is enough, none is required; the first is the usual one.
  const wanted = required.length ? required : variables.filter(({ secret }) => secret).slice(0, 1);
  const needed = wanted.map(({ name, secret }) => (secret ? `${name} (or ${name}_FILE)` : name));
  return new Fault({
    code: 'not_configured',
    message: `${provider.title} is not configured.`,
    hint: `Run data-platforms-mcp setup in a terminal; or set ${needed.join(' and ')}, or a connection in the file given with --config; or try it with --sandbox.`,
  });
}
