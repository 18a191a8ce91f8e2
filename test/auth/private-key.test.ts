import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rsaPrivateKey } from '../../src/auth/private-key.ts';

const rsa = (bits = 2048, type: 'pkcs8' | 'pkcs1' = 'pkcs8') =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type, format: 'pem' },
  });
const good = rsa();
const read = (pem: string) => rsaPrivateKey(pem, 'KEY');
const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }) as string;

describe('a private key', () => {
  it('is read as PKCS#8, as PKCS#1, and from one line with \\n', () => {
    expect(read(good.privateKey).asymmetricKeyType).toBe('rsa');
    expect(read(rsa(2048, 'pkcs1').privateKey).asymmetricKeyType).toBe('rsa');
    expect(read(good.privateKey.replaceAll('\n', '\\n')).asymmetricKeyType).toBe('rsa');
  });

  const encrypted = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  }).privateKey;

  it.each([
    ['no PEM', 'hello', /no PEM text/],
    ['the public half', good.publicKey, /public key, not the private/],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----', /certificate/],
    ['an encrypted key', encrypted, /encrypted.*passphrase/],
    [
      'an encrypted PKCS#1 key',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAA==\n-----END RSA PRIVATE KEY-----',
      /encrypted/,
    ],
    ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----', /OpenSSH/],
    ['a damaged key', good.privateKey.slice(0, 400) + good.privateKey.slice(-27), /damaged/],
    ['a key of another type', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /type ec; RSA/],
    ['an Ed25519 key', pem(generateKeyPairSync('ed25519').privateKey), /type ed25519/],
    ['a short key', rsa(1024).privateKey, /1024 bits; at least 2048/],
  ])('that is %s is refused in its own words', (_, pem, expected) => {
    expect(() => read(pem)).toThrow(expected);
    try {
      read(pem);
    } catch (error) {
      expect((error as { code: string; hint: string }).code).toBe('not_configured');
      expect((error as Error).message).not.toContain('BEGIN');
    }
  });
});
