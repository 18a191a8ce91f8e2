import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { settingsIn } from './callers/handed-in.ts';
import { Fault } from './errors.ts';
import { fieldMeta } from './operation.ts';
import type { Provider } from './providers/provider.ts';
import { nearest } from './references.ts';
import { type HttpSettings, httpOptions, httpSettings } from './server/http/settings.ts';

const flag = z.union([z.boolean(), z.stringbool()]);

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
  read_only: flag.default(false).describe('List and run only operations that change nothing'),
  yes: flag.default(false).describe('Send what is destructive without asking anybody: for unattended use'),
  sandbox: flag.default(false).describe('Connect to built-in simulators of every platform instead of real accounts'),
  sandbox_speed: z.coerce
    .number()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('How many times faster than real time the sandbox lives'),
  allow_dir: texts.describe('Folders whose files may be sent to platforms, comma-separated; over stdio only'),
  results_dir: z.string().min(1).optional().describe('Folder of stored results (default: in your cache folder)'),
  results_quota_gib: z.coerce
    .number()
    .positive()
    .default(5)
    .describe('Size of all stored results, GiB; the oldest go first'),
  answer_tokens: z.coerce
    .number()
    .int()
    .min(500)
    .max(20_000)
    .default(4_000)
    .describe('Size of one answer, in tokens; what is larger is stored and answered by a handle'),
  log_level: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Least level of the JSON lines on stderr'),
});

export type GeneralSettings = z.output<typeof generalSettings>;

/** A connection as configured; it has settings or the reason why not. */
export interface ConnectionConfig {
  name: string;
  provider: Provider;
  readOnly: boolean;
  settings?: Record<string, unknown>;
  fault?: Fault;
  /** The header that callers' own credentials come in, and how it completes the settings. */
  handedIn?: { header: string; settings(credential: string): Record<string, unknown> };
}

export interface Config extends GeneralSettings {
  http: HttpSettings;
  connections: ConnectionConfig[];
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
  const { env, flags, httpFlags, file } = sources;
  const { connections = {}, http: httpFromFile, ...fromFile } = file === undefined ? {} : readConfigFile(file);
  refuseUnknownVariables(env, providers);
  const general = readTable(generalTable, fromFile, env, flags) as GeneralSettings;
  const http = withStateKey(readTable(httpTable, httpFromFile as Settings | undefined, env, httpFlags) as HttpSettings);
  const found = Object.entries(connections as Record<string, Settings>).map(([name, value]) =>
    fromFileEntry(name, value, providers, env),
  );
  for (const provider of providers) {
    const settings = providerEnvironment(provider, env);
    if (Object.keys(settings).length === 0) continue;
    const twin = found.findIndex(({ name }) => name === provider.name);
    const base = twin < 0 ? {} : ((connections as Record<string, Settings>)[provider.name] ?? {});
    const merged = connection(provider.name, provider, { ...base, ...settings }, env);
    if (twin < 0) found.push(merged);
    else found[twin] = merged;
  }
  // What looks at a connection alone has to know it too: some reading shows secrets.
  return { ...general, http, connections: found.map(one => ({ ...one, readOnly: one.readOnly || general.read_only })) };
}

/** The state key from its file, where it is in one. */
function withStateKey(http: HttpSettings): HttpSettings {
  const { state_key_file: path } = http;
  if (path === undefined) return http;
  if (http.state_key !== undefined)
    throw misconfigured('There are both http.state_key and http.state_key_file.', 'Keep one of them.');
  return { ...http, state_key: readSecret(path, 'http.state_key_file') };
}

