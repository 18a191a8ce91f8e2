import type { Routes, SimulatorReply, SimulatorRequest } from './router.ts';

/** What answers on one origin. */
export interface Site {
  routes: Routes;
  /** Runs before routing, for every request: authentication, quotas. An answer ends the request. */
  before?(request: SimulatorRequest): SimulatorReply | undefined | Promise<SimulatorReply | undefined>;
  /** The platform's way of saying no. */
  refuse(status: number, message: string): SimulatorReply;
  /** Names of fields that the platform may leave out, for the fault `null-fields`. */
  nullable?: readonly string[];
  /** Longest request body in bytes; above it: 413. Default 64 MiB. Not for streamed bodies. */
  bodyLimit?: number;
  /** Requests whose bodies the handlers read themselves; `path` is not decoded. Default: none. */
  streams?(method: string, path: string): boolean;
}

export interface LoggedRequest {
  /** Name of the origin it came to. */
  site: string;
  method: string;
  target: string;
  /** Absent while there is no answer. */
  status?: number;
  /** Clock time (ms) of arrival. */
  at: number;
  /** Names of all headers; values only of those that never carry a secret, `(set)` for the rest. */
  headers: Record<string, string>;
}
