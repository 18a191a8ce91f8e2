import { type Call, canSee, type Endpoint, reply } from '../call.ts';
import { describeCommit, repositoryOf } from '../commit-shapes.ts';
import { between, type Commit, diffsOf } from '../git.ts';
import { newMergeRequest } from '../new-things.ts';
import { isWithin, labelsOf, matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { basic, describePipeline } from '../pipeline-shapes.ts';
import { forbidden, notFound, refusal } from '../refusal.ts';
import { describeUser, iso, levelOf, type Project } from '../world.ts';
import { change, needOne, usernames } from './changes.ts';
import { pipelinesOf, startOn } from './pipelines.ts';
import { projectsBelow } from './projects.ts';

const root = '/projects/:id/merge_requests';
const reads = { jobToken: true } as const;

export const mergeRequestEndpoints: readonly Endpoint[] = [
  ['GET /merge_requests', call => list(call, [...call.world.projects.values()], 'created_by_me')],
  ['GET /groups/:id/merge_requests', call => list(call, projectsBelow(call, call.group(), true))],
  [`GET ${root}`, reads, call => list(call, [call.project(20)])],
  [`GET ${root}/:iid`, reads, call => detail(call, findMergeRequest(call))],
  [`POST ${root}`, create],
  [`PUT ${root}/:iid`, update],
  [`PUT ${root}/:iid/merge`, merge],
  [`PUT ${root}/:iid/rebase`, rebase],
  [`GET ${root}/:iid/changes`, changes],
  [`GET ${root}/:iid/diffs`, call => paged(call, branchesOf(call).diffs, one => one)],
  [`GET ${root}/:iid/commits`, listCommits],
  [`GET ${root}/:iid/pipelines`, call => paged(call, runsOf(call), one => basic(call, one))],
  [`POST ${root}/:iid/pipelines`, run],
];

const shelfOf = (call: Call, project: Project): Fields[] => call.world.partsOf(project).shelf.mergeRequests;

export function findMergeRequest(call: Call, level = 20): Fields {
  const found = shelfOf(call, call.project(level)).find(one => String(one['iid']) === call.path('iid'));
  if (!found) throw notFound();
  return found;
}

function list(call: Call, projects: readonly Project[], scope = 'all') {
  const { caller } = call;
  const all = projects.filter(one => one.parts && canSee(caller, one)).flatMap(project => shelfOf(call, project));
  const mine = call.user().username;
  const wanted = call.text('scope') ?? scope;
  const is = (name: string, value: unknown): boolean => !call.has(name) || call.text(name) === value;
  const found = all.filter(
    one =>
      (is('state', one['state']) || call.text('state') === 'all') &&
      is('source_branch', one['source_branch']) &&
      is('target_branch', one['target_branch']) &&
      is('author_username', usernames(one['author'])[0]) &&
      (!call.has('reviewer_username') || usernames(one['reviewers']).includes(call.text('reviewer_username') ?? '')) &&
      (wanted !== 'created_by_me' || usernames(one['author']).includes(mine)) &&
      (wanted !== 'assigned_to_me' || usernames(one['assignees']).includes(mine)) &&
      call.list('labels').every(label => labelsOf(one).includes(label)) &&
      (call.list('iids').length === 0 || call.list('iids').includes(String(one['iid']))) &&
      (!call.has('wip') || one['draft'] === (call.text('wip') === 'yes')) &&
      matches(call.text('search'), String(one['title']), String(one['description'])) &&
      isWithin(call, 'created', Date.parse(String(one['created_at']))) &&
      isWithin(call, 'updated', Date.parse(String(one['updated_at']))),
  );
  const order = call.text('order_by') ?? 'created_at';
  const show = ({ approved_by: _, notes: __, ...one }: Fields): Fields =>
    call.text('view') === 'simple'
      ? Object.fromEntries(
          ['id', 'iid', 'project_id', 'title', 'description', 'state', 'created_at', 'updated_at', 'web_url'].map(
            name => [name, one[name]],
          ),
        )
      : { ...one, ...mergeStatus(call, one) };
  return paged(
    call,
    sorted(found, one => String(one[order] ?? ''), call.text('sort') ?? 'desc'),
    show,
  );
}

interface Branches {
  source: Commit | undefined;
  target: Commit | undefined;
  base: Commit | undefined;
  commits: Commit[];
  diffs: Fields[];
}

/** Both branches of a merge request, and what is between them. */
export function branchesOf(call: Call, one: Fields = findMergeRequest(call)): Branches {
  const project = call.world.projects.get(Number(one['project_id']));
  const repository = project && call.world.partsOf(project).repository;
  const source = repository?.commits.get(String(one['sha']));
  const target = repository?.find(String(one['target_branch']));
  if (!repository || !source || !target) return { source, target, base: undefined, commits: [], diffs: [] };
  const { commits, base } = between(repository, target, source);
  return { source, target, base, commits, diffs: diffsOf(base, source) };
}

const checkingMs = 2000;

// The platform finds out in the background whether a merge request can be merged.
export function mergeStatus(call: Call, one: Fields): Fields {
  const { base, target, diffs } = branchesOf(call, one);
  const changed = new Set(base && target ? diffsOf(base, target).map(diff => diff['new_path']) : []);
  const conflict = diffs.some(diff => changed.has(diff['new_path']));
  const fresh = call.world.now() < Date.parse(String(one['created_at'])) + checkingMs;
  const status =
    one['state'] !== 'opened'
      ? 'not_open'
      : one['draft']
        ? 'draft_status'
        : fresh
          ? 'checking'
          : conflict
            ? 'conflict'
            : 'mergeable';
  const old = conflict ? 'cannot_be_merged' : fresh ? 'checking' : 'can_be_merged';
  return { detailed_merge_status: status, merge_status: old, has_conflicts: conflict };
}

function detail(call: Call, { approved_by: _, notes: __, ...one }: Fields): Fields {
  const { base, source, diffs, commits } = branchesOf(call, one);
  const head = pipelinesOf(call).findLast(({ sha }) => sha === one['sha']);
  const merge_commit = one['state'] === 'merged';
  return {
    ...one,
    ...mergeStatus(call, one),
    changes_count: merge_commit || diffs.length > 0 ? String(diffs.length) : null,
    head_pipeline: head ? describePipeline(call, head) : null,
    pipeline: head ? basic(call, head) : null,
    diff_refs: { base_sha: base?.sha ?? null, head_sha: source?.sha ?? null, start_sha: base?.sha ?? null },
    merge_error: null,
    first_contribution: false,
    subscribed: true,
    user: { can_merge: levelOf(call.caller.user, call.project()) >= 30 },
    ...(call.flag('include_diverged_commits_count') && { diverged_commits_count: commits.length }),
    ...(call.flag('include_rebase_in_progress') && { rebase_in_progress: false }),
  };
}

function create(call: Call) {
  const project = call.project(30);
  const { branches } = repositoryOf(call);
  const [source = '', target = ''] = [call.text('source_branch'), call.text('target_branch')];
  if (source === target) throw refusal(422, { message: ["You can't use same project/branch for source and target"] });
  for (const branch of [source, target])
    if (!branches.has(branch))
      throw refusal(400, { message: { [branch === source ? 'source_branch' : 'target_branch']: ['does not exist'] } });
  const other = shelfOf(call, project).find(
    one => one['source_branch'] === source && one['target_branch'] === target && one['state'] === 'opened',
  );
  if (other)
    throw refusal(409, {
      message: [`Another open merge request already exists for this source branch: !${other['iid']}`],
    });
  const one = newMergeRequest(call, project, {
    title: call.text('title') ?? '',
    source,
    target,
    authorId: call.user().id,
    createdAt: call.world.now(),
  });
  change(call, one);
  return reply(201, detail(call, one));
}

function update(call: Call) {
  const one = findMergeRequest(call, 30);
  needOne(call);
  change(call, one);
  return detail(call, one);
}

function merge(call: Call) {
  const one = findMergeRequest(call);
  if (levelOf(call.user(), call.project()) < 30) throw refusal(401, { message: '401 Unauthorized' });
  const status = mergeStatus(call, one)['detailed_merge_status'];
  const { source, target, diffs } = branchesOf(call, one);
  if (status === 'conflict') throw refusal(422, { message: 'Branch cannot be merged' });
  if (status !== 'mergeable' || !source || !target) throw refusal(405, { message: '405 Method Not Allowed' });
  if (call.has('sha') && call.text('sha') !== one['sha'])
    throw refusal(409, { message: `SHA does not match HEAD of source branch: ${String(one['sha'])}` });
  const repository = repositoryOf(call);
  const files = new Map(diffs.map(diff => [String(diff['new_path']), source.files.get(String(diff['new_path']))]));
  const [branch, now, user] = [String(one['target_branch']), call.world.now(), call.user()];
  const message =
    call.text('merge_commit_message') ?? `Merge branch '${String(one['source_branch'])}' into '${branch}'`;
  const made = repository.commit({ branch, parent: target, message, author: user, at: now, files });
  made.parents.push(source.sha);
  const merged_by = describeUser(call.world, user.id);
  Object.assign(one, {
    state: 'merged',
    merge_commit_sha: made.sha,
    merged_at: iso(now),
    merged_by,
    merge_user: merged_by,
  });
  one['updated_at'] = iso(now);
  if (call.flag('should_remove_source_branch')) repository.branches.delete(String(one['source_branch']));
  return detail(call, one);
}

function rebase(call: Call) {
  const one = findMergeRequest(call, 30);
  if (one['state'] !== 'opened') throw forbidden();
  if (mergeStatus(call, one)['has_conflicts'])
    throw refusal(409, {
      message: 'Failed to enqueue the rebase operation, possibly due to a long-lived transaction. Try again later.',
    });
  return reply(202, { rebase_in_progress: true });
}

function changes(call: Call): Fields {
  const one = findMergeRequest(call);
  return { ...detail(call, one), changes: branchesOf(call, one).diffs, overflow: false };
}

function listCommits(call: Call) {
  const commits = branchesOf(call).commits.reverse();
  return paged(call, commits, commit => describeCommit(call.world, call.project(), commit));
}

function runsOf(call: Call) {
  const one = findMergeRequest(call);
  return pipelinesOf(call)
    .filter(({ sha, ref }) => sha === one['sha'] || ref === `refs/merge-requests/${one['iid']}/head`)
    .reverse();
}

function run(call: Call) {
  const one = findMergeRequest(call, 30);
  const wanted = {
    ref: String(one['source_branch']),
    source: 'merge_request_event',
    userId: call.user().id,
    variables: [],
  };
  return reply(201, basic(call, startOn(call, call.project(), wanted)));
}
