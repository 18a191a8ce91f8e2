// The program over HTTP under everything at once: clients of both eras, clients that vanish, a platform that is slow,
// one that refuses. Is anything left behind, does anybody wait for somebody else, and how fast is it meanwhile?
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { caller, eras, heapOf, startHttp, vanish } from './baseline/http.mjs';
import { concurrent, median, quantile, say } from './baseline/measure.mjs';
import { inNewHome, openWorld, program } from './baseline/world.mjs';

const calls = Number(process.env.BENCH_CALLS ?? 10_000);
const vanishing = Number(process.env.BENCH_VANISHING ?? 1_000);
const inFlight = 32;
const blocks = 10;
/** How long the slow platform takes, ms. A call that waited for it would take as long. */
const slowMs = 2_000;
// Listing groups of Datagrok: one request without a documented quota. Quotas are remembered for as long as they last,
// and what is looked for here is what is never forgotten.
const tool = 'datagrok_list_groups';
const fast = ['fast0', 'fast1', 'fast2'];
const settleMs = 4_000;

let count = 0;
const era = () => (count % 2 ? 'legacy' : 'modern');
const nextFast = () => fast[count++ % fast.length];

const run = 'datarock://exports/00000000-0000-4000-8000-000000000000';

/** A client that goes away in the middle: of a call to the slow platform, or of listening to a run there. */
function gone(url) {
  count += 1;
  const listening = { notifications: { resourceSubscriptions: [run] } };
  if (count % 3 === 0) return vanish(url, eras.modern('subscriptions/listen', listening), 200);
  const params = { name: tool, arguments: { connection: 'slow' }, _meta: { progressToken: count } };
  return vanish(url, eras[era()]('tools/call', params), 200);
}

/** Keeps calls to one account under way until it is told to stop, whatever comes of them. */
function keepBusy(client, connection) {
  let stopped = false;
  const lane = async () => {
    while (!stopped) await client.call(era(), tool, { connection }, { mayFail: true }).catch(() => wait(100));
  };
  const lanes = Array.from({ length: 4 }, lane);
  return async () => {
    stopped = true;
    await Promise.all(lanes);
  };
}

await inNewHome(async place => {
  const world = await openWorld(place, { accounts: 0 });
  const { env } = place;
  const at = path => ({ platform: 'datagrok', base_url: `${world.origin}${path}`, api_key: 'a-key-of-the-benchmark' });
  const config = world.writeConfig('soak.json', {
    ...Object.fromEntries(fast.map(name => [name, at('')])),
    slow: at(`/slow/${slowMs}`),
    limited: at('/limited/3'),
    datarock: { ...world.account, base_url: `${world.origin}/slow/${slowMs}/v3` },
  });
  const flags = ['--port', '0', '--calls-per-caller', '200', '--toolsets', 'datagrok:all', '--config', config];
  const server = await startHttp([program, 'http', ...flags], { env, inspected: true });
  const bareFile = fileURLToPath(new URL('./baseline/bare-http.mjs', import.meta.url));
  const bareServer = await startHttp([bareFile], { env });
  const [client, bare, others] = [server, bareServer, server].map(({ url }) => caller(url, inFlight));
  const callFast = async times => times.push(await client.call(era(), tool, { connection: nextFast() }));
  const callBare = () => bare.call(++count % 2 ? 'legacy' : 'modern', 'nothing', {});

  const busy = () => ['slow', 'limited'].map(connection => keepBusy(others, connection));
  const idle = stops => Promise.all(stops.map(stop => stop()));

  // Code is compiled and pools are opened by use; what is left of that is no leak.
  const warming = busy();
  await concurrent(2_000, inFlight, () => callFast([]));
  await concurrent(200, inFlight, () => gone(server.url));
  await concurrent(1_000, inFlight, callBare);
  await idle(warming);
  await wait(settleMs);
  const before = await heapOf(server);

  await concurrent(vanishing, inFlight, () => gone(server.url));
  await wait(settleMs);
  const working = busy();
  const times = [];
  const perSecond = { here: [], bare: [] };
  for (let block = 0; block < blocks; block++) {
    const each = calls / blocks;
    perSecond.here.push(each / (await concurrent(each, inFlight, () => callFast(times))));
    perSecond.bare.push(each / (await concurrent(each, inFlight, callBare)));
  }
  await idle(working);
  await wait(settleMs);
  const after = await heapOf(server);

  const MiB = 2 ** 20;
  const what = `heap after ${vanishing} vanished clients and ${calls} calls, both eras, over that at the start`;
  say({ what, unit: 'MiB', value: after / MiB, baseline: before / MiB, ratio: after / before, bound: 1.1 });
  const beside = `one get over HTTP, ${inFlight} in flight, beside a platform of ${slowMs} ms and one that refuses`;
  say({ what: `${beside}: p50`, unit: 'ms', value: quantile(times, 0.5) });
  say({ what: `${beside}: p99`, unit: 'ms', value: quantile(times, 0.99) });
  // Whoever had to wait for the slow one, or for the quota of the other, would have waited for longer.
  say({ what: `${beside}: longest`, unit: 'ms', value: Math.max(...times), bound: slowMs });
  const [value, baseline] = [median(perSecond.here), median(perSecond.bare)];
  const head = `${beside}: calls per second, over those of a bare server with a tool that does nothing`;
  say({ what: `${head} (ratio is here / baseline)`, unit: '1/s', value, baseline, ratio: value / baseline });

  for (const one of [client, bare, others]) await one.close();
  await Promise.all([server.stop(), bareServer.stop()]);
  world.close();
});
process.exit();
