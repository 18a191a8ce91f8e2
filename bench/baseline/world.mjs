import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';
import { initialize, openServer } from '../../scripts/raw-client.mjs';
import { caller, startHttp } from './http.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/** Runs `body` with a home folder of its own, and the environment to start programs in. */
export async function inNewHome(body) {
  const home = mkdtempSync(join(tmpdir(), 'bench-'));
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(DATA_PLATFORMS|DATAROCK|DATAGROK)_|^NODE_EXTRA_CA_CERTS$/.test(name),
  );
  const env = { ...Object.fromEntries(inherited), HOME: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home };
  try {
    return await body({ home, env });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** A server that has been through `initialize`. */
export async function opened(args, env) {
  const stdio = ['pipe', 'pipe', 'ignore'];
  const server = openServer(process.execPath, args, { env, stdio });
  await initialize(server);
  return server;
}

/** Of the 1,000 in five minutes that the program keeps each account to. */
const callsOfAccount = 950;

/** The program as installed. */
export const program = here('../../dist/bin.cjs');

/**
 * One upstream, each process apart, and three ways to it: `direct` from here, unsigned, through the bare server, and
 * through the program, which goes on to the next of `accounts` before one has used up its quota.
 */
export async function openWorld({ home, env }, { accounts }) {
  const upstream = spawn(process.execPath, [here('upstream.mjs')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(upstream.stdout, 'data');
  const origin = String(line).trim();
  const baseUrl = `${origin}/v3`;
  const user = 'geo@bench.example';
  const keyFile = join(home, 'key.pem');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const names = Array.from({ length: accounts }, (_, i) => `c${i}`);
  const account = { platform: 'datarock', base_url: baseUrl, user, private_key_file: keyFile };
  const paged = { platform: 'dataops', base_url: `${origin}/api/v4`, token: 'a-token-of-the-benchmark' };
  const writeConfig = (name, connections) => {
    const file = join(home, name);
    writeFileSync(file, JSON.stringify({ connections }));
    return file;
  };
  const named = one => Object.fromEntries(names.map(name => [name, one]));
  const bare = here('get.mjs');
  const bareEnv = { ...env, BASE_URL: baseUrl, PAGES_URL: paged.base_url, API_USER: user, KEY_FILE: keyFile };
  let calls = 0;
  // One after the other: to change the account with every call, as nobody does, is to change the key, and the bare
  // server has one.
  const next = () => names[Math.floor(calls++ / callsOfAccount) % names.length];

  const dispatcher = new Agent({ connections: 64 });
  return {
    direct: async () => (await request(`${baseUrl}/projects`, { dispatcher })).body.json(),
    async openBare() {
      const server = await opened([bare], bareEnv);
      const [call, page] = ['list_projects', 'list_page'].map(name => () => callTool(server, name, {}));
      return { ...server, call, page };
    },
    async openProgram() {
      const server = await opened([program, '--config', writeConfig('signed.json', named(account))], env);
      return { ...server, call: () => callTool(server, 'datarock_list_projects', { connection: next() }) };
    },
    async openProgramOfPages() {
      const server = await opened([program, '--config', writeConfig('pages.json', named(paged))], env);
      const hundred = { limit: 100, simple: false };
      const call = args => callTool(server, 'dataops_list_projects', { connection: next(), ...hundred, ...args });
      return { ...server, call };
    },
    async openBareHttp() {
      const server = await startHttp([bare, '--http'], { env: bareEnv });
      return overHttp(server, () => ['list_projects', {}]);
    },
    async openProgramHttp() {
      const args = [program, 'http', '--port', '0', '--config', writeConfig('http.json', named(account))];
      return overHttp(await startHttp(args, { env }), () => ['datarock_list_projects', { connection: next() }]);
    },
    openProgramOfOne: () => opened([program, '--config', writeConfig('one.json', { only: account })], env),
    origin,
    account,
    /** A configuration file with these connections. */
    writeConfig,
    async setDelay(ms) {
      await (await fetch(`${origin}/delay/${ms}`)).text();
    },
    close: () => upstream.stdin.end(),
  };
}

/** Calls of a server over HTTP; `next` is what is called. */
function overHttp({ url, pid, stop }, next) {
  const client = caller(url, 64);
  const close = async () => {
    await client.close();
    await stop();
  };
  return { pid, call: era => client.call(era, ...next()), close };
}

/** The answer of a tool; throws when it is an error, because then nothing that is measured means anything. */
export async function callTool(server, name, args) {
  const answer = await server.request('tools/call', { name, arguments: args });
  if (answer.isError) throw new Error(`${name}: ${answer.content[0].text}`);
  return answer;
}

/** A server on a sandbox of its own, in another process, for `body`: of its own because the clocks of the two processes part while it runs. */
export async function onSandbox({ home, env }, { speed, flags = [] }, body) {
  const args = [program, 'sandbox', '--json', '--sandbox-speed', String(speed)];
  const sandbox = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const connection = await firstJson(sandbox.stdout);
    const server = await opened([program, '--results-dir', join(home, 'results'), ...flags], { ...env, ...connection });
    await body({ server, call: (name, args) => callTool(server, name, args) });
    await server.close();
  } finally {
    sandbox.kill();
    await once(sandbox, 'exit');
  }
}

async function firstJson(stream) {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (/^\}\s*$/m.test(text)) return JSON.parse(text);
  }
  throw new Error('The sandbox ended before it told how to connect to it');
}
