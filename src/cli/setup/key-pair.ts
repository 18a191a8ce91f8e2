import { generateKeyPair } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { rsaPrivateKey } from '../../auth/private-key.ts';
import { isFault } from '../../base/errors.ts';

/** An RSA pair of 2048 bits as PEM: the private half as PKCS#8, the public one as SPKI. */
export function makeKeyPair(): Promise<{ privateKey: string; publicKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** The private key in a file, or what is wrong with it. `~` is the home folder. */
export function keyFromFile(path: string): { key?: string; problem?: string } {
  try {
    const key = readFileSync(path.replace(/^~(?=[\\/])/, homedir()), 'utf8');
    rsaPrivateKey(key, 'It');
    return { key: key.trim() };
  } catch (error) {
    if (isFault(error)) return { problem: `${error.message} ${error.hint}` };
    return {
      problem: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file.' : (error as Error).message,
    };
  }
}
