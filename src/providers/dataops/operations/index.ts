import { isFault } from '../../../base/errors.ts';
import { type OperationContext, toolset } from '../../../operations/operation.ts';
import type { Probed, ProviderCode } from '../../provider.ts';
import * as access from './access.ts';
import * as artifacts from './artifacts.ts';
import * as environments from './environments.ts';
import * as groups from './groups.ts';
import * as issues from './issues.ts';
import { getCurrentJob, getJob, listBridges, listPipelineJobs, listProjectJobs } from './jobs.ts';
import * as logs from './logs.ts';
import * as members from './members.ts';
import * as mergeRequests from './merge-requests.ts';
import * as packages from './packages.ts';
import {
  cancelJob,
  cancelPipeline,
  deletePipeline,
  eraseJob,
  getTestReport,
  playJob,
  renamePipeline,
  retryJob,
  retryPipeline,
  runPipeline,
  triggerPipeline,
} from './pipeline-runs.ts';
import { getLatestPipeline, getPipeline, getTestSummary, listPipelines } from './pipelines.ts';
import {
  archiveProject,
  createProject,
  deleteProject,
  forkProject,
  getProject,
  listNamespaces,
  listProjects,
  unarchiveProject,
  updateProject,
} from './projects.ts';
import * as releases from './releases.ts';
import * as repository from './repository.ts';
import { jobRun, pipelineRun } from './runs.ts';
import {
  addVariable,
  createSchedule,
  deleteSchedule,
  deleteScheduleVariable,
  getSchedule,
  listSchedulePipelines,
  listSchedules,
  playSchedule,
  takeSchedule,
  updateSchedule,
  updateScheduleVariable,
} from './schedules.ts';
import { searchAll, searchGroup, searchProject } from './search.ts';
import * as triggers from './triggers.ts';
import * as variables from './variables.ts';

export const dataopsCode: ProviderCode = {
  toolsets: [
    toolset('projects', { listProjects, getProject, createProject, listNamespaces }),
    toolset(
      'pipelines',
      { listPipelines, getPipeline, getLatestPipeline },
      { runPipeline, triggerPipeline, retryPipeline, cancelPipeline },
      { listPipelineJobs },
      logs,
      { listSchedules, createSchedule, playSchedule },
    ),
    toolset(
      'schedules',
      { getSchedule, listSchedulePipelines, updateSchedule, takeSchedule, deleteSchedule },
      { addVariable, updateScheduleVariable, deleteScheduleVariable },
    ),
    toolset(
      'jobs',
      { listProjectJobs, listBridges, getJob, getCurrentJob },
      { retryJob, playJob, cancelJob, eraseJob },
      artifacts,
      { getTestSummary, getTestReport, renamePipeline, deletePipeline },
    ),
    toolset('triggers', triggers),
    toolset('administration', { updateProject, deleteProject, forkProject, archiveProject, unarchiveProject }),
    toolset('groups', groups, { searchAll, searchGroup }),
    toolset('members', members),
    toolset('repository', repository, { searchProject }),
    toolset('merge-requests', mergeRequests),
    toolset('issues', issues),
    toolset('variables', variables),
    toolset('environments', environments),
    toolset('releases', releases),
    toolset('packages', packages),
    toolset('access', access),
  ],
  runs: [pipelineRun, jobRun],
  probe,
};

const dayMs = 86_400_000;

/** Whose token it is, what it may do and how long; a job token knows only its job. */
async function probe(context: OperationContext): Promise<Probed> {
  try {
    const [{ body }, release] = await Promise.all([
      context.request(access.getCurrentToken, {}),
      context.request(access.getVersion, {}),
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
