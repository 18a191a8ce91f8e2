import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Entry, Register, Value } from './register.ts';

interface Kept {
  value: Value;
  lapsesAt: number;
}

const sweepEveryMs = 3_600_000;
/** Nobody who was in the middle of something is still at it. */
const forgottenMs = 86_400_000;

/**
 * For the processes that share a folder. Each key is a folder, each version a file in it, and only one process can
 * create a file: that holds on local disks and on NFS from version 3 on. The newest two are kept: a reader may be at
 * one while the next is written.
 */
export function folderRegister(clock: Clock, directory: string): Register {
  let sweptAt = Number.NEGATIVE_INFINITY;

  async function sweepWhenDue(): Promise<void> {
    const now = clock.now();
    if (now - sweptAt < sweepEveryMs) return;
    sweptAt = now;
    for (const key of await readdir(directory)) {
      const path = join(directory, key);
      const { kept } = await newest(path);
      if (!kept || kept.lapsesAt > now - forgottenMs) continue;
      // Moved first: what is removed piece by piece could be taken for something else half way.
      const gone = join(directory, `${key}.gone`);
      await rename(path, gone).catch(ifGone(undefined));
      await removeVersions(gone);
    }
  }

  return {
    async read(key): Promise<Entry> {
      const { version, kept } = await newest(join(directory, key));
      return { version, ...(kept && kept.lapsesAt > clock.now() ? { value: kept.value } : {}) };
    },
    async write(key, version, value, lapsesAt) {
      const path = join(directory, key);
      if (version === 0) {
        await mkdir(path, { recursive: true, mode: 0o700 });
        await sweepWhenDue();
      }
      const text = JSON.stringify({ value, lapsesAt } satisfies Kept);
      try {
        await writeFile(join(path, String(version + 1)), text, { flag: 'wx', mode: 0o600, flush: true });
        return await settle(path, version);
      } catch (error) {
        if (hasCode(error, 'EEXIST', 'ENOENT')) return undefined;
        throw error;
      }
    },
  };
}

/** The version after this one, now that it is written; undefined where others had gone on, and it was written too late. */
async function settle(path: string, version: number): Promise<number | undefined> {
  const versions = (await readdir(path).catch(ifGone<string[]>([]))).map(Number);
  const isLate = versions.some(one => one > version + 1);
  const old = isLate ? [version + 1] : versions.filter(one => one < version);
  for (const one of old) await rm(join(path, String(one)), { force: true });
  return isLate ? undefined : version + 1;
}

/** The last version, and what it says; of one that is being written or was broken off, what the one before says. */
async function newest(path: string): Promise<{ version: number; kept?: Kept }> {
  const versions = (await readdir(path).catch(ifGone<string[]>([]))).map(Number).toSorted((a, b) => b - a);
  const [version = 0] = versions;
  for (const one of versions) {
    const text = await readFile(join(path, String(one)), 'utf8').catch(ifGone(''));
    const kept = parse(text);
    if (kept) return { version, kept };
  }
  return { version };
}

/** What is no version is somebody else's, and stays with the folder that it is in. */
async function removeVersions(path: string): Promise<void> {
  for (const name of await readdir(path).catch(ifGone<string[]>([])))
    if (/^\d{1,15}$/.test(name)) await rm(join(path, name), { force: true });
  await rmdir(path).catch(error => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error;
  });
}

function parse(text: string): Kept | undefined {
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined;
  }
}

const hasCode = (error: unknown, ...codes: string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

function ifGone<Value>(value: Value): (error: unknown) => Value {
  return error => {
    if (hasCode(error, 'ENOENT')) return value;
    throw error;
  };
}
