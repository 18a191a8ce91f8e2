import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type OperationContext, toolset } from '../../../operations/operation.ts';
import type { Probed, ProviderCode } from '../../provider.ts';
import { chains } from '../chains.ts';
import { showField } from '../secrets.ts';
import * as access from './access.ts';
import * as administration from './administration.ts';
import * as artifacts from './artifacts.ts';
import * as awards from './awards.ts';
import * as branches from './branches.ts';
import * as codeSearch from './code-search.ts';
import * as commitNotes from './commit-notes.ts';
import * as commits from './commits.ts';
import * as draftNotes from './draft-notes.ts';
import * as environments from './environments.ts';
import * as events from './events.ts';
import * as fileChanges from './file-changes.ts';
import * as files from './files.ts';
import * as forks from './forks.ts';
import * as groupChanges from './group-changes.ts';
import * as groups from './groups.ts';
import * as incidentImages from './incident-images.ts';
import * as issueLinks from './issue-links.ts';
import * as issues from './issues.ts';
import * as jobRuns from './job-runs.ts';
import * as jobs from './jobs.ts';
import * as lint from './lint.ts';
import * as logs from './logs.ts';
import * as memberChanges from './member-changes.ts';
import * as members from './members.ts';
import * as mergeRequests from './merge-requests.ts';
import * as ownTokens from './own-tokens.ts';
import * as packages from './packages.ts';
import * as pipelineJobs from './pipeline-jobs.ts';
import * as pipelineRecords from './pipeline-records.ts';
import * as pipelineRuns from './pipeline-runs.ts';
import * as pipelines from './pipelines.ts';
import * as projects from './projects.ts';
import * as protection from './protection.ts';
import * as releaseLinks from './release-links.ts';
import * as releases from './releases.ts';
import * as repository from './repository.ts';
import * as resourceGroups from './resource-groups.ts';
import * as reviews from './reviews.ts';
import { jobRun, pipelineRun } from './runs.ts';
import * as scheduleChanges from './schedule-changes.ts';
import * as scheduleRuns from './schedule-runs.ts';
import * as scheduleVariables from './schedule-variables.ts';
import * as schedules from './schedules.ts';
import * as search from './search.ts';
import * as staleEnvironments from './stale-environments.ts';
import * as tags from './tags.ts';
import * as testReports from './test-reports.ts';
import * as timeTracking from './time-tracking.ts';
import * as tokens from './tokens.ts';
import * as triggers from './triggers.ts';
import * as variables from './variables.ts';
import * as webhooks from './webhooks.ts';

export const dataopsCode: ProviderCode = {
  showField,
  toolsets: [
    toolset('projects', projects),
    toolset('pipelines', pipelines, pipelineRuns, pipelineJobs, logs, schedules, scheduleRuns),
    toolset('schedules', scheduleChanges, scheduleVariables),
    toolset('jobs', jobs, jobRuns, artifacts, testReports, pipelineRecords, resourceGroups),
    toolset('triggers', triggers),
    toolset('administration', administration, forks),
    toolset('groups', groups, groupChanges, search),
    toolset('members', members, memberChanges),
    toolset('events', events),
    toolset(
      'repository',
      branches,
      tags,
      commits,
      files,
      fileChanges,
      protection,
      lint,
      codeSearch,
      repository,
      commitNotes,
    ),
    toolset(
      'merge-requests',
      mergeRequests,
      reviews,
      draftNotes,
      timeTracking.ofMergeRequests,
      awards.ofMergeRequests,
      awards.ofMergeRequestNotes,
    ),
    toolset('issues', issues, issueLinks, incidentImages, timeTracking.ofIssues, awards.ofIssues, awards.ofIssueNotes),
    toolset('variables', variables),
    toolset('environments', environments, staleEnvironments),
    toolset('releases', releases, releaseLinks),
    toolset('packages', packages),
    toolset('webhooks', webhooks),
    toolset('access', tokens, ownTokens, access),
  ],
  nouns: {
    merge_request: 'pull request, pr, mr',
    mr: 'merge request, pull request, pr',
    project: 'repository, repo',
    issue: 'ticket, bug',
    variable: 'secret, environment, ci',
    note: 'comment, discussion',
    pipeline: 'build, ci, run',
    schedule: 'cron, nightly',
    member: 'who has access, people, person, rights, permission',
    artifact: 'build output',
    environment: 'deployment target',
  },
  runs: [pipelineRun, jobRun],
  chains,
  probe,
};

const dayMs = 86_400_000;

/** The user that the token acts as; a token of few scopes may not ask. */
async function accountOf(context: OperationContext): Promise<Pick<Probed, 'account'>> {
  try {
    const { username, name } = ((await context.request(members.getCurrentUser, {})).body ?? {}) as Row;
    return username === undefined ? {} : { account: name ? `${username} (${name})` : String(username) };
  } catch (error) {
    if (isFault(error, 'missing_scope') || isFault(error, 'not_found')) return {};
    throw error;
  }
}

/** Whose token it is, what it may do and how long; a job token knows only its job. */
async function probe(context: OperationContext): Promise<Probed> {
  try {
    const [{ body }, release, account] = await Promise.all([
      context.request(ownTokens.getCurrentToken, {}),
      context.request(access.getVersion, {}),
      accountOf(context),
    ]);
    const {
      name,
      scopes,
      expires_at: expires,
    } = body as { name: string; scopes?: string[] | null; expires_at?: string };
    const days = expires ? Math.ceil((Date.parse(expires) - context.clock.now()) / dayMs) : undefined;
    const end = days === undefined ? 'does not expire' : `expires in ${days} day${days === 1 ? '' : 's'}`;
    const { version } = release.body as { version: string };
    return {
      ...account,
      facts: [`token "${name}": ${(scopes ?? []).join(', ')}, ${end}`, `release ${version}`],
      release: version,
    };
  } catch (error) {
    // Nothing was sent: there is a job token only.
    if (!isFault(error, 'missing_scope') || error.status !== undefined) throw error;
    const { body } = await context.request(jobs.getCurrentJob, {});
    const { name, id } = body as { name: string; id: number };
    return { facts: [`job token of "${name}" (job ${id})`] };
  }
}
