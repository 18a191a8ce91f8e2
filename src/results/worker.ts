import type { Readable } from 'node:stream';
import { Fault, type FaultDetails } from '../base/errors.ts';
import { type Launched, launch, type WorkerProgram } from './worker-launch.ts';

export interface Worker {
  /** What it gives out. Ends early, and without an error, when the worker fails: look at `done`. */
  output: Readable;
  /** Resolves when it has succeeded. @throws Fault what it says; the signal's reason when it was ended for that */
  done: Promise<void>;
}

/**
 * Runs a job as a process of its own. Whatever happens there (a statement that cannot be interrupted, a crash, memory
 * that runs out) happens to nobody else, and aborting the signal ends it at once. It ends by itself when this process
 * does.
 */
export async function startWorker(program: WorkerProgram, job: unknown, signal: AbortSignal): Promise<Worker> {
  signal.throwIfAborted();
  const spare = spares.get(program);
  spares.delete(program);
  const worker = spare ?? (await launch(program));
  // A spare must not keep a server that is done; a job has to.
  worker.hold(true);
  const kill = () => worker.kill();
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const done = outcome(worker, program, signal).finally(() => {
    signal.removeEventListener('abort', kill);
    // Without one, the next job starts its own, and says what is wrong.
    setTimeout(() => prepareNext(program).catch(() => {}), spareAfterMs).unref();
  });
  // It is awaited where the output has been read; until then nobody listens.
  done.catch(() => {});
  // The pipe stays open: its end is how the worker learns that this process has gone.
  worker.stdin.write(`${JSON.stringify(job)}\n`);
  return { output: worker.stdout, done };
}

/** The next worker of a program, loaded and without a job: loading takes longer than most jobs. */
const spares = new Map<WorkerProgram, Launched>();
/** Not at once, or every single command of a shell would start one more process. */
const spareAfterMs = 300;
const spareForMs = 60_000;

async function prepareNext(program: WorkerProgram): Promise<void> {
  if (spares.has(program)) return;
  const worker = await launch(program);
  if (spares.has(program)) return worker.kill();
  spares.set(program, worker);
  worker.hold(false);
  const forget = () => {
    if (spares.get(program) === worker) spares.delete(program);
  };
  void worker.ended.then(forget);
  setTimeout(() => {
    if (spares.get(program) === worker) worker.kill();
    forget();
  }, spareForMs).unref();
}

async function outcome(worker: Launched, program: WorkerProgram, signal: AbortSignal): Promise<void> {
  let output = '';
  worker.stderr.setEncoding('utf8').on('data', text => {
    output = (output + text).slice(-20_000);
  });
  const end = await worker.ended;
  signal.throwIfAborted();
  if (end.code === 0 && lastLine(output) === 'done') return;
  throw workerFault(program, output, end);
}

const lastLine = (said: string) => said.trimEnd().split('\n').at(-1) ?? '';

/** Why a worker ended: what it said last, or how it ended. */
export const workerFault = (program: WorkerProgram, said: string, end: Awaited<Launched['ended']>): Fault =>
  saidFault(lastLine(said)) ?? ended(program, said, end);

/** A worker's last line is `done`, or its fault as JSON. */
function saidFault(line: string): Fault | undefined {
  if (!line.startsWith('{')) return undefined;
  return new Fault(JSON.parse(line) as FaultDetails);
}

/** How V8 and systems say that there is no memory left. */
const outOfMemoryWords = /out of memory|ERR_WORKER_OUT_OF_MEMORY|bad_alloc|cannot allocate/i;

function ended(program: WorkerProgram, said: string, { code, signal, error }: Awaited<Launched['ended']>): Fault {
  const words = error ? `${said}\n${error.message} (${(error as NodeJS.ErrnoException).code})` : said;
  // Nobody here kills it without saying so: it is the system, for want of memory.
  if (signal || outOfMemoryWords.test(words))
    return new Fault({
      code: 'too_large',
      message: `The process for the ${program} ended early, most likely for want of memory.`,
      hint: 'Ask for less: fewer columns, a filter, an aggregate. Everything else goes on as before.',
      cause: words,
    });
  const line = words.trimEnd().split('\n').at(-1)?.trim();
  return new Fault({
    code: 'not_configured',
    message: `The process for the ${program} ended early, with status ${code}${line ? `: ${line}` : ''}.`,
    hint: 'Tell the operator what it says; "data-platforms-mcp doctor" shows what this installation runs on.',
    cause: words,
  });
}
