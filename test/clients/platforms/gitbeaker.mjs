// DataOps.live by gitbeaker: a family a function, a call a line. Prints one line of JSON a family.
import { Gitlab } from '@gitbeaker/rest';

const host = process.env.SERVER;
const api = new Gitlab({ host, token: process.env.TOKEN });
const owner = new Gitlab({ host, token: process.env.OWNER_TOKEN });
const project = 'meridian/data/drill-assays';
const group = 'meridian/data';
const soon = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

function check(truth, what = 'the answer') {
  if (!truth) throw new Error(`${what} is not as expected`);
}

/** The simulator's time passes while this waits. */
async function until(ask) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await ask();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('It did not come to it.');
}

const families = {
  async 'server and user'() {
    check((await api.Metadata.show()).version);
    check((await api.Users.showCurrentUser()).username === 'maya.lindqvist');
    check((await api.Users.all({ username: 'jonas.petrov' })).length === 1);
    check((await api.PersonalAccessTokens.show()).active);
  },
  async projects() {
    check((await api.Projects.all({ membership: true, simple: true, orderBy: 'name', maxPages: 1 })).length > 3);
    check((await api.Projects.all({ pagination: 'keyset', orderBy: 'id', perPage: 100, maxPages: 2 })).length === 200);
    const made = await api.Projects.create({ name: 'Of gitbeaker', topics: ['one', 'two'] });
    check((await api.Projects.edit(made.id, { description: 'changed' })).description === 'changed');
    await api.Projects.archive(made.id);
    await api.Projects.unarchive(made.id);
    await api.Projects.remove(made.id);
    check((await api.Projects.fork(project, { path: 'fork-of-gitbeaker' })).import_status);
    check((await api.Projects.show(101, { statistics: true })).path_with_namespace === project);
  },
  async members() {
    check((await api.ProjectMembers.all(project, { includeInherited: true })).length > 2);
    check((await api.ProjectMembers.add(project, 20, { userId: 5 })).access_level === 20);
    check((await api.ProjectMembers.edit(project, 5, 30)).access_level === 30);
    await api.ProjectMembers.remove(project, 5);
    check((await api.GroupMembers.all(group)).length > 0);
    check((await api.Projects.allUsers(project)).length > 0);
    await api.Projects.share(project, 14, 20);
  },
  async groups() {
    check((await api.Groups.all({ search: 'data', topLevelOnly: false })).length > 0);
    check((await api.Groups.show(group, { withProjects: false })).id === 12);
    check((await api.Groups.allProjects(group, { includeSubgroups: true, archived: false })).length > 1);
    check((await api.Groups.allSubgroups('meridian')).length > 0);
    check((await api.Groups.allDescendantGroups('meridian')).length > 1);
  },
  async namespaces() {
    check((await api.Namespaces.all({ search: 'meridian' })).length > 0);
    check((await api.Namespaces.show('meridian')).kind === 'group');
    check((await api.Namespaces.exists('meridian')).exists);
  },
  async pipelines() {
    const [one] = await api.Pipelines.all(project, { ref: 'main', status: 'failed', maxPages: 1, perPage: 2 });
    check((await api.Pipelines.show(project, one.id)).detailed_status);
    check(Array.isArray(await api.Pipelines.allVariables(project, one.id)));
    check((await api.Pipelines.showTestReport(project, one.id)).test_suites);
    check((await api.Pipelines.showTestReportSummary(project, one.id)).total);
    check((await api.Pipelines.showLatest(project, { ref: 'main' })).id);
    const variables = [{ key: 'WHY', value: 'gitbeaker', variable_type: 'env_var' }];
    const made = await api.Pipelines.create(project, 'dev', { variables });
    await api.Pipelines.cancel(project, made.id);
    await until(async () => (await api.Pipelines.show(project, made.id)).status === 'canceled');
    await api.Pipelines.retry(project, made.id);
    await owner.Pipelines.remove(project, made.id);
  },
  async triggers() {
    const made = await api.PipelineTriggerTokens.create(project, 'of gitbeaker');
    check((await api.PipelineTriggerTokens.trigger(project, 'main', made.token, { variables: { A: 'b' } })).id);
    await api.PipelineTriggerTokens.edit(project, made.id, { description: 'changed' });
    check((await api.PipelineTriggerTokens.all(project)).length > 1);
    check((await api.PipelineTriggerTokens.show(project, made.id)).description === 'changed');
    await api.PipelineTriggerTokens.remove(project, made.id);
  },
  async schedules() {
    const { id } = await api.PipelineSchedules.create(project, 'of gitbeaker', 'main', '@weekly');
    await api.PipelineSchedules.edit(project, id, { cron: '30 4 * * mon,thu', active: true });
    await api.PipelineScheduleVariables.create(project, id, 'WHY', 'gitbeaker');
    await api.PipelineScheduleVariables.edit(project, id, 'WHY', 'changed');
    check((await api.PipelineSchedules.show(project, id)).variables[0].value === 'changed');
    await api.PipelineScheduleVariables.remove(project, id, 'WHY');
    await api.PipelineSchedules.takeOwnership(project, id);
    await api.PipelineSchedules.run(project, id);
    check(Array.isArray(await api.PipelineSchedules.allTriggeredPipelines(project, id)));
    check((await api.PipelineSchedules.all(project)).length > 2);
    await api.PipelineSchedules.remove(project, id);
  },
  async jobs() {
    const [failed] = await api.Jobs.all(project, { scope: 'failed', perPage: 1, maxPages: 1 });
    check((await api.Jobs.show(project, failed.id)).stage);
    check((await api.Jobs.showLog(project, failed.id)).length > 0);
    check((await api.Jobs.all(project, { pipelineId: failed.pipeline.id, includeRetried: true })).length > 0);
    check(Array.isArray(await api.Jobs.allPipelineBridges(project, failed.pipeline.id)));
    const again = await api.Jobs.retry(project, failed.id);
    await api.Jobs.cancel(project, again.id);
    const [held] = await api.Jobs.all(project, { scope: 'manual', perPage: 1, maxPages: 1 });
    await api.Jobs.play(project, held.id, { jobVariablesAttributes: [{ key: 'WHY', value: 'gitbeaker' }] });
    await api.Jobs.erase(project, failed.id);
  },
  async artifacts() {
    const all = await api.Jobs.all(project, { scope: 'success', perPage: 100, maxPages: 1 });
    const job = all.find(one => one.artifacts_file);
    check((await api.JobArtifacts.downloadArchive(project, { jobId: job.id })).size > 0);
    check((await api.JobArtifacts.downloadArchive(project, { ref: 'main', job: job.name })).size > 0);
    await api.JobArtifacts.keep(project, job.id);
    await api.JobArtifacts.remove(project, { jobId: job.id });
    await api.JobArtifacts.remove(project);
  },
  async branches() {
    await api.Branches.create(project, 'of/gitbeaker', 'main');
    check((await api.Branches.all(project, { search: 'gitbeaker' })).length === 1);
    check((await api.Branches.show(project, 'of/gitbeaker')).commit);
    await api.ProtectedBranches.protect(project, 'of/gitbeaker', { pushAccessLevel: 40 });
    check((await api.ProtectedBranches.all(project)).length > 2);
    await api.ProtectedBranches.unprotect(project, 'of/gitbeaker');
    await api.Branches.remove(project, 'of/gitbeaker');
  },
  async tags() {
    await api.Tags.create(project, 'v-gitbeaker', 'main', { message: 'of gitbeaker' });
    check((await api.Tags.all(project, { orderBy: 'updated' })).length > 1);
    check((await api.Tags.show(project, 'v-gitbeaker')).commit);
    await api.Tags.remove(project, 'v-gitbeaker');
  },
  async commits() {
    const actions = [{ action: 'create', filePath: 'gitbeaker.txt', content: 'one' }];
    const { id } = await api.Commits.create(project, 'of-gitbeaker', 'One', actions, { startBranch: 'main' });
    check((await api.Commits.all(project, { refName: 'main', withStats: true, maxPages: 1, perPage: 3 })).length > 1);
    check((await api.Commits.show(project, id, { stats: true })).stats);
    check((await api.Commits.showDiff(project, id)).length === 1);
    check((await api.Commits.allReferences(project, id)).length > 0);
    check(Array.isArray(await api.Commits.allStatuses(project, id)));
    check(Array.isArray(await api.Commits.allMergeRequests(project, id)));
    await api.Commits.cherryPick(project, id, 'dev');
    await api.Commits.revert(project, id, 'of-gitbeaker');
  },
  async repository() {
    check((await api.Repositories.allRepositoryTrees(project, { recursive: true, ref: 'main' })).length > 3);
    check((await api.Repositories.compare(project, 'dev', 'main')).commits);
  },
  async files() {
    const path = 'of/git beaker.txt';
    await api.RepositoryFiles.create(project, path, 'dev', 'one', 'Add it');
    await api.RepositoryFiles.edit(project, path, 'dev', 'two', 'Change it');
    check((await api.RepositoryFiles.show(project, path, 'dev')).encoding === 'base64');
    check((await api.RepositoryFiles.showRaw(project, path, 'dev')) === 'two');
    check((await api.RepositoryFiles.allFileBlames(project, path, 'dev')).length > 0);
    await api.RepositoryFiles.remove(project, path, 'dev', 'Remove it');
  },
  async lint() {
    check((await api.Lint.check(project, { dryRun: false })).valid !== undefined);
    check((await api.Lint.lint(project, 'test: {script: [echo]}')).errors);
  },
  async 'merge requests'() {
    check(Array.isArray(await api.MergeRequests.all({ scope: 'all', state: 'opened', wip: 'no' })));
    check(Array.isArray(await api.MergeRequests.all({ groupId: group })));
    await api.Branches.create(project, 'of-merge', 'main');
    await api.RepositoryFiles.create(project, 'merge.txt', 'of-merge', 'one', 'Add it');
    const { iid } = await api.MergeRequests.create(project, 'of-merge', 'main', 'Merge it', { labels: 'quality' });
    check((await api.MergeRequests.show(project, iid)).time_stats.total_time_spent === 0);
    check((await api.MergeRequests.all({ projectId: project, iids: [iid] })).length === 1);
    await api.MergeRequests.edit(project, iid, { description: 'changed', squash: true });
    check((await api.MergeRequests.showChanges(project, iid)).changes.length === 1);
    check((await api.MergeRequests.allDiffs(project, iid)).length === 1);
    check((await api.MergeRequests.allCommits(project, iid)).length === 1);
    check(Array.isArray(await api.MergeRequests.allPipelines(project, iid)));
    await api.MergeRequests.createPipeline(project, iid);
    const note = await api.MergeRequestNotes.create(project, iid, 'one');
    check((await api.MergeRequestNotes.edit(project, iid, note.id, { body: 'two' })).body === 'two');
    check((await api.MergeRequestNotes.all(project, iid)).length > 0);
    await api.MergeRequestNotes.remove(project, iid, note.id);
    await owner.MergeRequestApprovals.approve(project, iid);
    check(await api.MergeRequestApprovals.showConfiguration(project, { mergerequestIId: iid }));
    await owner.MergeRequestApprovals.unapprove(project, iid);
    await api.MergeRequests.rebase(project, iid);
    await until(async () => (await api.MergeRequests.show(project, iid)).detailed_merge_status === 'mergeable');
    await api.MergeRequests.merge(project, iid, { shouldRemoveSourceBranch: true });
  },
  async issues() {
    check((await api.Issues.all({ scope: 'all', state: 'opened', maxPages: 1 })).length > 0);
    check((await api.Issues.all({ groupId: group, labels: 'quality', maxPages: 1 })).length > 0);
    const { iid } = await api.Issues.create(project, 'Of gitbeaker', { labels: 'quality', confidential: true });
    const note = await api.IssueNotes.create(project, iid, 'one');
    check((await api.IssueNotes.edit(project, iid, note.id, { body: 'two' })).body === 'two');
    check((await api.IssueNotes.all(project, iid, { sort: 'asc' })).length === 1);
    await api.IssueNotes.remove(project, iid, note.id);
    check((await api.Issues.edit(project, iid, { stateEvent: 'close' })).state === 'closed');
    check((await api.Issues.show(iid, { projectId: project })).time_stats);
    await owner.Issues.remove(project, iid);
  },
  async variables() {
    const filter = { environment_scope: '*' };
    await api.ProjectVariables.create(project, 'OF_GITBEAKER', 'one', { masked: false, protected: true });
    check((await api.ProjectVariables.edit(project, 'OF_GITBEAKER', 'two', { filter })).value === 'two');
    check((await api.ProjectVariables.show(project, 'OF_GITBEAKER', { filter })).protected);
    check((await api.ProjectVariables.all(project)).length > 1);
    await api.ProjectVariables.remove(project, 'OF_GITBEAKER', { filter });
    await owner.GroupVariables.create('meridian', 'OF_GITBEAKER', 'one');
    check((await owner.GroupVariables.edit('meridian', 'OF_GITBEAKER', 'two')).value === 'two');
    check((await owner.GroupVariables.show('meridian', 'OF_GITBEAKER')).value === 'two');
    check((await owner.GroupVariables.all('meridian')).length > 1);
    await owner.GroupVariables.remove('meridian', 'OF_GITBEAKER');
  },
  async environments() {
    const { id } = await api.Environments.create(project, 'of-gitbeaker', { tier: 'testing' });
    await api.Environments.edit(project, id, { externalUrl: 'https://environments.example/' });
    check((await api.Environments.all(project, { states: 'available' })).length > 2);
    check((await api.Environments.show(project, id)).state === 'available');
    check((await api.Environments.stop(project, id)).state === 'stopped');
    await api.Environments.remove(project, id);
  },
  async deployments() {
    const { commit } = await api.Branches.show(project, 'main');
    const options = { status: 'running' };
    const { id } = await api.Deployments.create(project, 'PROD', commit.id, 'main', false, options);
    check((await api.Deployments.edit(project, id, 'success')).status === 'success');
    check((await api.Deployments.show(project, id)).environment);
    check((await api.Deployments.all(project, { environment: 'PROD', sort: 'desc' })).length > 1);
    await api.Deployments.create(project, 'PROD', commit.id, 'main', false, { status: 'success' });
    await api.Deployments.remove(project, id);
  },
  async releases() {
    await api.ProjectReleases.create(project, { tagName: 'v-beaker', ref: 'main', description: 'One' });
    check((await api.ProjectReleases.edit(project, 'v-beaker', { name: 'Changed' })).name === 'Changed');
    check((await api.ProjectReleases.show(project, 'v-beaker')).tag_name === 'v-beaker');
    check((await api.ProjectReleases.all(project, { orderBy: 'released_at' })).length > 1);
    await api.ProjectReleases.remove(project, 'v-beaker');
  },
  async packages() {
    const [one] = await api.Packages.all({ projectId: project, packageName: 'ore_quality' });
    check((await api.Packages.all({ groupId: group })).length > 1);
    check((await api.Packages.allFiles(project, one.id)).length === 2);
    await api.Packages.remove(project, one.id);
  },
  async search() {
    check((await api.Search.all('projects', 'assays', { maxPages: 1 })).length > 0);
    check((await api.Search.all('issues', 'standard', { groupId: group, maxPages: 1 })).length > 0);
    check((await api.Search.all('blobs', 'select', { projectId: project, ref: 'main', maxPages: 1 })).length > 0);
  },
  async 'access tokens'() {
    const ofProject = await api.ProjectAccessTokens.create(project, 'of gitbeaker', ['read_api'], soon);
    check(ofProject.token && (await api.ProjectAccessTokens.all(project)).length > 0);
    const next = await api.ProjectAccessTokens.rotate(project, ofProject.id);
    await api.ProjectAccessTokens.revoke(project, next.id);
    const ofGroup = await owner.GroupAccessTokens.create(group, 'of gitbeaker', ['read_api'], soon);
    check(ofGroup.token && (await owner.GroupAccessTokens.all(group)).length > 0);
    const other = await owner.GroupAccessTokens.rotate(group, ofGroup.id);
    await owner.GroupAccessTokens.revoke(group, other.id);
  },
  async 'job tokens'() {
    check((await api.ProjectJobTokenScopes.show(project)).inbound_enabled);
    await api.ProjectJobTokenScopes.addToInboundAllowList(project, 100);
    check((await api.ProjectJobTokenScopes.showInboundAllowList(project)).length > 0);
    await api.ProjectJobTokenScopes.removeFromInboundAllowList(project, 100);
    await api.ProjectJobTokenScopes.addToGroupsAllowList(project, 14);
    check((await api.ProjectJobTokenScopes.showGroupsAllowList(project)).length > 0);
    await api.ProjectJobTokenScopes.removeFromGroupsAllowList(project, 14);
    await api.ProjectJobTokenScopes.edit(project, true);
  },
  async webhooks() {
    const hook = await api.ProjectHooks.add(project, 'https://hooks.example/of-gitbeaker', { pipelineEvents: true });
    check((await api.ProjectHooks.all(project)).length > 1);
    check((await api.ProjectHooks.show(project, hook.id)).pipeline_events);
    check((await api.ProjectHooks.edit(project, hook.id, hook.url, { jobEvents: true })).job_events);
    await api.ProjectHooks.remove(project, hook.id);
  },
  async 'protected tags'() {
    await api.ProtectedTags.create(project, 'of-gitbeaker-*', { createAccessLevel: 40 });
    check((await api.ProtectedTags.show(project, 'of-gitbeaker-*')).create_access_levels);
    check((await api.ProtectedTags.all(project)).length > 1);
    await api.ProtectedTags.unprotect(project, 'of-gitbeaker-*');
  },
  async 'draft notes, reactions and time'() {
    const draft = await api.MergeRequestDraftNotes.create(project, 1, 'of gitbeaker');
    check((await api.MergeRequestDraftNotes.all(project, 1)).some(({ id }) => id === draft.id));
    await api.MergeRequestDraftNotes.publish(project, 1, draft.id);
    const award = await api.MergeRequestAwardEmojis.award(project, 1, 'rocket');
    await api.MergeRequestAwardEmojis.remove(project, 1, award.id);
    check((await api.MergeRequests.setTimeEstimate(project, 1, '2h')).time_estimate === 7200);
    check((await api.MergeRequests.allParticipants(project, 1)).length > 0);
  },
  async 'links of issues and releases'() {
    await api.IssueLinks.create(project, 6, 101, 7);
    const [link] = await api.IssueLinks.all(project, 6);
    await api.IssueLinks.remove(project, 6, link.issue_link_id);
    const made = await api.ReleaseLinks.create(project, 'v1.0.0', 'of gitbeaker', 'https://notes.example/gitbeaker');
    check((await api.ReleaseLinks.all(project, 'v1.0.0')).length > 1);
    await api.ReleaseLinks.remove(project, 'v1.0.0', made.id);
  },
  async 'resource groups and events'() {
    check((await api.ResourceGroups.all(project)).length > 0);
    check((await api.ResourceGroups.allUpcomingJobs(project, 'PROD')).length >= 0);
    check((await api.Events.all({ projectId: project, targetType: 'issue', maxPages: 1 })).length > 0);
    check((await api.Repositories.allContributors(project)).length > 0);
    check((await api.Repositories.mergeBase(project, ['main', 'dev'])).id);
  },
};

for (const [family, calls] of Object.entries(families)) {
  let outcome = 'works';
  try {
    await calls();
  } catch (error) {
    const [at = ''] = /gitbeaker\.mjs:\d+/.exec(error.stack ?? '') ?? [];
    const { description } = error.cause ?? {};
    outcome = `${at}: ${error.message}${description ? ` (${JSON.stringify(description)})` : ''}`.slice(0, 600);
  }
  console.log(`FAMILY ${JSON.stringify([family, outcome])}`);
}
