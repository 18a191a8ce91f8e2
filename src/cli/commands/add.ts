import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { sqlPart } from '../../base/duckdb.ts';
import { Fault } from '../../base/errors.ts';
import { keychainPart } from '../../base/keychain.ts';
import { findPart, type OptionalPart, partFolder, partLock } from '../../base/optional-part.ts';
import { npmScript } from '../npm.ts';
import { print, type Terminal } from '../terminal.ts';

const parts: readonly OptionalPart[] = [sqlPart, keychainPart];

/** Brings a part, and says so. @throws Fault `not_configured` where npm is not there, or does not succeed */
export async function add(name: string, { stdout, signal }: Terminal): Promise<0> {
  const part = parts.find(one => one.name === name) ?? sqlPart;
  const present = await findPart(part);
  if (present !== undefined) {
    print(stdout, `It is installed already, in ${present}.`);
    return 0;
  }
  print(stdout, `Fetching ${part.title} with npm ...`);
  const folder = await installPart(part, signal);
  print(stdout, `It is in ${folder}. ${part.opens}`);
  return 0;
}

/**
 * Installs a part with npm, so that the registry, the proxy and the credentials that the person has set up hold for it
 * too. The lock says which files, by their hashes. Gives the folder.
 * @throws Fault `not_configured` where npm is not there, or does not succeed
 */
export async function installPart(part: OptionalPart, signal: AbortSignal): Promise<string> {
  const folder = await partFolder(part);
  // A folder of its own until it is whole: a server may look at any moment.
  const unfinished = `${folder}.${process.pid}.tmp`;
  try {
    await mkdir(unfinished, { recursive: true });
    await cp(partLock(part), unfinished, { recursive: true });
    await npmInstall(part, unfinished, signal);
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function npmInstall(part: OptionalPart, folder: string, signal: AbortSignal): Promise<void> {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder];
  const [file, ...before] = npm();
  // On Windows npm is a script, which only a shell can start; none of the arguments is anybody's but ours.
  const shell = file === 'npm' && process.platform === 'win32';
  const child = spawn(file, [...before, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], shell, signal });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output = (output + text).slice(-4_000);
    });
  try {
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(output.trim() || `npm ended with status ${code}`);
  } catch (cause) {
    signal.throwIfAborted();
    throw notBrought(part, cause as NodeJS.ErrnoException);
  }
}

/** That of the Node that runs this; otherwise the one on the PATH. */
function npm(): [string, ...string[]] {
  const script = npmScript('npm-cli.js');
  return script === undefined ? ['npm'] : [process.execPath, script];
}

function notBrought({ title }: OptionalPart, cause: NodeJS.ErrnoException): Fault {
  if (cause.code === 'ENOENT')
    return new Fault({
      code: 'not_configured',
      message: `npm was not found, and it is what brings ${title}.`,
      hint: 'Install Node with npm from https://nodejs.org, and run this again.',
      cause,
    });
  return new Fault({
    code: 'not_configured',
    message: `npm could not bring ${title}: ${cause.message}`,
    hint: 'Check that npm reaches its registry ("npm ping"); behind a proxy, "npm config set proxy http://host:port". Nothing was left behind.',
    cause,
  });
}
