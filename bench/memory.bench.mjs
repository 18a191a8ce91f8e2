// Resident memory of the program and of a bare SDK server, both over stdio: when they have started, and after many gets.
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { canObserve, concurrent, median, residentMiB, say } from './baseline/measure.mjs';
import { inNewHome, openWorld } from './baseline/world.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 3);
const calls = 10_000;
const inFlight = 32;
// The program keeps each account at 1,000 requests in five minutes.
const accounts = 12;
const settle = 1500;

const collector = fileURLToPath(new URL('./baseline/collect.cjs', import.meta.url));

async function once(open, { used }) {
  const server = await open();
  await server.request('tools/list');
  await wait(settle);
  const started = residentMiB(server.pid);
  if (used) {
    await concurrent(calls, inFlight, server.call);
    await wait(settle);
  }
  const after = residentMiB(server.pid);
  process.kill(server.pid, 'SIGUSR2');
  await wait(settle);
  const kept = residentMiB(server.pid);
  await server.close();
  return { started, after, kept };
}

if (!canObserve) {
  console.error('Memory of other processes is read from /proc, which this system does not have.');
  process.exit();
}
await inNewHome(async ({ home, env }) => {
  const options = `--expose-gc --require ${JSON.stringify(collector)}`;
  const world = await openWorld({ home, env: { ...env, NODE_OPTIONS: options } }, { accounts });
  const runs = { bare: [], program: [] };
  // The first start of the program writes its code cache, so it is not like the others.
  await once(world.openProgram, { used: false });
  for (let round = 0; round < rounds; round++) {
    runs.bare.push(await once(world.openBare, { used: true }));
    runs.program.push(await once(world.openProgram, { used: true }));
  }
  const compare = (what, field, bound) => {
    const [value, baseline] = [runs.program, runs.bare].map(all => median(all.map(run => run[field])));
    say({ what, unit: 'MiB', value, baseline, ratio: value / baseline, bound });
  };
  compare('resident memory after the first tools/list', 'started', 1.15);
  compare('resident memory after 10,000 gets, 32 in flight, as the engine leaves it', 'after', 1.25);
  compare('resident memory after 10,000 gets, 32 in flight, garbage collected', 'kept', 1.25);
  world.close();
});
process.exit();
