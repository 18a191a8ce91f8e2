import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Redactor } from '../base/redact.ts';
import type { Signer } from '../base/signer.ts';
import type { Config } from '../config/config.ts';
import type { RedisConfig } from '../config/shared.ts';
import { openRedis, type Redis } from '../coordination/redis/redis.ts';
import { RedisGate } from '../coordination/redis/redis-gate.ts';
import type { Connection } from '../http/connection.ts';
import type { Gate } from '../http/quota/gate.ts';

/** What replicas share, as the operator has set it. */
export function openShared(config: RedisConfig, redactor: Redactor, log: Log): Promise<Redis> {
  const { password } = new URL(config.url.replace(/,[^/]*/, ''));
  if (password) redactor.add(decodeURIComponent(password));
  return openRedis(config, error => log.warn({ problem: error.message }, 'redis'));
}

/**
 * Makes the waiting line of an account, the same for all replicas. Its name in Redis says nothing to anybody without the
 * key of the replicas, and it is the same for two connections to one account.
 */
export function sharedGates(
  redis: Redis,
  { replicas, redis: config }: Pick<Config, 'replicas' | 'redis'>,
  clock: Clock,
  signer: Signer,
): (connection: Connection) => Gate {
  return ({ accountKey, name, quotas }) => {
    const counted = quotas.map(quota => [quota.name, quota.requests, quota.perMs]);
    const account = signer.sign('account', [accountKey?.() ?? name, counted]);
    const nameOf = (id: string) => signer.sign('window', [account, id]);
    return new RedisGate({ clock, redis, account, nameOf, replicas, refuses: config?.away === 'refuse' });
  };
}
