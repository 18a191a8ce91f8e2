// One call through the program and through a bare server, one at a time and many at once.
import { canObserve, concurrent, median, processorSeconds, quantile, say, sequential } from './measure.mjs';

/**
 * What a server adds to the bare request, of `count` calls a round made one after the other in turns: signing is part of
 * it. `subjects` are the calls `direct`, `bare` and `program`; `bounds` those of the quantiles, [0.5, 1.5] for example.
 */
export async function compareLatency(what, { subjects, rounds, count, bounds }) {
  const times = Object.fromEntries(Object.keys(subjects).map(name => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, call] of Object.entries(subjects)) {
      const measured = await sequential(count, call);
      if (round >= 0) times[name].push(...measured);
    }
  }
  const least = median(times.direct);
  for (const [q, bound] of bounds) {
    const [value, baseline] = [times.program, times.bare].map(all => quantile(all, q) - least);
    const told = `${what}: latency added to the direct request (${least.toFixed(2)} ms), p${q * 100}`;
    say({ what: told, unit: 'ms', value, baseline, ratio: value / baseline, bound });
  }
}

/** Processor time and calls per second with many calls in flight. `subjects` are `bare` and `program`: pid and call. */
export async function compareLoad(what, { subjects, rounds, count, inFlight, bounds }) {
  const perSecond = { bare: [], program: [] };
  const processor = { bare: [], program: [] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, { pid, call }] of Object.entries(subjects)) {
      const before = canObserve ? processorSeconds(pid) : 0;
      const seconds = await concurrent(count, inFlight, call);
      if (round < 0) continue;
      perSecond[name].push(count / seconds);
      if (canObserve) processor[name].push(((processorSeconds(pid) - before) * 1000) / count);
    }
  }
  const head = `${what}, ${inFlight} in flight`;
  if (canObserve) {
    const [value, baseline] = [median(processor.program), median(processor.bare)];
    const told = `${head}: processor time per call, all threads`;
    say({ what: told, unit: 'ms', value, baseline, ratio: value / baseline, bound: bounds.processor });
  } else console.error(`${head}: no processor time, because this system has no /proc`);
  const [value, baseline] = [median(perSecond.program), median(perSecond.bare)];
  const told = `${head}: calls per second (ratio is baseline / here)`;
  say({ what: told, unit: '1/s', value, baseline, ratio: baseline / value, bound: bounds.perSecond });
}
