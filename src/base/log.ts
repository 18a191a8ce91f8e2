import type { Logger } from 'pino';
import type { Redactor } from './redact.ts';

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type Level = (typeof levels)[number];

type Write = (fields: object, message: string) => void;

/** JSON lines on stderr; stdout belongs to the protocol. */
export interface Log {
  debug: Write;
  info: Write;
  warn: Write;
  error: Write;
}

const longest = 200;

/** For what a client names: that can be anything, of any length. */
export const shortened = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);

/** A log that also keeps the secrets to itself that this redactor knows. */
export function redactedLog(log: Log, redactor: Redactor): Log {
  const write =
    (name: keyof Log): Write =>
    (fields, message) =>
      log[name](redactor.value(fields), message);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The logger is loaded with the first line that is written, and writes at once from then on. */
export function createLog(level: Level, redactor: Redactor): Log {
  let logger: Logger | undefined;
  let loading: Promise<Logger> | undefined;
  const write =
    (name: keyof Log): Write =>
    (fields, message) => {
      if (levels.indexOf(name) < levels.indexOf(level)) return;
      const safe = redactor.value(fields);
      if (logger) return logger[name](safe, message);
      loading ??= createLogger(level, redactor);
      void loading.then(made => {
        logger = made;
        made[name](safe, message);
      });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

async function createLogger(level: Level, redactor: Redactor): Promise<Logger> {
  const { pino } = await import('pino');
  // Nobody may be listening any more, which must not end a server.
  process.stderr.on('error', () => {});
  // Not buffered: a line that is lost when the process dies is the one that was needed.
  const destination = { write: (line: string) => void process.stderr.write(redactor.text(line)) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } },
    destination,
  );
}
