import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../base/errors.ts';
import { resultId } from '../result.ts';
import {
  chainsFolderName,
  isChainFile,
  isOfStore,
  isOwnFolder,
  isRegisterKey,
  keyFile,
  ownersFolder,
  registerFolders,
  workFolder,
} from './places.ts';

/** The file that says that a folder is a results folder. */
export const markerFile = '.data-platforms-mcp-results';

const markerText = 'Stored results of data-platforms-mcp. What is in this folder expires, and is removed by it.\n';

/** What systems put into folders by themselves. */
const ofSystem = /^(?:lost\+found|\.DS_Store|\.localized|desktop\.ini|Thumbs\.db|\.nfs[0-9a-f]+)$/;

const foldersOf: Readonly<Record<string, (name: string) => boolean>> = {
  [workFolder]: isOwnFolder,
  [ownersFolder]: isOwnFolder,
  [chainsFolderName]: isChainFile,
  ...Object.fromEntries(Object.values(registerFolders).map(name => [name, isRegisterKey])),
};

/**
 * Makes a folder the results folder: what expires in it is deleted, so it has to be nobody else's. One that holds
 * nothing but the forms of the store, as an empty one does, gets the marker. Reads at once, because who signs waits for
 * nothing; it is a look at one file where the marker is there.
 * @throws Fault `not_configured` for a folder that has other things in it; an error of the file system
 */
export function claimFolder(directory: string): void {
  checkFolder(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(join(directory, markerFile), markerText, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
}

/**
 * The same before something is read of it: nothing is made.
 * @throws Fault `not_configured`; an error of the file system
 */
export function checkFolder(directory: string): void {
  if (isThere(join(directory, markerFile))) return;
  const others = namesIn(directory).filter(name => !isOwn(directory, name));
  if (others.length > 0) throw foreignFolder(directory, others);
}

function isOwn(directory: string, name: string): boolean {
  if (name === keyFile || name === markerFile || ofSystem.test(name)) return true;
  if (isOfStore(name) || (name.endsWith('.json') && resultId(name.slice(0, -5)) !== undefined)) return true;
  const isOwnName = Object.hasOwn(foldersOf, name) ? foldersOf[name] : undefined;
  const path = join(directory, name);
  return isOwnName !== undefined && isFolder(path) && namesIn(path).every(isOwnName);
}

/** None of what is not there. */
function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What a broken link leads to holds nothing. */
const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;

const isThere = (path: string) => statSync(path, { throwIfNoEntry: false }) !== undefined;

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code;

const shownNames = 3;

function foreignFolder(directory: string, names: readonly string[]): Fault {
  const more = names.length - shownNames;
  const shown = names.slice(0, shownNames).map(name => `"${name}"`);
  const others = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return new Fault({
    code: 'not_configured',
    message: `The results folder ${directory} holds things that are not this server's (${others}), and results in it would be deleted in time.`,
    hint: 'The operator has to start the server with --results-dir on a folder of its own: a new or an empty one.',
  });
}
