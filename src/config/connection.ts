import * as z from 'zod';
import { Fault } from '../base/errors.ts';
import { isRow } from '../base/json-value.ts';
import { zodMessage } from '../base/zod-messages.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { configFault, isReadableByOthers, readSecret, suggestionOf } from './config-fault.ts';
import { settingsIn } from './header-credentials.ts';

type Settings = Record<string, unknown>;
type Environment = Readonly<Record<string, string | undefined>>;

/** A switch, also as text in a variable. */
export const onOff = z.union([z.boolean(), z.stringbool()]);

/** A connection as configured; it has settings or the reason why not. */
export interface ConnectionConfig {
  name: string;
  provider: Provider;
  readOnly: boolean;
  /** Files with its secrets that others on this computer may read. */
  exposed?: readonly string[];
  settings?: Record<string, unknown>;
  fault?: Fault;
  /** Secrets that the system's keychain holds, as setting -> entry, and how they complete the settings. */
  keychain?: { entries: Readonly<Record<string, string>>; settings(secrets: Settings): Settings };
  /** The header that callers' own credentials come in, and how it completes the settings. */
  headerCredential?: { header: string; settings(credential: string): Record<string, unknown> };
}

/** The names of the variables that configure a provider, and whether each is needed. */
export function providerVariables(
  provider: Provider,
): { name: string; required: boolean; secret: boolean; description: string; default?: string }[] {
  return Object.entries(provider.settings.shape).map(([key, schema]) => {
    const { secret = false, description = '' } = fieldMeta(schema);
    const fallback = (schema as z.ZodType).safeParse(undefined);
    return {
      name: variable(provider, key),
      required: !fallback.success,
      secret,
      description,
      ...(fallback.success && fallback.data !== undefined ? { default: String(fallback.data) } : {}),
    };
  });
}

/** What the names of a provider's variables begin with. */
export const prefixOf = ({ name }: Provider) => `${name.toUpperCase()}_`;

export const variable = (provider: Provider, key: string) => `${prefixOf(provider)}${key.toUpperCase()}`;

export const isSecret = ({ settings }: Provider, key: string) => fieldMeta(fieldOf(settings, key)).secret === true;

/** The settings of a provider, and the `_file` twins of those that are secret. */
const keysOf = (provider: Provider) =>
  Object.keys(provider.settings.shape).flatMap(key => (isSecret(provider, key) ? [key, `${key}_file`] : [key]));

/** The variables that say something of a provider. */
export const variablesOf = (provider: Provider): string[] => keysOf(provider).map(key => variable(provider, key));

/** What the environment says of a provider's settings, by key. */
export function providerEnvironment(provider: Provider, env: Environment): Settings {
  const prefix = prefixOf(provider);
  const ofPrefix = Object.entries(env).filter(([name, value]) => name.startsWith(prefix) && value);
  // Most starts have none of most platforms, and need not make their settings.
  const known = ofPrefix.length > 0 ? variablesOf(provider) : [];
  const given = ofPrefix.filter(([name]) => known.includes(name));
  return Object.fromEntries(given.map(([name, value]) => [name.slice(prefix.length).toLowerCase(), value]));
}

/** A connection of the configuration file. @throws Fault `not_configured` where nobody knows what it is for */
export function fromFileEntry(
  name: string,
  value: Settings,
  providers: readonly Provider[],
  env: Environment,
): ConnectionConfig {
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name))
    throw configFault(`"${name}" is not a connection name.`, 'Use lower-case letters, digits, "-" and "_".');
  const platform = value['platform'] ?? name;
  const provider = providers.find(one => one.name === platform);
  if (!provider)
    throw configFault(
      `Connection "${name}" is for platform "${String(platform)}", which does not exist.`,
      suggestionOf(
        String(platform),
        providers.map(one => one.name),
      ),
    );
  return connection(name, provider, value, env);
}

/** A connection with its settings, or with the reason why it has none. */
export function connection(
  name: string,
  provider: Provider,
  { platform: _, read_only, credential_header, ...given }: Settings,
  env: Environment,
): ConnectionConfig {
  const known = keysOf(provider);
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw configFault(
      `Connection "${name}" has no setting "${key}".`,
      suggestionOf(key, [...known, 'read_only', 'credential_header']),
    );
  }
  const exposed = Object.entries(given).flatMap(([key, path]) =>
    key.endsWith('_file') && typeof path === 'string' && isReadableByOthers(path) ? [path] : [],
  );
  const base = { name, provider, readOnly: isReadOnly(name, read_only), ...(exposed.length ? { exposed } : {}) };
  try {
    const settings = withSecrets(name, provider, given, env);
    const entries = keychainEntries(settings, name, provider);
    if (entries) return { ...base, keychain: keychainSettings(name, provider, settings, entries) };
    if (credential_header === undefined) return { ...base, settings: parseSettings(name, provider, settings) };
    const header = headerName(name, credential_header);
    const complete = (credential: string) =>
      parseSettings(name, provider, settingsIn(header, credential, provider, settings), `The header is ${header}.`);
    return { ...base, headerCredential: { header, settings: complete } };
  } catch (error) {
    if (error instanceof Fault) return { ...base, fault: error };
    throw error;
  }
}

