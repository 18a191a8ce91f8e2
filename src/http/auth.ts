import type { Clock } from '../base/clock.ts';
import type { Fetch } from './connection.ts';
import type { Send } from './exchange.ts';

/** Proves who is asking, anew for every attempt, and only to the connection's own origin. */
export function authenticate({ clock, fetch }: { clock: Clock; fetch: Fetch }, next: Send): Send {
  return async exchange => {
    const { anonymous, connection, request, call } = exchange;
    if (anonymous) return next(exchange);
    call.meter.signatures += 1;
    const { method, url } = request;
    const proof = await connection.auth.headers({ method, url, now: clock.now(), fetch });
    Object.assign(exchange.proof, proof);
    exchange.signal.throwIfAborted();
    const fields = connection.auth.fields?.({ method, url });
    const json = fields ? { json: { ...(request.json as object | undefined), ...fields } } : {};
    return next({ ...exchange, request: { ...request, ...json, headers: { ...request.headers, ...proof } } });
  };
}
