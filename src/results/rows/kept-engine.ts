import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault, type FaultDetails } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { workerFault } from '../worker.ts';
import { type Launched, launch } from '../worker-launch.ts';
import { type JobContext, withTurn } from '../worker-pool.ts';
import type { KeptJob, KeptRequest } from './job.ts';

/** What one engine may take. */
const limits = { memoryMib: 1_024, threads: Math.min(4, availableParallelism()) };
/** Engines that wait for the next request, in all folders together. */
const mostIdle = 2;
/** How long one waits: as long as somebody reads what they see. */
const idleMs = 300_000;

/** A process with DuckDB in it that answers one request after another. */
interface KeptEngine {
  folder: string;
  worker: Launched;
  /** Ends it when nobody has asked it for long. */
  end?: NodeJS.Timeout;
  ask(request: KeptRequest): Promise<unknown>;
}

/** The least recently used first. */
const idle: KeptEngine[] = [];

/**
 * Asks an engine that is kept for the folder of the columnar form, and starts one where none is free. A request that is
 * given up, or takes too long, ends its engine.
 * @throws Fault what the engine says; `timed_out`; `not_configured` where there is no DuckDB
 */
export function askKept<Reply>(request: KeptRequest, context: JobContext): Promise<Reply> {
  return withTurn('query', context, async signal => {
    const engine = takeIdle(dirname(request.parquet)) ?? (await start(dirname(request.parquet)));
    const kill = () => engine.worker.kill();
    signal.addEventListener('abort', kill, { once: true });
    try {
      signal.throwIfAborted();
      engine.worker.hold(true);
      const reply = (await engine.ask(request)) as { fault?: FaultDetails; answer?: Reply };
      signal.throwIfAborted();
      keep(engine);
      if (reply.fault) throw new Fault(reply.fault);
      return reply.answer as Reply;
    } catch (error) {
      if (!idle.includes(engine)) engine.worker.kill();
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', kill);
    }
  });
}

function takeIdle(folder: string): KeptEngine | undefined {
  const engine = idle.findLast(one => one.folder === folder);
  if (engine) forget(engine);
  return engine;
}

function keep(engine: KeptEngine): void {
  engine.worker.hold(false);
  idle.push(engine);
  if (idle.length > mostIdle) endIdle(idle[0] as KeptEngine);
  engine.end = setTimeout(() => endIdle(engine), idleMs).unref();
}

function endIdle(engine: KeptEngine): void {
  forget(engine);
  engine.worker.kill();
}

function forget(engine: KeptEngine): void {
  const at = idle.indexOf(engine);
  if (at >= 0) idle.splice(at, 1);
  clearTimeout(engine.end);
}

async function start(folder: string): Promise<KeptEngine> {
  const worker = await launch('query');
  const lines = createInterface({ input: worker.stdout })[Symbol.asyncIterator]();
  let said = '';
  worker.stderr.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-20_000);
  });
  const job: KeptJob = { serves: folder, ...limits };
  worker.stdin.write(`${JSON.stringify(job)}\n`);
  const engine: KeptEngine = {
    folder,
    worker,
    async ask(request) {
      worker.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw workerFault('query', said, await worker.ended);
      return parseJson(value);
    },
  };
  void worker.ended.then(() => forget(engine));
  return engine;
}
