import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

type Key = Awaited<ReturnType<typeof generateKeyPair>> & { id: string; algorithm: string };

/** An authorization server on a real socket: metadata, keys, and tokens on demand. */
export async function authorizationServer(now: () => number) {
  const makeKey = async (id: string, algorithm = 'RS256'): Promise<Key> => ({
    ...(await generateKeyPair(algorithm)),
    id,
    algorithm,
  });
  let keys = [await makeKey('first')];
  const asked: string[] = [];
  let broken = false;
  const http = createServer(async ({ url = '' }, response) => {
    asked.push(url);
    if (broken) return void response.writeHead(500).end();
    const jwks = {
      keys: await Promise.all(keys.map(async key => ({ ...(await exportJWK(key.publicKey)), kid: key.id }))),
    };
    const metadata = { issuer, jwks_uri: `${issuer}/keys`, authorization_endpoint: `${issuer}/authorize` };
    const document = { '/keys': jwks, '/.well-known/openid-configuration': metadata }[url];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    issuer,
    /** Paths that were asked for. */
    asked,
    makeKey,
    /** From now on these are its keys. */
    rotate(...to: Key[]) {
      keys = to;
    },
    breakDown() {
      broken = true;
    },
    recover() {
      broken = false;
    },
    /** An access token; claims that are undefined are left out. */
    async token(claims: Record<string, unknown>, key = keys[0] as Key): Promise<string> {
      const seconds = Math.floor(now() / 1000);
      const all = { iss: issuer, aud: 'https://data.example.com/mcp', exp: seconds + 300, iat: seconds, ...claims };
      const known = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      return new SignJWT(known).setProtectedHeader({ alg: key.algorithm, kid: key.id }).sign(key.privateKey);
    },
  };
}
