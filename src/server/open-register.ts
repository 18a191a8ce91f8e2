import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Fault } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import { folderRegister } from '../coordination/folder-register.ts';
import { memoryRegister } from '../coordination/memory-register.ts';
import type { Redis } from '../coordination/redis/redis.ts';
import type { Register } from '../coordination/register.ts';
import { diskFault } from '../results/disk.ts';
import { claimFolder } from '../results/store/claim.ts';
import { registerFolders } from '../results/store/places.ts';
import { resultsFolder } from './results-folder.ts';

/**
 * What happened once, by a name for the kind, for all processes that have the results folder in common.
 * `redis`: for all that have that in common instead.
 */
export async function openRegister(
  kind: keyof typeof registerFolders,
  config: Pick<Config, 'results_dir'>,
  clock: Clock,
  redis?: () => Promise<Redis | undefined>,
): Promise<Register> {
  const shared = await redis?.();
  if (!shared) return folderOrMemory(clock, resultsFolder(config), kind);
  const { redisRegister } = await import('../coordination/redis/redis-register.ts');
  return redisRegister(shared, clock, kind, away(kind));
}

/** What cannot be told while Redis is away. Nothing of it is guessed. */
const keptThere: Record<keyof typeof registerFolders, { what: string; hint: string }> = {
  starts: {
    what: 'whether the same was started already',
    hint: 'Repeat the call in a few seconds. To start it in any case, repeat it with again: true.',
  },
  agreements: { what: 'whether this was agreed to or refused already', hint: 'Repeat the call in a few seconds.' },
  batches: { what: 'which process is working on it', hint: 'Repeat the call in a few seconds: it goes on from there.' },
  sessions: { what: 'which sessions were ended', hint: 'Repeat the request in a few seconds.' },
  verified: { what: 'what platforms were found not to offer', hint: 'Repeat the call in a few seconds.' },
};

const away = (kind: keyof typeof registerFolders) => (cause: unknown) =>
  new Fault({
    code: 'upstream_down',
    message: `Redis, which all replicas share, does not answer: it cannot be told ${keptThere[kind].what}. Nothing was sent.`,
    hint: keptThere[kind].hint,
    retryAfter: 2,
    cause,
  });

/**
 * A folder that this process may not write is shared with nobody, so that memory does as well. One that cannot be
 * written for another reason, such as a full disk, may hold what others have started.
 */
function folderOrMemory(clock: Clock, directory: string, kind: keyof typeof registerFolders): Register {
  const folder = folderRegister(clock, join(directory, registerFolders[kind]));
  let memory: Register | undefined;
  let isClaimed = false;
  const use = async <Result>(act: (register: Register) => Promise<Result>): Promise<Result> => {
    if (memory) return act(memory);
    try {
      if (!isClaimed) claimFolder(directory);
      isClaimed = true;
      return await act(folder);
    } catch (error) {
      if (!isForbidden(error)) throw diskFault(error, directory);
      memory = memoryRegister(clock);
      return act(memory);
    }
  };
  return {
    read: key => use(register => register.read(key)),
    write: (...given) => use(register => register.write(...given)),
  };
}

const forbidden = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

const isForbidden = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && forbidden.has(String(error.code));
