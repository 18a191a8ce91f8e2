import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { duckdbFolder, duckdbLock, findDuckdb } from '../../base/duckdb.ts';
import { Fault } from '../../base/errors.ts';
import { print, type Terminal } from '../terminal.ts';

/**
 * Installs what `query_result` runs on, with npm, so that the registry, the proxy and the credentials that the person
 * has set up hold for it too. The lock says which files, by their hashes.
 * @throws Fault `not_configured` where npm is not there, or does not succeed
 */
export async function addSql({ stdout, signal }: Terminal): Promise<0> {
  const present = await findDuckdb();
  if (present !== undefined) {
    print(stdout, `DuckDB is installed already, in ${present}.`);
    return 0;
  }
  const folder = await duckdbFolder();
  // A folder of its own until it is whole: a server may look at any moment.
  const unfinished = `${folder}.${process.pid}.tmp`;
  try {
    await mkdir(unfinished, { recursive: true });
    await cp(duckdbLock(), unfinished, { recursive: true });
    print(stdout, 'Fetching DuckDB (70 MB) with npm ...');
    await npmInstall(unfinished, signal);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  print(stdout, `DuckDB is in ${folder}. query_result works from its next call on.`);
  return 0;
}

async function npmInstall(folder: string, signal: AbortSignal): Promise<void> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder];
  const [file, ...before] = npm();
  // On Windows npm is a script, which only a shell can start; none of the arguments is anybody's but ours.
  const shell = file === 'npm' && process.platform === 'win32';
  const child = spawn(file, [...before, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], shell, signal });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      said = (said + text).slice(-4_000);
    });
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(said.trim() || `npm ended with status ${code}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw noDuckdb(cause as NodeJS.ErrnoException);
  }
}

/** The npm of the Node that runs this, which need not be on the PATH; otherwise the one that is. */
function npm(): [string, ...string[]] {
  const home = dirname(process.execPath);
  const scripts = [join(home, '..', 'lib', 'node_modules'), join(home, 'node_modules')].map(modules =>
    join(modules, 'npm', 'bin', 'npm-cli.js'),
  );
  const script = scripts.find(path => existsSync(path));
  return script === undefined ? ['npm'] : [process.execPath, script];
}

function noDuckdb(cause: NodeJS.ErrnoException): Fault {
  if (cause.code === 'ENOENT')
    return new Fault({
      code: 'not_configured',
      message: 'npm was not found, and it is what brings DuckDB.',
      hint: 'Install Node with npm from https://nodejs.org, and run this again.',
      cause,
    });
  return new Fault({
    code: 'not_configured',
    message: `npm could not bring DuckDB: ${cause.message}`,
    hint: 'Check that npm reaches its registry ("npm ping"); behind a proxy, "npm config set proxy http://host:port". Nothing was left behind.',
    cause,
  });
}
