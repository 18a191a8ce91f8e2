import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { built } from '../dist.ts';
import { Fault, type FaultDetails } from '../errors.ts';

/** A program of ours that runs as a process of its own, as the build names it. */
export type WorkerProgram = 'query' | 'chart';

export interface Worker {
  /** What it gives out. Ends early, and without an error, when the worker fails: look at `done`. */
  output: Readable;
  /** Resolves when it has succeeded. @throws Fault what it says; the signal's reason when it was ended for that */
  done: Promise<void>;
}

/** What a worker still sees of the environment: nothing that is the user's, only what a Node process needs to start. */
const passedOn = ['SystemRoot', 'ELECTRON_RUN_AS_NODE'];

/**
 * Runs a job as a process of its own. Whatever happens there (a statement that cannot be interrupted, a crash, memory
 * that runs out) happens to nobody else, and aborting the signal ends it at once. It ends by itself when this process
 * does.
 */
export async function startWorker(program: WorkerProgram, job: unknown, signal: AbortSignal): Promise<Worker> {
  const { spawn } = await import('node:child_process');
  signal.throwIfAborted();
  const inherited = passedOn.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, [built(`${program}.cjs`)], {
    env: { ...Object.fromEntries(inherited), TZ: 'UTC' },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const done = outcome(child, program, signal).finally(() => signal.removeEventListener('abort', kill));
  // It is awaited where the output has been read; until then nobody listens.
  done.catch(() => {});
  // The pipe stays open: its end is how the worker learns that this process has gone.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(job)}\n`);
  return { output: child.stdout, done };
}

async function outcome(child: ChildProcess, program: WorkerProgram, signal: AbortSignal): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-20_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  signal.throwIfAborted();
  const last = said.trimEnd().split('\n').at(-1) ?? '';
  if (code === 0 && last === 'done') return;
  throw saidFault(last) ?? ended(program, said);
}

/** A worker's last line is `done`, or its fault as JSON. */
function saidFault(line: string): Fault | undefined {
  if (!line.startsWith('{')) return undefined;
  return new Fault(JSON.parse(line) as FaultDetails);
}

function ended(program: WorkerProgram, said: string): Fault {
  return new Fault({
    code: 'too_large',
    message: `The process for the ${program} ended early, most likely for want of memory.`,
    hint: 'Ask for less: fewer columns, a filter, an aggregate. Everything else goes on as before.',
    cause: said,
  });
}
