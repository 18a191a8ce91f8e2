import { fitPolicy } from '../answers/fit.ts';
import type { BackgroundWork } from '../base/background-work.ts';
import type { Clock } from '../base/clock.ts';
import { lazyObject } from '../base/lazy.ts';
import { type Log, redactedLog } from '../base/log.ts';
import { createRedactor, type Redactor } from '../base/redact.ts';
import { type Signer, signerFor } from '../base/signer.ts';
import { type Caller, localCaller } from '../callers/caller.ts';
import { stateFor } from '../callers/header-credentials.ts';
import type { RunningCalls } from '../callers/running.ts';
import type { Tally } from '../callers/tally.ts';
import { confirmations } from '../calls/consent/confirm.ts';
import { cursors } from '../calls/cursor.ts';
import { CallHistory } from '../calls/history.ts';
import { References } from '../calls/names/references.ts';
import type { Observers } from '../calls/observer.ts';
import { callAgain } from '../calls/repeat-call.ts';
import type { CallerServices } from '../calls/services.ts';
import { toolInputs } from '../calls/tool-input.ts';
import { createCatalog } from '../catalog/catalog.ts';
import type { Manifest } from '../catalog/manifest.ts';
import type { Config } from '../config/config.ts';
import { type ConnectionState, Connections } from '../connections/connections.ts';
import type { Register } from '../coordination/register.ts';
import type { Starts } from '../coordination/starts.ts';
import type { HttpClient } from '../http/client.ts';
import { providers } from '../providers/index.ts';
import { createResources, type ResourceSet } from '../resources/registry.ts';
import { PendingResults } from '../results/pending.ts';
import type { Provenance } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import { runTasks } from '../runs/platform-tasks.ts';
import { createTasks, type Tasks } from '../runs/tasks.ts';
import { type RunWatch, watchRuns } from '../runs/watch.ts';
import { createTools, type ToolSet } from '../tools/registry.ts';
import type { Downloads } from './downloads.ts';
import { instructionsFor } from './instructions.ts';
import { resultsFolder } from './results-folder.ts';

/** What all callers of a process have in common. None of it is about any of them. */
export interface ProcessServices {
  config: Config;
  clock: Clock;
  log: Log;
  redactor: Redactor;
  http: HttpClient;
  states: readonly ConnectionState[];
  /** Folders that the person at this machine may take files from. */
  folders: readonly string[];
  facts: Manifest;
  running: RunningCalls;
  background: BackgroundWork;
  watchedRuns: Tally;
  observers: Observers;
  /** Of the processes that share the results folder. */
  starts: Starts;
  /** Operations that platforms were found not to offer, by connection. */
  notOffered: ReadonlyMap<string, readonly string[]>;
  /** Agreements that were used, and refusals. */
  agreements: Register;
  /** Which process works on a batch. */
  leases: Register;
  /** The same in every process that was given the same key, or is the same user's. */
  signer: Signer;
  downloads: Downloads;
}

/** What one caller is answered from: the connections it may use, and everything that is remembered for it. */
export interface CallerServer {
  tools: ToolSet;
  resources: ResourceSet;
  instructions: string;
  /** There where something can be started that takes long. */
  tasks?: Tasks;
  runs: RunWatch;
  shared: CallerServices;
}

/**
 * Nothing that this makes is seen by another caller: what is remembered of a platform, what is stored, and what is
 * signed are the caller's own.
 * @throws Fault `not_configured` for a toolset that does not exist
 */
export function serverFor(common: ProcessServices, caller: Caller): CallerServer {
  const { config, clock, facts, observers, http, running, watchedRuns } = common;
  // Secrets of a caller are forgotten with the caller.
  const redactor = caller.credentials ? createRedactor(common.redactor) : common.redactor;
  const log = caller.credentials ? redactedLog(common.log, redactor) : common.log;
  const allowed = common.states.filter(({ name }) => caller.connections?.has(name) ?? true);
  const connections = new Connections(
    allowed.map(state => stateFor(caller, state, redactor)),
    providers,
  );
  const signer = signerFor(caller.callerId, common.signer);
  const catalog = createCatalog(
    { providers, facts, connections },
    { toolsets: config.toolsets, readOnly: config.read_only, notOffered: common.notOffered },
  );
  const pending = new PendingResults();
  const shared: CallerServices = {
    caller,
    running,
    watchedRuns,
    observer: observers,
    clock,
    http,
    redactor,
    folders: caller === localCaller ? common.folders : [],
    downloadLink: result => common.downloads.linkTo(result, caller.callerId),
    connections,
    references: new References(clock),
    inputOf: toolInputs(connections),
    pending,
    results: resultsOf(caller, common, pending, source => callAgain(source, { catalog, connections })),
    catalog,
    confirmations: confirmations(signer, common.agreements),
    starts: common.starts,
    startKeys: signer,
    batches: lazyObject(async () => (await import('../batches/batches.ts')).createBatches(shared, signer)),
    chains: lazyObject(async () => (await import('./open-chains.ts')).openChains(shared, tools, config)),
    history: new CallHistory(clock),
    leases: common.leases,
    background: common.background,
    manyLimit: config.many_limit,
    cursors: cursors(signer),
    timeZone: caller.timeZone ?? config.time_zone,
    readOnly: config.read_only,
    asks: config.consent === 'ask' && caller.twoStep !== true,
    unattended: config.yes,
    fit: fitPolicy(config.answer_tokens),
  };
  const tools = createTools(shared, facts.general, log);
  return {
    shared,
    tools,
    resources: createResources(shared, tools),
    instructions: instructionsFor(connections, config.read_only),
    runs: watchRuns(shared, tools),
    ...(shared.catalog.operations.length
      ? { tasks: createTasks({ clock, signer, source: runTasks(shared, tools) }) }
      : {}),
  };
}

function resultsOf(
  caller: Caller,
  { config, clock, background }: ProcessServices,
  pending: PendingResults,
  callOf: (source: Provenance) => string,
): ResultStore {
  const { callerId } = caller;
  return lazyObject(async () => {
    const { openResultStore } = await import('../results/store/store.ts');
    const { prepareLarge } = await import('../results/query/prepare.ts');
    const { foreignReader } = await import('../results/query/foreign.ts');
    return openResultStore({
      afterWrite: prepareLarge({ clock, caller }, background),
      readForeign: foreignReader({ clock, caller }),
      pending,
      directory: resultsFolder(config),
      ...(callerId === '' ? {} : { owner: callerId }),
      clock,
      quotaBytes: config.results_quota_gib * 2 ** 30,
      recordBytes: config.record_mib * 2 ** 20,
      callOf,
    });
  });
}
