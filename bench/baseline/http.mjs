import { spawn } from 'node:child_process';
import { request as open } from 'node:http';
import { createInterface } from 'node:readline';
import { Pool, WebSocket } from 'undici';
import { modern } from '../../scripts/raw-client.mjs';

/** Starts a server over HTTP in its own process; resolves once it has named its address. */
export async function startHttp(args, { env, inspected = false }) {
  const flags = inspected ? ['--inspect=127.0.0.1:0'] : [];
  const child = spawn(process.execPath, [...flags, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const found = {};
  await new Promise((resolve, reject) => {
    const read = line => {
      found.url ??= line.match(/http:\/\/[\d.]+:\d+\/mcp/)?.[0];
      found.debugger ??= line.match(/ws:\/\/\S+/)?.[0];
      if (found.url && (found.debugger || !inspected)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);
    child.once('exit', code => reject(new Error(`${args[0]} ended with ${code}`)));
  });
  return {
    url: found.url,
    debugger: found.debugger,
    pid: child.pid,
    stop: () => new Promise(resolve => child.once('exit', resolve) && child.kill('SIGTERM')),
  };
}

/** Bytes of heap that a process uses once everything has been collected that can be. */
export async function heapOf({ debugger: address }) {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('The inspector does not answer'));
  });
  let last = 0;
  const ask = method =>
    new Promise(resolve => {
      const id = ++last;
      const read = ({ data }) => {
        const { id: answered, result } = JSON.parse(data);
        if (answered !== id) return;
        socket.removeEventListener('message', read);
        resolve(result);
      };
      socket.addEventListener('message', read);
      socket.send(JSON.stringify({ id, method }));
    });
  // What has a finaliser takes a second time.
  for (const _ of [1, 2]) await ask('HeapProfiler.collectGarbage');
  const { usedSize } = await ask('Runtime.getHeapUsage');
  socket.close();
  return usedSize;
}

const usual = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** A request as a client of each era sends it. */
export const eras = {
  legacy: (method, params) => ({ headers: usual, params, method }),
  modern: (method, params) => ({
    method,
    params: { ...params, _meta: { ...modern._meta, ...params._meta } },
    headers: {
      ...usual,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(params.name ? { 'mcp-name': params.name } : {}),
    },
  }),
};

const bodyOf = ({ method, params }) => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });

/** Calls tools of a server, over as many connections as calls are made at a time. */
export function caller(url, connections) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections });
  return {
    /** Milliseconds until the whole answer is there. Throws when it is an error that was not expected. */
    async call(era, name, args, { mayFail = false } = {}) {
      const asked = eras[era]('tools/call', { name, arguments: args });
      const start = performance.now();
      const { statusCode, body } = await pool.request({
        path,
        method: 'POST',
        headers: asked.headers,
        body: bodyOf(asked),
      });
      const text = await body.text();
      const ms = performance.now() - start;
      const message = JSON.parse(text.match(/^data: (\{.*)$/m)?.[1] ?? text);
      if (!mayFail && (statusCode !== 200 || !message.result || message.result.isError))
        throw new Error(`${name} over HTTP, ${era} era: ${statusCode} ${text.slice(0, 300)}`);
      return ms;
    },
    close: () => pool.destroy(),
  };
}

/** Sends a request and goes away once something of the answer has come, or after `patienceMs`. */
export function vanish(url, asked, patienceMs) {
  return new Promise(resolve => {
    const sent = open(url, { method: 'POST', headers: asked.headers, agent: false });
    const leave = () => {
      clearTimeout(timer);
      sent.destroy();
      resolve();
    };
    const timer = setTimeout(leave, patienceMs);
    sent.on('response', response => response.once('data', leave).on('error', () => {}));
    sent.on('error', leave);
    sent.end(bodyOf(asked));
  });
}
