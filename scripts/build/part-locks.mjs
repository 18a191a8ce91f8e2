import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dist, root } from './options.mjs';

/** Packages with native code that `data-platforms-mcp add` brings, by the name that people ask for. */
const parts = { sql: '@duckdb/node-api', keychain: '@napi-rs/keyring' };

/**
 * What `data-platforms-mcp add` hands to npm: each part and what it needs, on every system, with the hashes of
 * package-lock.json.
 */
export async function writePartLocks() {
  const { packages, lockfileVersion } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  for (const [part, wanted] of Object.entries(parts)) {
    const own = { name: `data-platforms-mcp-${part}`, private: true };
    const needed = closure(packages, wanted);
    const dependencies = { [wanted]: needed[`node_modules/${wanted}`].version };
    const lock = { ...own, lockfileVersion, requires: true, packages: { '': { ...own, dependencies }, ...needed } };
    const folder = join(dist, part);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...own, dependencies }, null, 2));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock, null, 2));
  }
}

function closure(packages, first) {
  const found = {};
  const names = [first];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const path = `node_modules/${name}`;
    if (found[path]) continue;
    const { dev: _, devOptional: __, ...entry } = packages[path];
    found[path] = entry;
    names.push(...Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }));
  }
  return found;
}
