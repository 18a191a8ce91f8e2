import type { Output } from './terminal.ts';

/** Tells a person how far something is. */
export interface Progress {
  tell(message: string, done?: number, total?: number): void;
  /** Clears what is on the terminal. Before anything else is printed, and at the end. */
  pause(): void;
}

/** Between two lines where there is no terminal, in ms. */
const lineEvery = 1000;
const barWidth = 20;

/** A spinner with a bar on a terminal, otherwise plain lines, at most one a second. */
export async function createProgress(
  stream: Output,
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
): Promise<Progress> {
  if (!stream.isTTY || env['TERM'] === 'dumb' || 'CI' in env) return plainProgress(stream, now);
  const { default: yoctoSpinner } = await import('yocto-spinner');
  const spinner = yoctoSpinner({ stream, handleSignals: false });
  return {
    tell(message, done, total) {
      spinner.text = `${bar(done, total)}${message}`;
      if (!spinner.isSpinning) spinner.start();
    },
    pause: () => void spinner.stop(),
  };
}

function plainProgress(stream: Output, now: () => number): Progress {
  let last = -Infinity;
  return {
    tell(message) {
      if (now() - last < lineEvery) return;
      last = now();
      stream.write(`${message}\n`);
    },
    pause() {},
  };
}

function bar(done?: number, total?: number): string {
  if (done === undefined || !total) return '';
  const filled = Math.min(Math.round((done / total) * barWidth), barWidth);
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total}  `;
}
