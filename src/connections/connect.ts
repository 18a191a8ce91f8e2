import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import { type ConnectionConfig, providerVariables } from '../config/connection.ts';
import type { Provider } from '../providers/provider.ts';
import type { Account, ConnectionState } from './connections.ts';

/** Builds every configured connection, without I/O. */
export function connect(configured: readonly ConnectionConfig[], clock: Clock, redactor: Redactor): ConnectionState[] {
  return configured.map(one => {
    const { name, provider, readOnly, exposed, settings, fault, headerCredential } = one;
    const base = { name, provider, readOnly, ...(exposed ? { exposed } : {}) };
    if (settings) return connectWith(base, settings, clock, redactor);
    if (!headerCredential) return { ...base, fault: fault ?? missing(provider) };
    const { header, settings: complete } = headerCredential;
    const connectAs = (credential: string, itsRedactor: Redactor) => {
      itsRedactor.add(credential);
      return connectWith(base, () => complete(credential), clock, itsRedactor);
    };
    return { ...base, headerCredential: { header, connect: connectAs } };
  });
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
    const account = { name, platform: provider.name, title: provider.title, readOnly, redactor };
    const reached = Object.entries(apis ?? {}).map(([api, own]) => [api, { ...account, ...own }] as const);
    const connection = { ...account, ...parts, ...(apis ? { apis: Object.fromEntries(reached) } : {}) };
    return { ...base, ...(apis ? { apis: Object.keys(apis) } : {}), connect: () => connection };
  } catch (error) {
    if (error instanceof Fault) return { ...base, fault: error };
    throw error;
  }
}

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
    hint: `Set ${needed.join(' and ')}, or a connection in the file given with --config; or try it with --sandbox.`,
  });
}
