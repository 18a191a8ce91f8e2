import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * The least that speaks MCP over stdio, so that what it measures and checks is the server and not a client library.
 * `request` resolves with the result and rejects on an error, on a line that is not JSON, and when the server ends.
 */
export function openServer(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...options });
  const waiting = new Map();
  const exited = new Promise(resolve => child.once('exit', resolve));
  const failAll = error => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  child.once('error', failAll);
  child.once('exit', code => failAll(new Error(`The server ended with ${code}`)));
  child.stdin.on('error', failAll);
  createInterface({ input: child.stdout }).on('line', line => {
    let message;
    try {
      message = JSON.parse(line);
    } catch {
      return failAll(new Error(`Not a protocol message on stdout: ${line}`));
    }
    const answer = waiting.get(message.id);
    if (!answer || message.method) return;
    waiting.delete(message.id);
    if (message.error) answer.reject(new Error(JSON.stringify(message.error)));
    else answer.resolve(message.result);
  });
  const send = message => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  let last = 0;
  return {
    pid: child.pid,
    notify: (method, params) => send({ method, params }),
    request(method, params = {}) {
      const id = ++last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        send({ id, method, params });
      });
    },
    /** Closes stdin, as a client that leaves does; resolves with the exit code. */
    close() {
      child.stdin.end();
      return exited;
    },
  };
}

const clientInfo = { name: 'raw-client', version: '1.0.0' };

/** The opening of the 2025 era: resolves with the answer to `initialize`. */
export async function initialize(server) {
  const answer = await server.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  server.notify('notifications/initialized');
  return answer;
}

/** What every request of the 2026 era carries. */
export const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
