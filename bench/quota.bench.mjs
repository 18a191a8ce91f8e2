// Whether two processes that share an account keep its quota: an upstream in this process counts exact sliding windows
// while both send as much as they may, over fresh connections, in real time.
import { fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as listenHttp } from 'node:http';
import { say } from './baseline/measure.mjs';
import { inNewHome } from './baseline/world.mjs';

const quota = { name: 'API', requests: 100, perMs: 2000 };
const processes = 2;
const callers = 20;
const seconds = 10;

async function sendAsMuchAsAllowed({ url, home }) {
  const { createServer, loadConfig, providers } = await import('../dist/library/index.js');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const env = {
    DATAROCK_BASE_URL: url,
    DATAROCK_USER: 'geo@bench.example',
    DATAROCK_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
  const flags = { log_level: 'silent', results_dir: home, replicas: String(processes) };
  const config = loadConfig({ env, flags }, providers);
  const quotas = [{ ...quota, appliesTo: () => true }];
  const limited = provider => ({ ...provider, connect: (...given) => ({ ...provider.connect(...given), quotas }) });
  config.connections = config.connections.map(one => ({ ...one, provider: limited(one.provider) }));
  const server = await createServer(config);
  process.send('ready');
  await once(process, 'message');
  const end = performance.now() + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) await server.tools.call('datarock_list_projects', {});
  };
  await Promise.all(Array.from({ length: callers }, lane));
  process.exit();
}

async function measure() {
  const arrivals = [];
  const server = listenHttp((_, response) => {
    arrivals.push(performance.now());
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end('[]');
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/v3`;
  await inNewHome(async ({ home }) => {
    const children = Array.from({ length: processes }, () =>
      fork(import.meta.filename, [JSON.stringify({ url, home })]),
    );
    await Promise.all(children.map(child => once(child, 'message')));
    for (const child of children) child.send('go');
    await Promise.all(children.map(child => once(child, 'exit')));
  });
  server.close();
  // How many came in the window that ends with each.
  const counts = arrivals.map((at, index) => arrivals.slice(0, index + 1).filter(one => one > at - quota.perMs).length);
  const what = `${processes} processes, ${quota.requests} requests in ${quota.perMs / 1000} s documented`;
  const over = counts.filter(count => count > quota.requests).length;
  say({ what: `${what}: requests over the quota`, unit: 'requests', value: over, bound: 0 });
  say({ what: `${what}: most in a window`, unit: 'requests', value: Math.max(...counts), bound: quota.requests });
  const allowed = (quota.requests * (arrivals.at(-1) - arrivals[0] + quota.perMs)) / quota.perMs;
  say({ what: `${what}: of it not used`, unit: '%', value: 100 * (1 - arrivals.length / allowed), bound: 20 });
}

const given = process.argv[2];
await (given ? sendAsMuchAsAllowed(JSON.parse(given)) : measure());
process.exit();
