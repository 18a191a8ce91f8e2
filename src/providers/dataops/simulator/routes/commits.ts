import { type Call, type Endpoint, reply } from '../call.ts';
import { between, type Commit, diffsOf, type GitFile, historyOf, type Repository, statsOf } from '../git.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { describeUser, iso, type Project, type World } from '../world.ts';
import { basic, describePipeline, pipelinesOf } from './pipelines.ts';

const root = '/projects/:id/repository/commits';

export const commitEndpoints: readonly Endpoint[] = [
  [
    `GET ${root}`,
    {
      takes:
        'ref_name since:date until:date path author all:boolean with_stats:boolean first_parent:boolean ' +
        'order:default|topo',
    },
    list,
  ],
  [`GET ${root}/:sha`, { takes: 'stats:boolean', jobToken: true }, call => detail(call, findCommit(call))],
  [`GET ${root}/:sha/diff`, {}, call => paged(call, diffs(call), one => one)],
  [`GET ${root}/:sha/refs`, { takes: 'type:branch|tag|all' }, refs],
  [`GET ${root}/:sha/statuses`, { takes: 'ref stage name all:boolean' }, statuses],
  [`GET ${root}/:sha/merge_requests`, { takes: 'state', jobToken: true }, mergeRequests],
  [
    `POST ${root}`,
    {
      takes:
        'branch! commit_message! actions:list! start_branch start_sha author_name author_email stats:boolean ' +
        'force:boolean',
    },
    commit,
  ],
  [`POST ${root}/:sha/cherry_pick`, { takes: 'branch! dry_run:boolean message' }, call => reapply(call, false)],
  [`POST ${root}/:sha/revert`, { takes: 'branch! dry_run:boolean' }, call => reapply(call, true)],
];

export const repositoryOf = (call: Call, level = 20): Repository => call.world.partsOf(call.project(level)).repository;

/** The commit that a name stands for. */
export function commitAt(call: Call, ref: string, noun = 'Commit'): Commit {
  const found = repositoryOf(call).find(ref);
  if (!found) throw notFound(noun);
  return found;
}

const findCommit = (call: Call): Commit => commitAt(call, call.path('sha'));
const diffs = (call: Call): Fields[] => {
  const to = findCommit(call);
  return diffsOf(repositoryOf(call).commits.get(to.parents[0] ?? ''), to);
};

export function describeCommit(
  { origin }: World,
  project: Project,
  { sha, parents, message, author, at }: Commit,
): Fields {
  return {
    ...{
      id: sha,
      short_id: sha.slice(0, 8),
      created_at: iso(at),
      parent_ids: parents,
      title: message.split('\n')[0],
      message,
    },
    ...{ author_name: author.name, author_email: author.email, authored_date: iso(at) },
    ...{ committer_name: author.name, committer_email: author.email, committed_date: iso(at) },
    ...{ trailers: {}, web_url: `${origin}/${project.fullPath}/-/commit/${sha}` },
  };
}

