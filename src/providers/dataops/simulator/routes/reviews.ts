import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { describeCommit, repositoryOf } from '../commit-shapes.ts';
import { newNote } from '../new-things.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, forbidden, notFound, refusal } from '../refusal.ts';
import { sidesOf } from '../sides.ts';
import { describeUser, iso, type World } from '../world.ts';
import { usernames } from './changes.ts';
import { shownIssue } from './issues.ts';
import { branchesOf, findMergeRequest, mergeStatus } from './merge-requests.ts';

const root = '/projects/:id/merge_requests/:iid';
const drafts = `${root}/draft_notes`;

export const reviewEndpoints: readonly Endpoint[] = [
  [`DELETE ${root}`, remove],
  [`GET ${root}/reviewers`, listReviewers],
  [`GET ${root}/approval_state`, approvalState],
  [`PUT ${root}/reset_approvals`, resetApprovals],
  [`POST ${root}/cancel_merge_when_pipeline_succeeds`, cancelAutoMerge],
  [`GET ${root}/related_issues`, call => listIssues(call, /#(\d+)/g)],
  [`GET ${root}/closes_issues`, call => listIssues(call, /(?:closes|fixes|resolves) #(\d+)/gi)],
  [`GET ${root}/versions`, call => paged(call, [versionOf(call)], one => one)],
  [`GET ${root}/versions/:version`, readVersion],
  [`GET ${root}/raw_diffs`, rawDiffs],
  [`GET ${root}/merge_ref`, mergeRef],
  [`GET ${root}/context_commits`, listContext],
  [`POST ${root}/context_commits`, addContext],
  [`DELETE ${root}/context_commits`, removeContext],
  [`GET ${drafts}`, call => paged(call, mine(call), one => one)],
  [`POST ${drafts}`, createDraft],
  [`POST ${drafts}/bulk_publish`, publishAll],
  [`GET ${drafts}/:draft`, findDraft],
  [`PUT ${drafts}/:draft`, call => Object.assign(findDraft(call), call.has('note') && { note: call.text('note') })],
  [`DELETE ${drafts}/:draft`, removeDraft],
  [`PUT ${drafts}/:draft/publish`, publishOne],
];

function remove(call: Call) {
  const one = findMergeRequest(call, 50);
  const { mergeRequests } = call.world.partsOf(call.project()).shelf;
  mergeRequests.splice(mergeRequests.indexOf(one), 1);
  return noContent;
}

function listReviewers(call: Call) {
  const one = findMergeRequest(call);
  const approved = usernames(one['approved_by']);
  return paged(call, one['reviewers'] as Fields[], user => ({
    user,
    state: approved.includes(String(user['username'])) ? 'approved' : 'unreviewed',
    created_at: one['created_at'],
  }));
}

function approvalState(call: Call): Fields {
  const one = findMergeRequest(call);
  const by = one['approved_by'] as Fields[];
  const rule = {
    id: 1,
    name: 'All Members',
    rule_type: 'any_approver',
    eligible_approvers: [],
    approvals_required: 1,
    users: [],
    groups: [],
    approved: by.length > 0,
    approved_by: by,
  };
  return { approval_rules_overwritten: false, rules: [rule] };
}

// For bots alone: people would take away what others have said.
function resetApprovals(call: Call) {
  const one = findMergeRequest(call, 30);
  if (!call.user().bot) throw refusal(401, { message: '401 Unauthorized' });
  one['approved_by'] = [];
  return reply(202, null);
}

function cancelAutoMerge(call: Call) {
  const one = findMergeRequest(call, 30);
  if (!one['merge_when_pipeline_succeeds']) throw refusal(405, { message: '405 Method Not Allowed' });
  one['merge_when_pipeline_succeeds'] = false;
  return reply(201, { status: 'success' });
}

function listIssues(call: Call, mention: RegExp) {
  const one = findMergeRequest(call);
  const text = `${String(one['title'])}\n${String(one['description'])}`;
  const named = [...text.matchAll(mention)].map(([, iid]) => Number(iid));
  const { issues } = call.world.partsOf(call.project()).shelf;
  return paged(
    call,
    issues.filter(({ iid }) => named.includes(Number(iid))),
    shownIssue,
  );
}

function versionOf(call: Call): Fields {
  const one = findMergeRequest(call);
  const { base, source } = branchesOf(call, one);
  return {
    id: Number(one['iid']),
    head_commit_sha: source?.sha ?? null,
    base_commit_sha: base?.sha ?? null,
    start_commit_sha: base?.sha ?? null,
    created_at: one['created_at'],
    merge_request_id: one['id'],
    state: 'collected',
    real_size: String(branchesOf(call, one).diffs.length),
  };
}

function readVersion(call: Call): Fields {
  const version = versionOf(call);
  if (String(version['id']) !== call.path('version')) throw notFound();
  const { commits, diffs } = branchesOf(call);
  return { ...version, commits: commits.map(commit => describeCommit(call.world, call.project(), commit)), diffs };
}

function rawDiffs(call: Call) {
  const body = branchesOf(call)
    .diffs.map(({ old_path, new_path, diff }) =>
      [`diff --git a/${old_path} b/${new_path}`, `--- a/${old_path}`, `+++ b/${new_path}`, diff].join('\n'),
    )
    .join('');
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}

function mergeRef(call: Call): Fields {
  const one = findMergeRequest(call);
  if (mergeStatus(call, one)['has_conflicts']) throw badRequest('Merge request is not mergeable');
  return { commit_id: one['sha'] };
}

function listContext(call: Call) {
  const { find } = repositoryOf(call);
  const commits = sidesOf(findMergeRequest(call)).contextCommits.flatMap(sha => find(sha) ?? []);
  return paged(call, commits, commit => describeCommit(call.world, call.project(), commit));
}

function addContext(call: Call) {
  const one = findMergeRequest(call, 30);
  const { find } = repositoryOf(call);
  const found = call.list('commits').map(sha => find(sha));
  if (found.some(commit => !commit)) throw badRequest('One or more context commits’ sha is not valid.');
  const commits = found.flatMap(commit => commit ?? []);
  const kept = sidesOf(one);
  if (commits.some(({ sha }) => kept.contextCommits.includes(sha)))
    throw badRequest('Context commits already exist in the merge request');
  kept.contextCommits.push(...commits.map(({ sha }) => sha));
  return reply(
    201,
    commits.map(commit => describeCommit(call.world, call.project(), commit)),
  );
}

function removeContext(call: Call) {
  const kept = sidesOf(findMergeRequest(call, 30));
  const gone = kept.contextCommits.filter(sha => call.list('commits').some(one => sha.startsWith(one)));
  if (gone.length === 0) throw badRequest("Context commits' sha is not valid.");
  kept.contextCommits = kept.contextCommits.filter(sha => !gone.includes(sha));
  return noContent;
}

const mine = (call: Call): Fields[] =>
  sidesOf(findMergeRequest(call)).drafts.filter(one => one['author_id'] === call.user().id);

function findDraft(call: Call): Fields {
  const found = mine(call).find(({ id }) => String(id) === call.path('draft'));
  if (!found) throw notFound();
  return found;
}

/** A comment that its author alone sees. */
export function newDraft(id: number, thing: Fields, authorId: number, note: string): Fields {
  return {
    id,
    author_id: authorId,
    merge_request_id: thing['id'],
    resolve_discussion: false,
    discussion_id: null,
    note,
    commit_id: null,
    line_code: null,
    position: null,
  };
}

function createDraft(call: Call) {
  const one = findMergeRequest(call);
  if (one['discussion_locked'] === true) throw forbidden();
  const draft = newDraft(call.world.nextId(), one, call.user().id, call.text('note') ?? '');
  draft['resolve_discussion'] = call.flag('resolve_discussion') ?? false;
  draft['commit_id'] = call.text('commit_id') ?? null;
  sidesOf(one).drafts.push(draft);
  return reply(201, draft);
}

function removeDraft(call: Call) {
  const { drafts: all } = sidesOf(findMergeRequest(call));
  all.splice(all.indexOf(findDraft(call)), 1);
  return noContent;
}

function publishOne(call: Call) {
  publish(call.world, findMergeRequest(call), [findDraft(call)]);
  return noContent;
}

function publishAll(call: Call) {
  publish(call.world, findMergeRequest(call), mine(call));
  return noContent;
}

function publish(world: World, one: Fields, published: readonly Fields[]): void {
  const sides = sidesOf(one);
  sides.drafts = sides.drafts.filter(draft => !published.includes(draft));
  one['notes'] ??= [];
  for (const { note, author_id } of published) {
    const made = newNote(world, one, String(note), Number(author_id), world.now());
    (one['notes'] as Fields[]).push({
      ...made,
      noteable_type: 'MergeRequest',
      author: describeUser(world, Number(author_id)),
    });
  }
  one['user_notes_count'] = (one['notes'] as Fields[]).filter(({ system }) => !system).length;
  one['updated_at'] = iso(world.now());
}
