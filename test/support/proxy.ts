import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const certificateFile = fileURLToPath(new URL('certificate/cert.pem', import.meta.url));

/** What a TLS server of the tests shows: whoever is told of `certificateFile` believes it. */
export const certified = () => ({
  cert: readFileSync(certificateFile),
  key: readFileSync(new URL('certificate/key.pem', import.meta.url)),
});

/** What the proxy was asked, and what it says besides yes: a status with its words, or nothing at all. */
export interface TestProxy {
  /** host:port */
  address: string;
  /** Lines of CONNECT as they came, for example "platform.example:443". */
  asked: string[];
  /** Headers of them. */
  shown: Record<string, unknown>[];
  /** Everything that went through, both ways. */
  seen(): string;
}

/** Answers CONNECT; undefined: the connection is passed on. A function does with the socket what it likes. */
export type Refusal = string | ((socket: Socket) => void) | undefined;

/**
 * A proxy on a real socket that knows hosts by names of its own: "platform.example:443" and where that is. `secure`: it
 * is reached over TLS.
 */
export async function connectProxy(
  hosts: Record<string, string>,
  refuse: () => Refusal | Promise<Refusal> = () => undefined,
  { secure = false } = {},
): Promise<TestProxy> {
  const asked: string[] = [];
  const shown: Record<string, unknown>[] = [];
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = secure ? createTlsServer(certified()) : createServer();
  server.on('connection', socket => sockets.add(socket));
  server.on('connect', async ({ url = '', headers }, socket: Socket) => {
    socket.on('error', () => {});
    asked.push(url);
    shown.push(headers);
    const refusal = await refuse();
    if (typeof refusal === 'function') return refusal(socket);
    const to = hosts[url];
    if (refusal || !to) return void socket.end(`HTTP/1.1 ${refusal ?? '502 Unknown host'}\r\n\r\n`);
    const { hostname, port } = new URL(to);
    const onward = connect(Number(port), hostname, () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
    sockets.add(onward.on('error', () => {}));
    for (const side of [socket, onward]) side.on('data', chunk => chunks.push(chunk));
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, asked, shown, seen: () => Buffer.concat(chunks).toString('latin1') };
}
