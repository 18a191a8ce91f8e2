import type { Answer, RunAnswer } from '../answers/answer.ts';
import type { FitPolicy } from '../answers/fit.ts';
import type { BackgroundWork } from '../base/background-work.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import type { Caller } from '../callers/caller.ts';
import type { RunningCalls } from '../callers/running.ts';
import type { Tally } from '../callers/tally.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Connections } from '../connections/connections.ts';
import type { Register } from '../coordination/register.ts';
import type { Starts } from '../coordination/starts.ts';
import type { Call } from '../http/call.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';
import type { Operation } from '../operations/operation.ts';
import type { PendingResults } from '../results/pending.ts';
import type { StoredResult } from '../results/result.ts';
import type { Condition } from '../results/tables/filter.ts';
import type { DownloadLink } from '../results/transfer/download-link.ts';
import type { Confirmations } from './consent/confirm.ts';
import type { Cursors } from './cursor.ts';
import type { CallRuntime } from './execute.ts';
import type { CallHistory } from './history.ts';
import type { Many } from './many/selection.ts';
import type { Observer } from './observer.ts';
import type { ToolInput } from './tool-input.ts';

/** One operation for each of many rows. */
export interface EachRequest {
  /** A handle, rows, or a batch whose failed rows are meant. Absent: an argument stands for many. */
  rows?: unknown;
  where?: readonly Condition[] | undefined;
  /** With `{column}` for what comes from the row. */
  arguments?: Row;
  many?: Many;
  confirm?: string | undefined;
  ask_again?: boolean | undefined;
  confirm_many?: number | undefined;
}

/** One call for many things, and the run that it is where it does not end within the call. */
export interface Batches {
  call(operation: Operation, many: Many, given: unknown, call: Call): Promise<Answer>;
  /** For each row; a person agrees once, to all of them. */
  each(operation: Operation, request: EachRequest, call: Call): Promise<Answer>;
  /** Goes on with it, in whatever process. @throws Fault `not_found` */
  resume(uri: string, waitSeconds: number, call: Call): Promise<RunAnswer>;
  /** As it is, without doing anything for it. @throws Fault `not_found` */
  look(uri: string): Promise<RunAnswer>;
  /** Ends it for good, with what it has. @throws Fault `not_found` */
  cancel(uri: string): Promise<RunAnswer>;
}

/** A run of a chain. */
export interface RunChainRequest {
  /** Its name or URI, or its text. */
  chain: string;
  parameters?: Row;
  confirm?: string | undefined;
  ask_again?: boolean | undefined;
  again?: boolean | undefined;
  /** Shows what would be called, and calls nothing. */
  dryRun?: boolean;
  /** Answers for a person who is not asked through the client. */
  consent?(step: ChainStep, question: string): Promise<boolean>;
}

export interface SaveChainRequest {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
  /** From when on the calls of this caller are meant. Absent: of the last hour. */
  since?: string | undefined;
  /** In place of what was called. */
  steps?: readonly ChainStep[] | undefined;
  /** Parameters with their defaults: what has such a value in the steps refers to them. */
  parameters?: Row | undefined;
}

/** Calls written down to be made again. */
export interface Chains {
  run(request: RunChainRequest, call: Call): Promise<Answer>;
  save(request: SaveChainRequest): Promise<Answer>;
  list(): Promise<{ chain: Chain; text: string; path?: string }[]>;
  /** @throws Fault `not_found` */
  get(name: string): Promise<{ chain: Chain; text: string; path?: string }>;
}

/** Whether a URI is that of a batch. */
export const isBatchUri = (uri: string): boolean => uri.startsWith('batch://');

/** What answering the calls of one caller needs besides the calls. */
export interface CallerServices extends CallRuntime {
  caller: Caller;
  /** Calls of every caller. */
  running: RunningCalls;
  /** Runs that are looked at for callers who subscribed to them. */
  watchedRuns: Tally;
  observer: Observer;
  connections: Connections;
  catalog: Catalog;
  /** Where a person gets a stored result as a file; undefined over stdio, where a path is given instead. */
  downloadLink(result: StoredResult): DownloadLink | undefined;
  inputOf(operation: Operation): ToolInput;
  /** Lists that were shown, and are stored when their handles are used. */
  pending: PendingResults;
  confirmations: Confirmations;
  cursors: Cursors;
  /** Sees to it that nothing is started twice. */
  starts: Starts;
  /** Signs what tells one start from another, the same in every process that shares the starts. */
  startKeys: Signer;
  batches: Batches;
  chains: Chains;
  /** What was called lately. */
  history: CallHistory;
  /** Says which process is working on a batch. */
  leases: Register;
  /** What goes on behind answers. */
  background: BackgroundWork;
  /** Things that one call may be for without `confirm_many`. */
  manyLimit: number;
  /** A question goes through the client where that can; otherwise a call is agreed to in two steps. */
  asks: boolean;
  /** The operator has agreed to everything beforehand. */
  unattended: boolean;
  /** IANA name of the zone in which times without one are meant. */
  timeZone: string;
  /** Nothing may be changed or deleted. */
  readOnly: boolean;
  /** How much may stand in one answer before it goes to the store. */
  fit: FitPolicy;
}
