import type { OperationContext, RunHistory, RunKind } from '../operations/operation.ts';
import type { Run } from '../operations/run.ts';

/** Watches a run while somebody waits for it, and says how long it may still take. */
interface Forecast {
  looked(run: Run, at: number): void;
  takesLonger(): void;
  /** The run with what can be said, as a note. */
  tell(run: Run): Run;
}

interface Look {
  at: number;
  done: number;
}

export function createForecast(kind: RunKind, variables: Record<string, string>, context: OperationContext): Forecast {
  let history: RunHistory | undefined;
  let first: Look | undefined;
  let last: Look | undefined;
  return {
    looked({ progress }, at) {
      if (!progress) return;
      last = { at, done: progress.done };
      first ??= last;
    },
    takesLonger() {
      // Nobody waits for it: what has come by the end of the wait is told.
      void kind.took?.(variables, context).then(
        found => {
          history = found;
        },
        () => {},
      );
    },
    tell(run) {
      const told = byHistory(history, context.clock.now()) ?? byPace(run, first, last);
      return told === undefined ? run : { ...run, notes: [...(run.notes ?? []), told] };
    },
  };
}

function byHistory(history: RunHistory | undefined, now: number): string | undefined {
  const { before = [], since } = history ?? {};
  if (before.length === 0) return undefined;
  const [least, most] = [Math.round(Math.min(...before)), Math.round(Math.max(...before))];
  const took = least === most ? `about ${least} s` : `${least} to ${most} s`;
  const elapsed = since === undefined ? undefined : Math.max(0, (now - since) / 1000);
  const mean = before.reduce((sum, seconds) => sum + seconds, 0) / before.length;
  const left =
    elapsed === undefined
      ? ''
      : elapsed < mean
        ? `; this one has run for ${Math.round(elapsed)} s, so that about ${Math.ceil(mean - elapsed)} s are left`
        : `; this one has run for ${Math.round(elapsed)} s already`;
  return `Such runs took ${took} before${left}.`;
}

function byPace({ progress }: Run, first: Look | undefined, last: Look | undefined): string | undefined {
  if (!progress || !first || !last || last.done <= first.done) return undefined;
  const each = (last.at - first.at) / 1000 / (last.done - first.done);
  return `At this pace about ${Math.ceil((progress.total - progress.done) * each)} s are left.`;
}
