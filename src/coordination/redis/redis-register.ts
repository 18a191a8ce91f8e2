import type { Clock } from '../../base/clock.ts';
import { isTime, type Register, type Value } from '../register.ts';
import { type Redis, script } from './redis.ts';

/*
 * The time is that of Redis, so that the clocks of replicas may differ: what goes in and comes out is counted from now.
 * `lead`: how far the clock runs ahead of real time, where it does: in the sandbox and in tests. A version is the
 * microsecond in which it was written, so that none comes twice, whatever was forgotten between.
 */
const now = `
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local now = math.floor(micros / 1000)`;

/** KEYS: the entry. ARGV: lead. */
const readScript = script(`${now}
  local found = redis.call('HMGET', KEYS[1], 'version', 'value', 'at', 'lapses')
  if not found[1] then return {} end
  now = now + ARGV[1]
  return {found[1], found[2], string.format('%.0f', now - found[3]), found[4] - now > 0 and 1 or 0}`);

/** KEYS: the entry. ARGV: lead, version that was read, value, ms until it lapses. */
const writeScript = script(`${now}
  local before = redis.call('HGET', KEYS[1], 'version') or '0'
  if before ~= ARGV[2] then return false end
  now = now + ARGV[1]
  local version = string.format('%.0f', math.max(micros, before + 1))
  local at, lapses = string.format('%.0f', now), string.format('%.0f', now + ARGV[4])
  redis.call('HSET', KEYS[1], 'version', version, 'value', ARGV[3], 'at', at, 'lapses', lapses)
  redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(1000, ARGV[4])))
  return version`);

/**
 * For processes that share a Redis. `name` tells it from other registers there. What fails is thrown as `away` says.
 * An entry of a Redis that was restarted empty was never written.
 */
export function redisRegister(redis: Redis, clock: Clock, name: string, away: (cause: unknown) => Error): Register {
  const keyOf = (key: string) => `${redis.prefix}:{${name}:${key}}`;
  const lead = () => Math.round(clock.now() - Date.now());
  const run: Redis['run'] = (...asked) =>
    redis.run(...asked).catch(error => {
      throw away(error);
    });
  return {
    async read(key) {
      const [version, value, age, lasts] = (await run(readScript, [keyOf(key)], [lead()])) as [
        string?,
        string?,
        string?,
        number?,
      ];
      if (version === undefined || value === undefined) return { version: 0 };
      const written = clock.now() - Math.max(0, Number(age));
      const entry = lasts ? { value: shifted(JSON.parse(value) as Value, written) } : {};
      return { version: Number(version), ...entry };
    },
    async write(key, version, value, lapsesAt) {
      const at = clock.now();
      const values = [lead(), version, JSON.stringify(shifted(value, -at)), Math.round(lapsesAt - at)];
      const written = await run(writeScript, [keyOf(key)], values);
      return written === null ? undefined : Number(written);
    },
  };
}

/** The same with its times so much later. */
const shifted = (value: Value, ms: number): Value =>
  Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, isTime(name) && typeof part === 'number' ? part + ms : part]),
  );
