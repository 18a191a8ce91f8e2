import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { DataPlatformsServer } from './create.ts';

/**
 * Serves one client over stdin and stdout, in either protocol era. Resolves when the client has gone or the process is
 * told to stop; calls still running are aborted by then, and a stored result is whole or absent. The server stays open.
 */
export function runStdio(server: DataPlatformsServer): Promise<void> {
  return new Promise(resolve => {
    const handle = serveStdio(server.factory, { onerror: error => server.log.warn({ err: error }, 'protocol') });
    let stopping = false;
    const stop = (reason: string) => {
      if (stopping) return;
      stopping = true;
      server.log.info({ reason }, 'stopping');
      handle
        .close()
        .catch(error => server.log.warn({ err: error }, 'closing'))
        .finally(resolve);
    };
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.stdin.once('end', () => stop('stdin ended'));
    process.stdin.once('close', () => stop('stdin closed'));
    // A client that dies while we write: not an error of ours.
    process.stdout.on('error', () => stop('stdout closed'));
  });
}
