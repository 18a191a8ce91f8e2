import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SandboxClock } from './clock.ts';
import type { Drift, Release } from './drift.ts';
import { exchange, type Serve } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import type { LoggedRequest, Site } from './site.ts';
import { createSqlEngine, type SqlEngine } from './sql/engine.ts';

/** One platform's stand-in: a name and how to make its state and routes. */
export interface SimulatorDefinition<State = unknown> {
  platform: string;
  /** Origins besides `api`, each with a port of its own: object storage, a sign-in host. */
  origins?: readonly string[];
  /** What other releases of the platform do otherwise. */
  drift?: Drift;
  create(context: SimulatorContext): Promise<Simulation<State>>;
}

export interface SimulatorContext {
  clock: SandboxClock;
  /** Scheme, host and port of `api` or of another origin of the definition. */
  origin(name: string): string;
  /** A database for platforms that answer SQL; it takes no memory until it is asked. */
  sql: SqlEngine;
}

export interface SandboxOptions {
  clock: SandboxClock;
  /** Default: DuckDB, where it is installed. */
  sql?: () => SqlEngine;
  /** Which release of the platforms the simulators are. Default: the documented one. */
  release?: Release | undefined;
}

export interface Simulation<State> {
  sites: Readonly<Record<string, Site>> & { api: Site };
  /** What a client uses as base URL, without trailing slash. */
  baseUrl: string;
  /** Environment variables that connect the program to it. */
  environment: Readonly<Record<string, string>>;
  /** The same by the names of the connection's settings. */
  settings: Readonly<Record<string, string>>;
  /** What tests look at and switch. */
  state: State;
  /** Lets go of what the simulation holds outside of memory. */
  close?(): Promise<void>;
}

/** A simulator that listens. */
export interface Simulator<State = unknown> {
  platform: string;
  baseUrl: string;
  environment: Readonly<Record<string, string>>;
  settings: Readonly<Record<string, string>>;
  faults: Faults;
  /** The latest requests, oldest first. */
  requests: LoggedRequest[];
  state: State;
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

export interface Sandbox {
  simulators: Readonly<Record<string, Simulator>>;
  /** Environment variables that connect the program to all of them. */
  environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Starts every simulator on loopback ports. */
export async function startSandbox(
  definitions: readonly SimulatorDefinition[],
  options: SandboxOptions,
): Promise<Sandbox> {
  const running = await Promise.all(definitions.map(definition => startSimulator(definition, options)));
  return {
    simulators: Object.fromEntries(running.map(simulator => [simulator.platform, simulator])),
    environment: Object.assign({}, ...running.map(simulator => simulator.environment)),
    async close() {
      await Promise.all(running.map(simulator => simulator.close()));
    },
  };
}

/** Starts one simulator on 127.0.0.1, one free port per origin. */
export async function startSimulator<State>(
  definition: SimulatorDefinition<State>,
  { clock, sql: createSql = createSqlEngine, release }: SandboxOptions,
): Promise<Simulator<State>> {
  const faults = createFaults();
  for (const difference of release ? (definition.drift?.[release] ?? []) : []) faults.add(difference);
  const requests: LoggedRequest[] = [];
  const names = ['api', ...(definition.origins ?? [])];
  const listeners = new Map(await Promise.all(names.map(async name => [name, await listen()] as const)));
  const sql = createSql();
  let letGo: (() => Promise<void>) | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([...listeners.values()].map(listener => listener.close()));
    await letGo?.();
    await sql.close();
  };
  try {
    const origin = (name: string): string => {
      const listener = listeners.get(name);
      if (!listener) throw new Error(`${definition.platform} has no origin "${name}"`);
      return listener.origin;
    };
    const { sites, close: free, ...simulation } = await definition.create({ clock, origin, sql });
    letGo = free;
    for (const [name, site] of Object.entries(sites)) {
      listeners.get(name)?.serve(exchange({ name, site, clock, faults, requests }));
    }
    return { platform: definition.platform, ...simulation, faults, requests, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Listener {
  origin: string;
  serve(serve: Serve): void;
  close(): Promise<void>;
}

async function listen(): Promise<Listener> {
  // Clients keep connections for as long as they like; a server that drops idle ones causes failures nobody asked for.
  const server = createServer({ keepAliveTimeout: 0 });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(serve) {
      server.on('request', (request, response) => {
        // A client that leaves in the middle is no failure of the simulator.
        serve(request, response).catch(() => response.destroy());
      });
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
