// Start to the first tools/list over stdio: the program in its sandbox against a bare SDK server with one tool.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { initialize, modern, openServer } from '../scripts/raw-client.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const rounds = Number(process.env.BENCH_ROUNDS ?? 21);
const home = mkdtempSync(join(tmpdir(), 'bench-start-'));
// Reading extra certificates costs Node 20 up to 45 ms at every start, whatever it runs, and would hide the ratio.
const { NODE_EXTRA_CA_CERTS: _, DATA_PLATFORMS_NO_CODE_CACHE: __, ...inherited } = process.env;
const env = { ...inherited, HOME: home, XDG_CACHE_HOME: home, LOCALAPPDATA: home };
const uncached = { ...env, DATA_PLATFORMS_NO_CODE_CACHE: '1' };

const program = [here('../dist/bin.cjs'), '--sandbox'];
const subjects = {
  bare: { args: [here('./baseline/bare.mjs')], env },
  program: { args: program, env },
  'program, first start': { args: program, env: uncached },
};

const eras = {
  async legacy(server) {
    await initialize(server);
    return server.request('tools/list');
  },
  modern: server => server.request('tools/list', modern),
};

async function once(subject, list) {
  const start = performance.now();
  const server = openServer(process.execPath, subject.args, { env: subject.env, stdio: ['pipe', 'pipe', 'ignore'] });
  const { tools } = await list(server);
  const ms = performance.now() - start;
  await server.close();
  return { ms, tools: tools.length };
}

/** A first start, by the same kind of client, that stays until it has written its code cache. */
async function prime(list) {
  const { args } = subjects.program;
  const server = openServer(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  await list(server);
  const cache = join(home, 'data-platforms-mcp', 'code');
  for (let i = 0; i < 100 && !(existsSync(cache) && readdirSync(cache).length === 1); i++) await wait(100);
  await server.close();
}

const median = numbers => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

try {
  for (const [era, list] of Object.entries(eras)) {
    rmSync(join(home, 'data-platforms-mcp'), { recursive: true, force: true });
    await prime(list);
    const times = Object.fromEntries(Object.keys(subjects).map(name => [name, []]));
    let tools = 0;
    for (let round = -1; round < rounds; round++) {
      for (const [name, subject] of Object.entries(subjects)) {
        const run = await once(subject, list);
        if (round >= 0) times[name].push(run.ms);
        if (name === 'program') tools = run.tools;
      }
    }
    const baseline = median(times.bare);
    for (const [name, bound] of [['program', 0.5], ['program, first start']]) {
      const value = median(times[name]);
      const what = `start to first tools/list, ${tools} tools, ${era} era: ${name}`;
      // What disturbs a start only ever makes it longer, so the quickest ones tell revisions apart on a busy machine too.
      const quickest = Math.min(...times[name]) / Math.min(...times.bare);
      const key = `${era}: ${name}`;
      console.log(JSON.stringify({ what, unit: 'ms', value, baseline, ratio: value / baseline, bound, key, quickest }));
    }
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
