import { setMaxListeners } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { styleText } from 'node:util';
import { Fault } from '../base/errors.ts';

/** A stream that people or programs read. */
export type Output = Writable & { isTTY?: boolean; columns?: number; hasColors?(): boolean };

/** What a command has of the outside world. */
export interface Terminal {
  stdout: Output;
  stderr: Output;
  stdin: Readable & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  /** Aborts with a `cancelled` fault when the person presses Ctrl-C. From the first look on, that is all it does. */
  readonly signal: AbortSignal;
}

export function processTerminal(): Terminal {
  let signal: AbortSignal | undefined;
  return {
    // Node makes each stream when it is first asked for.
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
    get stdin() {
      return process.stdin;
    },
    env: process.env,
    get signal() {
      signal ??= interruption();
      return signal;
    },
  };
}

// The second one is not caught, so whoever presses twice is out at once.
function interruption(): AbortSignal {
  const controller = new AbortController();
  // Every request under way listens.
  setMaxListeners(0, controller.signal);
  const stop = () =>
    controller.abort(
      new Fault({
        code: 'cancelled',
        message: 'Interrupted.',
        hint: 'Nothing more was sent; what had been sent stands.',
      }),
    );
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  return controller.signal;
}

type Format = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** The text in a format, where the stream is a terminal with colours that nobody switched off (NO_COLOR). */
export function paint(stream: Output, format: Format, text: string): string {
  // Newer engines look at process.stdout themselves, whichever stream it is for; older ones ignore the option.
  return stream.isTTY && stream.hasColors?.() ? styleText(format, text, { validateStream: false }) : text;
}

export function print(stream: Output, ...lines: string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}

/** Columns as wide as their widest cell; figures to the right. */
export function alignColumns(rows: readonly (readonly (string | number)[])[]): string[] {
  const shown = rows.map(row => row.map(cell => (typeof cell === 'number' ? cell.toLocaleString('en-US') : cell)));
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map(row => row[column]?.length ?? 0)));
  return rows.map((row, line) =>
    row
      .map((cell, column) => {
        const text = shown[line]?.[column] ?? '';
        return typeof cell === 'number' ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd(),
  );
}
