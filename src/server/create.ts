import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { McpRequestContext, Server } from '@modelcontextprotocol/server';
import { BackgroundWork } from '../base/background-work.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { nodeCrypto } from '../base/crypto.ts';
import { Fault } from '../base/errors.ts';
import { lazy, lazyObject } from '../base/lazy.ts';
import { createLog, type Log } from '../base/log.ts';
import { LruMap } from '../base/lru-map.ts';
import { createRedactor, type Redactor } from '../base/redact.ts';
import { createSigner, type Signer } from '../base/signer.ts';
import { version } from '../base/version.ts';
import { type Caller, keyOf, localCaller } from '../callers/caller.ts';
import { RunningCalls } from '../callers/running.ts';
import { Tally } from '../callers/tally.ts';
import { type Observer, Observers } from '../calls/observer.ts';
import type { CallerServices } from '../calls/services.ts';
import type { Config } from '../config/config.ts';
import { connect } from '../connections/connect.ts';
import type { ConnectionState } from '../connections/connections.ts';
import { type Messages, noMessages } from '../coordination/messages.ts';
import type { Redis } from '../coordination/redis/redis.ts';
import type { Register } from '../coordination/register.ts';
import type { Log as HttpLog } from '../http/telemetry.ts';
import type { RunWatch } from '../runs/watch.ts';
import type { ToolSet } from '../tools/registry.ts';
import type { Tracer } from '../tracing/tracer.ts';
import { allowedFolders } from './allowed-folders.ts';
import { callerIn } from './call-options.ts';
import { type CallerServer, type ProcessServices, serverFor } from './caller-server.ts';
import { Downloads } from './downloads.ts';
import { loadManifest } from './manifest.ts';
import { ownKey } from './own-key.ts';
import { protocolServer } from './protocol.ts';
import { refuseForeignFolder, withResultsFolder } from './results-folder.ts';

/** A configured server, before any transport: one factory for every connection, request, caller and era. */
export interface DataPlatformsServer {
  /** Give it to `serveStdio` or `createMcpHandler` of the SDK. */
  factory(context: McpRequestContext): Server;
  /** What a caller is answered from. The same for the same caller, as long as it has not been away for long. */
  served(caller: Caller): CallerServer;
  /** Tools of the person at this machine. */
  tools: ToolSet;
  /** For transports that answer `subscriptions/listen`. */
  runs: RunWatch;
  shared: CallerServices;
  /** Calls of every caller. */
  running: RunningCalls;
  /** What it shares with other processes beside the calls. */
  replicas: {
    signer: Signer;
    endedSessions: Register;
    messages(): Promise<Messages>;
    /** `none`: none is set. `unseen`: it was not there since this process began. */
    redis(): 'none' | 'unseen' | 'up' | 'away';
  };
  /** Links to stored results; whoever listens says at which address. */
  downloads: Downloads;
  observe(observer: Observer): void;
  log: Log;
  /** Ends calls, which answer that they were given up, and upstream connections; stored results stay. */
  close(): Promise<void>;
}

export interface ServerDependencies {
  clock?: Clock;
  log?: Log;
  /** The callers are on this machine, as over stdio, so that the allowed folders are open to them. */
  local?: boolean;
  /** In place of the configured connections. */
  accounts?(redactor: Redactor): ConnectionState[];
  /** Shared by replicas, so that each takes what another handed out. Default: of the configured key. */
  signer?: Signer;
  /** Where spans are to be made. Asked for by the first request. */
  tracer?: ((log: Log) => Promise<Tracer | undefined>) | undefined;
}

/** Callers whose names of things are remembered. Each is worth some 100 kB at the most. */
const mostCallers = 500;

/**
 * Makes the server of a configuration. No I/O but a look at the folders that it names: platforms are reached by the calls.
 * @throws Fault `not_configured` for a toolset that does not exist, for `sandbox` without accounts in it, for an allowed
 * folder that overlaps the results folder, and for a results folder that holds other things
 */
