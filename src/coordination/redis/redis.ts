import type { Redis as Client, RedisOptions } from 'ioredis';
import { nodeCrypto } from '../../base/crypto.ts';

/** Where it is and how it is reached, as the operator has set it. */
export interface RedisTarget {
  url: string;
  /** What every key and channel begins with. */
  prefix: string;
  ca?: string;
  cert?: string;
  key?: string;
}

/** What this program asks of Redis or Valkey: scripts, each whole or not at all. */
export interface Redis {
  readonly prefix: string;
  /** When it was last lost (ms of `performance.now`), where it is away. */
  readonly lostAt: number | undefined;
  /** Whether it was there at all since this process began. */
  readonly wasThere: boolean;
  /** @throws RedisAway when there is no answer in time: it may be run later all the same */
  run(script: Script, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>;
  /** How many have heard it. @throws RedisAway */
  publish(channel: string, text: string): Promise<number>;
  /** From now on, and again after every loss. What is said while Redis is away is not heard. */
  subscribe(channels: readonly string[], heard: (text: string) => void): Promise<void>;
  close(): void;
}

/** Lua, and the digest that Redis knows it by. */
export interface Script {
  readonly lua: string;
  readonly digest: string;
}

export const script = (lua: string): Script => ({
  lua,
  digest: nodeCrypto().createHash('sha1').update(lua).digest('hex'),
});

/** Nobody answered in time. */
export class RedisAway extends Error {
  override readonly name = 'RedisAway';
}

/** Longest wait for an answer, and for a connection, in ms. */
const answerMs = 400;
const connectMs = 1_000;

/** Connects in the background: a start waits for nothing, and what is asked meanwhile is told that it is away. */
export async function openRedis(target: RedisTarget, onerror: (error: Error) => void): Promise<Redis> {
  const { Redis: IoRedis } = await import('ioredis');
  const client: Client = new IoRedis(optionsOf(target));
  // The same one again at every attempt says nothing new.
  let told = '';
  client.on('error', (error: Error) => {
    if (error.message !== told) onerror(error);
    told = error.message;
  });
  const listeners: Client[] = [];
  let lostAt: number | undefined = performance.now();
  let wasThere = false;
  client.on('ready', () => {
    told = '';
    wasThere = true;
    lostAt = undefined;
  });
  client.on('close', () => {
    lostAt ??= performance.now();
  });
  // Who asks first is not refused because it is still connecting.
  let first: Promise<void> | undefined = new Promise<void>(resolve => {
    client.once('ready', () => resolve());
    setTimeout(resolve, connectMs).unref();
  });
  void first.then(() => {
    first = undefined;
  });

  async function evaluate({ lua, digest }: Script, rest: readonly (string | number)[], keys: number) {
    try {
      return await client.evalsha(digest, keys, ...rest);
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return client.eval(lua, keys, ...rest);
    }
  }

  return {
    prefix: target.prefix,
    get lostAt() {
      return lostAt;
    },
    get wasThere() {
      return wasThere;
    },
    async run(asked, keys, values) {
      await first;
      try {
        return await answered(evaluate(asked, [...keys, ...values], keys.length));
      } catch (error) {
        // What a script of ours does wrong is a defect; everything else is the way to Redis, or its state.
        if (error instanceof Error && /^ERR .*(?:user_script|compiling script)/.test(error.message)) throw error;
        throw error instanceof RedisAway ? error : new RedisAway('Redis cannot be reached.', { cause: error });
      }
    },
    async publish(channel, text) {
      await first;
      return answered(client.publish(channel, text)).catch(cause => {
        throw new RedisAway('Redis cannot be reached.', { cause });
      });
    },
    async subscribe(channels, heard) {
      // A connection that listens can do nothing else. What it cannot yet subscribe to, it does once it is there.
      const listening = client.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
      listeners.push(listening);
      listening.on('error', () => {});
      listening.on('message', (_, text: string) => heard(text));
      await Promise.race([listening.subscribe(...channels), first]).catch(() => {});
    },
    close() {
      for (const one of [client, ...listeners]) one.disconnect();
    },
  };
}

const isUnknownScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');

/** Waits for it in real time. Where this process itself was held up, what has arrived meanwhile is looked at first. */
async function answered<Value>(asked: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new RedisAway('Redis does not answer.'));
    timer = setTimeout(() => setImmediate(() => setImmediate(giveUp)), answerMs);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
    // Its failure is told by whoever waits for it.
    asked.catch(() => {});
  }
}

/** As it would otherwise wait for ever for a Redis that is away, and repeat what may have been done. */
function optionsOf({ url, ca, cert, key }: RedisTarget): Omit<RedisOptions, 'replyMapping'> {
  const { protocol, username, password, pathname, hostname, port } = addressOf(url);
  const account = {
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
  const [first, second] = pathname.split('/').filter(Boolean);
  const tls = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const isSentinel = protocol === 'redis+sentinel:';
  const database = Number(isSentinel ? second : first) || 0;
  const place: RedisOptions = isSentinel
    ? { sentinels: sentinelsIn(url), ...(first === undefined ? {} : { name: first }) }
    : { host: hostname, port: Number(port) || 6379 };
  return {
    ...account,
    ...place,
    ...(protocol === 'rediss:' || Object.keys(tls).length > 0 ? { tls } : {}),
    db: database,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectMs,
    socketTimeout: 10 * connectMs,
    retryStrategy: times => Math.min(50 * times, 500),
    sentinelRetryStrategy: times => Math.min(50 * times, 500),
    // A primary that has become a replica takes nothing.
    reconnectOnError: error => error.message.startsWith('READONLY'),
    connectionName: 'data-platforms-mcp',
  };
}

/** The standard knows one host in an address. */
function addressOf(url: string): URL {
  return new URL(url.replace(/^([a-z+]+:\/\/(?:[^@/]*@)?)([^/,]*)(?:,[^/]*)?/, '$1$2'));
}

function sentinelsIn(url: string) {
  const [, hosts = ''] = /^[a-z+]+:\/\/(?:[^@/]*@)?([^/]*)/.exec(url) ?? [];
  return hosts.split(',').map(one => {
    const { hostname: host, port } = new URL(`redis://${one}`);
    return { host, port: Number(port) || 26_379 };
  });
}
