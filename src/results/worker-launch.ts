import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { buildFile } from '../base/build-files.ts';
import { requireDuckdb } from '../base/duckdb.ts';
import { Fault } from '../base/errors.ts';
import { findNode, isInsideApplication } from './node-program.ts';

/** A program of ours that runs beside this one, as the build names it. */
export type WorkerProgram = 'query' | 'chart' | 'sheet';

/** A program that was started: a process, or a thread where no process can be. */
export interface Launched {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** How it ended, and what ended it where that was not itself. */
  ended: Promise<{ code: number | null; signal?: string | null; error?: Error }>;
  kill(): void;
  /** Whether this process waits for it. */
  hold(holds: boolean): void;
}

/** What a worker still sees of the environment: nothing that is the user's, only what a Node process needs to start. */
const passedOn = ['SystemRoot'];

/** JavaScript objects of a worker may take so much, MiB. What DuckDB takes besides is bounded where it runs. */
const heapMib = 768;
/** And so much what draws in WebAssembly, MiB. */
const wasmMib = 512;

/** Flags of the Node that runs a worker. A thread of an application has but the first bound, as flags are the whole's. */
export const workerFlags: readonly string[] = [
  `--max-old-space-size=${heapMib}`,
  `--wasm-max-mem-pages=${wasmMib * 16}`,
];

/** @throws Fault `not_configured` when it cannot be started, saying what is missing */
export async function launch(program: WorkerProgram): Promise<Launched> {
  const modules = program === 'query' ? await requireDuckdb() : undefined;
  // What draws is JavaScript and WebAssembly, which runs in a thread of any application.
  if (program !== 'query' && isInsideApplication()) return launchThread(program);
  const node = await findNode();
  if (node === undefined) throw noNode();
  return launchProcess(program, node, modules === undefined ? {} : { NODE_PATH: modules });
}

async function launchProcess(program: WorkerProgram, node: string, extra: NodeJS.ProcessEnv): Promise<Launched> {
  const { spawn } = await import('node:child_process');
  const inherited = passedOn.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  try {
    const child = spawn(node, [...workerFlags, buildFile(`${program}.cjs`)], {
      env: { ...Object.fromEntries(inherited), TZ: 'UTC', ...extra },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    await once(child, 'spawn');
    child.stdin.on('error', () => {});
    child.on('error', () => {});
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
    // Its pipes are sockets, which their types do not say.
    const parts = [child, child.stdin, child.stdout, child.stderr] as { ref?(): void; unref?(): void }[];
    const { stdin, stdout, stderr } = child;
    return {
      stdin,
      stdout,
      stderr,
      ended,
      kill: () => void child.kill('SIGKILL'),
      hold: holds => {
        for (const part of parts) holds ? part.ref?.() : part.unref?.();
      },
    };
  } catch (cause) {
    throw notStarted(program, cause);
  }
}

async function launchThread(program: WorkerProgram): Promise<Launched> {
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(buildFile(`${program}.cjs`), {
    env: {},
    stdin: true,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
  });
  let error: Error | undefined;
  thread.on('error', found => {
    error = found;
  });
  const ended = once(thread, 'exit').then(([code]) => ({ code, ...(error ? { error } : {}) }));
  const { stdin, stdout, stderr } = thread;
  return {
    stdin: stdin as Writable,
    stdout,
    stderr,
    ended,
    kill: () => void thread.terminate(),
    hold: holds => (holds ? thread.ref() : thread.unref()),
  };
}

const noNode = () =>
  new Fault({
    code: 'not_configured',
    message:
      'SQL needs Node 20.18.1 or newer on this computer: the application that runs this server has none to run it in.',
    hint: 'Have the person install Node from https://nodejs.org, or name an installed one in DATA_PLATFORMS_NODE; then repeat this call.',
  });

function notStarted(program: WorkerProgram, cause: unknown): Fault {
  return new Fault({
    code: 'not_configured',
    message: `The process for the ${program} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Ask the operator to start this server again: it may have been updated meanwhile, or there are too many processes.',
    cause,
  });
}
