import * as z from 'zod';
import { lazy } from '../base/lazy.ts';
import { configFault, readSecret } from './config-fault.ts';

/**
 * Engines that several replicas share. Keys of the configuration file, and variables `DATA_PLATFORMS_<KEY>`; no flags,
 * because some hold passwords. Made when one of them is set: most servers share nothing.
 */
export const sharedSettings = lazy(() =>
  z.strictObject({
    redis_url: z
      .string()
      .regex(/^(?:rediss?|redis\+sentinel):\/\//, 'must begin with redis://, rediss:// or redis+sentinel://')
      .optional()
      .describe(
        'Redis or Valkey that replicas share: redis://host:6379/0, rediss://user:password@host, or redis+sentinel://host1,host2/name',
      ),
    redis_url_file: z.string().optional().describe('File that holds the URL'),
    redis_prefix: z
      .string()
      .regex(/^[\w.-]{1,40}$/, 'must be up to 40 letters, digits, dots, dashes or underscores')
      .default('dpm')
      .describe('What every key and channel in it begins with'),
    redis_away: z
      .enum(['share', 'refuse'])
      .default('share')
      .describe('While it cannot be reached: keep to a share of every quota, or send nothing'),
    redis_ca_file: z.string().optional().describe('Certificates that its own is checked against, in PEM'),
    redis_cert_file: z.string().optional().describe('Certificate that it is shown, in PEM'),
    redis_key_file: z.string().optional().describe('Private key of that certificate, in PEM'),
  }),
);

export const sharedKeys = [
  'redis_url',
  'redis_url_file',
  'redis_prefix',
  'redis_away',
  'redis_ca_file',
  'redis_cert_file',
  'redis_key_file',
] as const;

export type SharedSettings = z.output<ReturnType<typeof sharedSettings>>;

/** Redis as an operator has set it. */
export interface RedisConfig {
  url: string;
  prefix: string;
  away: SharedSettings['redis_away'];
  ca?: string;
  cert?: string;
  key?: string;
}

/** @throws Fault `not_configured` for what is there twice, cannot be read, or has no state key beside it */
export function redisConfig(settings: SharedSettings, stateKey: string | undefined): RedisConfig | undefined {
  const { redis_url, redis_url_file, redis_prefix: prefix, redis_away: away } = settings;
  if (redis_url !== undefined && redis_url_file !== undefined)
    throw configFault('There are both redis_url and redis_url_file.', 'Keep one of them.');
  const url = redis_url_file === undefined ? redis_url : readSecret(redis_url_file, 'redis_url_file');
  if (url === undefined) return undefined;
  if (stateKey === undefined)
    throw configFault(
      'redis_url is set, and there is no state key.',
      'Give every replica the same DATA_PLATFORMS_HTTP_STATE_KEY (or _FILE): what they share is kept under it.',
    );
  const files = { ca: settings.redis_ca_file, cert: settings.redis_cert_file, key: settings.redis_key_file };
  const parts = Object.entries(files).flatMap(([part, path]) =>
    path === undefined ? [] : [[part, readSecret(path, `redis_${part}_file`)]],
  );
  return { url, prefix, away, ...Object.fromEntries(parts) };
}
