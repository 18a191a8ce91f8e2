import { createInterface } from 'node:readline/promises';
import type { Fault } from '../base/errors.ts';
import { print, type Terminal } from './terminal.ts';

/** Whether there is somebody at the terminal who can be asked. */
export const canAsk = ({ stdin, stderr }: Terminal): boolean => stdin.isTTY === true && stderr.isTTY === true;

/** Shows what would be sent, and waits for a yes. Everything else is a no. */
export async function agrees(question: string, { stdin, stderr, signal }: Terminal): Promise<boolean> {
  print(stderr, question);
  const reader = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await reader.question('Send it? [y/N] ', { signal })).trim());
  } finally {
    reader.close();
  }
}

/** The token of an agreement ends with the process that made it, so a second command could not use it. */
export const unasked = (fault: Fault): Fault =>
  fault.code === 'needs_confirmation'
    ? fault.with({ hint: 'If that is wanted, repeat the command with --yes; on a terminal, it asks.' })
    : fault;
