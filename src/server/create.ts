import { resolve } from 'node:path';
import type { McpRequestContext, Server } from '@modelcontextprotocol/server';
import { createCatalog } from '../catalog.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { type ConnectionState, Connections, connect } from '../connections.ts';
import { loadFacts } from '../facts.ts';
import { createRedactor, type Redactor } from '../http/redact.ts';
import { later } from '../later.ts';
import { createLog, type Log } from '../log.ts';
import { providers } from '../providers/index.ts';
import { References } from '../references.ts';
import { createResources } from '../resources/registry.ts';
import { installedParts } from '../results/parts.ts';
import { runTasks } from '../runs/run-tasks.ts';
import { createTasks } from '../runs/tasks.ts';
import { type RunWatch, watchRuns } from '../runs/watch.ts';
import { createSigner, type Signer } from '../signer.ts';
import type { Shared } from '../tools/call.ts';
import { confirmations } from '../tools/confirm.ts';
import { createTools, type ToolSet } from '../tools/registry.ts';
import { toolInputs } from '../tools/schema.ts';
import { version } from '../version.ts';
import { instructionsFor } from './instructions.ts';
import { protocolServer, type Served } from './protocol.ts';

/** A configured server, before any transport: one factory for every connection, request and era. */
export interface DataPlatformsServer {
  /** Give it to `serveStdio` or `createMcpHandler` of the SDK. */
  factory(context: McpRequestContext): Server;
  tools: ToolSet;
  /** For transports that answer `subscriptions/listen`. */
  runs: RunWatch;
  shared: Shared;
  log: Log;
  /** Ends calls and upstream connections; stored results stay. */
  close(): Promise<void>;
}

export interface ServerDependencies {
  clock?: Clock;
  log?: Log;
  /** The callers are on this machine, as over stdio, so that the allowed folders are open to them. */
  local?: boolean;
  /** In place of the configured connections. */
  accounts?(redactor: Redactor): ConnectionState[];
  /** Shared by replicas, so that each takes what another handed out. Default: one of this process. */
  signer?: Signer;
}

/**
 * Makes the server of a configuration. No I/O: platforms are reached by the calls.
 * @throws Fault `not_configured` for a toolset that does not exist
 */
export async function createServer(
  config: Config,
  { clock = systemClock(), log, local = false, accounts, signer = createSigner() }: ServerDependencies = {},
): Promise<DataPlatformsServer> {
  const redactor = createRedactor();
  const states = accounts ? accounts(redactor) : connect(config.connections, clock, redactor);
  const connections = new Connections(states, providers);
  const ownLog = log ?? createLog(config.log_level, redactor);
  for (const { name, fault } of states) {
    if (fault) ownLog.warn({ connection: name, problem: fault.message, hint: fault.hint }, 'not connected');
  }
  const http = later(async () => {
    const { createHttpClient } = await import('../http/client.ts');
    return createHttpClient({ clock, redactor, version, log: (level, fields) => ownLog[level](fields, 'upstream') });
  });
  const results = later(async () => {
    const { defaultResultsDirectory, openResultStore } = await import('../results/store.ts');
    return openResultStore({
      directory: config.results_dir ?? defaultResultsDirectory(),
      clock,
      quotaBytes: config.results_quota_gib * 2 ** 30,
    });
  });
  const facts = await loadFacts();
  const shared: Shared = {
    clock,
    http,
    redactor,
    folders: local ? (config.allow_dir ?? []).map(folder => resolve(folder)) : [],
    connections,
    references: new References(clock),
    inputOf: toolInputs(connections),
    results,
    catalog: createCatalog(
      { providers, facts: facts.platforms, connections },
      { toolsets: config.toolsets, readOnly: config.read_only },
    ),
    confirmations: confirmations(signer),
    parts: installedParts(),
    unattended: config.yes,
    answerTokens: config.answer_tokens,
  };
  const tools = createTools(shared, facts.general, ownLog);
  const resources = createResources(shared, tools);
  const runs = watchRuns(shared, tools);
  const served: Served = {
    tools,
    resources,
    instructions: instructionsFor(connections),
    ...(shared.catalog.runs.length
      ? { runs, tasks: createTasks({ clock, signer, source: runTasks(shared, tools) }) }
      : {}),
  };

  return {
    factory: context => protocolServer(served, context),
    runs,
    tools,
    shared,
    log: ownLog,
    async close() {
      if (http.made()) await http.close();
    },
  };
}
