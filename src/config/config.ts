import leven from 'leven';
import * as z from 'zod';
import { lazy } from '../base/lazy.ts';
import { zodMessage } from '../base/zod-messages.ts';
import { type ProxyVariables, proxyVariables } from '../http/proxy/variables.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import type { Provider } from '../providers/provider.ts';
import { configFault, readSecret, suggestionOf } from './config-fault.ts';
import { readConfigFile } from './config-file.ts';
import {
  type ConnectionConfig,
  connection,
  expand,
  fromFileEntry,
  onOff,
  prefixOf,
  providerEnvironment,
  variablesOf,
} from './connection.ts';
import { whatIsSet } from './environment.ts';
import { type HttpSettings, httpOptions, httpSettings } from './http.ts';
import { type RedisConfig, redisConfig, type SharedSettings, sharedKeys, sharedSettings } from './shared.ts';
import { timeZone } from './time-zone.ts';

/** Several texts: a list, or one text with commas. */
const texts = z
  .union([z.string(), z.array(z.string())])
  .transform(given =>
    [given].flat().flatMap(text =>
      text
        .split(',')
        .map(part => part.trim())
        .filter(Boolean),
    ),
  )
  .optional();

/**
 * Everything an operator can set besides connections. One table gives the key in the configuration file, the variable
 * `DATA_PLATFORMS_<KEY>`, the flag `--<key>` and the row in the documentation.
 */
export const generalSettings = z.strictObject({
  toolsets: texts.describe(
    'Toolsets to list, comma-separated: "all", "<platform>:all" or "<platform>:<toolset>", added to the defaults',
  ),
  read_only: onOff.default(false).describe('List and run only operations that change nothing'),
  yes: onOff.default(false).describe('Send what is destructive without asking anybody: for unattended use'),
  consent: z
    .enum(['ask', 'two-step'])
    .default('ask')
    .describe('How a person agrees: asked through the client where that can, or always in two calls with a token'),
  sandbox: onOff.default(false).describe('Connect to built-in simulators of every platform instead of real accounts'),
  sandbox_speed: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('How many times faster than real time the sandbox lives'),
  sandbox_drift: z
    .enum(['older', 'differing'])
    .optional()
    .describe('Let the sandbox be a release that differs from the documents, to try what doctor --verify finds'),
  allow_dir: texts.describe('Folders whose files may be sent to platforms, comma-separated; over stdio only'),
  results_dir: z.string().min(1).optional().describe('Folder of stored results (default: in your cache folder)'),
  results_quota_gib: z.coerce
    .number()
    .positive()
    .default(5)
    .describe('Size of all stored results, GiB; the oldest go first'),
  record_mib: z.coerce
    .number()
    .positive()
    .max(256)
    .default(16)
    .describe('Size of one record of a table, MiB; data with a larger one is kept as a file'),
  replicas: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('How many processes use these accounts at once: each keeps to its share of every quota'),
  answer_tokens: z.coerce
    .number()
    .int()
    .min(500)
    .max(20_000)
    .default(4_000)
    .describe('Size of one answer, in tokens; what is larger is stored and answered by a handle'),
  many_limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .default(200)
    .describe('Things that one call may be for before it has to confirm their count'),
  time_zone: timeZone().default('UTC').describe('Zone of times without one, for example Europe/Berlin'),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level of the JSON lines on stderr'),
});

export type GeneralSettings = z.output<typeof generalSettings>;

export interface Config extends GeneralSettings {
  readonly http: HttpSettings;
  /** That of the HTTP settings, for servers that have no other use for them. */
  state_key: string | undefined;
  /** What replicas share beside the results, where the operator has set it. */
  redis: RedisConfig | undefined;
  connections: ConnectionConfig[];
  /** Those of the environment, where it names some. */
  proxies: ProxyVariables | undefined;
  /** Variables that look like a platform's and are like none of them; others use the same first word. */
  unread: readonly string[];
}

