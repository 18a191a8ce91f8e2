// Listing the projects of DataOps.live through one call: requests, seconds, and tokens of the answer. Over the library
// entry, in real time, with an upstream that pages as GitLab does and takes 100 ms for every page. The baseline of the
// time are the same pages by undici alone, eight at a time; under a quota, as many seconds as the quota needs.
import { createServer as listenHttp } from 'node:http';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { Agent, request } from 'undici';
import { createServer, loadConfig, providers } from '../dist/library/index.js';
import { concurrent, say } from './baseline/measure.mjs';
import { inNewHome } from './baseline/world.mjs';

const pageDelay = 100;
const pageSize = 100;
const atATime = 8;
const row = id => ({
  id,
  path_with_namespace: `site-logs/site-log-${id}`,
  name: `Site Log ${id}`,
  description: null,
  default_branch: 'main',
  last_activity_at: '2026-11-21T00:00:00.000Z',
  web_url: `https://app.dataops.live/site-logs/site-log-${id}`,
});

/** `perSecond`: what comes when any second has had so many is refused. */
async function startUpstream(count, perSecond = Infinity) {
  let requests = 0;
  let refused = 0;
  let admitted = [];
  const server = listenHttp((request, response) => {
    requests += 1;
    const now = performance.now();
    admitted = admitted.filter(at => at > now - 1000);
    if (admitted.length >= perSecond) {
      refused += 1;
      response.writeHead(429, { 'retry-after': '1' }).end();
      return;
    }
    admitted.push(now);
    const { searchParams } = new URL(request.url, 'http://upstream');
    const [page, size] = [Number(searchParams.get('page') ?? 1), Number(searchParams.get('per_page') ?? 20)];
    const start = (page - 1) * size;
    const rows = Array.from({ length: Math.max(0, Math.min(size, count - start)) }, (_, n) => row(count - start - n));
    const next = start + size < count ? String(page + 1) : '';
    const headers = { 'x-next-page': next, 'x-per-page': String(size), 'x-total': String(count) };
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(rows));
    }, pageDelay);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  const url = `http://127.0.0.1:${server.address().port}/api/v4`;
  return { url, requests: () => requests, refused: () => refused, close };
}

/** One call for all projects, and how long it took. `quotas`: what the platform documents, where not its own. */
async function listAll(home, { url }, quotas) {
  const env = { DATAOPS_BASE_URL: url, DATAOPS_TOKEN: 'glpat-bench-bench-bench' };
  const config = loadConfig({ env, flags: { log_level: 'silent', results_dir: home } }, providers);
  if (quotas)
    config.connections = config.connections.map(({ provider, ...one }) => ({
      ...one,
      provider: { ...provider, connect: (...given) => ({ ...provider.connect(...given), quotas }) },
    }));
  const server = await createServer(config);
  const start = performance.now();
  const { content, isError } = await server.tools.call('dataops_list_projects', { limit: 'all' });
  const seconds = (performance.now() - start) / 1000;
  await server.close();
  if (isError) throw new Error(content[0].text);
  return { seconds, text: content[0].text };
}

/** Seconds that the pages take, their text read as JSON and nothing done with it. */
async function direct(url, pages) {
  const dispatcher = new Agent({ connections: 64 });
  let page = 0;
  const seconds = await concurrent(pages, atATime, async () => {
    page += 1;
    const { body } = await request(`${url}/projects?per_page=${pageSize}&page=${page}`, { dispatcher });
    await body.json();
  });
  await dispatcher.close();
  return seconds;
}

await inNewHome(async ({ home }) => {
  for (const count of [1_000, 10_000]) {
    const upstream = await startUpstream(count);
    const { seconds: value, text } = await listAll(home, upstream);
    const requests = upstream.requests();
    const what = `all of ${count} projects, one call`;
    say({ what: `${what}: requests`, unit: '', value: requests, bound: count / pageSize });
    const baseline = await direct(upstream.url, count / pageSize);
    const time = `${what}: time, ${pageDelay} ms a page (baseline: ${atATime} at a time without the program)`;
    say({ what: time, unit: 's', value, baseline, ratio: value / baseline, bound: count === 10_000 ? 1.1 : undefined });
    say({ what: `${what}: tokens of the answer`, unit: '', value: countTokens(text), bound: 1_000 });
    upstream.close();
  }
  const perSecond = 20;
  const count = 10_000;
  const upstream = await startUpstream(count, perSecond);
  const quotas = [{ name: 'API', requests: perSecond, perMs: 1000, appliesTo: () => true }];
  const { seconds: value } = await listAll(home, upstream, quotas);
  const baseline = count / pageSize / perSecond;
  const what = `all of ${count} projects, ${perSecond} requests a second documented`;
  say({
    what: `${what}: time (baseline: 20 in every second)`,
    unit: 's',
    value,
    baseline,
    ratio: value / baseline,
    bound: 1.1,
  });
  say({ what: `${what}: refused`, unit: 'requests', value: upstream.refused(), bound: 0 });
  upstream.close();
});
process.exit();
