// One get through the program and through a bare SDK server, both over stdio, to an upstream in a third process.
import { compareLatency, compareLoad } from './baseline/compare.mjs';
import { concurrent, median, say, sequential } from './baseline/measure.mjs';
import { inNewHome, openWorld } from './baseline/world.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const inFlight = 32;
// Code is compiled by its use: the first thousand calls of a process are slower, and a session is longer than that.
const warmUp = 1000;
// The program keeps each account at 1,000 requests in five minutes.
const accounts = 12;
const perRound = { 0: { apart: 40, together: 250 }, 20: { apart: 30, together: 250 } };

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
    const { apart, together } = perRound[delay];
    await compareLatency(`one get, upstream ${delay} ms`, {
      subjects: { direct: world.direct, bare: bare.call, program: program.call },
      ...{ rounds, count: apart },
      bounds: [
        [0.5, 1.5],
        [0.95, 1.6],
      ],
    });
    // At least 0.6 times as many a second.
    const bounds = { processor: 1.6, perSecond: 1.67 };
    await compareLoad(`one get, upstream ${delay} ms`, {
      ...{ subjects: { bare, program }, rounds, count: together, inFlight, bounds },
    });
  }
  await Promise.all([bare.close(), program.close()]);
  // Names of accounts are part of every tool's schema, and nobody has twelve.
  const ordinary = await world.openProgramOfOne();
  await listing(ordinary);
  await ordinary.close();
  world.close();
});
process.exit();
