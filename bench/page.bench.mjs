// A page of a hundred long rows, 0.4 MB, through the program and through a bare SDK server that passes it on whole: how
// long it takes, and the most memory over many of them.
import { canObserve, median, peakUntil, say, sequential } from './baseline/measure.mjs';
import { inNewHome, openWorld } from './baseline/world.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const perRound = 10;
const pages = 300;
// The program keeps each account at 600 requests a minute.
const accounts = 4;

await inNewHome(async place => {
  const world = await openWorld(place, { accounts });
  const servers = { bare: await world.openBare(), program: await world.openProgramOfPages() };
  // As it comes; and what most callers would say, which fits an answer.
  const fields = ['id', 'name', 'last_activity_at'];
  const subjects = {
    bare: () => servers.bare.page(),
    stored: () => servers.program.call({}),
    shown: () => servers.program.call({ fields }),
  };
  const times = { bare: [], stored: [], shown: [] };
  for (let round = -2; round < rounds; round++) {
    for (const [name, call] of Object.entries(subjects)) {
      const measured = await sequential(perRound, call);
      if (round >= 0) times[name].push(...measured);
    }
  }
  const baseline = median(times.bare);
  for (const [name, told, bound] of [
    ['shown', 'three fields of each row in the answer', 0.7],
    // Two files are synced to the disk, which takes what the disk takes.
    ['stored', 'all of it stored'],
  ]) {
    const value = median(times[name]);
    say({ what: `page of 100 rows, ${told}: p50`, unit: 'ms', value, baseline, ratio: value / baseline, bound });
  }
  if (canObserve) {
    const peak = async name =>
      peakUntil(servers[name === 'bare' ? 'bare' : 'program'].pid, sequential(pages, subjects[name]));
    const [bare, value] = [await peak('bare'), await peak('shown')];
    const what = `most resident memory over ${pages} pages of 100 rows`;
    say({ what, unit: 'MiB', value, baseline: bare, ratio: value / bare, bound: 1.1 });
  }
  for (const server of Object.values(servers)) await server.close();
  world.close();
});
process.exit();
