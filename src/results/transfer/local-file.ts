import { constants, createReadStream } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../base/errors.ts';
import { shortened } from '../../base/log.ts';
import { ifMissing } from '../disk.ts';

/** A file of this machine that callers may send. */
export interface LocalFile {
  name: string;
  /** Bytes, when it was looked at. */
  size: number;
  /** Just so many bytes of it, even if it has grown. */
  open(): Readable;
}

/**
 * Finds a file below the folders that the operator allowed; a relative path is looked for in each. Links are followed
 * as far as they stay inside.
 * @throws Fault `not_configured` where no folder is allowed, `bad_arguments` for what lies outside, `not_found`
 */
export async function localFile(given: string, folders: readonly string[]): Promise<LocalFile> {
  if (folders.length === 0) throw closed(given);
  return withPath(given, () => findFile(given, folders));
}

async function findFile(given: string, folders: readonly string[]): Promise<LocalFile> {
  const wanted = given.startsWith('file://') ? pathOfUrl(given) : given;
  const candidates =
    wanted === undefined
      ? []
      : folders
          .map(folder => ({ folder, path: resolve(folder, wanted) }))
          .filter(({ folder, path }) => isInside(folder, path));
  if (candidates.length === 0) throw outside(given, folders);
  let left = false;
  for (const { folder, path } of candidates) {
    const real = await realpath(path).catch(ifAbsent);
    if (real === undefined) continue;
    if (isInside(await realFolder(folder), real)) return readable(given, real);
    left = true;
  }
  throw left ? outside(given, folders) : absent(given, folders);
}

async function readable(given: string, real: string): Promise<LocalFile> {
  const facts = await stat(real);
  if (!facts.isFile()) throw noFile(given);
  await access(real, constants.R_OK);
  const { size } = facts;
  return {
    name: basename(real),
    size,
    open: () =>
      // A link put there since is not followed, so that what was looked at is what is sent.
      size === 0 ? Readable.from([]) : createReadStream(real, { flags: noFollow as never, end: size - 1 }),
  };
}

// Windows knows no such flag.
const noFollow = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

export function isInside(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== '' && steps !== '..' && !steps.startsWith(`..${sep}`) && !isAbsolute(steps);
}

/** Why the system takes no such path, by the codes of its errors. */
const pathFaults: Readonly<Record<string, string>> = {
  ENAMETOOLONG: 'is longer than a path may be',
  ELOOP: 'leads round in circles, by links that name each other',
  EACCES: 'is closed to the user who runs this server',
  EPERM: 'is closed to the user who runs this server',
  EROFS: 'is in a folder that cannot be written to',
  ENOTDIR: 'leads through a file as if it were a folder',
  EISDIR: 'is a folder',
  EINVAL: 'is no path that this system takes',
  EBUSY: 'is in use',
  EMFILE: 'cannot be opened now: too many files are open',
  ENFILE: 'cannot be opened now: too many files are open',
  EIO: 'cannot be read: the disk fails',
};

/**
 * Does something with a path that a caller gave. What the system says of it names folders of this machine, so a caller
 * is told in words, with what they gave.
 * @throws Fault `bad_arguments`; other errors as they are
 */
export async function withPath<Outcome>(given: string, act: () => Promise<Outcome>): Promise<Outcome> {
  if (given.includes('\0')) throw badPath('The path', 'holds a NUL character, which no path may');
  try {
    return await act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const what = pathFaults[code];
    throw what === undefined ? error : badPath(shortened(given), `${what} (${code})`, error);
  }
}

const badPath = (path: string, what: string, cause?: unknown) =>
  new Fault({
    code: 'bad_arguments',
    message: `${path} ${what}.`,
    hint: 'Give another path, or ask the operator of this server about this one.',
    cause,
  });

export const ifAbsent = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
  return ifMissing(undefined)(error);
};

export async function realFolder(folder: string): Promise<string> {
  const real = await realpath(folder).catch(ifAbsent);
  if (real !== undefined) return real;
  throw new Fault({
    code: 'not_configured',
    message: `The allowed folder ${folder} does not exist.`,
    hint: 'Create it, or start the server with --allow-dir on another one.',
  });
}

/** Undefined for a file of another machine. */
function pathOfUrl(given: string): string | undefined {
  try {
    return fileURLToPath(given);
  } catch {
    return undefined;
  }
}

const closed = (given: string) =>
  new Fault({
    code: 'not_configured',
    message: `"${given}" is no result:// handle, and this server opens no files.`,
    hint: 'Give a result:// handle, rows, or a text; one that looks like a path needs a line break at its end. For files, the operator starts it over stdio with --allow-dir <folder>.',
  });

const outside = (given: string, folders: readonly string[]) =>
  new Fault({
    code: 'bad_arguments',
    message: `${given} is outside of what this server may read.`,
    hint: `Give a result:// handle, rows, or a file below ${folders.join(' or ')}.`,
  });

const absent = (given: string, folders: readonly string[]) =>
  new Fault({
    code: 'not_found',
    message: `There is no file ${given}.`,
    hint: `Files are looked for below ${folders.join(' and ')}. A text that looks like a path needs a line break at its end.`,
  });

const noFile = (given: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${given} is not a file.`,
    hint: 'Give the path of one file.',
  });
