import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { userFolders } from '../../base/folders.ts';
import { isRow } from '../../base/json-value.ts';

/** Only the owner may read it: everything that setup makes. */
const ownersOnly = 0o600;

export const hashOf = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** The content of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Puts a file where it belongs as a whole: whoever reads it sees the old or the new one, after a crash too. A link stays
 * a link, and the rights of a file that is there stay what they are.
 */
export async function replaceFile(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const target = await realpath(path).catch(() => path);
  const mode = await stat(target).then(
    found => found.mode & 0o777,
    () => ownersOnly,
  );
  const draft = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  const handle = await open(draft, 'wx', ownersOnly);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await chmod(draft, mode);
    await rename(draft, target);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}

/** The files of this program in the user's configuration folder. */
export interface OwnFiles {
  folder: string;
  /** Settings and connections; read by every start that names no other. */
  config: string;
  /** What setup has changed, for `--undo`. */
  journal: string;
  backups: string;
  secrets: string;
}

export async function ownFiles(): Promise<OwnFiles> {
  const { config: folder } = await userFolders();
  return {
    folder,
    config: join(folder, 'config.json'),
    journal: join(folder, 'setup.json'),
    backups: join(folder, 'backups'),
    secrets: join(folder, 'secrets'),
  };
}

export const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The object in a JSON file; an empty one where there is no file. @throws SyntaxError where it holds none */
export async function readObject(path: string): Promise<Record<string, unknown>> {
  const content = await readIfThere(path);
  if (content === undefined) return {};
  const value: unknown = JSON.parse(content.toString('utf8').replace(/^\uFEFF/, ''));
  if (isRow(value)) return value;
  throw new SyntaxError('it holds no object');
}
