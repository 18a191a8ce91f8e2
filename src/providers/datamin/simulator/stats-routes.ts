import type { Handler, Routes, SimulatorReply, SimulatorRequest } from '../../../sandbox/router.ts';
import type { History } from './history.ts';
import { describeTask } from './log.ts';
import {
  type Complaint,
  dateTimeText,
  isComplaint,
  type Period,
  readCount,
  readDate,
  readDateTime,
  readPeriod,
  readUuid,
  readUuid4,
} from './parameters.ts';
import { envelope, noSuchPath, ok } from './replies.ts';
import { pipelines } from './seed/seed.ts';
import type { DataminState } from './state.ts';
import { aggregate, consolidate, lastRunOf, type Subject } from './stats.ts';

type Kind = 'pipelines' | 'tasks';

/** Undefined: nobody has such a thing. `foreign`: somebody else has. */
function findSubject(kind: Kind, uuid: string, state: DataminState): Subject | 'foreign' | undefined {
  const pipeline = pipelines.find(one =>
    kind === 'pipelines' ? one.uuid === uuid : one.tasks.some(task => task.uuid === uuid),
  );
  if (!pipeline) return undefined;
  if (state.foreign.has(pipeline.uuid)) return 'foreign';
  return kind === 'pipelines' ? { pipeline } : { pipeline, task: uuid };
}

/** What follows when every parameter could be read; otherwise all the complaints, in the order of the readings. */
function withParameters<Values extends readonly unknown[]>(
  readings: { [Index in keyof Values]: Values[Index] | Complaint },
  then: (...values: Values) => SimulatorReply,
): SimulatorReply {
  const complaints = readings.filter(isComplaint).map(({ complaint }) => complaint);
  return complaints.length > 0 ? envelope(400, 'Bad Request', complaints) : then(...(readings as unknown as Values));
}

const forbidden = (): SimulatorReply => envelope(403, 'Forbidden');

/** All below `/stats/`. An unknown UUID is a thing without runs. */
export function statsRoutes(now: () => number, state: DataminState, history: History): Routes {
  const writeTime = (ms: number | undefined): string => {
    const text = ms === undefined ? '0001-01-01 00:00:00' : dateTimeText(ms);
    return state.statsDates === 'plain' ? text : `${text.replace(' ', 'T')}Z`;
  };

  function log({ params }: SimulatorRequest): SimulatorReply {
    const { uuid = '', from = '', to = '' } = params;
    const readings: [string | Complaint, number | Complaint, number | Complaint] = [
      readUuid(uuid),
      readDateTime(from),
      readDateTime(to),
    ];
    return withParameters<[string, number, number]>(readings, (id, start, end) => {
      const subject = findSubject('pipelines', id, state);
      if (subject === 'foreign') return forbidden();
      const runs = subject ? [...history.runs(subject.pipeline, start, end)] : [];
      const entries = runs.flatMap(run => run.tasks.map(task => ({ run, task })));
      entries.sort((a, b) => b.task.executedAt - a.task.executedAt);
      return ok(entries.map(({ run, task }) => describeTask(run, task, state)));
    });
  }

  const consolidated =
    (kind: Kind): Handler =>
    ({ params }) => {
      const { uuid = '', from = '', to = '' } = params;
      return withParameters<[string, number, number]>(
        [readUuid(uuid), readDateTime(from), readDateTime(to)],
        (id, start, end) => {
          const subject = findSubject(kind, id, state);
          if (subject === 'foreign') return forbidden();
          const counts = subject && consolidate(subject, history, start, end);
          const last = subject && lastRunOf(subject, history, end);
          return ok({
            num_of_successes: counts?.successes ?? 0,
            num_of_failures: counts?.failures ?? 0,
            average_duration: counts?.averageMs ?? 0,
            is_last_run_successful: last?.isSuccessful ?? false,
            last_run_executed_at: writeTime(last?.executedAt),
            last_run_duration: last?.durationMs ?? 0,
          });
        },
      );
    };

  const aggregated =
    (kind: Kind): Handler =>
    ({ params }) => {
      const { uuid = '', from = '', period = '', n = '' } = params;
      const date = state.profile === 'docs' ? readDate(from) : readDateTime(from);
      return withParameters<[string, Period, number, number]>(
        [readUuid4(uuid), readPeriod(period), readCount(n), date],
        (id, unit, count, start) => {
          const subject = findSubject(kind, id, state);
          if (subject === 'foreign') return forbidden();
          if (state.nullAggregates) return ok(null);
          const buckets = subject ? aggregate(subject, history, start, unit, count) : [];
          return ok(
            buckets.map(bucket => ({
              date_from: writeTime(bucket.from),
              date_to: writeTime(bucket.to),
              num_of_successes: bucket.successes,
              num_of_failures: bucket.failures,
              average_duration: bucket.averageMs,
            })),
          );
        },
      );
    };

  const lastRun =
    (kind: Kind): Handler =>
    ({ params }) =>
      withParameters<[string]>([readUuid(params['uuid'] ?? '')], id => {
        const subject = findSubject(kind, id, state);
        const last = subject === undefined || subject === 'foreign' ? undefined : lastRunOf(subject, history, now());
        // Nothing found carries no organisation, so nobody is allowed to see it.
        if (!last) return forbidden();
        const { isSuccessful, executedAt, durationMs } = last;
        return ok({ is_successful: isSuccessful, executed_at: writeTime(executedAt), duration: durationMs });
      });

  // The alias is not on the vendor's page.
  const olderLog: Handler = request => (state.profile === 'docs' ? noSuchPath() : log(request));

  return {
    'GET /v1/stats/pipelines/:uuid/logs/:from/:to': log,
    'GET /v1/stats/pipelines/:uuid/last-runs-log/:from/:to': olderLog,
    'GET /v1/stats/pipelines/:uuid/stats/:from/:to': consolidated('pipelines'),
    'GET /v1/stats/tasks/:uuid/stats/:from/:to': consolidated('tasks'),
    'GET /v1/stats/pipelines/:uuid/aggregated-stats/:from/:period/:n': aggregated('pipelines'),
    'GET /v1/stats/tasks/:uuid/aggregated-stats/:from/:period/:n': aggregated('tasks'),
    'GET /v1/stats/pipelines/:uuid/last-run/stats': lastRun('pipelines'),
    'GET /v1/stats/tasks/:uuid/last-run/stats': lastRun('tasks'),
  };
}