export interface ConfigSources {
  env: Readonly<Record<string, string | undefined>>;
  /** Flags as given: keys of `generalSettings`. They win over variables, which win over the file. */
  flags?: Record<string, unknown>;
  /** The same for keys of `httpSettings`. */
  httpFlags?: Record<string, unknown>;
  /** Path of a JSON file. */
  file?: string | undefined;
}

type Settings = Record<string, unknown>;

/**
 * Reads flags, environment and file into one configuration.
 * @throws Fault `not_configured` for unknown or malformed general settings, keys and variables. A connection that is
 * incomplete or broken carries its fault and stops nobody else.
 */
export function loadConfig(sources: ConfigSources, providers: readonly Provider[]): Config {
  const env = whatIsSet(sources.env);
  const [flags, httpFlags] = [whatIsSet(sources.flags ?? {}), whatIsSet(sources.httpFlags ?? {})];
  const { file } = sources;
  const { connections = {}, http: httpFromFile, ...besides } = file === undefined ? {} : readConfigFile(file);
  const { shared: sharedFromFile, rest: fromFile } = splitShared(besides);
  const unread = unknownVariables(env, providers);
  const general = readTable(generalTable, expand(fromFile, '', env), env, flags) as GeneralSettings;
  const http = lazy(() =>
    withStateKey(readTable(httpTable(), expand(httpFromFile, 'http', env), env, httpFlags) as HttpSettings),
  );
  // What is given has to be right at once. Nothing given cannot be wrong, and most servers never look.
  const givesHttp = httpFromFile !== undefined || Object.keys(env).some(name => name.startsWith(httpPrefix));
  const state_key = givesHttp ? http().state_key : undefined;
  const givesShared = sharedFromFile !== undefined || sharedKeys.some(key => env[variableOf(key)] !== undefined);
  const found = Object.entries(connections).map(([name, value]) => fromFileEntry(name, value, providers, env));
  for (const provider of providers) {
    const settings = providerEnvironment(provider, env);
    if (Object.keys(settings).length === 0) continue;
    const twin = found.findIndex(({ name }) => name === provider.name);
    const base = twin < 0 ? {} : (connections[provider.name] ?? {});
    const merged = connection(provider.name, provider, { ...base, ...settings }, env);
    if (twin < 0) found.push(merged);
    else found[twin] = merged;
  }
  return {
    ...general,
    get http() {
      return http();
    },
    state_key,
    redis: givesShared
      ? redisConfig(readTable(sharedTable(), expand(sharedFromFile, '', env), env) as SharedSettings, state_key)
      : undefined,
    proxies: proxyVariables(env),
    unread,
    // What looks at a connection alone has to know it too: some reading shows secrets.
    connections: found.map(one => ({ ...one, readOnly: one.readOnly || general.read_only })),
  };
}

/** Those of the settings of a file that are about what replicas share; most files have none. */
function splitShared(settings: Settings): { shared?: Settings; rest: Settings } {
  const isShared = (key: string) => (sharedKeys as readonly string[]).includes(key);
  const shared = Object.entries(settings).filter(([key]) => isShared(key));
  const rest = Object.fromEntries(Object.entries(settings).filter(([key]) => !isShared(key)));
  return shared.length > 0 ? { shared: Object.fromEntries(shared), rest } : { rest };
}

/** The state key from its file, where it is in one. */
function withStateKey(http: HttpSettings): HttpSettings {
  const { state_key_file: path } = http;
  if (path === undefined) return http;
  if (http.state_key !== undefined)
    throw configFault('There are both http.state_key and http.state_key_file.', 'Keep one of them.');
  return { ...http, state_key: readSecret(path, 'http.state_key_file') };
}

/** A table of settings, and where its keys are found. */
interface Table {
  schema: z.ZodObject;
  /** Those that are flags too. */
  flags: readonly string[];
  /** Those that are variables too. */
  variables: readonly string[];
  /** Before the key in the names of variables. */
  prefix: string;
  /** Before the key where the file is meant. */
  path: string;
  /** Further keys of the same place in the file. */
  others: readonly string[];
}

