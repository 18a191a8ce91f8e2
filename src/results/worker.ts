import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { buildFile } from '../base/build-files.ts';
import { Fault, type FaultDetails } from '../base/errors.ts';

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
  signal.throwIfAborted();
  const spare = spares.get(program);
  spares.delete(program);
  const child = spare ?? (await launch(program));
  holdProcess(child, true);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const done = outcome(child, program, signal).finally(() => {
    signal.removeEventListener('abort', kill);
    // Without one, the next job starts its own, and says what is wrong.
    setTimeout(() => prepareNext(program).catch(() => {}), spareAfterMs).unref();
  });
  // It is awaited where the output has been read; until then nobody listens.
  done.catch(() => {});
  // The pipe stays open: its end is how the worker learns that this process has gone.
  child.stdin.write(`${JSON.stringify(job)}\n`);
  return { output: child.stdout, done };
}

/** The next worker of a program, loaded and without a job: loading takes longer than most jobs. */
const spares = new Map<WorkerProgram, ChildProcessWithoutNullStreams>();
/** Not at once, or every single command of a shell would start one more process. */
const spareAfterMs = 300;
const spareForMs = 60_000;

async function prepareNext(program: WorkerProgram): Promise<void> {
  if (spares.has(program)) return;
  const child = await launch(program);
  if (spares.has(program)) return void child.kill();
  spares.set(program, child);
  holdProcess(child, false);
  const forget = () => {
    if (spares.get(program) === child) spares.delete(program);
  };
  child.once('exit', forget);
  setTimeout(() => {
    if (spares.get(program) === child) child.kill();
    forget();
  }, spareForMs).unref();
}

/** Whether this process waits for the other one. A spare must not keep a server that is done. */
function holdProcess(child: ChildProcessWithoutNullStreams, hold: boolean): void {
  // Its pipes are sockets, which their types do not say.
  const parts = [child, child.stdin, child.stdout, child.stderr] as { ref?(): void; unref?(): void }[];
  for (const part of parts) {
    if (hold) part.ref?.();
    else part.unref?.();
  }
}

/** JavaScript objects of a worker may take so much, MiB. What its libraries take besides is bounded where it runs. */
const heapMib = 768;

/** A process that has started. @throws Fault `not_configured` when it cannot: an update may have taken its files away */
async function launch(program: WorkerProgram): Promise<ChildProcessWithoutNullStreams> {
  const { spawn } = await import('node:child_process');
  const inherited = passedOn.flatMap(name => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  try {
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMib}`, buildFile(`${program}.cjs`)], {
      env: { ...Object.fromEntries(inherited), TZ: 'UTC' },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    await once(child, 'spawn');
    child.stdin.on('error', () => {});
    child.on('error', () => {});
    return child;
  } catch (cause) {
    throw notStarted(program, cause);
  }
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

function notStarted(program: WorkerProgram, cause: unknown): Fault {
  return new Fault({
    code: 'not_configured',
    message: `The process for the ${program} cannot be started: ${cause instanceof Error ? cause.message : String(cause)}.`,
    hint: 'Ask the operator to start this server again: it may have been updated meanwhile, or there are too many processes.',
    cause,
  });
}

function ended(program: WorkerProgram, said: string): Fault {
  return new Fault({
    code: 'too_large',
    message: `The process for the ${program} ended early, most likely for want of memory.`,
    hint: 'Ask for less: fewer columns, a filter, an aggregate. Everything else goes on as before.',
    cause: said,
  });
}
