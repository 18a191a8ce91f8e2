import { config } from 'zod';
import type { Terminal } from './cli/terminal.ts';

// zod compiles each object schema on its first use, those of the protocol too: some 6 ms of a start. For the executable
// alone, because the setting holds for all schemas of a process.
config({ jitless: true });

/** The program. `argv` without node and script; sets `process.exitCode` and leaves nothing that keeps the process. */
export async function main(argv: string[]): Promise<void> {
  const { processTerminal } = await import('./cli/terminal.ts');
  process.exitCode = await start(argv, processTerminal());
  leave();
}

async function start(argv: string[], terminal: Terminal): Promise<number> {
  const flags = (await import('./cli/flags.ts')).serverFlags(argv);
  if (!flags) return (await import('./cli/program.ts')).run(argv, terminal);
  try {
    return await (await import('./cli/commands/serve.ts')).serve(flags, terminal);
  } catch (error) {
    return (await import('./cli/failure.ts')).report(error, terminal);
  }
}

/** How long what has been aborted may tidy up, in ms. */
const tidyingTime = 700;

// By then everything is closed and Node ends by itself; this is for what should not have been left.
function leave(): void {
  setInterval(() => {
    if (process.stdout.writableLength === 0) process.exit();
  }, tidyingTime).unref();
}
