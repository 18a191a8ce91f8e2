import { randomBytes } from 'node:crypto';
import { link, lstat, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Fault } from '../../base/errors.ts';
import { createFile, diskFault } from '../disk.ts';
import { ifAbsent, isInside, realFolder, withPath } from './local-file.ts';

/**
 * Writes a file below the folders that the operator allowed, whole or not at all; a relative path means the first of
 * them. What is there already is replaced only when that is asked for.
 * @throws Fault `not_configured` where no folder is allowed, `bad_arguments` for what lies outside, `conflict`
 */
export async function writeLocalFile(
  given: string,
  folders: readonly string[],
  bytes: AsyncIterable<Uint8Array>,
  { overwrite, signal }: { overwrite: boolean; signal: AbortSignal },
): Promise<{ path: string; bytes: number }> {
  const path = await withPath(given, () => placeFor(given, folders));
  const folder = dirname(path);
  await sweepDrafts(folder);
  const draft = join(folder, `${draftStart}${randomBytes(6).toString('hex')}.tmp`);
  try {
    return await withPath(given, write);
  } catch (error) {
    throw signal.aborted ? signal.reason : diskFault(error, given);
  } finally {
    // It was never there where its folder is none; what went wrong has been told.
    await rm(draft, { force: true }).catch(() => {});
  }

  async function write() {
    const { bytes: written } = await createFile(draft, { bytes: Infinity, signal }, async save => {
      for await (const piece of bytes) await save(piece);
    });
    // A link is made only where nothing is, and in one step; renaming would replace what came there meanwhile.
    if (overwrite) await rename(draft, path);
    else await link(draft, path).catch(error => Promise.reject(isThere(error) ? taken(path) : error));
    return { path, bytes: written };
  }
}

const draftStart = '.data-platforms-mcp-';
const draftForm = /^\.data-platforms-mcp-[0-9a-f]{12}\.tmp$/;
/** Whoever was writing for so long is gone. */
const abandonedMs = 3_600_000;

/** Removes what a process left in a folder that was killed while it wrote there. */
async function sweepDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(one => draftForm.test(one))) {
    const path = join(folder, name);
    const facts = await lstat(path).catch(() => undefined);
    if (facts?.isFile() && Date.now() - facts.mtimeMs > abandonedMs) await rm(path, { force: true });
  }
}

/** Where a file of that name would be written that says no folder; undefined where no folder is allowed. */
export function pathFor(name: string, [folder]: readonly string[]): string | undefined {
  return folder === undefined ? undefined : join(folder, name.replace(/^\.|[^\p{L}\p{M}\p{N} ._,()+-]/gu, '_'));
}

/** What is where a file would be written, if anything is. Throws as `writeLocalFile` does. */
export async function fileAt(
  given: string,
  folders: readonly string[],
): Promise<{ path: string; bytes: number; changed: number } | undefined> {
  return withPath(given, async () => {
    const path = await placeFor(given, folders);
    const facts = await lstat(path).catch(ifAbsent);
    if (facts?.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
    return facts && { path, bytes: facts.size, changed: facts.mtimeMs };
  });
}

async function placeFor(given: string, folders: readonly string[]): Promise<string> {
  if (folders.length === 0)
    throw new Fault({
      code: 'not_configured',
      message: 'This server writes no files.',
      hint: 'Leave path out to export into the store. For files, the operator starts it over stdio with --allow-dir <folder>.',
    });
  for (const folder of folders) {
    const wanted = resolve(folder, given);
    if (!isInside(folder, wanted)) continue;
    if (
      relative(folder, wanted)
        .split(sep)
        .some(step => step.startsWith('.'))
    )
      throw hidden(given);
    // Links may lead out of the folder; what counts is where the file would really be.
    const parent = await realpath(dirname(wanted)).catch(ifAbsent);
    const real = await realFolder(folder);
    if (parent !== undefined && (parent === real || isInside(real, parent))) return join(parent, basename(wanted));
  }
  throw new Fault({
    code: 'bad_arguments',
    message: `${given} is outside of where this server may write, or its folder does not exist.`,
    hint: `Give a path below ${folders.join(' or ')}.`,
  });
}

const hidden = (path: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${path} is hidden: its name, or that of a folder on the way, begins with a dot. Programs keep their settings there.`,
    hint: 'Give a path whose names do not begin with a dot.',
  });

const isThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const taken = (path: string) =>
  new Fault({
    code: 'conflict',
    message: `There is a file ${path} already.`,
    hint: 'Ask the person; if it may be replaced, repeat with overwrite: true. Or give another path.',
  });