const generalPrefix = 'DATA_PLATFORMS_';
const httpPrefix = 'DATA_PLATFORMS_HTTP_';

const generalTable: Table = {
  schema: generalSettings,
  flags: Object.keys(generalSettings.shape),
  variables: Object.keys(generalSettings.shape),
  prefix: generalPrefix,
  path: '',
  others: [...sharedKeys, 'connections', 'http'],
};

const variableOf = (key: string) => `${generalPrefix}${key.toUpperCase()}`;

const sharedTable = (): Table => ({
  schema: sharedSettings(),
  flags: [],
  variables: sharedKeys,
  prefix: generalPrefix,
  path: '',
  others: [],
});

function httpTable(): Table {
  const flags = Object.keys(httpOptions().shape);
  const variables = [...flags, 'state_key', 'state_key_file'];
  return { schema: httpSettings(), flags, variables, prefix: httpPrefix, path: 'http.', others: [] };
}

function readTable(table: Table, file: Settings = {}, env: ConfigSources['env'], flags: Settings = {}): Settings {
  const { schema, variables, prefix, path, others } = table;
  const known = Object.keys(schema.shape);
  const given = { ...file, ...fromEnvironment(table, env), ...flags };
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw configFault(`There is no setting "${path}${key}".`, suggestionOf(key, [...known, ...others]));
  }
  const parsed = schema.safeParse(given, { error: zodMessage });
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  const elsewhere = [
    ...(table.flags.includes(key) ? [`--${key.replaceAll('_', '-')}`] : []),
    ...(variables.includes(key) ? [`${prefix}${key.toUpperCase()}`] : []),
  ];
  throw configFault(
    `Setting ${path}${issue?.path.join('.') ?? key}: ${issue?.message ?? 'malformed'}.`,
    `${fieldMeta(fieldOf(schema, key)).description ?? ''}. ` +
      `It is ${[...elsewhere, `"${path}${key}" in the file`].join(' or ')}.`,
  );
}

function fromEnvironment({ variables, prefix }: Table, env: ConfigSources['env']): Settings {
  const given: Settings = {};
  for (const key of variables) {
    const value = env[`${prefix}${key.toUpperCase()}`];
    if (value !== undefined) given[key] = value;
  }
  return given;
}

/** @throws Fault `not_configured` for one that nobody but us would set, or that was probably meant otherwise */
function unknownVariables(env: ConfigSources['env'], providers: readonly Provider[]): string[] {
  const tableNames = ({ variables, prefix }: Table) => variables.map(key => `${prefix}${key.toUpperCase()}`);
  // Each looks at its names when there is one of its prefix.
  const owners = [
    {
      prefix: generalPrefix,
      shared: false,
      names: lazy(() => [
        ...['DATA_PLATFORMS_CONFIG', 'DATA_PLATFORMS_NO_CODE_CACHE', 'DATA_PLATFORMS_NODE'],
        ...tableNames(generalTable),
        ...sharedKeys.map(variableOf),
        ...tableNames(httpTable()),
      ]),
    },
    ...providers.map(provider => ({
      prefix: prefixOf(provider),
      names: lazy(() => variablesOf(provider)),
      shared: provider.sharesPrefix,
    })),
  ];
  const unread: string[] = [];
  for (const name of Object.keys(env)) {
    const owner = owners.find(({ prefix }) => name.startsWith(prefix));
    if (!owner || owner.names().includes(name)) continue;
    if (owner.shared && !isSlip(name, owner.names())) unread.push(name);
    else throw configFault(`Nobody reads the variable ${name}.`, suggestionOf(name, owner.names()));
  }
  return unread;
}

/** Whether somebody may have written this who meant one of the names. */
const isSlip = (given: string, names: readonly string[]) => names.some(name => leven(given, name) <= 2);
