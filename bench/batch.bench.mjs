// One call for 10,000 things under 600 requests a minute: seconds of the clock against the least that the quota allows,
// and the most requests in any minute, as an upstream in this process counts them. The clock is given to the server: it
// jumps when everybody waits for it, so that the figures are those of the pace and not of the machine.
import { readFile } from 'node:fs/promises';
import { createServer as listenHttp } from 'node:http';
import { transform } from 'esbuild';
import { createServer, loadConfig, providers } from '../dist/library/index.js';
import { say } from './baseline/measure.mjs';
import { inNewHome } from './baseline/world.mjs';

const things = 10_000;
const [quota, perMs] = [600, 60_000];

// The clock of the tests, which the package does not have.
const source = await readFile(new URL('../src/sandbox/clock.ts', import.meta.url), 'utf8');
const { code } = await transform(source, { loader: 'ts', format: 'esm' });
const { virtualClock } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
const clock = virtualClock();

const arrivals = [];
const upstream = listenHttp((_, response) => {
  arrivals.push(clock.now());
  response.once('close', clock.hold());
  response.writeHead(200, { 'content-type': 'application/json', 'x-total': '0' }).end('[]');
});
await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));

await inNewHome(async ({ home }) => {
  const env = { DATAOPS_BASE_URL: `http://127.0.0.1:${upstream.address().port}`, DATAOPS_TOKEN: 'glpat-bench' };
  const flags = { log_level: 'silent', results_dir: home };
  const server = await createServer(loadConfig({ env, flags }, providers), { clock });
  const project = Array.from({ length: things }, (_, index) => String(index + 1));
  const began = clock.now();
  let { structuredContent: seen, content } = await server.tools.call('dataops_list_pipelines', {
    project,
    confirm_many: things,
  });
  while (seen?.run && !seen.run.final)
    ({ structuredContent: seen, content } = await server.tools.call('wait_for_run', {
      run: seen.run.uri,
      wait_seconds: 45,
    }));
  if (seen?.run?.status !== 'succeeded') throw new Error(content?.[0]?.text);
  const seconds = (arrivals.at(-1) - began) / 1000;
  await server.close();

  // As many as the quota lets through at once, and as many again whenever its minute is over.
  const least = Math.floor((things - 1) / quota) * (perMs / 1000);
  const what = `${things} things under ${quota} requests in ${perMs / 1000} s`;
  say({ what, unit: 's', value: seconds, baseline: least, ratio: seconds / least, bound: 1.05 });
  say({ what: `${what}: requests`, unit: 'requests', value: arrivals.length, bound: things });
  let [start, most] = [0, 0];
  for (const [end, at] of arrivals.entries()) {
    while (arrivals[start] <= at - perMs) start += 1;
    most = Math.max(most, end - start + 1);
  }
  say({ what: `${what}: most in a minute`, unit: 'requests', value: most, bound: quota });
});
upstream.close();
process.exit();
