import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, id, search, since, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { mergeRequestTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { pick } from '../rows.ts';
import { commit, diff } from './commits.ts';
import { groupArgument as group } from './groups.ts';
import { type Commented, notesOf } from './notes.ts';
import { startsPipeline } from './pipeline-runs.ts';
import { projectArgument as project } from './projects.ts';

export const mergeRequest = z.looseObject({
  iid: z.number(),
  title: z.string(),
  state: z.string(),
  source_branch: z.string(),
  target_branch: z.string(),
  detailed_merge_status: z.string().nullish(),
});
const pipelineRow = z.looseObject({ id: z.number(), status: z.string(), ref: z.string().nullish() });

const iid = id(
  'Number of the merge request in the project (iid)',
  'merge_requests',
  'dataops_list_merge_requests',
  'iid',
);
const one = { project, merge_request: iid };
const example = { project: 'meridian/data/drill-assays', merge_request: '1' };

const filters = {
  state: z.enum(['opened', 'closed', 'locked', 'merged', 'all']).optional().describe('State (all)'),
  search,
  source_branch: text('From this branch'),
  target_branch: text('Into this branch'),
  author_username: text('By this author'),
  reviewer_username: text('With this reviewer'),
  labels: text('With all these labels, comma-separated'),
  draft: z.enum(['yes', 'no']).optional().describe('Drafts only, or none').meta({ wire: 'wip' }),
  created_after: since('Created'),
  updated_after: since('Updated'),
  order_by: z.enum(['created_at', 'updated_at', 'title']).optional().describe('Order (created_at)'),
  sort,
};

const settable = {
  description: text('Markdown'),
  assignee_ids: z.array(z.number().int()).optional().describe('Numbers of users'),
  reviewer_ids: z.array(z.number().int()).optional().describe('Numbers of users'),
  labels: text('Comma-separated'),
  milestone_id: z.number().int().optional().describe('Number of the milestone'),
  remove_source_branch: flag('Delete the source branch once merged'),
  squash: flag('Squash the commits'),
};

export const listAllMergeRequests = operation({
  name: 'dataops_list_global_merge_requests',
  route: 'GET /merge_requests',
  risk: 'reads',
  summary: 'List merge requests over all projects: those you created or, by scope, are assigned.',
  words: 'waiting for my review reviewer',
  input: z.strictObject({
    ...filters,
    scope: z.enum(['created_by_me', 'assigned_to_me', 'all']).optional().describe('Whose (created_by_me)'),
  }),
  output: mergeRequest,
  paging: pages({ show: brief }),
  example: { arguments: { state: 'opened', scope: 'all' } },
});

export const listGroupMergeRequests = operation({
  name: 'dataops_list_group_merge_requests',
  route: 'GET /groups/{group}/merge_requests',
  risk: 'reads',
  summary: 'List the merge requests of all projects of a group.',
  words: 'open pull requests of a group',
  input: z.strictObject({ group, ...filters }),
  output: mergeRequest,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data', state: 'opened' } },
});

export const listMergeRequests = operation({
  name: 'dataops_list_merge_requests',
  route: 'GET /projects/{project}/merge_requests',
  risk: 'reads',
  summary: 'List the merge requests of a project.',
  words: 'open pull requests',
  input: z.strictObject({ project, ...filters }),
  output: mergeRequest,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/merge-requests', title: 'Merge requests of a DataOps.live project' },
  example: { arguments: { project: example.project, state: 'opened' } },
});

/** What came of a change; the whole of it is three times as long, and dataops_get_merge_request shows it. */
function changed(body: unknown): Row {
  const { pipeline: _, diff_refs: __, user: ___, head_pipeline: head, ...rest } = brief((body ?? {}) as Row);
  return { ...rest, ...(head ? { head_pipeline: pick(head as Row, ['id', 'status', 'web_url']) } : {}) };
}

export const getMergeRequest = operation({
  name: 'dataops_get_merge_request',
  route: 'GET /projects/{project}/merge_requests/{merge_request}',
  risk: 'reads',
  summary: 'Show a merge request, whether it can be merged (detailed_merge_status), and its latest pipeline.',
  words: 'conflicts, can it be merged, reviewers, state, title description',
  input: z.strictObject({ ...one, include_rebase_in_progress: flag('Tell whether a rebase is under way') }),
  output: mergeRequest.extend({ sha: z.string().nullish() }),
  resource: {
    uri: 'dataops://projects/{project}/merge-requests/{merge_request}',
    title: 'Merge request of a DataOps.live project',
  },
  example: { arguments: example },
});

const told = lookAt('merge_request', () => getMergeRequest, mergeRequestTold);

export const createMergeRequest = operation({
  name: 'dataops_create_merge_request',
  route: 'POST /projects/{project}/merge_requests',
  risk: 'adds',
  summary: 'Ask for a branch to be merged into another.',
  words: 'open new',
  verifyWith: 'dataops_list_merge_requests with source_branch shows whether it was opened.',
  input: z.strictObject({
    project,
    title: z.string().min(1).describe('Title'),
    source_branch: z.string().min(1).describe('Branch to merge'),
    target_branch: z.string().min(1).describe('Branch to merge into'),
    ...settable,
    target_project_id: z.number().int().optional().describe('Number of the project to merge into, from a fork'),
  }),
  output: mergeRequest,
  repair: changed,
  example: {
    arguments: { project: example.project, title: 'Add limits', source_branch: 'dev', target_branch: 'main' },
  },
});

export const updateMergeRequest = operation({
  name: 'dataops_update_merge_request',
  route: 'PUT /projects/{project}/merge_requests/{merge_request}',
  risk: 'edits',
  summary: 'Change, close or reopen a merge request.',
  words: 'assign reviewer label draft',
  input: z.strictObject({
    ...one,
    title: text('Title'),
    target_branch: text('Branch to merge into'),
    state_event: z.enum(['close', 'reopen']).optional().describe('Close or reopen it'),
    add_labels: text('Comma-separated'),
    remove_labels: text('Comma-separated'),
    ...settable,
  }),
  output: mergeRequest,
  repair: changed,
  example: { arguments: { ...example, add_labels: 'reviewed' } },
});

export const merge = operation({
  name: 'dataops_merge_merge_request',
  route: 'PUT /projects/{project}/merge_requests/{merge_request}/merge',
  risk: 'replaces',
  question: 'Merge the merge request {merge_request} of {project}?',
  describeLoss: told,
  summary:
    'Merge a merge request. First dataops_get_merge_request: detailed_merge_status must be mergeable (checking: ask ' +
    'again in a moment); pass its sha, so that nothing newer is merged.',
  words: 'accept, when the pipeline succeeds is green, checks pass, auto-merge',
  verifyWith: 'dataops_get_merge_request shows whether it was merged.',
  input: z.strictObject({
    ...one,
    sha: text('Head that was reviewed'),
    merge_commit_message: text('Message of the merge commit'),
    squash: flag('Squash the commits'),
    squash_commit_message: text('Message of the squashed commit'),
    should_remove_source_branch: flag('Delete the source branch'),
    // The name that every release takes; `auto_merge` is newer than the release may be.
    merge_when_pipeline_succeeds: flag('Merge once the pipeline has succeeded'),
  }),
  output: mergeRequest,
  repair: changed,
  example: { arguments: { ...example, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6' } },
});

export const rebase = operation({
  name: 'dataops_rebase_merge_request',
  route: 'PUT /projects/{project}/merge_requests/{merge_request}/rebase',
  risk: 'edits',
  summary:
    'Begin to rebase the source branch of a merge request. dataops_get_merge_request with ' +
    'include_rebase_in_progress tells when it is done, and merge_error if it failed.',
  words: 'rebase a branch on main, bring up to date',
  input: z.strictObject({ ...one, skip_ci: flag('Start no pipeline') }),
  output: z.looseObject({ rebase_in_progress: z.boolean() }),
  example: { arguments: example },
});

export const listChanges = operation({
  name: 'dataops_get_merge_request_changes',
  route: 'GET /projects/{project}/merge_requests/{merge_request}/changes',
  risk: 'reads',
  summary: 'Show a merge request with all its changes at once. Older servers only; prefer the list of diffs.',
  input: z.strictObject(one),
  output: z.looseObject({ iid: z.number(), changes: z.array(diff), overflow: z.boolean().nullish() }),
  example: { arguments: example },
});

export const listDiffs = operation({
  name: 'dataops_list_merge_request_diffs',
  route: 'GET /projects/{project}/merge_requests/{merge_request}/diffs',
  risk: 'reads',
  summary:
    'Show what a merge request changes, file by file. An empty diff marked collapsed or too_large is not delivered.',
  words: 'changed files, what does it change',
  input: z.strictObject(one),
  output: diff,
  paging: pages(),
  example: { arguments: example },
});

export const listCommits = operation({
  name: 'dataops_list_merge_request_commits',
  route: 'GET /projects/{project}/merge_requests/{merge_request}/commits',
  risk: 'reads',
  summary: 'List the commits of a merge request.',
  words: 'what is in it',
  input: z.strictObject(one),
  output: commit,
  paging: pages({ show: brief }),
  example: { arguments: example },
});

export const listPipelines = operation({
  name: 'dataops_list_mr_pipelines',
  route: 'GET /projects/{project}/merge_requests/{merge_request}/pipelines',
  risk: 'reads',
  summary: 'List the pipelines of a merge request.',
  words: 'ci runs of a merge request',
  input: z.strictObject(one),
  output: pipelineRow,
  paging: pages({ show: brief }),
  example: { arguments: example },
});

export const getApprovals = operation({
  name: 'dataops_get_merge_request_approvals',
  route: 'GET /projects/{project}/merge_requests/{merge_request}/approvals',
  risk: 'reads',
  summary: 'Show who has approved a merge request and how many approvals are missing.',
  words: 'who still has to approve, reviewers',
  input: z.strictObject(one),
  output: z.looseObject({ approvals_left: z.number().nullish(), approved: z.boolean().nullish() }),
  example: { arguments: example },
});

export const approve = operation({
  name: 'dataops_approve_merge_request',
  route: 'POST /projects/{project}/merge_requests/{merge_request}/approve',
  risk: 'exposes',
  question: 'Approve the merge request {merge_request} of {project} in your name?',
  describeLoss: told,
  summary: 'Approve a merge request in the name of the user behind the credential.',
  words: 'sign off',
  input: z.strictObject({ ...one, sha: text('Head that was reviewed') }),
  output: z.looseObject({ approvals_left: z.number().nullish() }),
  example: { arguments: example },
});

export const unapprove = operation({
  name: 'dataops_unapprove_merge_request',
  route: 'POST /projects/{project}/merge_requests/{merge_request}/unapprove',
  risk: 'edits',
  summary: 'Take back your approval of a merge request.',
  words: 'withdraw revoke approval',
  input: z.strictObject(one),
  ...done,
  readsBack: () => ({ reading: getApprovals }),
  example: { arguments: example },
});

export const runPipeline = operation({
  name: 'dataops_run_merge_request_pipeline',
  route: 'POST /projects/{project}/merge_requests/{merge_request}/pipelines',
  risk: 'starts',
  summary: 'Start a pipeline for a merge request, wait for it, and show its jobs.',
  words: 'ci checks again',
  verifyWith: 'dataops_list_mr_pipelines shows whether it was started.',
  input: z.strictObject(one),
  output: pipelineRow.extend({ project_id: z.number() }),
  starts: startsPipeline,
  example: { arguments: example },
});

/** As what can be commented on, awarded and worked on. */
export const mergeRequestThing: Commented = {
  noun: 'a merge request',
  word: 'mr',
  path: '/projects/{project}/merge_requests/{merge_request}',
  thing: one,
  told,
  example,
};

export const { listNotes, getNote, createNote, updateNote, deleteNote } = notesOf(mergeRequestThing);
