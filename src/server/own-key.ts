import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeCrypto } from '../base/crypto.ts';
import { claimFolder } from '../results/store/claim.ts';
import { keyFile } from '../results/store/places.ts';

const keyBytes = 32;

/**
 * The key that the processes of this user sign with: made by whoever needs it first, and read by nobody else. Where it
 * can be neither made nor read, a process has one of its own. Read at once, because signing waits for nothing.
 */
export function ownKey(directory: string): Uint8Array {
  const path = join(directory, keyFile);
  const fresh = nodeCrypto().randomBytes(keyBytes);
  try {
    claimFolder(directory);
    writeFileSync(path, fresh, { flag: 'wx', mode: 0o600, flush: true });
    return fresh;
  } catch {
    return readKey(path) ?? fresh;
  }
}

/** Undefined where there is none, or one that was cut short. */
function readKey(path: string): Uint8Array | undefined {
  try {
    const key = readFileSync(path);
    return key.length === keyBytes ? key : undefined;
  } catch {
    return undefined;
  }
}
