// One get through the program and through a bare SDK server, both over HTTP and in both eras, to an upstream in a third
// process. A server is made for each request, as in the stateless mode of both.
import { compareLatency, compareLoad } from './baseline/compare.mjs';
import { concurrent } from './baseline/measure.mjs';
import { inNewHome, openWorld } from './baseline/world.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const inFlight = 32;
const warmUp = 1000;
// The program keeps each account at 1,000 requests in five minutes.
const accounts = 20;

await inNewHome(async place => {
  const world = await openWorld(place, { accounts });
  const [bare, program] = [await world.openBareHttp(), await world.openProgramHttp()];
  for (const era of ['legacy', 'modern']) {
    const [bareCall, programCall] = [bare, program].map(
      ({ call }) =>
        () =>
          call(era),
    );
    for (const call of [bareCall, programCall]) await concurrent(warmUp, inFlight, call);
    const what = `one get over HTTP, ${era} era`;
    await compareLatency(what, {
      subjects: { direct: world.direct, bare: bareCall, program: programCall },
      ...{ rounds, count: 40, bounds: [[0.5, 1.2]] },
    });
    await compareLoad(what, {
      subjects: { bare: { pid: bare.pid, call: bareCall }, program: { pid: program.pid, call: programCall } },
      // At least 0.8 times as many a second.
      ...{ rounds, count: 250, inFlight, bounds: { perSecond: 1.25 } },
    });
  }
  await Promise.all([bare.close(), program.close()]);
  world.close();
});
process.exit();
