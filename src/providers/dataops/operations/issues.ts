import * as z from 'zod';
import { dayAhead } from '../../../base/time.ts';
import { howMany, lookAt, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, id, search, since, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { type Commented, notesOf } from './notes.ts';
import { projectArgument as project } from './projects.ts';

export const issueRow = z.looseObject({
  iid: z.number(),
  title: z.string(),
  state: z.string(),
  labels: z.array(z.string()).nullish(),
});

const iid = id('Number of the issue in the project (iid)', '(?:issues|work_items)', 'dataops_list_issues', 'iid');
const one = { project, issue: iid };
const example = { project: 'meridian/data/drill-assays', issue: '1' };

const filters = {
  state: z.enum(['opened', 'closed', 'all']).optional().describe('State (all)'),
  search,
  labels: text('With all these labels, comma-separated'),
  milestone: text('Title of the milestone'),
  author_username: text('By this author'),
  assignee_username: text('Assigned to this user'),
  issue_type: z.enum(['issue', 'incident', 'test_case', 'task']).optional().describe('Type'),
  confidential: flag('Confidential only, or none'),
  created_after: since('Created'),
  updated_after: since('Updated'),
  order_by: z.enum(['created_at', 'updated_at', 'due_date', 'title']).optional().describe('Order (created_at)'),
  sort,
};

const settable = {
  description: text('Markdown'),
  assignee_ids: z.array(z.number().int()).optional().describe('Numbers of users'),
  milestone_id: z.number().int().optional().describe('Number of the milestone'),
  labels: text('Comma-separated'),
  due_date: dayAhead('Day').optional(),
  confidential: flag('Only for members'),
};

export const listAllIssues = operation({
  name: 'dataops_list_global_issues',
  route: 'GET /issues',
  risk: 'reads',
  summary: 'List issues over all projects: those you created or, by scope, are assigned.',
  words: 'tickets',
  input: z.strictObject({
    ...filters,
    scope: z.enum(['created_by_me', 'assigned_to_me', 'all']).optional().describe('Whose (created_by_me)'),
  }),
  output: issueRow,
  paging: pages({ show: brief }),
  example: { arguments: { state: 'opened', scope: 'all' } },
});

export const listGroupIssues = operation({
  name: 'dataops_list_group_issues',
  route: 'GET /groups/{group}/issues',
  risk: 'reads',
  summary: 'List the issues of all projects of a group.',
  input: z.strictObject({ group, ...filters }),
  output: issueRow,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data', state: 'opened' } },
});

export const listIssues = operation({
  name: 'dataops_list_issues',
  route: 'GET /projects/{project}/issues',
  risk: 'reads',
  summary: 'List the issues of a project.',
  words: 'open tickets backlog, search',
  input: z.strictObject({ project, ...filters }),
  output: issueRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/issues', title: 'Issues of a DataOps.live project' },
  example: { arguments: { project: example.project, state: 'opened' } },
});

export const getIssue = operation({
  name: 'dataops_get_issue',
  route: 'GET /projects/{project}/issues/{issue}',
  risk: 'reads',
  summary: 'Show an issue.',
  words: 'ticket details',
  input: z.strictObject(one),
  output: issueRow,
  resource: { uri: 'dataops://projects/{project}/issues/{issue}', title: 'Issue of a DataOps.live project' },
  example: { arguments: example },
});

export const createIssue = operation({
  name: 'dataops_create_issue',
  route: 'POST /projects/{project}/issues',
  risk: 'adds',
  summary: 'Open an issue in a project.',
  words: 'report file raise',
  verifyWith: 'dataops_list_issues with search shows whether it was opened.',
  input: z.strictObject({
    project,
    title: z.string().min(1).describe('Title'),
    ...settable,
    issue_type: z.enum(['issue', 'incident', 'test_case', 'task']).optional().describe('Type (issue)'),
  }),
  output: issueRow,
  example: { arguments: { project: example.project, title: 'Gold limit is too low', labels: 'quality' } },
});

export const updateIssue = operation({
  name: 'dataops_update_issue',
  route: 'PUT /projects/{project}/issues/{issue}',
  risk: 'edits',
  summary: 'Change, close or reopen an issue.',
  words: 'close reopen, assign label',
  input: z.strictObject({
    ...one,
    title: text('Title'),
    state_event: z.enum(['close', 'reopen']).optional().describe('Close or reopen it'),
    add_labels: text('Comma-separated'),
    remove_labels: text('Comma-separated'),
    ...settable,
  }),
  output: issueRow,
  example: { arguments: { ...example, state_event: 'close' } },
});

const told = lookAt(
  'issue',
  () => getIssue,
  ({ title, state, user_notes_count }) => ({
    name: textOf(title),
    says: [`It is ${String(state)} and has ${howMany(Number(user_notes_count ?? 0), 'comment')}.`],
  }),
);

export const deleteIssue = operation({
  name: 'dataops_delete_issue',
  route: 'DELETE /projects/{project}/issues/{issue}',
  risk: 'deletes',
  question: 'Delete the issue {issue} of {project} with its comments?',
  describeLoss: told,
  summary: 'Delete an issue with its comments. Closing it is usually what is meant.',
  words: 'remove a ticket',
  input: z.strictObject(one),
  ...done,
  example: { arguments: example },
});

/** As what can be commented on, awarded and worked on. */
export const issueThing: Commented = {
  noun: 'an issue',
  word: 'issue',
  path: '/projects/{project}/issues/{issue}',
  thing: one,
  told,
  example,
};

export const { listNotes, getNote, createNote, updateNote, deleteNote } = notesOf(issueThing);
