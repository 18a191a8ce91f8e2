/** Library entry: the server without its command line. */
export { type Clock, systemClock } from './base/clock.ts';
export { Fault, type FaultCode, type FaultDetails, faultCodes } from './base/errors.ts';
export type { Log } from './base/log.ts';
export type { CallOptions } from './calls/call-scope.ts';
export { type Config, type ConfigSources, loadConfig } from './config/config.ts';
export { providers } from './providers/index.ts';
export { createServer, type DataPlatformsServer, type ServerDependencies } from './server/create.ts';
export type { ToolSet } from './tools/registry.ts';
