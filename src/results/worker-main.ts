import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type FaultDetails, isFault } from '../base/errors.ts';

/** The side of `worker.ts` that is the process: reads the job, runs it, and says how it ended. `more`: what follows it, by line. */
export async function runJob<Job>(run: (job: Job, more: AsyncIterable<string>) => Promise<void>): Promise<void> {
  try {
    const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    // Nobody is left to work for.
    process.stdin.once('end', () => process.exit(1));
    const { value: line } = await lines.next();
    await run(JSON.parse(line) as Job, lines);
    process.stderr.write('done\n', () => process.exit(0));
  } catch (error) {
    refuse(isFault(error) ? error : { ...unexpected, cause: undefined, message: String(error) });
  }
}

const unexpected = { code: 'bad_arguments', hint: 'Change the call; report it if this should have worked.' } as const;

/** Ends this process with a fault for the server to pass on. */
export function refuse({ code, message, hint }: FaultDetails): void {
  process.stderr.write(`${JSON.stringify({ code, message, hint })}\n`, () => process.exit(1));
}

/** Gives text out, and waits while the reader is behind. */
export async function give(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
