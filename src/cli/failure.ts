import { isFault } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { type ExitCode, faultExits } from './exit-codes.ts';
import { paint, print, type Terminal } from './terminal.ts';

/** Tells a person what went wrong and what to do next, a line each, and gives the exit code. */
export function report(error: unknown, { stderr }: Pick<Terminal, 'stderr'>): ExitCode {
  const name = paint(stderr, 'red', 'data-platforms-mcp:');
  if (isFault(error)) {
    print(stderr, `${name} ${oneLine(error.message)}`, `  ${oneLine(error.hint)}`);
    return faultExits[error.code];
  }
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  print(
    stderr,
    `${name} ${oneLine(message)}`,
    '  This is a defect. Please report it with the lines below.',
    paint(stderr, 'dim', stack),
  );
  return 1;
}