const inKeychain = z.strictObject({ keychain: z.string().min(1) });

/** Settings whose value is `{ "keychain": "<entry>" }`; undefined where there is none. */
function keychainEntries(settings: Settings, name: string, provider: Provider): Record<string, string> | undefined {
  const secrets = Object.entries(settings).filter(([key, value]) => isSecret(provider, key) && isRow(value));
  if (secrets.length === 0) return undefined;
  return Object.fromEntries(
    secrets.map(([key, value]) => {
      const { data } = inKeychain.safeParse(value);
      if (data) return [key, data.keychain];
      throw configFault(
        `Connection "${name}": ${key} is malformed.`,
        `Give a text, or {"keychain": "<entry>"}; data-platforms-mcp setup writes it.`,
      );
    }),
  );
}

/** Everything but the secrets is checked now; they are read when the connection is first used. */
function keychainSettings(name: string, provider: Provider, settings: Settings, entries: Record<string, string>) {
  const complete = (secrets: Settings) => parseSettings(name, provider, { ...settings, ...secrets });
  complete(entries);
  return { entries, settings: complete };
}

// What is meant to protect must not be lost to a slip of the pen.
function isReadOnly(name: string, given: unknown = false): boolean {
  const { data } = onOff.safeParse(given);
  if (data !== undefined) return data;
  throw configFault(`connections.${name}.read_only must be true or false.`, 'Mend it in the file given with --config.');
}

function parseSettings(
  name: string,
  provider: Provider,
  settings: Settings,
  hint = `Set it ${whereSet(name, provider)}.`,
): Settings {
  const parsed = provider.settings.safeParse(settings, { error: zodMessage });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(issue => explain(name, provider, issue));
  throw configFault(`Connection "${name}": ${issues.join('; ')}.`, hint);
}

// Variables are for the connection that is named like its platform.
const whereSet = (name: string, provider: Provider) =>
  `${name === provider.name ? 'in the environment of this server, or ' : ''}under connections.${name} in the file given with --config`;

const settingName = (name: string, provider: Provider, key: string) =>
  name === provider.name ? variable(provider, key) : key;

/** Headers that say something else already cannot carry a credential. */
function headerName(name: string, given: unknown): string {
  if (typeof given === 'string' && /^x-[a-z0-9-]{1,60}$/i.test(given)) return given.toLowerCase();
  throw configFault(
    `Connection "${name}": credential_header is malformed.`,
    `Give the name of a header that begins with "x-", for example "x-${name.replaceAll('_', '-')}-token".`,
  );
}

function explain(connection: string, provider: Provider, { path, message }: z.core.$ZodIssue): string {
  const key = String(path[0] ?? '');
  const name = settingName(connection, provider, key);
  const { secret } = fieldMeta(fieldOf(provider.settings, key));
  const twin = secret && message === 'is missing' ? ` (or ${settingName(connection, provider, `${key}_file`)})` : '';
  return `${name}${twin} ${/^(must|is) /.test(message) ? message : `is malformed: ${message}`}`;
}

/** Reads `_file` twins and puts variables where `${NAME}` stands. */
function withSecrets(name: string, provider: Provider, given: Settings, env: Environment): Settings {
  const twins = keysOf(provider).filter(key => !(key in provider.settings.shape));
  const settings: Settings = {};
  for (const [key, value] of Object.entries(expand(given, `connections.${name}`, env))) {
    if (!twins.includes(key)) {
      settings[key] = value;
      continue;
    }
    const target = key.slice(0, -'_file'.length);
    if (given[target] !== undefined)
      throw configFault(`Connection "${name}" has both ${target} and ${key}.`, 'Keep one of them.');
    settings[target] = readSecret(String(value), settingName(name, provider, key));
  }
  return settings;
}

/** The same with the variables of the environment put where `${NAME}` stands in a text. @throws Fault `not_configured` */
export function expand<Value>(value: Value, where: string, env: Environment): Value;
export function expand(value: unknown, where: string, env: Environment): unknown {
  const below = (key: string) => (where ? `${where}.${key}` : key);
  if (typeof value === 'string') return expandText(value, where, env);
  if (Array.isArray(value)) return value.map((one, index) => expand(one, below(String(index)), env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, expand(one, below(key), env)]));
}

function expandText(text: string, where: string, env: Environment): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined)
      throw configFault(
        `${where} refers to the variable ${name}, which is not set.`,
        `Set ${name} in the environment of this server.`,
      );
    return value;
  });
}
