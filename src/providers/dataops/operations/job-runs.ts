import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { jobTold } from '../losses.ts';
import { pick } from '../rows.ts';
import { briefJob, getJob, jobRow } from './jobs.ts';
import { job } from './logs.ts';
import { entries, type Variables, variables } from './pipeline-runs.ts';
import { projectArgument as project } from './projects.ts';
import { jobRun } from './runs.ts';

const shownJob = (body: unknown): Row => {
  const { pipeline } = (body ?? {}) as { pipeline?: Row };
  return { ...briefJob((body ?? {}) as Row), ...pick(pipeline ?? {}, ['project_id']) };
};

const startedJob = jobRow.extend({ project_id: z.number() });

const startsJob = {
  run: jobRun,
  variables: ({ id, project_id }: z.output<typeof startedJob>) => ({ project: String(project_id), job: String(id) }),
};

const jobExample = { arguments: { project: 'meridian/data/drill-assays', job: '20451' } };

export const retryJob = operation({
  name: 'dataops_retry_job',
  route: 'POST /projects/{project}/jobs/{job}/retry',
  risk: 'starts',
  summary: 'Run a finished job again. The answer is the new job that takes its place.',
  words: 'restart rerun again',
  verifyWith: 'dataops_list_pipeline_jobs shows whether a new job took its place.',
  input: z.strictObject({ project, job }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const playJob = operation({
  name: 'dataops_play_job',
  route: 'POST /projects/{project}/jobs/{job}/play',
  risk: 'starts',
  summary: 'Start a job that waits for a person or for its time. Do it only when the person agrees.',
  words: 'manual step, press play, approve a gate',
  verifyWith: 'dataops_get_job shows whether it runs.',
  input: z.strictObject({
    project,
    job,
    variables: variables.meta({ wire: 'job_variables_attributes', encode: (map: Variables) => entries(map) }),
  }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const cancelJob = operation({
  name: 'dataops_cancel_job',
  route: 'POST /projects/{project}/jobs/{job}/cancel',
  risk: 'interrupts',
  question: 'Cancel the job {job} of {project}?',
  describeLoss: lookAt('job', () => getJob, jobTold),
  summary: 'Cancel a job, and wait until it has stopped.',
  words: 'stop abort kill a running job',
  verifyWith: 'dataops_get_job shows whether it is being cancelled.',
  input: z.strictObject({ project, job }),
  output: startedJob,
  repair: shownJob,
  starts: startsJob,
  example: jobExample,
});

export const eraseJob = operation({
  name: 'dataops_erase_job',
  route: 'POST /projects/{project}/jobs/{job}/erase',
  risk: 'deletes',
  question: 'Erase the log and the artifacts of the job {job} of {project}?',
  describeLoss: lookAt('job', () => getJob, jobTold),
  summary: 'Delete log and artifacts of a finished job.',
  words: 'clear the log, wipe',
  input: z.strictObject({ project, job }),
  output: jobRow,
  repair: shownJob,
  example: jobExample,
});
