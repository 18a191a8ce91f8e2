import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** Of https://nodejs.org; an older one does not know what the programs of ours use. */
const oldest = [20, 18, 1];

/**
 * Whether this process is no Node but an application with Node's engine in it, as the one that Claude Desktop starts
 * servers in: its program cannot run a script, and systems refuse it libraries that others have signed.
 */
export const isInsideApplication = (): boolean => process.versions['electron'] !== undefined;

let found: Promise<string | undefined> | undefined;

/** A Node that runs a script: this one, or where this is none, one that is installed on the computer. */
export async function findNode(): Promise<string | undefined> {
  if (!isInsideApplication()) return process.execPath;
  found ??= firstThatRuns(candidates());
  const node = await found;
  // It may be installed meanwhile.
  if (node === undefined) found = undefined;
  return node;
}

/** An application that was not started from a shell has a short PATH, so the usual folders come after it. */
function candidates(): string[] {
  const { DATA_PLATFORMS_NODE: named, PATH = '' } = process.env;
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const folders = [...PATH.split(delimiter).filter(Boolean), ...usualFolders()];
  return [...(named ? [named] : []), ...folders.map(folder => join(folder, file)).filter(path => existsSync(path))];
}

function usualFolders(): string[] {
  if (process.platform === 'win32') return [join(process.env['ProgramFiles'] ?? 'C:\\Program Files', 'nodejs')];
  const home = homedir();
  const ofVersions = (folder: string, rest: string) =>
    (existsSync(folder) ? readdirSync(folder) : []).toReversed().map(name => join(folder, name, rest));
  return [
    '/opt/homebrew/bin',
    '/usr/local/bin',
    '/usr/bin',
    join(home, '.volta', 'bin'),
    join(home, '.local', 'bin'),
    ...ofVersions(join(home, '.nvm', 'versions', 'node'), 'bin'),
    ...ofVersions(join(home, '.local', 'share', 'fnm', 'node-versions'), join('installation', 'bin')),
  ];
}

async function firstThatRuns(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if (await isNewEnough(path)) return path;
  return undefined;
}

async function isNewEnough(path: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(path, ['-p', 'process.versions.node'], { timeout: 5_000 });
    const version = stdout.trim().split('.').map(Number);
    const differs = oldest.findIndex((least, at) => version[at] !== least);
    return differs === -1 || (version[differs] ?? 0) > (oldest[differs] ?? 0);
  } catch {
    return false;
  }
}
