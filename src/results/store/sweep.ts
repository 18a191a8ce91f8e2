import { createHash } from 'node:crypto';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../disk.ts';
import { isOfStore, isOwnFolder, isOwnPart, ownersFolder, workFolder } from './places.ts';
import { dataFiles, fileFacts, heldBytes, readFolder, removeData, removeRecord } from './record-files.ts';

/** Where the results of an owner are kept. The owner may be called anything, and that is nobody else's business. */
export const ownerFolder = (directory: string, name: string): string => join(directory, ownersFolder, name);

/** Name of the folder of an owner. */
export const ownerFolderName = (owner: string): string => createHash('sha256').update(owner).digest('hex').slice(0, 32);

/** Nobody has touched it for so long that whoever wrote it is gone. */
const abandonedMs = 3_600_000;
/** A result this young may be in the middle of being used by the call that made it. */
const youngMs = 60_000;

export interface SweepLimits {
  now: number;
  quotaBytes: number;
  lifetimeMs: number;
  /** The id of a result that stays, whatever the quota says. */
  keep?: string | undefined;
}

interface Holding {
  bytes: number;
  at: number;
  remove(): Promise<void>;
}

/**
 * Removes what has expired and what a crash left behind, then the oldest until the rest fits the quota, whoever owns
 * it. Safe while other processes write into the same folder.
 */
export async function sweepFolder(directory: string, limits: SweepLimits): Promise<void> {
  const owned = join(directory, ownersFolder);
  const owners = await readdir(owned).catch(ifMissing([]));
  const holdings: Holding[] = [];
  for (const folder of [directory, ...owners.filter(isOwnFolder).map(owner => join(owned, owner))])
    holdings.push(...(await sweepResults(folder, limits)), ...(await sweepWork(folder, limits)));
  let total = holdings.reduce((sum, holding) => sum + holding.bytes, 0);
  for (const holding of holdings.toSorted((a, b) => a.at - b.at)) {
    if (total <= limits.quotaBytes) return;
    if (holding.at > limits.now - youngMs) continue;
    await holding.remove();
    total -= holding.bytes;
  }
}

async function sweepResults(directory: string, limits: SweepLimits): Promise<Holding[]> {
  const { records, names } = await readFolder(directory);
  const holdings: Holding[] = [];
  for (const record of records) {
    const { id, createdAt, expiresAt, pinned } = record.result;
    const expired = pinned ? Infinity : Date.parse(expiresAt);
    const bytes = heldBytes(record);
    const remove = () => removeData(directory, record);
    if (expired + limits.lifetimeMs <= limits.now) await removeRecord(directory, record);
    else if (expired <= limits.now) await remove();
    else if (names.has(record.file) && id !== limits.keep && !pinned) {
      holdings.push({ bytes, at: Date.parse(createdAt), remove });
    } else if (names.has(record.file)) holdings.push({ bytes, at: Infinity, remove: async () => {} });
    for (const file of dataFiles(record)) names.delete(file);
  }
  for (const name of names) {
    if (isOfStore(name)) await removeAbandoned(join(directory, name));
  }
  return holdings;
}

async function sweepWork(directory: string, { lifetimeMs, now }: SweepLimits): Promise<Holding[]> {
  const root = join(directory, workFolder);
  const holdings: Holding[] = [];
  for (const name of (await readdir(root).catch(ifMissing([]))).filter(isOwnFolder)) {
    const area = join(root, name);
    const parts = await readdir(area).catch(ifMissing([]));
    const facts = await Promise.all(parts.map(part => fileFacts(join(area, part))));
    const changed = Math.max((await fileFacts(area))?.changed ?? 0, ...facts.map(fact => fact?.changed ?? 0));
    const idleMs = Date.now() - changed;
    const remove = () => removeArea(area);
    if (idleMs > lifetimeMs) await remove();
    else {
      const bytes = facts.reduce((sum, fact) => sum + (fact?.bytes ?? 0), 0);
      holdings.push({ bytes, at: idleMs > abandonedMs ? now - idleMs : Infinity, remove });
    }
  }
  return holdings;
}

/** Removes the parts of a work area, and the area where nothing else is in it. */
export async function removeArea(area: string): Promise<void> {
  for (const name of (await readdir(area).catch(ifMissing([]))).filter(isOwnPart))
    await rm(join(area, name), { force: true });
  await rmdir(area).catch(ignoreOthers);
}

function ignoreOthers(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST') ifMissing(undefined)(error);
}

/** Goes by the time of the file system, which knows nothing of an injected clock. */
async function removeAbandoned(path: string): Promise<void> {
  const facts = await fileFacts(path);
  if (facts && Date.now() - facts.changed > abandonedMs) await rm(path, { force: true });
}
