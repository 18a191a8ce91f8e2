import type { Clock } from '../base/clock.ts';
import type { Fault } from '../base/errors.ts';
import type { Fetch } from './connection.ts';
import { type Exchange, type Failed, failed, type Outcome, type Send } from './exchange.ts';
import type { HttpRequest } from './request.ts';

const mostAttempts = 4;
// 500, 1000, 2000 ms and a quarter more or less: "503 for ever" is over in less than 5 s.
const firstBackoff = 500;
// A platform that asks for more than a day means something else by the number.
const longestSaneWait = 86_400_000;

interface RetryOptions {
  clock: Clock;
  random(): number;
  fetch: Fetch;
}

/** Repeats what is safe to repeat, after the time the platform asks for or a growing one of our own. */
export function retry(options: RetryOptions, next: Send): Send {
  return exchange => attemptUntilSettled(exchange, options, next);
}

async function attemptUntilSettled(exchange: Exchange, options: RetryOptions, next: Send): Promise<Outcome> {
  let renewed = false;
  for (let attempt = 1; ; attempt += 1) {
    const proof: Record<string, string> = {};
    const sending: Exchange['sending'] = {};
    const outcome = await next({ ...exchange, attempt, proof, sending });
    // What a stream has given away may have arrived, whatever the answer says.
    if ('reply' in outcome || sending.stream?.readableDidRead) return outcome;
    if (!renewed && isRenewable(outcome.fault, exchange)) {
      renewed = true;
      if (!(await exchange.connection.auth.renew?.(proof, options.fetch))) return outcome;
      continue;
    }
    const last = await beforeRepeat(exchange, outcome, attempt, options);
    if (last) return last;
  }
}

/** Waits as long as it takes; or says what the failure comes to that is not repeated. */
async function beforeRepeat(
  exchange: Exchange,
  outcome: Failed,
  attempt: number,
  { clock, random }: RetryOptions,
): Promise<Failed | undefined> {
  const { call, request } = exchange;
  const { fault } = outcome;
  if (!isRepeatable(outcome, request)) return outcome;
  if (attempt >= mostAttempts) return failed(fault.with({ message: `${fault.message} (${attempt} attempts)` }));
  const wait = (fault.retryAfter ?? backoff(attempt, random) / 1000) * 1000;
  if (clock.now() + wait >= call.deadline) return failed(fault.with({ retryAfter: Math.ceil(wait / 1000) }));
  call.progress(waitingFor(exchange, fault, wait));
  call.meter.waitedMs += wait;
  await clock.sleep(wait, call.signal);
  return undefined;
}

/** A new credential may be had for the one that was refused. */
const isRenewable = ({ code }: Fault, { connection, anonymous }: Exchange): boolean =>
  code === 'unauthorized' && !anonymous && connection.auth.renew !== undefined;

const isRepeatable = ({ again }: Failed, { repeatable }: HttpRequest): boolean =>
  again === 'always' || (again === 'repeatable' && repeatable);

function backoff(attempt: number, random: () => number): number {
  return firstBackoff * 2 ** (attempt - 1) * (0.75 + random() / 2);
}

function waitingFor({ connection: { title } }: Exchange, { code, status, retryAfter }: Fault, ms: number): string {
  const time = seconds(ms);
  const unanswered = code === 'bad_upstream_reply' ? 'the answer broke off' : 'no connection';
  const what = code === 'rate_limited' ? 'rate limit' : status === undefined ? unanswered : `answered ${status}`;
  return retryAfter === undefined
    ? `${title}: ${what}, trying again in ${time}`
    : `${title} asks to wait ${time} (${what})`;
}

/** "12 s", "0.5 s". */
export function seconds(ms: number): string {
  return `${ms < 1000 ? Math.ceil(ms / 100) / 10 : Math.ceil(ms / 1000)} s`;
}

/**
 * Milliseconds a platform asks to wait: `retry-after-ms`, `Retry-After` in seconds or as a date, and on a 429 without
 * either, the reset time of `RateLimit-Reset` or `X-RateLimit-Reset`, which platforms give as seconds to go, seconds
 * since 1970 or milliseconds since 1970.
 */
export function askedWait(headers: Record<string, string>, status: number, now: number): number | undefined {
  const exact = number(headers['retry-after-ms']);
  if (exact !== undefined) return sane(exact);
  const after = headers['retry-after'];
  if (after !== undefined) return sane((number(after) ?? Number.NaN) * 1000) ?? sane(Date.parse(after) - now);
  if (status !== 429) return undefined;
  const reset = number(headers['ratelimit-reset']) ?? number(headers['x-ratelimit-reset']);
  if (reset === undefined) return undefined;
  if (reset > 1e11) return sane(reset - now);
  return sane(reset > 1e9 ? reset * 1000 - now : reset * 1000);
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

// A moment just past means "now".
function sane(ms: number): number | undefined {
  return ms > -60_000 && ms <= longestSaneWait ? Math.max(0, ms) : undefined;
}