export async function createServer(
  given: Config,
  {
    clock = systemClock(),
    log,
    local = false,
    accounts,
    signer: givenSigner,
    tracer: openTracer,
  }: ServerDependencies = {},
): Promise<DataPlatformsServer> {
  if (given.sandbox && !accounts) throw noSandbox();
  const config = await withResultsFolder(given);
  const signer = givenSigner ?? replicated(config);
  refuseForeignFolder(given);
  const redactor = createRedactor();
  const states = accounts ? accounts(redactor) : connect(config.connections, clock, redactor);
  for (const secret of [config.state_key, config.redis?.url]) if (secret !== undefined) redactor.add(secret);
  const ownLog = log ?? createLog(config.log_level, redactor);
  const proxies = config.proxies && (await import('../http/proxy/proxies.ts')).readProxies(config.proxies);
  for (const secret of proxies?.secrets ?? []) redactor.add(secret);
  if (config.unread.length > 0) ownLog.warn({ variables: config.unread }, 'not read');
  for (const { name, exposed = [] } of states)
    for (const file of exposed)
      ownLog.warn({ connection: name, file, hint: 'Run chmod 600 on it.' }, 'others can read a secret');
  for (const { name, fault } of states) {
    if (fault) ownLog.warn({ connection: name, problem: fault.message, hint: fault.hint }, 'not connected');
  }
  const { redis: redisConfig } = config;
  let reached: Redis | undefined;
  const redis =
    redisConfig &&
    lazy(async () => {
      reached = await (await import('./open-redis.ts')).openShared(redisConfig, redactor, ownLog);
      return reached;
    });
  let opened: Promise<Tracer | undefined> | undefined;
  const tracer = openTracer && (() => (opened ??= openTracer(ownLog)));
  const http = lazyObject(async () => {
    const { createHttpClient } = await import('../http/client.ts');
    const upstreamLog: HttpLog = (level, fields) => ownLog[level](fields, 'upstream');
    const { replicas } = config;
    const parts = { clock, redactor, proxies, replicas, version };
    // Made for nobody, its lines would still cost each request their making.
    const upstreamLogging = config.log_level === 'debug' ? { log: upstreamLog } : {};
    const gates = redis && (await import('./open-redis.ts')).sharedGates(await redis(), config, clock, signer);
    return createHttpClient({
      ...parts,
      ...upstreamLogging,
      ...(tracer ? { tracer } : {}),
      ...(gates ? { gateFor: gates } : {}),
    });
  });
  const registerOf = async (kind: 'starts' | 'agreements' | 'batches' | 'sessions') =>
    (await import('./open-register.ts')).openRegister(kind, config, clock, redis);
  const observers = new Observers();
  const downloads = new Downloads(config, clock, signer);
  const common: ProcessServices = {
    config,
    clock,
    log: ownLog,
    redactor,
    http,
    states,
    folders: local ? allowedFolders(config.allow_dir ?? [], config.results_dir) : [],
    facts: await loadManifest(),
    running: new RunningCalls(),
    background: new BackgroundWork(),
    watchedRuns: new Tally(),
    observers,
    starts: lazyObject(async () => {
      const { createStarts } = await import('../coordination/starts.ts');
      return createStarts(clock, await registerOf('starts'));
    }),
    leases: lazyObject(() => registerOf('batches')),
    notOffered: await findNotOffered(config, states, clock),
    agreements: lazyObject(() => registerOf('agreements')),
    signer,
    downloads,
  };
  const own = serverFor(common, localCaller);
  const others = new LruMap<CallerServer>(mostCallers);
  function serverOfCaller(caller: Caller): CallerServer {
    if (caller === localCaller) return own;
    const key = keyOf(caller);
    return others.get(key) ?? others.set(key, serverFor(common, caller));
  }

  return {
    factory: context => protocolServer(serverOfCaller(callerIn(context.authInfo)), context, tracer),
    served: serverOfCaller,
    tools: own.tools,
    runs: own.runs,
    shared: own.shared,
    running: common.running,
    replicas: {
      signer,
      redis() {
        if (!redisConfig) return 'none';
        if (reached?.lostAt === undefined) return reached ? 'up' : 'unseen';
        return reached.wasThere ? 'away' : 'unseen';
      },
      endedSessions: lazyObject(() => registerOf('sessions')),
      messages: lazy(async () => {
        const name = nodeCrypto().randomBytes(6).toString('hex');
        if (!redis) return noMessages(name);
        return (await import('../coordination/redis/redis-messages.ts')).redisMessages(await redis(), name);
      }),
    },
    downloads,
    observe: observer => observers.add(observer),
    log: ownLog,
    async close() {
      common.running.abort(closed());
      await common.background.close();
      if (http.made()) await http.close();
      if (redis?.made()) (await redis()).close();
      await (await opened)?.close();
    },
  };
}

/** What `doctor --verify` found; nothing is read where it has never been run. */
async function findNotOffered(config: Config, states: readonly ConnectionState[], clock: Clock) {
  if (config.results_dir === undefined || !existsSync(join(config.results_dir, 'verified'))) return new Map();
  const { openRegister } = await import('./open-register.ts');
  const { accountOf, readNotOffered } = await import('../verification/remembered.ts');
  const register = await openRegister('verified', config, clock);
  const known = states.filter(({ connect }) => connect !== undefined);
  return new Map(
    await Promise.all(
      known.map(async state => [state.name, await readNotOffered(register, await accountOf(state, config))] as const),
    ),
  );
}

/** Who wants to try something out must not reach real accounts with it. */
const noSandbox = () =>
  new Fault({
    code: 'not_configured',
    message: 'The setting "sandbox" is for the program data-platforms-mcp; a server made in code has no simulators.',
    hint: 'Run data-platforms-mcp sandbox, and load the configuration from the environment that it prints.',
  });

const closed = () =>
  new Fault({
    code: 'cancelled',
    message: 'This server is stopping.',
    hint: 'Repeat the call once it is back. A run that was started goes on, and wait_for_run finds it.',
  });

/** Replicas that were given the same key take what another of them has signed; without one, those of the same user do. */
const replicated = ({ state_key, results_dir }: Config) =>
  createSigner(state_key ?? (results_dir === undefined ? undefined : () => ownKey(results_dir)));
