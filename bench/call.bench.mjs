// One get through the program and through a bare SDK server, both over stdio, to an upstream in a third process.
import { canObserve, concurrent, median, processorSeconds, quantile, say, sequential } from './baseline/measure.mjs';
import { inNewHome, openWorld } from './baseline/world.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const inFlight = 32;
// Code is compiled by its use: the first thousand calls of a process are slower, and a session is longer than that.
const warmUp = 1000;
// The program keeps each account at 1,000 requests in five minutes.
const accounts = 12;
const perRound = { 0: { apart: 40, together: 250 }, 20: { apart: 15, together: 250 } };

/** What a server adds to the bare request of calls made one after the other: signing is part of it. */
async function latency({ direct, bare, program, delay }) {
  const times = { direct: [], bare: [], program: [] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, call] of Object.entries({ direct, bare: bare.call, program: program.call })) {
      const measured = await sequential(perRound[delay].apart, call);
      if (round >= 0) times[name].push(...measured);
    }
  }
  const least = median(times.direct);
  for (const [name, q, bound] of [
    ['p50', 0.5, 1.5],
    ['p95', 0.95, 1.6],
  ]) {
    const [value, baseline] = [times.program, times.bare].map(all => quantile(all, q) - least);
    const what = `one get, upstream ${delay} ms: latency added to the direct request (${least.toFixed(2)} ms), ${name}`;
    say({ what, unit: 'ms', value, baseline, ratio: value / baseline, bound });
  }
}

/** Processor time and calls per second with many calls in flight. */
async function load({ bare, program, delay }) {
  const subjects = { bare, program };
  const perSecond = { bare: [], program: [] };
  const processor = { bare: [], program: [] };
  const { together } = perRound[delay];
  for (let round = -1; round < rounds; round++) {
    for (const [name, { pid, call }] of Object.entries(subjects)) {
      const before = canObserve ? processorSeconds(pid) : 0;
      const seconds = await concurrent(together, inFlight, call);
      if (round < 0) continue;
      perSecond[name].push(together / seconds);
      if (canObserve) processor[name].push(((processorSeconds(pid) - before) * 1000) / together);
    }
  }
  const head = `one get, upstream ${delay} ms, ${inFlight} in flight`;
  if (canObserve) {
    const [value, baseline] = [median(processor.program), median(processor.bare)];
    const what = `${head}: processor time per call, all threads`;
    say({ what, unit: 'ms', value, baseline, ratio: value / baseline, bound: 1.6 });
  } else console.error(`${head}: no processor time, because this system has no /proc`);
  const [value, baseline] = [median(perSecond.program), median(perSecond.bare)];
  const what = `${head}: calls per second (ratio is baseline / here; 0.6 x is 1.67)`;
  say({ what, unit: '1/s', value, baseline, ratio: baseline / value, bound: 1.67 });
}

/** What a tool adds to the listing, as a client sees it: round trip over that of a ping, the client's reading included. */
async function listing(program) {
  const { tools } = await program.request('tools/list');
  const times = { ping: [], 'tools/list': [] };
  for (let round = -1; round < rounds; round++) {
    for (const method of Object.keys(times)) {
      const measured = await sequential(50, () => program.request(method));
      if (round >= 0) times[method].push(...measured);
    }
  }
  const value = ((median(times['tools/list']) - median(times.ping)) * 1000) / tools.length;
  say({ what: `steady tools/list of ${tools.length} tools, per tool, over a ping`, unit: 'us', value, bound: 25 });
}

await inNewHome(async place => {
  const world = await openWorld(place, { accounts });
  const [bare, program] = [await world.openBare(), await world.openProgram()];
  for (const { call } of [bare, program]) await concurrent(warmUp, inFlight, call);
  for (const delay of [0, 20]) {
    await world.setDelay(delay);
    await latency({ direct: world.direct, bare, program, delay });
    await load({ bare, program, delay });
  }
  await Promise.all([bare.close(), program.close()]);
  // Names of accounts are part of every tool's schema, and nobody has twelve.
  const ordinary = await world.openProgramOfOne();
  await listing(ordinary);
  await ordinary.close();
  world.close();
});
process.exit();
