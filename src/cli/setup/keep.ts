import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isFault } from '../../base/errors.ts';
import { hasKeychainPart, keychainPart, writeKeychain } from '../../base/keychain.ts';
import { isSecret } from '../../config/connection.ts';
import { installPart } from '../commands/add.ts';
import type { Terminal } from '../terminal.ts';
import type { NewAccount } from './accounts.ts';
import { type OwnFiles, replaceFile } from './files.ts';
import { type KeptSecret, noteSecrets } from './journal.ts';
import type { Questions } from './questions.ts';

export type Storage = 'keychain' | 'file';

/**
 * Whether secrets go into the keychain of this computer. What speaks to it is fetched where it is not there; where there
 * is no keychain that can be asked, they go into files.
 */
export async function chooseStorage(
  wanted: Storage | undefined,
  questions: Questions,
  terminal: Terminal,
): Promise<Storage> {
  if (wanted === 'file') return 'file';
  if (!(await hasKeychainPart())) {
    const fetched =
      wanted === 'keychain' ||
      (questions.someone &&
        (await questions.agree({
          message: `Keep the secrets in the keychain of this computer? It needs ${keychainPart.title}, fetched with npm.`,
          flag: '--storage keychain or --storage file',
          initial: true,
        })));
    if (!fetched) return 'file';
    questions.tell(`Fetching ${keychainPart.title} ...`);
    await installPart(keychainPart, terminal.signal);
  }
  const problem = await keychainProblem();
  if (problem === undefined) return 'keychain';
  if (wanted === 'keychain') throw problem;
  questions.tell(`${problem.message} The secrets go into files that only you can read.`);
  return 'file';
}

/** Why it cannot be used; undefined where it can. Nothing stays in it. */
async function keychainProblem() {
  const { forgetInKeychain } = await import('../../base/keychain.ts');
  try {
    await forgetInKeychain('nothing');
    return undefined;
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
}

/** Puts the secrets of an account where they are kept, and gives what the configuration says of it. */
export async function keepSecrets(
  { provider, settings }: NewAccount,
  storage: Storage,
  files: OwnFiles,
): Promise<{ entry: Record<string, unknown>; told: string[] }> {
  const entry: Record<string, unknown> = {};
  const told: string[] = [];
  // In the order of the documentation, whatever order they were given in.
  for (const key of Object.keys(provider.settings.shape)) {
    const value = settings[key];
    if (value === undefined) continue;
    if (!isSecret(provider, key)) {
      entry[key] = value;
      continue;
    }
    const kept = await keepSecret(`${provider.name}.${key}`, value, storage, files);
    if (kept.keychain) entry[key] = { keychain: kept.keychain };
    else entry[`${key}_file`] = kept.file;
    told.push(`${provider.title}: ${key} is in ${kept.keychain ? `the keychain (${kept.keychain})` : kept.file}`);
  }
  return { entry, told };
}

async function keepSecret(name: string, value: string, storage: Storage, files: OwnFiles): Promise<KeptSecret> {
  if (storage === 'keychain') {
    const kept = { keychain: name };
    await noteSecrets(files, [kept]);
    try {
      await writeKeychain(name, value);
      return kept;
    } catch (error) {
      // Windows takes no more than 2,560 bytes, and a private key is longer.
      if (!isFault(error)) throw error;
    }
  }
  const file = join(files.secrets, name);
  await mkdir(files.secrets, { recursive: true, mode: 0o700 });
  await noteSecrets(files, [{ file }]);
  await replaceFile(file, `${value}\n`);
  // Of a file that was there, the rights too.
  await chmod(file, 0o600);
  return { file };
}
