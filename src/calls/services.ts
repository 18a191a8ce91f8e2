import type { FitPolicy } from '../answers/fit.ts';
import type { Signer } from '../base/signer.ts';
import type { Caller } from '../callers/caller.ts';
import type { RunningCalls } from '../callers/running.ts';
import type { Tally } from '../callers/tally.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Connections } from '../connections/connections.ts';
import type { Starts } from '../coordination/starts.ts';
import type { Operation } from '../operations/operation.ts';
import type { Confirmations } from './confirm.ts';
import type { Cursors } from './cursor.ts';
import type { CallRuntime } from './execute.ts';
import type { Observer } from './observer.ts';
import type { ToolInput } from './tool-input.ts';

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
  inputOf(operation: Operation): ToolInput;
  confirmations: Confirmations;
  cursors: Cursors;
  /** Sees to it that nothing is started twice. */
  starts: Starts;
  /** Signs what tells one start from another, the same in every process that shares the starts. */
  startKeys: Signer;
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
