import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { datarockSimulator } from '../../../src/providers/datarock/simulator/simulator.ts';
import { dxSimulator } from '../../../src/providers/dx/simulator/simulator.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';
import { commandLine, onSandbox } from '../../support/command-line.ts';

/** Seconds that a clock seems to be off because an answer took its time on a busy machine. */
const slack = 5;

type Row = { contact: { clock_ahead_s: number } };

async function credentials() {
  const simulator = await startSimulator(datarockSimulator, { clock: systemClock() });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A host that refuses everybody, with a clock of its own. */
async function host(date: Date): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(401, { date: date.toUTCString(), 'content-type': 'application/json' }).end('{"message":"No"}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a healthy connection', async () => {
  const { code, stdout } = await commandLine(['doctor', '--json', ...(await onSandbox())]);
  const { healthy, connections } = JSON.parse(stdout);
  expect({ code, healthy }).toEqual({ code: 0, healthy: true });
  expect(connections[0]).toMatchObject({
    connection: 'datarock',
    status: 'ok',
    facts: ['4 projects visible'],
    contact: { reachable: true, latency_ms: expect.any(Number) },
  });
  expect(Math.abs(connections[0].contact.clock_ahead_s)).toBeLessThanOrEqual(slack);
});

test('a clock that is wrong is told even where the credential is refused', async () => {
  const { environment } = await credentials();
  const env = { ...environment, DATAROCK_BASE_URL: await host(new Date(Date.now() - 600_000)) };
  const [text, json] = await Promise.all([commandLine(['doctor'], env), commandLine(['doctor', '--json'], env)]);
  expect(text.code).toBe(3);
  expect(text.stdout).toMatch(/FAILED/);
  expect(text.stdout).toMatch(/clock +this machine is (59[5-9]|60[0-5]) s ahead: set it right/);
  expect(Math.abs(JSON.parse(json.stdout).connections[0].contact.clock_ahead_s - 600)).toBeLessThanOrEqual(slack);
});

test('a sandbox that lives faster is in step with itself, and shows how far it has left others behind', async () => {
  const own = await commandLine(['doctor', '--sandbox', '--sandbox-speed', '20', '--json']);
  const skews = JSON.parse(own.stdout).connections.map(({ contact }: Row) => Math.abs(contact.clock_ahead_s));
  expect(skews).toHaveLength(5);
  expect(Math.max(...skews)).toBeLessThanOrEqual(20 * slack);
  const ahead = { ...systemClock(), now: () => Date.now() + 600_000 };
  const simulator = await startSimulator(datarockSimulator, { clock: ahead });
  onTestFinished(() => simulator.close());
  const { code, stdout } = await commandLine(['doctor'], simulator.environment);
  expect(code).toBe(3);
  expect(stdout).toMatch(/clock +this machine is (59[5-9]|60[0-5]) s behind: set it right/);
});

test('what is missing is named; nothing configured is not healthy', async () => {
  const { code, stdout } = await commandLine(['doctor']);
  expect(code).toBe(3);
  expect(stdout).toMatch(/Datarock: not configured\n/);
  expect(stdout).toMatch(
    /next +Run data-platforms-mcp setup in a terminal; or set DATAROCK_USER and DATAROCK_PRIVATE_KEY/,
  );
  // Where its credential is made.
  expect(stdout).toMatch(/get it +RSA key pair: https:\/\/api-docs\.prod\.datarock\.com\.au/);
});

test('a read-only server says so', async () => {
  const { stdout } = await commandLine(['doctor', '--read-only', ...(await onSandbox())]);
  expect(stdout).toMatch(/access +read-only/);
});

test('what a narrow credential leaves out is named by tool', async () => {
  const simulator = await startSimulator(dxSimulator, { clock: systemClock() });
  onTestFinished(() => simulator.close());
  const { DX_WEB_BASE_URL = '' } = simulator.environment;
  const env = { DX_WEB_BASE_URL, DX_WEB_TOKEN: simulator.state.names.reader };
  const { code, stdout } = await commandLine(['doctor'], env);
  expect(code).toBe(0);
  const [, dx = ''] = /^DX: ok\n((?: .*\n)+)/m.exec(stdout) ?? [];
  expect(dx).toMatch(/^ {2}credential {2}accepted\n {14}Web API personal access token "Read only" of Kestrel Freight/m);
  expect(dx).toMatch(/^ {2}left out {4}The Data Cloud API of DX is not connected\. Set DX_API_KEY/m);
  expect(dx).toMatch(/^ {14}without users:write: dx_update_user, dx_set_user_attributes$/m);
});
