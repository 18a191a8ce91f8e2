import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { userFolders } from '../base/folders.ts';
import type { Log } from '../base/log.ts';
import type { Redactor } from '../base/redact.ts';
import { version } from '../base/version.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { onOff } from '../config/connection.ts';
import { whatIsSet } from '../config/environment.ts';
import { connect } from '../connections/connect.ts';
import type { ConnectionState } from '../connections/connections.ts';
import type { Connection } from '../http/connection.ts';
import { providers } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import type { Simulator } from '../sandbox/host.ts';
import { createServer, type DataPlatformsServer } from '../server/create.ts';
import { exportsTraces, openTracer } from '../tracing/exporting.ts';

/** A server made from the command line and the environment, and the sandbox under it where there is one. */
export interface Session {
  server: DataPlatformsServer;
  config: Config;
  close(): Promise<void>;
}

/** Flags as commander gives them: camel-case keys of the settings, and `config`. */
export type Flags = Record<string, unknown> & { config?: string };

export interface SessionOptions {
  /** Flags of the HTTP server, the same way. */
  httpFlags?: Flags;
  /** Whoever calls is on this machine, so that the allowed folders are open to them. */
  local?: boolean;
}

/** @throws Fault `not_configured` */
export async function openSession(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  { httpFlags = {}, local = false }: SessionOptions = {},
): Promise<Session> {
  const config = await readConfig(flags, env, httpFlags);
  const tracing = exportsTraces(env) ? { tracer: (log: Log) => openTracer(env, version, log) } : {};
  if (!config.sandbox) {
    const server = await createServer(config, { local, ...tracing });
    return { server, config, close: () => server.close() };
  }
  const clock = systemClock(config.sandbox_speed);
  const sandbox = startOnFirstUse(clock, config.sandbox_drift);
  // Real accounts are left out altogether: what is tried in the sandbox must not reach them.
  const accounts = (redactor: Redactor) => sandboxAccounts(sandbox, config.read_only, clock, redactor);
  const server = await createServer(config, { clock, local, accounts, ...tracing });
  return {
    server,
    config,
    async close() {
      await server.close();
      await sandbox.close();
    },
  };
}

/** Simulators take a moment to start: each waits for the first call to its platform. */
function startOnFirstUse(clock: Clock, release: Config['sandbox_drift']) {
  const started: Promise<Simulator>[] = [];
  async function start(provider: Provider): Promise<Simulator> {
    const { startSimulator } = await import('../sandbox/host.ts');
    return startSimulator(await provider.simulator(), { clock, release });
  }
  return {
    /** What connects to the platform; to be asked for once. */
    async environment(provider: Provider) {
      const simulator = start(provider);
      started.push(simulator);
      return (await simulator).environment;
    },
    async close() {
      await Promise.all(started.map(async simulator => (await simulator).close()));
    },
  };
}

function sandboxAccounts(
  sandbox: ReturnType<typeof startOnFirstUse>,
  readOnly: boolean,
  clock: Clock,
  redactor: Redactor,
): ConnectionState[] {
  return providers.map(provider => {
    let connection: Promise<Connection> | undefined;
    const make = async () => {
      const env = await sandbox.environment(provider);
      const { connections } = loadConfig({ env, flags: { read_only: readOnly } }, [provider]);
      const [state] = connect(connections, clock, redactor);
      if (!state?.connect) throw state?.fault ?? new Error(`${provider.title} has no simulator`);
      return state.connect();
    };
    return {
      name: provider.name,
      provider,
      readOnly,
      connect() {
        connection ??= make();
        return connection;
      },
    };
  });
}

/**
 * A session for one command. A person reads what it prints, so the log is silent but for defects unless flag or
 * variable says otherwise; the file's word is about the server.
 * @throws Fault `not_configured`
 */
export async function withSession<Result>(
  flags: Flags,
  env: NodeJS.ProcessEnv,
  body: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(flags, { DATA_PLATFORMS_LOG_LEVEL: 'error', ...env }, { local: true });
  try {
    return await body(session);
  } finally {
    await session.close();
  }
}

export async function readConfig(flags: Flags, env: NodeJS.ProcessEnv, httpFlags: Flags = {}): Promise<Config> {
  const set = whatIsSet(env);
  const { config = set['DATA_PLATFORMS_CONFIG'], ...given } = whatIsSet(flags);
  // In the sandbox nothing of the person's own is wanted.
  const inSandbox = onOff.safeParse(given['sandbox'] ?? set['DATA_PLATFORMS_SANDBOX']).data === true;
  const file = config ?? (inSandbox ? undefined : await personalConfig());
  return loadConfig({ env, flags: settingsOf(given), httpFlags: settingsOf(httpFlags), file }, providers);
}

/** The file that `setup` has written for this person, where it has. */
async function personalConfig(): Promise<string | undefined> {
  // Somebody without a home folder has no such file.
  const folders = await userFolders().catch(() => undefined);
  const path = folders && join(folders.config, 'config.json');
  return path !== undefined && existsSync(path) ? path : undefined;
}

const settingsOf = (flags: Flags) =>
  Object.fromEntries(Object.entries(flags).map(([name, value]) => [snakeCase(name), value]));

/** Every platform's simulator on loopback ports. */
export async function startSandbox(clock: Clock) {
  const { startSandbox: start } = await import('../sandbox/host.ts');
  return start(await Promise.all(providers.map(provider => provider.simulator())), { clock });
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
