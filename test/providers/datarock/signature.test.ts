import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';
import { expect, it } from 'vitest';
import { datarock } from '../../../src/providers/datarock/provider.ts';
import { requestHash } from '../../../src/providers/datarock/signature.ts';
import { sandboxKeyPair } from '../../../src/providers/datarock/simulator/simulator.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';

it.each([
  [
    'https://api.prod.datarock.com.au/v3/projects',
    '81539dfe723888fcae1a28e5f3d3bedc818d53305b90c4bbc93c2aca2cb5a2559f12aaecf9f80b20ba02fa05cc41f49fb770f5d912fbc11c32ba78d6bed15ea3',
  ],
  [
    'https://api.prod.datarock.com.au/v3/export/artefacts/depth_registration/v1',
    'd03d43be600bff2917d47d6f492188f653d6b417bb68194adcf5e0820e9e287345f9cdbef93a850e36e59a6cabc2de5f9d1b3f07425d0d1694d9ef7441cd8f66',
  ],
  [
    'http://127.0.0.1:8080/v3/export/artefacts/3f0c?limit=2&offset=4',
    '3f189cf27e52691343275cee73c9e628c1c6e8fe8b6d8cca2aa55fbe8b896daf7fca5266f112a5af05a555815b742af587228bc4f2d1f119570886bec2111185',
  ],
])('hashes user, moment and %s', (url, hash) => {
  expect(requestHash('geo@example.com', 1_700_000_000, url)).toBe(hash);
});

const nobody = () => Promise.reject(new Error('Nothing has to be fetched for a signature.'));

it('signs exactly the two claims, RS256, in the two headers', async () => {
  const { publicKey, privateKey } = await sandboxKeyPair();
  const settings = datarock.settings.parse({ user: 'geo@example.com', private_key: privateKey });
  const { auth } = datarock.connect(settings, virtualClock());
  const url = 'https://api.prod.datarock.com.au/v3/projects';
  const headers = await auth.headers({ method: 'GET', url, now: 1_700_000_000_900, fetch: nobody });
  expect(Object.keys(headers).toSorted()).toEqual(['signature', 'x-api-user']);
  const { payload, protectedHeader } = await jwtVerify(headers['signature'] ?? '', createPublicKey(publicKey));
  expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT' });
  expect(payload).toEqual({ iat: 1_700_000_000, requestHash: requestHash('geo@example.com', 1_700_000_000, url) });
});
