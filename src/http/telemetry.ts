import type { Clock } from '../base/clock.ts';
import type { Redactor } from '../base/redact.ts';
import type { Send } from './exchange.ts';

/** Where log lines go. `fields` hold no secret. */
export type Log = (level: 'debug' | 'info' | 'warn' | 'error', fields: Record<string, unknown>) => void;

/** Counts what goes on the wire, and logs one line for each request. */
export function telemetry({ clock, log, redactor }: { clock: Clock; log?: Log; redactor: Redactor }, next: Send): Send {
  const counted: Send = exchange => {
    const { call, attempt } = exchange;
    call.meter.requests += 1;
    if (attempt > 1) call.meter.retries += 1;
    return next(exchange);
  };
  if (!log) return counted;
  return async exchange => {
    const { connection, request, attempt } = exchange;
    const start = clock.now();
    const line = (result: { status?: number | undefined; fault?: string }) =>
      log('debug', {
        connection: connection.name,
        operation: request.operation,
        method: request.method,
        // Read only by a log that writes such lines.
        get url() {
          return (connection.redactor ?? redactor).url(request.url);
        },
        attempt,
        ms: clock.now() - start,
        ...result,
      });
    try {
      const outcome = await counted(exchange);
      if ('reply' in outcome) line({ status: outcome.reply.status });
      else line({ status: outcome.fault.status, fault: outcome.fault.code });
      return outcome;
    } catch (error) {
      line({ fault: 'aborted' });
      throw error;
    }
  };
}
