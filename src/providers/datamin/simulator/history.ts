import { planRun, type Run, type TaskRun } from './runs.ts';
import { randomOf } from './seed/data.ts';
import { pipelines, type SeedPipeline, type SeedTask } from './seed/seed.ts';

/** All that has happened on the platform up to now. */
export interface History {
  /** Runs with something to show in [from, to], bounds included, each with all its tasks finished by now. */
  runs(pipeline: SeedPipeline, from: number, to: number): Iterable<Run>;
  /** The newest run with a task for which `wanted` holds and that finished at `to` or before; and that task. */
  newest(
    pipeline: SeedPipeline,
    to: number,
    wanted: (task: TaskRun) => boolean,
  ): { run: Run; task: TaskRun } | undefined;
}

// No scheduled run takes longer, so none that started earlier can still finish in a window.
const longestRunMs = 60_000;
const day = 86_400_000;

/** `started`: runs that did not start by a schedule. */
export function createHistory(now: () => number, started: ReadonlyMap<string, Run>): History {
  const since = monthsBefore(now(), 14);

  function* runs(pipeline: SeedPipeline, from: number, to: number): Generator<Run> {
    const by = Math.min(to, now());
    yield* touching(scheduledRuns(pipeline, Math.max(from - longestRunMs, since), by), from, to);
    yield* touching(started.values(), from, to, pipeline);
  }

  function* touching(candidates: Iterable<Run>, from: number, to: number, of?: SeedPipeline): Generator<Run> {
    for (const run of candidates) {
      if (of && run.pipeline !== of) continue;
      const tasks = run.tasks.filter(task => task.executedAt <= now());
      if (tasks.some(task => task.executedAt >= from && task.executedAt <= to)) yield { ...run, tasks };
    }
  }

  return {
    runs,
    newest(pipeline, to, wanted) {
      // Looks ever further back: the last run is nearly always close, and planning a year for it is slow.
      for (let reach = day; ; reach *= 8) {
        const from = Math.min(to, now()) - reach;
        const tasks = [...runs(pipeline, from, to)].flatMap(run => run.tasks.map(task => ({ run, task })));
        const inTime = tasks.filter(({ task }) => task.executedAt >= from && task.executedAt <= to && wanted(task));
        if (inTime.length > 0)
          return inTime.reduce((best, one) => (one.task.executedAt >= best.task.executedAt ? one : best));
        if (from < since) return undefined;
      }
    },
  };
}

function monthsBefore(ms: number, months: number): number {
  const date = new Date(ms);
  return date.setUTCMonth(date.getUTCMonth() - months);
}

function* scheduledRuns(pipeline: SeedPipeline, from: number, to: number): Generator<Run> {
  const { everyMs, atMs } = pipeline.schedule ?? { everyMs: day, atMs: [] };
  const index = pipelines.indexOf(pipeline);
  for (let period = Math.floor(from / everyMs); period * everyMs <= to; period += 1) {
    for (const [place, offset] of atMs.entries()) {
      const startedAt = period * everyMs + offset;
      if (startedAt < from || startedAt > to) continue;
      const turn = period * atMs.length + place;
      const random = randomOf(turn * 64 + index);
      const input = Buffer.alloc(0);
      const uuid = uuidOf(random);
      const fails = (task: SeedTask): boolean => random() < (task.fails?.(startedAt) ?? 0);
      yield planRun({ uuid, pipeline, startedAt, input, random, turn, slowness: 1, fails });
    }
  }
}

/** A version-4 UUID. */
function uuidOf(random: () => number): string {
  const hex = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20)].join(
    '-',
  );
}
