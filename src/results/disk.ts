import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { Fault, isFault } from '../base/errors.ts';

/** Puts bytes at the end of a file that is being written. */
export type Save = (bytes: Uint8Array) => Promise<void>;

const sliceBytes = 65_536;

/**
 * Creates a file that only this user can read, and has `fill` write it. When this resolves the bytes are on the
 * disk; when it rejects the file is gone.
 */
export async function createFile<Outcome>(
  path: string,
  limits: { bytes: number; signal?: AbortSignal | undefined },
  fill: (save: Save) => Promise<Outcome>,
): Promise<{ bytes: number; outcome: Outcome }> {
  const handle = await open(path, 'wx', 0o600);
  let bytes = 0;
  let done = false;
  try {
    const outcome = await fill(async piece => {
      limits.signal?.throwIfAborted();
      bytes += piece.length;
      if (bytes > limits.bytes) throw tooLarge(limits.bytes);
      await handle.writeFile(piece);
    });
    limits.signal?.throwIfAborted();
    await handle.sync();
    done = true;
    return { bytes, outcome };
  } finally {
    await handle.close();
    if (!done) await rm(path, { force: true });
  }
}

/** Replaces a file as a whole: whoever reads it sees the old or the new one, after a crash too. */
export async function replaceFile<Outcome>(
  path: string,
  limits: { bytes: number; signal?: AbortSignal | undefined },
  fill: (save: Save) => Promise<Outcome>,
): Promise<Outcome> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const { outcome } = await createFile(draft, limits, fill);
  await rename(draft, path);
  return outcome;
}

/**
 * Saves what flows through, a slice at a time. The next reader works on a slice while it is on its way to the disk,
 * and every slice ends in a turn of the event loop, however large the pieces of the source are.
 */
export async function* saving(source: AsyncIterable<Uint8Array>, save: Save): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    for (let start = 0; start < bytes.length; start += sliceBytes) {
      const slice = bytes.subarray(start, start + sliceBytes);
      const saved = save(slice);
      // The failure is thrown below; until then nobody waits for it.
      saved.catch(() => {});
      try {
        yield slice;
      } finally {
        await saved;
      }
    }
  }
}

function tooLarge(limit: number): Fault {
  return new Fault({
    code: 'too_large',
    message: `The result is larger than the ${Math.floor(limit / 1_048_576)} MiB that may be stored.`,
    hint: 'Ask for less (fewer parts, a shorter period), or ask the operator to raise the quota of the result store.',
  });
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const forbidden = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** The fault behind an error of the file system; other errors as they are. */
export function diskFault(error: unknown, directory: string): unknown {
  if (isFault(error) || !(error instanceof Error) || !('code' in error)) return error;
  const cause = error;
  const code = String(error.code);
  if (full.has(code)) return fullDisk(cause, ` (${directory})`);
  if (!forbidden.has(code)) return error;
  const message = `The results folder ${directory} cannot be used (${code}).`;
  const hint = 'Give this user the right to write there, or start the server with --results-dir on another folder.';
  return new Fault({ code: 'not_configured', message, hint, cause });
}

/** `where`: in brackets, where it is known. */
export const fullDisk = (cause: unknown, where = '') =>
  new Fault({
    code: 'too_large',
    message: `The disk that holds the results${where} is full.`,
    hint: 'Free some space, or start the server with --results-dir on a larger disk. Nothing half is left.',
    cause,
  });
/** For `catch`: this value when the file does not exist, the error otherwise. */
export function ifMissing<Value>(value: Value): (error: unknown) => Value {
  return error => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return value;
    throw error;
  };
}
