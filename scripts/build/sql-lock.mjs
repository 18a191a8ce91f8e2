import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dist, root } from './options.mjs';

const wanted = '@duckdb/node-api';

/**
 * What `data-platforms-mcp add sql` hands to npm: DuckDB and what it needs, on every system, with the hashes of
 * package-lock.json.
 */
export async function writeSqlLock() {
  const { packages, lockfileVersion } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  const own = { name: 'data-platforms-mcp-sql', private: true };
  const needed = closure(packages, wanted);
  const dependencies = { [wanted]: needed[`node_modules/${wanted}`].version };
  const lock = { ...own, lockfileVersion, requires: true, packages: { '': { ...own, dependencies }, ...needed } };
  const folder = join(dist, 'sql');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...own, dependencies }, null, 2));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock, null, 2));
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