/** The names of the variables that configure a provider, and whether each is needed. */
export function providerVariables(
  provider: Provider,
): { name: string; required: boolean; secret: boolean; description: string; default?: string }[] {
  return Object.entries(provider.settings.shape).map(([key, schema]) => {
    const { secret = false, description = '' } = fieldMeta(schema as z.ZodType);
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

const variable = ({ name }: Provider, key: string) => `${name}_${key}`.toUpperCase();

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

const generalTable: Table = {
  schema: generalSettings,
  flags: Object.keys(generalSettings.shape),
  variables: Object.keys(generalSettings.shape),
  prefix: 'DATA_PLATFORMS_',
  path: '',
  others: ['connections', 'http'],
};
const httpTable: Table = {
  schema: httpSettings,
  flags: Object.keys(httpOptions.shape),
  variables: [...Object.keys(httpOptions.shape), 'state_key', 'state_key_file'],
  prefix: 'DATA_PLATFORMS_HTTP_',
  path: 'http.',
  others: [],
};

function readTable(table: Table, file: Settings = {}, env: ConfigSources['env'], flags: Settings = {}): Settings {
  const { schema, variables, prefix, path, others } = table;
  const known = Object.keys(schema.shape);
  const given = { ...file, ...fromEnvironment(table, env), ...flags };
  for (const key of Object.keys(given)) {
    if (known.includes(key)) continue;
    throw misconfigured(`There is no setting "${path}${key}".`, suggestion(key, [...known, ...others]));
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  const elsewhere = [
    ...(table.flags.includes(key) ? [`--${key.replaceAll('_', '-')}`] : []),
    ...(variables.includes(key) ? [`${prefix}${key.toUpperCase()}`] : []),
  ];
  throw misconfigured(
    `Setting ${path}${issue?.path.join('.') ?? key}: ${issue?.message ?? 'malformed'}.`,
    `${fieldMeta((schema.shape as Record<string, z.ZodType>)[key] ?? schema).description ?? ''}. ` +
      `It is ${[...elsewhere, `"${path}${key}" in the file`].join(' or ')}.`,
  );
}

function fromEnvironment({ variables, prefix }: Table, env: ConfigSources['env']): Settings {
  const given: Settings = {};
  for (const key of variables) {
    const value = env[`${prefix}${key.toUpperCase()}`];
    if (value !== undefined && value !== '') given[key] = value;
  }
  return given;
}

function refuseUnknownVariables(env: ConfigSources['env'], providers: readonly Provider[]): void {
  const known = new Set([
    ...['DATA_PLATFORMS_CONFIG', 'DATA_PLATFORMS_NO_CODE_CACHE'],
    ...[generalTable, httpTable].flatMap(({ variables, prefix }) =>
      variables.map(key => `${prefix}${key.toUpperCase()}`),
    ),
    ...providers.flatMap(provider =>
      providerVariables(provider).flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
    ),
  ]);
  const prefixes = ['DATA_PLATFORMS_', ...providers.map(({ name }) => `${name.toUpperCase()}_`)];
  for (const name of Object.keys(env)) {
    if (known.has(name) || !prefixes.some(prefix => name.startsWith(prefix))) continue;
    throw misconfigured(`Nobody reads the variable ${name}.`, suggestion(name, known));
  }
}

function providerEnvironment(provider: Provider, env: ConfigSources['env']): Settings {
  const settings: Settings = {};
  for (const [key, schema] of Object.entries(provider.settings.shape)) {
    for (const suffix of fieldMeta(schema as z.ZodType).secret ? ['', '_file'] : ['']) {
      const value = env[variable(provider, `${key}${suffix}`)];
      if (value !== undefined && value !== '') settings[`${key}${suffix}`] = value;
    }
  }
  return settings;
}

function fromFileEntry(
  name: string,
  value: Settings,
  providers: readonly Provider[],
  env: ConfigSources['env'],
): ConnectionConfig {
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name))
    throw misconfigured(`"${name}" is not a connection name.`, 'Use lower-case letters, digits, "-" and "_".');
  const platform = value['platform'] ?? name;
  const provider = providers.find(one => one.name === platform);
  if (!provider)
    throw misconfigured(
      `Connection "${name}" is for platform "${String(platform)}", which does not exist.`,
      suggestion(
        String(platform),
        providers.map(one => one.name),
      ),
    );
  return connection(name, provider, value, env);
}

function connection(
  name: string,
  provider: Provider,
  { platform: _, read_only, credential_header, ...given }: Settings,
  env: ConfigSources['env'],
): ConnectionConfig {
  const shape = provider.settings.shape as Record<string, z.ZodType>;
  const twins = Object.entries(shape).flatMap(([key, schema]) => (fieldMeta(schema).secret ? [`${key}_file`] : []));
  for (const key of Object.keys(given)) {
    if (key in shape || twins.includes(key)) continue;
    throw misconfigured(
      `Connection "${name}" has no setting "${key}".`,
      suggestion(key, [...Object.keys(shape), ...twins, 'read_only', 'credential_header']),
    );
  }
  const base = { name, provider, readOnly: flag.safeParse(read_only).data ?? false };
  try {
    const settings = withSecrets(name, given, twins, env);
    if (credential_header === undefined) return { ...base, settings: parseSettings(name, provider, settings) };
    const header = headerName(name, credential_header);
    const complete = (credential: string) =>
      parseSettings(name, provider, settingsIn(header, credential, provider, settings), `The header is ${header}.`);
    return { ...base, handedIn: { header, settings: complete } };
  } catch (error) {
    if (error instanceof Fault) return { ...base, fault: error };
    throw error;
  }
}

function parseSettings(
  name: string,
  provider: Provider,
  settings: Settings,
  hint = `Set it in the environment of this server, or under connections.${name} in the file given with --config.`,
): Settings {
  const parsed = provider.settings.safeParse(settings);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(issue => explain(provider, issue));
  throw misconfigured(`Connection "${name}": ${issues.join('; ')}.`, hint);
}

/** Headers that say something else already cannot carry a credential. */
function headerName(name: string, given: unknown): string {
  if (typeof given === 'string' && /^x-[a-z0-9-]{1,60}$/i.test(given)) return given.toLowerCase();
  throw misconfigured(
    `Connection "${name}": credential_header is malformed.`,
    'Give the name of a header that begins with "x-", for example "x-dataops-token".',
  );
}

function explain(provider: Provider, issue: z.core.$ZodIssue): string {
  const key = String(issue.path[0] ?? '');
  const name = variable(provider, key);
  const { secret } = fieldMeta((provider.settings.shape as Record<string, z.ZodType>)[key] ?? provider.settings);
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `${name}${secret ? ` (or ${name}_FILE)` : ''} is missing`;
  return `${name} ${issue.message.startsWith('must') ? issue.message : `is malformed: ${issue.message}`}`;
}

/** Reads `_file` twins and puts variables where `${NAME}` stands. */
function withSecrets(name: string, given: Settings, twins: readonly string[], env: ConfigSources['env']): Settings {
  const settings: Settings = {};
  for (const [key, value] of Object.entries(given)) {
    const text = typeof value === 'string' ? expand(value, `connections.${name}.${key}`, env) : value;
    if (!twins.includes(key)) {
      settings[key] = text;
      continue;
    }
    const target = key.slice(0, -'_file'.length);
    if (given[target] !== undefined)
      throw misconfigured(`Connection "${name}" has both ${target} and ${key}.`, 'Keep one of them.');
    settings[target] = readSecret(String(text), key);
  }
  return settings;
}

function readSecret(path: string, key: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw misconfigured(
      `${key}: cannot read ${path}: ${reason}.`,
      'Give the absolute path of a file that this user may read.',
      cause,
    );
  }
}

function expand(text: string, where: string, env: ConfigSources['env']): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined)
      throw misconfigured(
        `${where} refers to the variable ${name}, which is not set.`,
        `Set ${name} in the environment of this server.`,
      );
    return value;
  });
}

function readConfigFile(path: string): Settings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw misconfigured(
      `Cannot read the configuration file ${path}: ${(cause as Error).message}.`,
      'Check the path given with --config.',
      cause,
    );
  }
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Settings;
  } catch (cause) {
    throw misconfigured(
      `${path} is not JSON: ${(cause as Error).message}.`,
      'Mend the file; comments and trailing commas are not allowed.',
      cause,
    );
  }
  throw misconfigured(`${path} does not hold a JSON object.`, 'See "Configuration file" in docs/configuration.md.');
}

function suggestion(given: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(given, names);
  return near ? `Did you mean ${near}?` : `Known are: ${names.join(', ')}.`;
}

const misconfigured = (message: string, hint: string, cause?: unknown) =>
  new Fault({ code: 'not_configured', message, hint, cause });
