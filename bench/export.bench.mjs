// The main job over the sandbox in another process: what exporting 40 holes costs upstream and in tokens, and what
// joining 250,000 rows costs in memory and in the patience of other callers.
import { setTimeout as wait } from 'node:timers/promises';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { canObserve, median, peakUntil, quantile, residentMiB, say } from './baseline/measure.mjs';
import { inNewHome, onSandbox } from './baseline/world.mjs';

const usageKey = 'data-platforms-mcp/usage';
// The sandbox needs some 20 s for 40 holes. So fast, they are done by the second look, which is 5 s after the first;
// and a client on real time keeps a signature that the sandbox takes for longer than either part needs.
const speed = 8;
const everyMs = 50;

/** A person's whole task: find the project, see what it offers, export it, look at some rows. */
async function story({ call }) {
  const answers = [];
  const tell = async (name, args) => {
    answers.push(await call(name, args));
    return answers.at(-1);
  };
  const project = 'Copperhead North';
  await tell('datarock_list_projects', {});
  await tell('datarock_list_artefacts', { project });
  const { structuredContent: listing } = await tell('datarock_list_holes', { project, limit: 'all' });
  const holes = listing.items.map(({ id }) => id);
  let run = await tell('datarock_create_export', { project, artefact: 'rqd', holes });
  const exporting = [run];
  while (!run.structuredContent.run.final) {
    run = await tell('wait_for_run', { run: run.structuredContent.run.uri });
    exporting.push(run);
  }
  await tell('read_result', { result: run.structuredContent.result.uri, limit: 20 });
  const sum = field => exporting.reduce((total, { _meta }) => total + _meta[usageKey][field], 0);
  const [requests, polls] = [sum('requests'), sum('polls')];
  const what = `export of ${holes.length} holes joined to ${run.structuredContent.result.rows} rows`;
  const baseline = 1 + polls + holes.length;
  const least = `upstream requests (baseline: 1 to create, ${polls} polls, one download a hole)`;
  say({ what: `${what}: ${least}`, unit: 'requests', value: requests, baseline, ratio: requests / baseline, bound: 1 });
  const told = `whole story of ${answers.length} calls`;
  const texts = answers.map(({ content }) => content.map(({ text }) => text).join('\n'));
  say({ what: `${told}: text of the answers, o200k`, unit: 'tokens', value: tokensOf(texts) });
  const data = answers.map(({ structuredContent }) => JSON.stringify(structuredContent));
  say({ what: `${told}: the same as structured content`, unit: 'tokens', value: tokensOf(data) });
}

const tokensOf = texts => texts.reduce((sum, text) => sum + countTokens(text), 0);

/** Calls again and again until `done`, and the milliseconds that each took. */
async function meanwhile(one, done) {
  const times = [];
  const pending = [];
  const ended = done.then(
    () => true,
    () => true,
  );
  do {
    const start = performance.now();
    pending.push(one().then(() => times.push(performance.now() - start)));
  } while (!(await Promise.race([ended, wait(everyMs, false)])));
  await Promise.all(pending);
  return times;
}

/** 25 files of 10,000 rows fetched and joined by one call, while others want something small. */
async function large({ server, call }) {
  const small = await runToEnd(call, { project: 'Tinkers Trial', artefact: 'rqd', holes: 'all' });
  const others = {
    'read_result of 20 rows': () => call('read_result', { result: small.result.uri, limit: 20 }),
    'tools/list': () => server.request('tools/list'),
  };
  const watch = done => Promise.all(Object.values(others).map(one => meanwhile(one, done)));
  const task = { project: 'Deepwater Deeps', artefact: 'weathering_intensity', holes: 'all', wait_seconds: 0 };
  const { structuredContent: begun } = await call('datarock_create_export', task);
  const quiet = await watch(wait(3500));

  const before = canObserve ? residentMiB(server.pid) : 0;
  const start = performance.now();
  const collecting = call('wait_for_run', { run: begun.run.uri });
  const peak = canObserve ? peakUntil(server.pid, collecting) : undefined;
  const busy = await watch(collecting);
  const answer = await collecting;
  const seconds = (performance.now() - start) / 1000;
  const { result } = answer.structuredContent;

  const head = `${result.rows.toLocaleString('en-US')} rows, ${Math.round(result.bytes / 2 ** 20)} MiB`;
  if (peak) say({ what: `${head}: added peak resident memory`, unit: 'MiB', value: (await peak) - before, bound: 150 });
  else console.error('Memory of other processes is read from /proc, which this system does not have.');
  say({ what: `${head}: from files to one stored table`, unit: 's', value: seconds });
  say({ what: `${head}: rows a second`, unit: '1/s', value: result.rows / seconds });
  say({
    what: `${head}: text of the answer, o200k`,
    unit: 'tokens',
    value: tokensOf([answer.content[0].text]),
    bound: 1000,
  });
  for (const [index, name] of Object.keys(others).entries()) {
    const baseline = quantile(quiet[index], 0.99);
    const what = `${name} meanwhile, every ${everyMs} ms`;
    say({
      what: `${what}, p50 (baseline: quiet p50)`,
      unit: 'ms',
      value: median(busy[index]),
      baseline: median(quiet[index]),
    });
    say({ what: `${what}, p99 (baseline: quiet p99)`, unit: 'ms', value: quantile(busy[index], 0.99), baseline });
  }
}

async function runToEnd(call, task) {
  let { structuredContent: answer } = await call('datarock_create_export', task);
  while (!answer.run.final) ({ structuredContent: answer } = await call('wait_for_run', { run: answer.run.uri }));
  return answer;
}

await inNewHome(place => onSandbox(place, { speed }, story));
await inNewHome(place => onSandbox(place, { speed }, large));
process.exit();
