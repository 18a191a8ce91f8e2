import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServers } from '../support/servers.ts';

// Clients that other people wrote, each in the versions of `js/package-lock.json` and `python/requirements/`, against
// the built server. What they come to is kept in `outcomes.json`, out of which the documentation has its table;
// with TEST_WRITE_OUTCOMES=1 it is written anew. `.ci/run` installs them: `scripts/foreign-clients.mjs`.

const here = fileURLToPath(new URL('.', import.meta.url));
const installed = process.env['TEST_CLIENTS'] ?? join(tmpdir(), 'data-platforms-clients');
const run = promisify(execFile);

type Outcome = Record<string, string>;

/** By client, then by transport. */
type Outcomes = Record<string, Record<string, Outcome>>;

const overBoth = ['stdio', 'http'] as const;
/** Each call of theirs over stdio starts a server of its own, so that a sandbox in it has forgotten the last one. */
const oneServerForEachCall = ['python llama-index-tools-mcp', 'python autogen-ext', 'js google-adk'];
const bridgesToHttp = ['js mcp-remote', 'js supergateway', 'python mcp-proxy'];
const overHttp = new Set([...oneServerForEachCall, ...bridgesToHttp]);
const bridgesToStdio = new Set(['js mcp-proxy']);

const frameworks = ['ai-sdk', 'ai-sdk-2', 'genkit', 'google-adk', 'langchain', 'llamaindex', 'mastra', 'mcp-use'];
const others = ['gemini-cli', 'mcporter', 'openai-agents', 'strands', 'voltagent'];
const js = [...frameworks, ...others, 'mcp-proxy', 'mcp-remote', 'supergateway'];
const python = readdirSync(join(here, 'python/requirements')).map(name => name.replace(/\.txt$/, ''));
const all = [...js.map(name => `js ${name}`), ...python.map(name => `python ${name}`)];
/** With TEST_CLIENT=gemini-cli that one alone. */
const clients = all.filter(client => !process.env['TEST_CLIENT'] || client.endsWith(` ${process.env['TEST_CLIENT']}`));

let running: Awaited<ReturnType<typeof startServers>>;
let expected: Outcomes;
const found: Outcomes = {};

beforeAll(async () => {
  const { status } = spawnSync(process.execPath, ['scripts/foreign-clients.mjs', installed, 'clients'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The clients cannot be installed.');
  running = await startServers({ speed: 50 });
  const file = join(here, 'outcomes.json');
  expected = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Outcomes) : {};
}, 900_000);

afterAll(async () => {
  await running.stop();
  if (!process.env['TEST_WRITE_OUTCOMES']) return;
  const known = process.env['TEST_CLIENT'] ? expected : {};
  const sorted = Object.fromEntries(Object.entries({ ...known, ...found }).toSorted(([a], [b]) => a.localeCompare(b)));
  await writeFile(join(here, 'outcomes.json'), `${JSON.stringify(sorted, null, 2)}\n`);
});

function targetOf(server: Server): string {
  return JSON.stringify(server.kind === 'stdio' ? server.command : { url: server.url });
}

async function outcomeOf(client: string, transport: (typeof overBoth)[number]): Promise<Outcome> {
  const [language = '', name = ''] = client.split(' ');
  const server = transport === 'stdio' ? running.servers.stdio : running.servers['HTTP with sessions'];
  const words = [name, transport, targetOf(server)];
  const [program, script] =
    language === 'js'
      ? [process.execPath, join(installed, 'js/contract.mjs')]
      : [join(installed, `python/${name}/bin/python`), join(here, 'python/contract.py')];
  const { stdout } = await run(program, [script, ...words], {
    timeout: 300_000,
    maxBuffer: 2 ** 26,
    // Some clients hand their whole environment on, and a variable of these tests is no setting of the server's.
    env: getDefaultEnvironment(),
  });
  const line = stdout.split('\n').find(one => one.startsWith('OUTCOME '));
  if (!line) throw new Error(`${client} printed no outcome.`);
  return JSON.parse(line.slice('OUTCOME '.length)) as Outcome;
}

function transportsOf(client: string): readonly (typeof overBoth)[number][] {
  if (bridgesToStdio.has(client)) return ['stdio'];
  return overHttp.has(client) ? ['http'] : overBoth;
}

describe.concurrent('a client that other people wrote', { timeout: 600_000 }, () => {
  it.for(clients.flatMap(client => transportsOf(client).map(transport => ({ client, transport }))))(
    '$client over $transport',
    async ({ client, transport }, { expect: check }) => {
      const outcome = await outcomeOf(client, transport);
      found[client] = { ...found[client], [transport]: outcome };
      if (!process.env['TEST_WRITE_OUTCOMES']) check(outcome).toEqual(expected[client]?.[transport]);
    },
  );
});

it('every client that is tried has its line in the table, and the other way round', () => {
  if (!process.env['TEST_WRITE_OUTCOMES']) expect(Object.keys(expected).toSorted()).toEqual(all.toSorted());
});
