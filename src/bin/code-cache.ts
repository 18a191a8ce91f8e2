import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { crc32 } from 'node:zlib';

const headerBytes = 4;
const staleAfter = 7 * 24 * 3_600_000;

/** Where the compiled code of a build is kept for this Node; undefined where the user has no folder for caches. */
export function cacheFile(build: string): string | undefined {
  const folder = cacheFolder();
  if (!folder) return undefined;
  return join(folder, 'data-platforms-mcp', 'code', `${build}-${process.version}-${process.platform}-${process.arch}`);
}

function cacheFolder(): string | undefined {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env;
  if (process.platform === 'win32') return local && isAbsolute(local) ? local : undefined;
  if (xdg && isAbsolute(xdg)) return xdg;
  const home = homeFolder();
  if (!home) return undefined;
  return process.platform === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache');
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined; // a container's user without HOME and without an entry in passwd
  }
}

/** The compiled code; undefined when there is none, when it is damaged, or when somebody else could have written it. */
export function readCache(file: string): Buffer | undefined {
  try {
    const handle = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      if (!isOurs(handle)) return undefined;
      const bytes = readFileSync(handle);
      const code = bytes.subarray(headerBytes);
      // V8 checks version and flags but trusts the rest, and crashes on damage.
      return code.length > 0 && crc32(code) === bytes.readUInt32LE(0) ? code : undefined;
    } finally {
      closeSync(handle);
    }
  } catch {
    return undefined;
  }
}

/** It is code: only the user who runs it may have written it. */
function isOurs(handle: number): boolean {
  const { uid, mode } = fstatSync(handle);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** Never throws: without a cache the program starts more slowly, nothing else. */
export function writeCache(file: string, code: Buffer): void {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(file));
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32LE(crc32(code));
    writeFileSync(unfinished, Buffer.concat([header, code]), { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
    removeStale(file);
  } catch {
    try {
      rmSync(unfinished, { force: true });
    } catch {
      // A folder that cannot be written cannot be tidied either.
    }
  }
}

/** Up to three new folders, one at a time: Node's recursive `mkdir` never returns on some read-only systems (/proc). */
function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let path = folder; missing.length < 3 && !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) mkdirSync(path, { mode: 0o700 });
}

/** Other builds' files go after a week, not at once: two installed versions would remove each other's for ever. */
function removeStale(file: string): void {
  for (const name of readdirSync(dirname(file))) {
    const other = join(dirname(file), name);
    if (name !== basename(file) && Date.now() - statSync(other).mtimeMs > staleAfter) rmSync(other, { force: true });
  }
}
