import { isFault } from '../../../base/errors.ts';
import type { OperationContext } from '../../../operations/operation.ts';
import type { Probed, ProviderCode } from '../../provider.ts';
import { getCurrentToken, getVersion } from './access.ts';
import { artifacts } from './artifacts.ts';
import { further } from './further.ts';
import { getCurrentJob, getJob, listBridges, listPipelineJobs, listProjectJobs } from './jobs.ts';
import { readJobLog } from './logs.ts';
import {
  cancelPipeline,
  jobChanges,
  pipelineChanges,
  retryPipeline,
  runPipeline,
  triggerPipeline,
} from './pipeline-runs.ts';
import { getLatestPipeline, getPipeline, getTestSummary, listPipelines } from './pipelines.ts';
import { createProject, getProject, listNamespaces, listProjects, projectAdministration } from './projects.ts';
import { jobRun, pipelineRun } from './runs.ts';
import { createSchedule, listSchedules, playSchedule, scheduleRest } from './schedules.ts';
import { triggers } from './triggers.ts';

export const dataopsCode: ProviderCode = {
  operations: [
    ...[listProjects, getProject, createProject, listNamespaces],
    ...[listPipelines, getPipeline, getLatestPipeline, runPipeline, triggerPipeline, retryPipeline, cancelPipeline],
    ...[listPipelineJobs, readJobLog, listSchedules, createSchedule, playSchedule],
    ...scheduleRest,
    ...[
      listProjectJobs,
      listBridges,
      getJob,
      getCurrentJob,
      ...jobChanges,
      ...artifacts,
      getTestSummary,
      ...pipelineChanges,
    ],
    ...[...triggers, ...projectAdministration, ...further],
  ],
  runs: [pipelineRun, jobRun],
  probe,
};

const dayMs = 86_400_000;

/** Whose token it is, what it may do and how long; a job token knows only its job. */
async function probe(context: OperationContext): Promise<Probed> {
  try {
    const [{ body }, release] = await Promise.all([
      context.request(getCurrentToken, {}),
      context.request(getVersion, {}),
    ]);
    const { name, scopes = [], expires_at: expires } = body as { name: string; scopes: string[]; expires_at?: string };
    const days = expires ? Math.ceil((Date.parse(expires) - context.clock.now()) / dayMs) : undefined;
    const end = days === undefined ? 'does not expire' : `expires in ${days} day${days === 1 ? '' : 's'}`;
    const { version } = release.body as { version: string };
    return { facts: [`token "${name}": ${scopes.join(', ')}, ${end}`, `release ${version}`] };
  } catch (error) {
    // Nothing was sent: there is a job token only.
    if (!isFault(error, 'missing_scope') || error.status !== undefined) throw error;
    const { body } = await context.request(getCurrentJob, {});
    const { name, id } = body as { name: string; id: number };
    return { facts: [`job token of "${name}" (job ${id})`] };
  }
}
