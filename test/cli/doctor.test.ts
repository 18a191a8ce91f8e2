import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { datarockSimulator } from '../../src/providers/datarock/simulator.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { commandLine, onSandbox } from './command-line.ts';

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
    not_documented: ['datarock_list_exports'],
  });
  expect(Math.abs(connections[0].contact.clock_ahead_s)).toBeLessThanOrEqual(1);
});

test('a clock that is wrong is told even where the credential is refused', async () => {
  const { environment } = await credentials();
  const env = { ...environment, DATAROCK_BASE_URL: await host(new Date(Date.now() - 600_000)) };
  const [text, json] = await Promise.all([commandLine(['doctor'], env), commandLine(['doctor', '--json'], env)]);
  expect(text.code).toBe(3);
  expect(text.stdout).toMatch(/FAILED/);
  expect(text.stdout).toMatch(/clock +this machine is (599|600|601) s ahead: set it right/);
  expect(Math.abs(JSON.parse(json.stdout).connections[0].contact.clock_ahead_s - 600)).toBeLessThanOrEqual(1);
});

test('what is missing is named; nothing configured is not healthy', async () => {
  const { code, stdout } = await commandLine(['doctor']);
  expect(code).toBe(3);
  expect(stdout).toMatch(/Datarock: not configured\n/);
  expect(stdout).toMatch(/next +Set DATAROCK_USER and DATAROCK_PRIVATE_KEY/);
});

test('a read-only server says so', async () => {
  const { stdout } = await commandLine(['doctor', '--read-only', ...(await onSandbox())]);
  expect(stdout).toMatch(/access +read-only/);
});
