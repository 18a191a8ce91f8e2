import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { Meter } from '../src/http/client.ts';
import type { Log } from '../src/log.ts';
import { datarockSimulator } from '../src/providers/datarock/simulator.ts';
import { providers } from '../src/providers/index.ts';
import { type VirtualClock, virtualClock } from '../src/sandbox/clock.ts';
import { type SimulatorDefinition, startSandbox, startSimulator } from '../src/sandbox/host.ts';
import { createServer } from '../src/server/create.ts';
import { type CallOptions, usageKey } from '../src/tools/registry.ts';

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

export interface WorldOptions {
  /** Simulators besides Datarock's. */
  also?: readonly SimulatorDefinition[];
  file?: string;
  env?: Record<string, string | undefined>;
  flags?: Row;
  clock?: VirtualClock;
  log?: Log;
}

/** The whole program in this process over a simulator, on a clock that jumps. Ends with the test. */
export async function startWorld(options: WorldOptions = {}) {
  const { env = {}, flags = {}, clock = virtualClock(), log = silent, file, also = [] } = options;
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-'));
  const datarock = await startSimulator(datarockSimulator, { clock });
  const others = await startSandbox(also, { clock });
  const config = loadConfig(
    {
      env: file ? env : { ...datarock.environment, ...others.environment, ...env },
      flags: { results_dir: results, ...flags },
      file,
    },
    providers,
  );
  const server = await createServer(config, { clock, log });
  onTestFinished(async () => {
    await server.close();
    await datarock.close();
    await others.close();
    await rm(results, { recursive: true, force: true });
  });
  async function call(name: string, args: unknown = {}, options?: CallOptions): Promise<Seen> {
    return see(await server.tools.call(name, args, options));
  }
  return { clock, datarock, others: others.simulators, server, results, call };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

export function see(raw: CallToolResult): Seen {
  const [first] = raw.content;
  return {
    raw,
    text: first?.type === 'text' ? first.text : '',
    data: (raw.structuredContent ?? {}) as Row,
    isError: raw.isError === true,
    usage: (raw._meta?.[usageKey] ?? {}) as unknown as Meter,
  };
}
