/** Library entry: the server without its command line. */
export { type Clock, systemClock } from './clock.ts';
export { type Config, type ConfigSources, loadConfig } from './config.ts';
export { Fault, type FaultCode, type FaultDetails, faultCodes } from './errors.ts';
export type { Log } from './log.ts';
export { providers } from './providers/index.ts';
export { createServer, type DataPlatformsServer, type ServerDependencies } from './server/create.ts';
export type { CallOptions, ToolSet } from './tools/registry.ts';
