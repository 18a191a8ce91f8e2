import { models } from './project-files.ts';
import type { Job, World } from './world.ts';
import { type ArchiveMember, zipOf } from './zip.ts';

const lifeMs = 30 * 86_400_000;

/** Clock ms at which the artifacts of a job go; undefined: never, or there are none. */
export const expiryOf = ({ finishedAt, artifactsKept }: Job): number | undefined =>
  artifactsKept || finishedAt === undefined ? undefined : finishedAt + lifeMs;

/** Whether a job has an archive that can be downloaded. */
export const hasArchive = (world: World, job: Job): boolean =>
  job.plan.artifacts === true &&
  (job.status === 'success' || job.status === 'failed') &&
  !job.artifactsGone &&
  job.erasedAt === undefined &&
  (expiryOf(job) ?? Number.POSITIVE_INFINITY) > world.now();

/** The files of a job's archive. */
export function membersOf(job: Job): ArchiveMember[] {
  const { id, plan, pipeline } = job;
  const failed = job.status === 'failed';
  const results = models.map((model, n) => ({
    unique_id: `model.dataops.${model}`,
    status: failed && n >= models.indexOf('assay_intervals') ? 'error' : 'success',
    execution_time: Number((1.3 + ((n * 37) % 11)).toFixed(2)),
  }));
  const report =
    `<!doctype html>\n<title>${plan.name}</title>\n<h1>${plan.name}</h1>\n<p>Pipeline ` +
    `${pipeline.id} on ${pipeline.ref}</p>\n`;
  const csv = [
    'model,rows,seconds',
    ...results.map((one, n) => `${one.unique_id},${(n + 1) * 1289},${one.execution_time}`),
  ];
  return [
    { name: 'dataops-reports/index.html', content: report },
    { name: 'target/run_results.json', content: JSON.stringify({ metadata: { job_id: id }, results }, null, 2) },
    { name: 'target/model timings.csv', content: `${csv.join('\n')}\n` },
  ];
}

export const archiveOf = (archives: ReadonlyMap<number, Buffer>, job: Job): Buffer =>
  archives.get(job.id) ?? zipOf(membersOf(job));
