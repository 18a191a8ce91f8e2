import { readFileSync, statSync } from 'node:fs';
import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';

/** What is wrong with the configuration, and what to do about it. */
export const configFault = (message: string, hint: string, cause?: unknown) =>
  new Fault({ code: 'not_configured', message, hint, cause });

/** For a hint: what was probably meant, otherwise all there is. */
export const suggestionOf = (given: string, known: readonly string[]): string =>
  suggestion(given, known, `Known are: ${known.join(', ')}.`);

/** Whether users of this computer beside the owner may read it. Windows has no such bits. */
export function isReadableByOthers(path: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    return (statSync(path).mode & 0o044) !== 0;
  } catch {
    return false;
  }
}

/** A secret out of its file, without the line end that editors add. @throws Fault `not_configured` */
export function readSecret(path: string, key: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw configFault(
      `${key}: cannot read ${path}: ${reason}.`,
      'Give the absolute path of a file that this user may read.',
      cause,
    );
  }
}
