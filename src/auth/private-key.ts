import type { KeyObject } from 'node:crypto';
import { nodeCrypto } from '../base/crypto.ts';
import { Fault } from '../base/errors.ts';

/**
 * Reads an RSA private key, PKCS#8 or PKCS#1 PEM. Every way in which a key is not that has its own message, because the
 * platform would only ever answer 401.
 */
export function rsaPrivateKey(pem: string, setting: string, minimumBits = 2048): KeyObject {
  // Environment variables often hold a PEM on one line, line ends written as \n.
  const text = pem.includes('\\n') ? pem.replaceAll('\\n', '\n') : pem;
  const refuse = (message: string, hint: string, cause?: unknown) =>
    new Fault({ code: 'not_configured', message: `${setting} ${message}`, hint, cause });
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  if (!label)
    throw refuse(
      'holds no PEM text.',
      `Give the whole key file, or its path in ${setting}_FILE. Its first line says BEGIN PRIVATE KEY.`,
    );
  if (label.includes('PUBLIC') || label === 'CERTIFICATE' || label.startsWith('SSH2'))
    throw refuse(
      `holds a ${label === 'CERTIFICATE' ? 'certificate' : 'public key'}, not the private key.`,
      'Give the private half: the file the public key was derived from.',
    );
  if (label.startsWith('ENCRYPTED') || /Proc-Type: {0,4}4, {0,4}ENCRYPTED/.test(text))
    throw refuse(
      'holds an encrypted key; this server has no way to ask for its passphrase.',
      'Decrypt it into a file only you can read: openssl pkey -in key.pem -out key.plain.pem',
    );
  if (label === 'OPENSSH PRIVATE KEY')
    throw refuse('holds an OpenSSH key.', 'Convert a copy of it: ssh-keygen -p -m PEM -f copy-of-key');
  let key: KeyObject;
  try {
    key = nodeCrypto().createPrivateKey(text);
  } catch (cause) {
    throw refuse('cannot be read: the PEM text is damaged.', 'Copy the file again, all lines of it, unchanged.', cause);
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw refuse(
      `holds a key of type ${key.asymmetricKeyType}; RSA is needed.`,
      'Make one: openssl genrsa -out key.pem 2048, and register its public half.',
    );
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < minimumBits)
    throw refuse(
      `holds an RSA key of ${bits} bits; at least ${minimumBits} are needed.`,
      `Make one: openssl genrsa -out key.pem ${minimumBits}, and register its public half.`,
    );
  return key;
}
