import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { markerFile } from '../../src/results/store/claim.ts';
import { temporaryFolder } from '../support/command-line.ts';
import { bin, type Program, startProgram } from '../support/process.ts';

const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
const opening = [{ id: 1, method: 'initialize', params }, { method: 'notifications/initialized' }];

/** In ms: the calls here go on for 25 s and more, and no machine is so busy. */
const muchSooner = 15_000;

/** A server with a long call under way: an export that takes minutes, watched by progress. */
async function busy() {
  const results = await temporaryFolder();
  const server = startProgram(['--sandbox', '--sandbox-speed', '1', '--results-dir', results]);
  const call = {
    name: 'datarock_create_export',
    arguments: { project: 'Copperhead North', artefact: 'RQD', holes: 'all', wait_seconds: 45 },
    _meta: { progressToken: 'p' },
  };
  const watching = server.line(line => line.includes('notifications/progress'));
  server.send(...opening, { id: 2, method: 'tools/call', params: call });
  await watching;
  return { server, results };
}

describe('the stdio server stops without waiting for the call under way', () => {
  test.each([
    ['the end of stdin', ({ child }: Program) => child.stdin.end()],
    ['SIGINT', ({ child }: Program) => child.kill('SIGINT')],
    ['SIGTERM', ({ child }: Program) => child.kill('SIGTERM')],
    [
      'a client that is gone',
      ({ child }: Program) => {
        child.stdout.destroy();
        child.stdin.end();
      },
    ],
  ])('on %s', async (_, stop) => {
    const { server, results } = await busy();
    stop(server);
    const { code, signal, after } = await server.ended;
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(after).toBeLessThan(muchSooner);
    const lines = server.stdout.split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
    // What was started stays known, so that it is not started twice, and so do what it was started for and this user's
    // key; of results nothing is left half-written.
    const left = await readdir(results).catch((): string[] => []);
    expect(left.filter(name => !['starts', 'work', 'key', markerFile].includes(name))).toEqual([]);
    const all = await readdir(results, { recursive: true }).catch((): string[] => []);
    expect(all.filter(name => name.endsWith('.tmp'))).toEqual([]);
    for (const line of server.stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
  });
});

test('stopped while files are fetched, it leaves whole files only', async () => {
  const results = await temporaryFolder();
  const server = startProgram(['--sandbox', '--sandbox-speed', '20', '--results-dir', results]);
  const call = {
    name: 'datarock_create_export',
    arguments: { project: 'Deepwater Deeps', artefact: 'weathering_intensity', holes: 'all', wait_seconds: 45 },
    _meta: { progressToken: 'p' },
  };
  const fetching = server.line(line => /"\d+ of 25 files"/.test(line));
  server.send(...opening, { id: 2, method: 'tools/call', params: call });
  await fetching;
  server.child.kill('SIGTERM');
  const { code, after } = await server.ended;
  expect(code).toBe(0);
  expect(after).toBeLessThan(muchSooner);
  const left = await readdir(results, { recursive: true });
  const others = left.filter(name => name !== markerFile);
  expect(others.filter(name => name.endsWith('.tmp') || /result|json|csv/.test(name))).toEqual([]);
  expect(left.length).toBeGreaterThan(2);
});

test('stdout is the protocol and nothing else, whatever comes in', async () => {
  const server = startProgram(['--sandbox', '--log-level', 'debug']);
  const answered = server.line(line => line.includes('"id":3'));
  server.child.stdin.write('no JSON at all\n{"no": "message"}\n');
  server.send(...opening, { id: 2, method: 'tools/call', params: { name: 'nope' } }, { id: 3, method: 'tools/list' });
  await answered;
  server.child.stdin.end();
  expect((await server.ended).code).toBe(0);
  for (const line of server.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  const told = server.stderr.split('\n').filter(line => line.includes('"msg":"protocol"'));
  expect(told.map(line => JSON.parse(line).problem)).toEqual(['What came in is no JSON-RPC message.']);
});

test('a server that cannot start says so in two lines', async () => {
  const server = startProgram([], { DATAROCK_USR: 'x' });
  expect((await server.ended).code).toBe(3);
  expect(server.stdout).toBe('');
  expect(server.stderr).toMatch(
    /^data-platforms-mcp: Nobody reads the variable DATAROCK_USR\.\n {2}Did you mean DATAROCK_USER\?\n$/,
  );
});

test('variables of others are told in the log, without their values', async () => {
  const server = startProgram(['--sandbox'], { DATAOPS_DATABASE: 'of-somebody-else' });
  await expect.poll(() => server.stderr).toContain('"not read"');
  server.child.stdin.end();
  expect((await server.ended).code).toBe(0);
  const [line] = server.stderr.split('\n').filter(one => one.includes('"not read"'));
  expect(JSON.parse(line ?? '')).toMatchObject({ level: 'warn', variables: ['DATAOPS_DATABASE'] });
  expect(server.stderr).not.toContain('of-somebody-else');
});

test('a reader that has seen enough is no failure', async () => {
  const tools = startProgram(['tools', '--sandbox']);
  tools.child.stdout.destroy();
  expect(await tools.ended).toMatchObject({ code: 0 });
  expect(tools.stderr).toBe('');
});

test('nobody who reads the log is no reason to end', async () => {
  const server = startProgram(['--sandbox', '--log-level', 'debug']);
  server.child.stderr.destroy();
  const list = { method: 'tools/call', params: { name: 'datarock_list_projects' } };
  for (const id of [2, 3]) {
    const answered = server.line(line => line.includes(`"id":${id}`));
    server.send(...(id === 2 ? opening : []), { id, ...list });
    expect(await answered).toContain('All 4 projects.');
  }
  server.child.stdin.end();
  expect((await server.ended).code).toBe(0);
});

test.skipIf(!existsSync('/dev/full'))('a full disk under the output is told in two lines', async () => {
  const script = '"$0" "$1" tools --sandbox > /dev/full';
  const tools = promisify(execFile)('sh', ['-c', script, process.execPath, bin], { env: {} });
  await expect(tools).rejects.toMatchObject({
    code: 4,
    stderr: expect.stringMatching(/^data-platforms-mcp: The answer could not .*ENOSPC.*\n {2}Free some space .*\n$/),
  });
});
