import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { Fault } from '../base/errors.ts';

/**
 * The folders that the operator allowed, as absolute paths. None may hold the results folder or be in it: what callers
 * may read and write there would be every caller's results, and the store's own records.
 * @throws Fault `not_configured`
 */
export function allowedFolders(given: readonly string[], resultsFolder: string | undefined): string[] {
  if (given.length > 0 && resultsFolder !== undefined) refuseOverlap(given, resultsFolder);
  return given.map(folder => resolve(folder));
}

function refuseOverlap(given: readonly string[], resultsFolder: string): void {
  const results = realPath(resultsFolder);
  for (const folder of given) {
    const real = realPath(folder);
    if (holds(real, results) || holds(results, real)) throw overlap(folder, resultsFolder);
  }
}

/** Where a path really is, as far as it is there. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync.native(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(realPath(parent), basename(whole));
  }
}

function holds(folder: string, path: string): boolean {
  const steps = relative(folder, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`) && resolve(folder, steps) === path;
}

const overlap = (folder: string, results: string) =>
  new Fault({
    code: 'not_configured',
    message: `The allowed folder ${folder} and the results folder ${results} overlap: whoever may read and write files there could read and change stored results.`,
    hint: 'Allow a narrower folder with --allow-dir, or start the server with --results-dir elsewhere.',
  });
