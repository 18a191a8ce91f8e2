/** Library entry: the server without its command line. What is not declared here is internal. */
import type { CallToolResult, McpRequestContext, Server, Tool } from '@modelcontextprotocol/server';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { type Config as ReadConfig, loadConfig as readConfig } from './config/config.ts';
import { providers as everyProvider } from './providers/index.ts';
import type { Provider } from './providers/provider.ts';
import { createServer as create } from './server/create.ts';

export { type Clock, systemClock } from './base/clock.ts';
export { Fault, type FaultCode, type FaultDetails, faultCodes } from './base/errors.ts';
export type { Log } from './base/log.ts';

/** A platform that this server speaks to. */
export interface Platform {
  /** What tools, variables and connections of it begin with. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
}

/** Every platform that there is. */
export const providers: readonly Platform[] = everyProvider;

/** Where a configuration is read from; what stands first here wins. */
export interface ConfigSources {
  /** Settings by name, as `docs/configuration.md` has them. */
  flags?: Record<string, unknown>;
  /** The variables of an environment, usually `process.env`. */
  env: Readonly<Record<string, string | undefined>>;
  /** Path of a JSON file. */
  file?: string | undefined;
}

declare const isConfig: unique symbol;

/** A configuration that was read and checked. Give it to `createServer`. */
export interface Config {
  readonly [isConfig]: true;
}

/**
 * Reads and checks a configuration. A connection that is incomplete or wrong stops no other: `check_connections` tells.
 * @throws Fault `not_configured` for settings that do not exist, or are malformed
 */
export function loadConfig(sources: ConfigSources, platforms: readonly Platform[] = providers): Config {
  return readConfig(sources, platforms as readonly Provider[]) as ReadConfig & Config;
}

/** What may be given to a server besides its configuration. */
export interface ServerDependencies {
  /** Default: the machine's. */
  clock?: Clock;
  /** Default: JSON lines on stderr. */
  log?: Log;
  /** The callers are on this machine, as over stdio, so that the folders that the operator allowed are open to them. */
  local?: boolean;
}

/** What may be given to a call besides its arguments. */
export interface CallOptions {
  /** Gives the call up. What it has started goes on. */
  signal?: AbortSignal;
  /** Told what is going on, with how much of how much is done where that is known. */
  progress?: (message: string, done?: number, total?: number) => void;
}

/** The tools without a protocol. */
export interface ToolSet {
  /** As clients see them, with JSON Schemas of arguments and answers. */
  list(): Promise<readonly Tool[]>;
  /** Always resolves: what goes wrong is an answer with `isError`. */
  call(name: string, args: unknown, options?: CallOptions): Promise<CallToolResult>;
}

/** A configured server, before any transport. */
export interface DataPlatformsServer {
  /** Makes the MCP server of a connection or request: give it to `serveStdio` or `createMcpHandler` of the SDK. */
  factory(context: McpRequestContext): Server;
  tools: ToolSet;
  /** Ends calls, which answer that they were given up, and upstream connections; stored results stay. */
  close(): Promise<void>;
}

/**
 * Makes the server of a configuration. No I/O: platforms are reached by the calls.
 * @throws Fault `not_configured` for a toolset that does not exist
 */
export async function createServer(
  config: Config,
  dependencies: ServerDependencies = {},
): Promise<DataPlatformsServer> {
  const server = await create(config as Config & ReadConfig, dependencies);
  return {
    factory: context => server.factory(context),
    tools: {
      list: () => server.tools.list(),
      call: (name, args, options) => server.tools.call(name, args, options),
    },
    close: () => server.close(),
  };
}
