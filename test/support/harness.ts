import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { expect, onTestFinished } from 'vitest';
import { pictureKey } from '../../src/answers/render.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import type { Signer } from '../../src/base/signer.ts';
import type { CallOptions } from '../../src/calls/call-scope.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Meter } from '../../src/http/call.ts';
import { type KnownProvider, providers } from '../../src/providers/index.ts';
import { type VirtualClock, virtualClock } from '../../src/sandbox/clock.ts';
import { type Simulator, type SimulatorDefinition, startSandbox, startSimulator } from '../../src/sandbox/host.ts';
import { createServer, type ServerDependencies } from '../../src/server/create.ts';
import { usageKey } from '../../src/tools/registry.ts';

type Row = Record<string, unknown>;

/** What a test wants to look at in an answer. */
export interface Seen {
  text: string;
  data: Row;
  isError: boolean;
  usage: Meter;
  raw: CallToolResult;
}

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

type Platform = KnownProvider['name'];
type Simulators = {
  [Known in KnownProvider as Known['name']]: Awaited<ReturnType<Known['simulator']>> extends SimulatorDefinition<
    infer State
  >
    ? Simulator<State>
    : never;
};

type Settings<Name extends string> = Readonly<Record<Name, Readonly<Record<string, string>>>>;

export interface WorldOptions {
  /** Whose simulators run. Default: the first platform's. */
  platforms?: readonly Platform[] | 'all';
  /** Simulators of other definitions, beside those. */
  also?: readonly SimulatorDefinition[];
  file?: string;
  /**
   * Connections of a configuration file, from the settings of the simulators and of those beside them. Default: one for
   * each, by variables.
   */
  connections?(settings: Settings<Platform>, others: Settings<string>): Row;
  env?: Record<string, string | undefined>;
  flags?: Row;
  clock?: VirtualClock;
  /** Ms by which the server's clock is ahead of the platforms'. */
  ahead?: number;
  log?: Log;
  signer?: Signer;
  tracer?: ServerDependencies['tracer'] | undefined;
  /** False: callers from elsewhere, as over HTTP. */
  local?: boolean;
}

/** The whole program in this process over a simulator, on a clock that jumps. Ends with the test. */
export async function startWorld(options: WorldOptions = {}) {
  const {
    env = {},
    flags = {},
    clock = virtualClock(),
    ahead = 0,
    log = silent,
    file: given,
    connections,
    local = true,
    platforms = providers.slice(0, 1).map(({ name }) => name),
    also = [],
    signer,
    tracer,
  } = options;
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  const wanted = providers.filter(({ name }) => platforms === 'all' || (platforms as readonly string[]).includes(name));
  const started = await Promise.all(
    wanted.map(async ({ name, simulator }) => [name, await startSimulator(await simulator(), { clock })] as const),
  );
  const others = await startSandbox(also, { clock });
  // Only those that were asked for are there; a test that names another one fails at once.
  const simulators = Object.fromEntries(started) as unknown as Simulators;
  const environment = Object.assign({}, ...started.map(([, simulator]) => simulator.environment), others.environment);
  const settings = Object.fromEntries(started.map(([name, simulator]) => [name, simulator.settings]));
  const file = connections ? join(results, '..', `${basename(results)}.json`) : given;
  const beside = Object.fromEntries(Object.entries(others.simulators).map(([name, { settings }]) => [name, settings]));
  if (connections && file)
    await writeFile(file, JSON.stringify({ connections: connections(settings as never, beside) }));
  const config = loadConfig(
    { env: file ? env : { ...environment, ...env }, flags: { results_dir: results, ...flags }, file },
    providers,
  );
  const server = await createServer(config, {
    clock: ahead ? wrong(clock, ahead) : clock,
    log,
    local,
    tracer,
    ...(signer ? { signer } : {}),
  });
  onTestFinished(async () => {
    await server.close();
    for (const [, simulator] of started) await simulator.close();
    await others.close();
    await rm(results, { recursive: true, force: true });
    if (connections && file) await rm(file);
  });
  async function call(name: string, args: unknown = {}, options?: CallOptions): Promise<Seen> {
    return see(await server.tools.call(name, args, options));
  }
  /** The same where a person agrees, by the token of the first answer. */
  async function agreed(name: string, args: Row = {}, options?: CallOptions): Promise<Seen> {
    const { text } = await call(name, args, options);
    const confirm = /confirm: "([^"]+)"/.exec(text)?.[1];
    if (confirm === undefined) throw new Error(`${name} asked nobody: ${text}`);
    return call(name, { ...args, confirm }, options);
  }
  return { clock, ...simulators, others: others.simulators, server, results, call, agreed };
}

/** A call in a loop over all operations: time passes between them, so that no quota ends what is tested. */
export async function unhurried({ clock, call }: Pick<World, 'clock' | 'call'>, ...wanted: Parameters<World['call']>) {
  await clock.advance(3000);
  const seen = await call(...wanted);
  expect(seen.text, wanted[0]).not.toMatch(/^rate_limited/);
  return seen;
}

function wrong(clock: VirtualClock, ahead: number): Clock {
  const alarm: Clock['alarm'] = (ms, ring) => {
    const { at, clear } = clock.alarm(ms, ring);
    return { at: at + ahead, clear };
  };
  return { ...clock, now: () => clock.now() + ahead, alarm };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

function see(raw: CallToolResult): Seen {
  const [first] = raw.content;
  return {
    raw,
    text: first?.type === 'text' ? first.text : '',
    data: (raw.structuredContent ?? raw._meta?.[pictureKey] ?? {}) as Row,
    isError: raw.isError === true,
    usage: (raw._meta?.[usageKey] ?? {}) as unknown as Meter,
  };
}
