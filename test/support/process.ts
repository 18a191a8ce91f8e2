import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

export interface Program {
  child: ChildProcessWithoutNullStreams;
  stdout: string;
  stderr: string;
  /** `after`: ms since it was told to stop, by signal or end of stdin. */
  ended: Promise<{ code: number | null; signal: string | null; after: number }>;
  send(...messages: object[]): void;
  /** The first line of stdout that the test accepts. */
  line(accept: (line: string) => boolean): Promise<string>;
}

/** The built program, as a client or a shell starts it. */
export function startProgram(argv: string[], env: Record<string, string> = {}): Program {
  const { PATH = '', XDG_CONFIG_HOME = '' } = process.env;
  const own = { PATH, XDG_CONFIG_HOME, DATA_PLATFORMS_NO_CODE_CACHE: '1' };
  const child = spawn(process.execPath, [bin, ...argv], { env: { ...own, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stopped = 0;
  const kill = child.kill.bind(child);
  child.kill = signal => {
    stopped = performance.now();
    return kill(signal);
  };
  child.stdin.once('finish', () => {
    stopped = performance.now();
  });
  const program: Program = {
    child,
    stdout: '',
    stderr: '',
    ended: new Promise(resolve =>
      child.once('close', (code, signal) => resolve({ code, signal, after: performance.now() - stopped })),
    ),
    send(...messages) {
      for (const message of messages) child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    },
    line: accept =>
      new Promise((resolve, reject) => {
        createInterface(child.stdout).on('line', line => accept(line) && resolve(line));
        child.once('close', () => reject(new Error(`It ended: ${program.stderr}`)));
      }),
  };
  child.stdin.on('error', () => {});
  child.stdout.on('data', chunk => {
    program.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    program.stderr += chunk;
  });
  return program;
}
