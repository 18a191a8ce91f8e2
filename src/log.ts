import { pino } from 'pino';
import type { Redactor } from './http/redact.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** JSON lines on stderr; stdout belongs to the protocol. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function createLog(level: Level, redactor: Redactor): Log {
  // Written at once: a line that is lost when the process dies is the one that was needed.
  const destination = { write: (line: string) => void process.stderr.write(redactor.text(line)) };
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: label => ({ level: label }) } },
    destination,
  );
}