export function detail(call: Call, found: Commit): Fields {
  const project = call.project();
  const last = pipelinesOf(call).findLast(({ sha }) => sha === found.sha);
  const parent = repositoryOf(call).commits.get(found.parents[0] ?? '');
  const pipeline = last && describePipeline(call, last);
  return {
    ...describeCommit(call.world, project, found),
    ...(call.flag('stats') !== false && { stats: statsOf(diffsOf(parent, found)) }),
    ...{ status: pipeline?.['status'] ?? null, project_id: project.id, last_pipeline: last ? basic(call, last) : null },
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
  const found = jobs.filter(
    job => (!job.retried || call.flag('all')) && (!call.has('ref') || job.pipeline.ref === call.text('ref')),
  );
  return paged(call, found, job => ({
    ...{ id: job.id, sha, ref: job.pipeline.ref, status: job.status, name: job.plan.name, target_url: null },
    ...{
      description: null,
      created_at: iso(job.createdAt),
      allow_failure: job.plan.allowFailure ?? false,
      coverage: null,
    },
    ...{ pipeline_id: job.pipeline.id, author: describeUser(call.world, job.userId) },
  }));
}

function mergeRequests(call: Call) {
  const { sha } = findCommit(call);
  const found = call.world
    .partsOf(call.project())
    .shelf.mergeRequests.filter(one => one['sha'] === sha || one['merge_commit_sha'] === sha);
  return paged(call, found, one => one);
}

/** Fails as the platform does where a branch is protected and the caller no Maintainer. */
export function checkPush(call: Call, branch: string): void {
  const project = call.project(30);
  const { protectedBranches } = call.world.partsOf(project);
  if (!protectedBranches.some(({ name }) => name === branch)) return;
  try {
    call.demand(project, 40);
  } catch {
    throw refusal(400, { message: 'You are not allowed to push into this branch' });
  }
}

type Files = Map<string, Pick<GitFile, 'content' | 'executable'> | undefined>;

const contentOf = (text: unknown, encoding: unknown): Buffer =>
  Buffer.from(String(text ?? ''), encoding === 'base64' ? 'base64' : 'utf8');

function applyActions(actions: readonly unknown[], before: ReadonlyMap<string, GitFile>): Files {
  const changes: Files = new Map();
  for (const given of actions) applyAction(readAction(given), before, changes);
  return changes;
}

interface Action {
  action: string;
  path: string;
  /** Where the content comes from: the path itself, or what is moved to it. */
  source: string;
  content?: Buffer;
  executable?: boolean;
  lastCommit?: unknown;
}

function readAction(given: unknown): Action {
  const fields = Object(given) as Fields;
  const { action, file_path: path, previous_path, content, encoding, execute_filemode, last_commit_id } = fields;
  if (!['create', 'update', 'delete', 'move', 'chmod'].includes(String(action)))
    throw refusal(400, { error: 'actions[0][action] does not have a valid value' });
  if (typeof path !== 'string') throw refusal(400, { error: 'actions[0][file_path] is missing' });
  return {
    action: String(action),
    path,
    source: action === 'move' ? String(previous_path) : path,
    ...(content !== undefined && { content: contentOf(content, encoding) }),
    ...(execute_filemode !== undefined && { executable: execute_filemode === true }),
    lastCommit: last_commit_id,
  };
}

function applyAction(wanted: Action, before: ReadonlyMap<string, GitFile>, changes: Files): void {
  const { action, path, source, lastCommit } = wanted;
  const old = changes.has(source) ? changes.get(source) : before.get(source);
  if (action === 'create' && before.has(path)) throw refusal(400, { message: 'A file with this name already exists' });
  if (action !== 'create' && !old) throw refusal(400, { message: "A file with this name doesn't exist" });
  if (lastCommit !== undefined && before.get(source)?.commit !== lastCommit)
    throw refusal(400, { message: `The file has changed since you started editing it: ${path}` });
  if (action === 'move') changes.set(source, undefined);
  const content = wanted.content ?? old?.content ?? Buffer.alloc(0);
  const executable = wanted.executable ?? old?.executable ?? false;
  changes.set(path, action === 'delete' ? undefined : { content, executable });
}

/** Commits the actions to a branch, which `start_branch` or `start_sha` may create. */
export function commitActions(call: Call, branch: string, actions: readonly unknown[]): Commit {
  checkPush(call, branch);
  const repo = repositoryOf(call, 30);
  const start = call.text('start_sha') ?? call.text('start_branch');
  if (start !== undefined && repo.branches.has(branch) && !call.flag('force'))
    throw refusal(400, {
      message: `A branch called '${branch}' already exists. Switch to that branch in order to make changes`,
    });
  const parent = start === undefined ? repo.find(branch) : repo.find(start);
  const known = start === undefined ? repo.branches.has(branch) : parent !== undefined;
  if (!known && repo.branches.size > 0)
    throw refusal(400, {
      message:
        start === undefined ? 'You can only create or edit files when you are on a branch' : 'Cannot find start point',
    });
  const user = call.user();
  return repo.commit({
    ...{ branch, parent, message: call.text('commit_message') ?? '', at: call.world.now() },
    author: { name: call.text('author_name') ?? user.name, email: call.text('author_email') ?? user.email },
    files: applyActions(actions, parent?.files ?? new Map()),
  });
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

/** What differs from one commit to another, for the head of a branch that must not have changed the same files. */
function changesOnto(head: Commit, from: Commit | undefined, to: Commit | undefined): Files | 'conflict' {
  const files: Files = new Map();
  for (const path of new Set([...(from?.files.keys() ?? []), ...(to?.files.keys() ?? [])])) {
    const [old, next, now] = [from?.files.get(path), to?.files.get(path), head.files.get(path)];
    if (hasSameContent(old, next) || (next && hasSameContent(next, now))) continue;
    if (!hasSameContent(old, now)) return 'conflict';
    files.set(path, next);
  }
  return files;
}

/** Two absent files are alike too. */
const hasSameContent = (a: GitFile | undefined, b: GitFile | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.content.equals(b.content));

function unapplied(backwards: boolean, error_code: 'conflict' | 'empty') {
  const message = `Sorry, we cannot ${backwards ? 'revert' : 'cherry-pick'} this commit automatically.`;
  return refusal(400, { message, error_code });
}

/** `from...to` (three dots, what `to` added since they parted) or `from..to`. */
export function compareCommits(call: Call, from: Commit, to: Commit, straight: boolean): Fields {
  const repo = repositoryOf(call);
  const project = call.project();
  const { commits, base } = between(repo, from, to);
  return {
    commit: commits.length > 0 ? describeCommit(call.world, project, to) : null,
    commits: commits.map(one => describeCommit(call.world, project, one)),
    diffs: diffsOf(straight ? from : base, to),
    ...{ compare_timeout: false, compare_same_ref: from === to },
    web_url: `${call.world.origin}/${project.fullPath}/-/compare/${from.sha}${straight ? '..' : '...'}${to.sha}`,
  };
}
