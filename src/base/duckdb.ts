import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildFile } from './build-files.ts';
import { Fault } from './errors.ts';
import { userFolders } from './folders.ts';
import { version } from './version.ts';

/** DuckDB is seventy megabytes for each system, so it is no part of the package: `data-platforms-mcp add sql` brings it. */
const duckdbPackage = '@duckdb/node-api';

/** What a person runs to have it, wherever this program came from. */
export const addSqlCommand = `npx -y data-platforms-mcp@${version} add sql`;

/** Folder with the package file and the lock that say which files DuckDB consists of, with their hashes. */
export const duckdbLock = (): string => buildFile('sql');

/** Where `add sql` puts it. Two versions of this program that need the same DuckDB share it. */
export async function duckdbFolder(): Promise<string> {
  const { data } = await userFolders();
  const { dependencies } = JSON.parse(readFileSync(join(duckdbLock(), 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return join(data, 'parts', `sql-${dependencies[duckdbPackage]}`);
}

/** Folder of packages that has DuckDB; undefined where it is not installed. Loads nothing. */
export async function findDuckdb(): Promise<string | undefined> {
  const installed = createRequire(join(import.meta.dirname, 'program.js')).resolve.paths(duckdbPackage) ?? [];
  const added = await duckdbFolder().catch(() => undefined);
  const folders = [...installed, ...(added === undefined ? [] : [join(added, 'node_modules')])];
  return folders.find(folder => existsSync(join(folder, duckdbPackage, 'package.json')));
}

/** @throws Fault `not_configured` */
export async function requireDuckdb(): Promise<string> {
  const found = await findDuckdb();
  if (found === undefined) throw noDuckdb();
  return found;
}

/** Loads it into this process. @throws Fault `not_configured` where it is not installed */
export async function loadDuckdb(): Promise<typeof import('@duckdb/node-api')> {
  return createRequire(join(await requireDuckdb(), 'program.js'))(duckdbPackage);
}

const noDuckdb = () =>
  new Fault({
    code: 'not_configured',
    message: 'SQL needs DuckDB (70 MB), which is not installed on this computer.',
    hint: `Have the person run "${addSqlCommand}" in a terminal, once; then repeat this call, no restart is needed. read_result filters and sorts without it.`,
  });
