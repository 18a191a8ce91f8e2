import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { dataminSimulator } from '../../src/providers/datamin/simulator/simulator.ts';
import { dataopsSimulator } from '../../src/providers/dataops/simulator/simulator.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { startProgram } from '../support/process.ts';
import { certificateFile, certified, connectProxy } from '../support/proxy.ts';

/** The simulator as the world sees a platform: over TLS, by a name. */
async function overTls(baseUrl: string): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  const server = createServer(certified(), (incoming, response) => {
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers: { ...headers, host: `${hostname}:${port}` } });
    onward.once('response', answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function platforms() {
  const clock = systemClock();
  const [dataops, datamin] = await Promise.all([
    startSimulator(dataopsSimulator, { clock }),
    startSimulator(dataminSimulator, { clock }),
  ]);
  onTestFinished(async () => {
    await Promise.all([dataops.close(), datamin.close()]);
  });
  const named = (name: string, baseUrl: string) => `https://${name}.platform.example${new URL(baseUrl).pathname}`;
  const environment: Record<string, string> = { ...dataops.environment, ...datamin.environment };
  return {
    secrets: [environment['DATAOPS_TOKEN'] ?? '', environment['DATAMIN_CLIENT_SECRET'] ?? ''],
    hosts: {
      'dataops.platform.example:443': await overTls(dataops.baseUrl),
      'datamin.platform.example:443': await overTls(datamin.baseUrl),
    },
    env: {
      ...environment,
      DATAOPS_BASE_URL: named('dataops', dataops.baseUrl),
      DATAMIN_BASE_URL: named('datamin', datamin.baseUrl).replace(/\/$/, ''),
      NODE_EXTRA_CA_CERTS: certificateFile,
    },
  };
}

test('behind a proxy every platform is reached over TLS, tokens included, and the proxy learns no secret', async () => {
  const { hosts, env, secrets } = await platforms();
  const proxy = await connectProxy(hosts);
  const password = 'very-s3cret-w%40rd';
  const program = startProgram(['doctor', '--json', '--log-level', 'debug'], {
    ...env,
    HTTPS_PROXY: `http://me:${password}@${proxy.address}`,
  });
  const { code } = await program.ended;
  const { healthy, connections } = JSON.parse(program.stdout);
  const way = `${proxy.address} (HTTPS_PROXY)`;
  const found = connections.filter(({ contact }: { contact?: object }) => contact);
  expect(found.map(({ connection, status, contact }: never) => [connection, status, contact['proxy']])).toEqual([
    ['dataops', 'ok', way],
    ['datamin', 'ok', way],
  ]);
  expect([code, healthy]).toEqual([0, true]);
  expect(new Set(proxy.asked)).toEqual(new Set(Object.keys(hosts)));
  for (const secret of secrets) {
    expect(secret).toMatch(/\S{8}/);
    expect(proxy.seen()).not.toContain(secret);
  }
  const told = program.stdout + program.stderr;
  expect(program.stderr).toContain('dataops.platform.example');
  for (const secret of [...secrets, password, decodeURIComponent(password)]) expect(told).not.toContain(secret);
});

test('doctor says what is wrong with the proxy', async () => {
  const { hosts, env } = await platforms();
  const proxy = await connectProxy(hosts, () => '407 Proxy Authentication Required');
  const program = startProgram(['doctor'], { ...env, https_proxy: proxy.address });
  const { code } = await program.ended;
  expect(code).toBe(3);
  const wants = `the proxy ${proxy.address} (https_proxy) wants a user and a password (407).`;
  for (const title of ['DataOps.live', 'Datamin']) expect(program.stdout).toContain(`problem     ${title}: ${wants}`);
  expect(program.stdout).toContain(`proxy       ${proxy.address} (https_proxy)`);
  expect(program.stdout).toContain(`next        Set https_proxy to http://user:password@${proxy.address}`);
});

test('a proxy may be reached over TLS itself', async () => {
  const { hosts, env } = await platforms();
  const proxy = await connectProxy(hosts, undefined, { secure: true });
  const program = startProgram(['doctor'], { ...env, HTTPS_PROXY: `https://me:very-s3cret@${proxy.address}` });
  expect(await program.ended).toMatchObject({ code: 0 });
  expect(program.stdout).toContain(`proxy       ${proxy.address} (HTTPS_PROXY)`);
  expect(new Set(proxy.asked)).toEqual(new Set(Object.keys(hosts)));
});

test('a proxy that speaks for a platform is not believed', async () => {
  const { hosts, env, secrets } = await platforms();
  const proxy = await connectProxy(hosts);
  const program = startProgram(['doctor'], { ...env, NODE_EXTRA_CA_CERTS: '', HTTPS_PROXY: proxy.address });
  expect(await program.ended).toMatchObject({ code: 3 });
  const failed = 'DataOps.live: the secure connection to dataops.platform.example failed (DEPTH_ZERO_SELF_SIGNED_CERT)';
  expect(program.stdout).toContain(failed);
  expect(program.stdout).toContain('set NODE_EXTRA_CA_CERTS to its file');
  for (const secret of secrets) expect(proxy.seen()).not.toContain(secret);
});
