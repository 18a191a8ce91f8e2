import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';

/** The built program as a client of one transport reaches it. */
export type Server = { log(): Record<string, unknown>[] } & (
  | { kind: 'stdio'; command: { command: string; args: string[] }; stderr: number }
  | { kind: 'http' | 'sse'; url: string }
);

const bin = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));

/** One server for each transport, all on sandboxes of their own. */
export async function startServers({ speed = 150 }: { speed?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'data-platforms-compat-'));
  const children: ChildProcess[] = [];
  const sandbox = (name: string) => {
    const path = join(folder, `${name}.log`);
    const log = () =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map(line => {
          if (!line.startsWith('{')) throw new Error(`${name} says: ${line}`);
          return JSON.parse(line);
        });
    const flags = [
      '--sandbox',
      '--sandbox-speed',
      String(speed),
      '--toolsets',
      'dataops:repository',
      '--results-dir',
      join(folder, 'results'),
    ];
    return { stderr: openSync(path, 'a'), log, flags };
  };
  async function listening(name: string, ...flags: string[]) {
    const { stderr, log, flags: common } = sandbox(name);
    children.push(
      spawn(process.execPath, [bin, 'http', '--port', '0', ...common, ...flags], {
        stdio: ['ignore', 'ignore', stderr],
        env: getDefaultEnvironment(),
      }),
    );
    closeSync(stderr);
    for (let tries = 0; tries < 400; tries++) {
      const url = log().find(({ msg }) => msg === 'listening')?.['url'];
      if (typeof url === 'string') return { url, log };
      await wait(25);
    }
    throw new Error(`${name} does not listen`);
  }
  const [stateless, sessions] = await Promise.all([
    listening('stateless'),
    listening('sessions', '--legacy-sessions', '--sse'),
  ]);
  const { stderr, log, flags } = sandbox('stdio');
  const servers = {
    stdio: { kind: 'stdio', command: { command: process.execPath, args: [bin, ...flags] }, stderr, log },
    'HTTP stateless': { kind: 'http', ...stateless },
    'HTTP with sessions': { kind: 'http', ...sessions },
    SSE: { kind: 'sse', ...sessions, url: sessions.url.replace('/mcp', '/sse') },
  } satisfies Record<string, Server>;
  return {
    servers,
    async stop() {
      await Promise.all(children.map(child => new Promise(resolve => child.once('close', resolve) && child.kill())));
      closeSync(stderr);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TransportName = keyof Awaited<ReturnType<typeof startServers>>['servers'];
