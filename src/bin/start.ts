import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { cacheFile, readCache, writeCache } from './code-cache.ts';

interface Program {
  main(argv: string[]): Promise<void>;
}

/** Set by the build: version and content hash of main.cjs. */
declare const BUILD: string;
/** Set by the build: ms after which the first requests are answered, so that writing the cache delays none of them. */
declare const SETTLED_AFTER: number;

/** Runs `main` of `main.cjs`, its compiled code taken from the user's cache when there is one. */
export async function start(argv: string[]): Promise<void> {
  const filename = join(__dirname, 'main.cjs');
  const cache = process.env['DATA_PLATFORMS_NO_CODE_CACHE'] ? undefined : cacheFile(BUILD);
  const cachedData = cache && readCache(cache);
  // It is ASCII, and decoded as Latin-1 stays outside V8's heap.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, ...(cachedData && { cachedData }) });
  const known = cachedData && !script.cachedDataRejected ? cachedData.length : 0;
  if (cache) setTimeout(() => remember(script, cache, known), SETTLED_AFTER).unref();
  await load(script, filename).main(argv);
}

// main.cjs is the one function that Node would wrap around a module (see scripts/build/executable.mjs): there is nothing to add to
// it and copy, and it is compiled in the same way whether there is a cache or not.
function load(script: Script, filename: string): Program {
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(filename), module, filename, dirname(filename));
  return module.exports as Program;
}

/** Writes what is compiled by now, if that is notably more than what came from the cache (a command uses less). */
function remember(script: Script, cache: string, known: number): void {
  const code = script.createCachedData();
  if (code.length > known * 1.1) writeCache(cache, code);
}
