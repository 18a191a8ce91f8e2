import { type Call, type Endpoint, reply } from '../call.ts';
import { changesOnto, checkPush, commitActions } from '../commit-changes.ts';
import { commitAt, describeCommit, repositoryOf } from '../commit-shapes.ts';
import { type Commit, diffsOf, historyOf, type Repository, statsOf } from '../git.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { basic, describePipeline } from '../pipeline-shapes.ts';
import { notFound, refusal } from '../refusal.ts';
import { describeUser, iso } from '../world.ts';
import { pipelinesOf } from './pipelines.ts';

const root = '/projects/:id/repository/commits';

export const commitEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, list],
  [`GET ${root}/:sha`, { jobToken: true }, call => detail(call, findCommit(call))],
  [`GET ${root}/:sha/diff`, call => paged(call, diffs(call), one => one)],
  [`GET ${root}/:sha/refs`, refs],
  [`GET ${root}/:sha/statuses`, statuses],
  [`GET ${root}/:sha/merge_requests`, { jobToken: true }, mergeRequests],
  [`POST ${root}`, commit],
  [`POST ${root}/:sha/cherry_pick`, call => reapply(call, false)],
  [`POST ${root}/:sha/revert`, call => reapply(call, true)],
];
const findCommit = (call: Call): Commit => commitAt(call, call.path('sha'));
const diffs = (call: Call): Fields[] => {
  const to = findCommit(call);
  return diffsOf(repositoryOf(call).commits.get(to.parents[0] ?? ''), to);
};

function detail(call: Call, found: Commit): Fields {
  const project = call.project();
  const last = pipelinesOf(call).findLast(({ sha }) => sha === found.sha);
  const parent = repositoryOf(call).commits.get(found.parents[0] ?? '');
  const pipeline = last && describePipeline(call, last);
  return {
    ...describeCommit(call.world, project, found),
    ...(call.flag('stats') !== false && { stats: statsOf(diffsOf(parent, found)) }),
    status: pipeline?.['status'] ?? null,
    project_id: project.id,
    last_pipeline: last ? basic(call, last) : null,
  };
}

function list(call: Call) {
  const repo = repositoryOf(call);
  const project = call.project();
  const start = repo.find(call.text('ref_name') ?? project.defaultBranch);
  if (!start && call.has('ref_name')) throw notFound('Commit');
  const all = call.flag('all')
    ? [...repo.commits.values()].sort((a, b) => b.at - a.at)
    : start
      ? historyOf(repo, start)
      : [];
  const [since, until, path] = [call.text('since'), call.text('until'), call.text('path')];
  const found = all.filter(
    one =>
      (since === undefined || one.at >= Date.parse(since)) &&
      (until === undefined || one.at <= Date.parse(until)) &&
      matches(call.text('author'), one.author.name, one.author.email) &&
      (path === undefined || touches(repo, one, path)),
  );
  const show = (one: Commit): Fields => ({
    ...describeCommit(call.world, project, one),
    ...(call.flag('with_stats') && { stats: statsOf(diffsOf(repo.commits.get(one.parents[0] ?? ''), one)) }),
  });
  return paged(call, found, show, { totals: false });
}

function touches(repo: Repository, one: Commit, path: string): boolean {
  const before = repo.commits.get(one.parents[0] ?? '')?.files;
  const names = new Set([...one.files.keys(), ...(before?.keys() ?? [])]);
  return [...names].some(
    name => (name === path || name.startsWith(`${path}/`)) && before?.get(name)?.commit !== one.files.get(name)?.commit,
  );
}

function refs(call: Call) {
  const { sha } = findCommit(call);
  const repo = repositoryOf(call);
  const holds = (head: string): boolean => {
    const at = repo.commits.get(head);
    return at !== undefined && historyOf(repo, at).some(one => one.sha === sha);
  };
  const branches = [...repo.branches].filter(([, head]) => holds(head)).map(([name]) => ({ type: 'branch', name }));
  const tags = [...repo.tags.values()].filter(tag => holds(tag.sha)).map(({ name }) => ({ type: 'tag', name }));
  const type = call.text('type') ?? 'all';
  return paged(
    call,
    [...branches, ...tags].filter(one => type === 'all' || one.type === type),
    one => one,
  );
}

function statuses(call: Call) {
  const { sha } = findCommit(call);
  const jobs = pipelinesOf(call)
    .filter(one => one.sha === sha)
    .flatMap(one => one.jobs);
  const ofJobs = jobs
    .filter(job => !job.retried || call.flag('all'))
    .map(job => ({
      id: job.id,
      sha,
      ref: job.pipeline.ref,
      status: job.status,
      name: job.plan.name,
      target_url: null,
      description: null,
      created_at: iso(job.createdAt),
      allow_failure: job.plan.allowFailure ?? false,
      coverage: null,
      pipeline_id: job.pipeline.id,
      author: describeUser(call.world, job.userId),
    }));
  const posted = call.world.partsOf(call.project()).shelf.commitStatuses.filter(one => one['sha'] === sha);
  const isAsked = (one: Fields) =>
    ['ref', 'name', 'pipeline_id'].every(name => !call.has(name) || String(one[name]) === call.text(name));
  return paged(call, [...ofJobs, ...posted].filter(isAsked), one => one);
}

function mergeRequests(call: Call) {
  const { sha } = findCommit(call);
  const found = call.world
    .partsOf(call.project())
    .shelf.mergeRequests.filter(one => one['sha'] === sha || one['merge_commit_sha'] === sha);
  return paged(call, found, one => one);
}

function commit(call: Call) {
  const actions = call.fields['actions'] as unknown[];
  return reply(201, detail(call, commitActions(call, call.text('branch') ?? '', actions)));
}

/** Puts a commit on a branch once more, or takes it back. */
function reapply(call: Call, backwards: boolean) {
  const branch = call.text('branch') ?? '';
  checkPush(call, branch);
  const repo = repositoryOf(call);
  const [picked, head] = [findCommit(call), repo.find(branch)];
  if (!head || !repo.branches.has(branch)) throw notFound('Branch');
  const parent = repo.commits.get(picked.parents[0] ?? '');
  const files = backwards ? changesOnto(head, picked, parent) : changesOnto(head, parent, picked);
  if (files === 'conflict' || files.size === 0) throw unapplied(backwards, files === 'conflict' ? files : 'empty');
  if (call.flag('dry_run')) return reply(200, { dry_run: 'success' });
  const title = picked.message.split('\n')[0];
  const message = backwards
    ? `Revert "${title}"\n\nThis reverts commit ${picked.sha}`
    : `${picked.message}\n\n(cherry picked from commit ${picked.sha})`;
  const made = repo.commit({ branch, parent: head, message, author: call.user(), at: call.world.now(), files });
  return reply(201, describeCommit(call.world, call.project(), made));
}

function unapplied(backwards: boolean, error_code: 'conflict' | 'empty') {
  const message = `Sorry, we cannot ${backwards ? 'revert' : 'cherry-pick'} this commit automatically.`;
  return refusal(400, { message, error_code });
}
