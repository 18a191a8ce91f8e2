import type { McpRequestContext, Server, Transport } from '@modelcontextprotocol/server';
import { type StdioServerHandle, StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { noteUnreadable } from './asking.ts';
import type { DataPlatformsServer } from './create.ts';
import { listeningTransport } from './subscriptions.ts';

/** Serves one client over a transport of its own, in either protocol era. */
export function serveClient(server: DataPlatformsServer, wire: Transport): StdioServerHandle {
  // The latest one: a client that looks first and then chooses its era gets a second.
  let current: Server | undefined;
  const factory = (context: McpRequestContext) => {
    current = server.factory(context);
    return current;
  };
  const changed = (uri: string) => void current?.sendResourceUpdated({ uri }).catch(() => {});
  const onerror = (error: Error) => {
    server.log.warn(aboutError(error), 'protocol');
    noteUnreadable(current, error);
  };
  const transport = listeningTransport(wire, server.runs, changed);
  return serveStdio(factory, { transport, onerror });
}

// What is no message fails every form of one, and the schema's words about that fill a screen.
const aboutError = (error: Error) =>
  error.name === 'ZodError' ? { problem: 'What came in is no JSON-RPC message.' } : { err: error };

/**
 * Serves one client over stdin and stdout. Resolves when the client has gone or the process is told to stop; calls
 * still running are aborted by then, and a stored result is whole or absent. The server stays open.
 */
export function runStdio(server: DataPlatformsServer): Promise<void> {
  return new Promise(resolve => {
    const handle = serveClient(server, new StdioServerTransport());
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
