import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lacks, someOf } from '../../../operations/lack.ts';
import { lookAt, lookAtAll, lookIn, textOf } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { done, flag, id, search, since, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { projectTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { issueRow, issueThing } from './issues.ts';
import { mergeRequest } from './merge-requests.ts';
import { getProject, numberOf, projectArgument as project } from './projects.ts';

const { path, thing: one, told, example: args } = issueThing;
const input = z.strictObject(one);
const example = { arguments: args };
const links = `${path}/links`;

const linked = issueRow.extend({ issue_link_id: z.number().nullish(), link_type: z.string().nullish() });

export const listIssueLinks = operation({
  name: 'dataops_list_issue_links',
  route: `GET ${links}`,
  risk: 'reads',
  summary: 'List the issues that an issue is linked with, and how: relates_to, blocks, is_blocked_by.',
  words: 'related linked issues, what blocks a ticket',
  input,
  output: linked,
  paging: pages({ show: ({ link_created_at: _, link_updated_at: __, ...row }) => brief(row) }),
  example,
});

const link = id('Number of the link (issue_link_id)', 'links', 'dataops_list_issue_links', 'issue_link_id');
const oneLink = { ...one, link };

export const getIssueLink = operation({
  name: 'dataops_get_issue_link',
  route: `GET ${links}/{link}`,
  risk: 'reads',
  summary: 'Show a link between two issues.',
  input: z.strictObject(oneLink),
  output: z.looseObject({ link_type: z.string().nullish() }),
  repair: body => brief(body as Row),
  example: { arguments: { ...args, link: '1' } },
});

export const createIssueLink = operation({
  name: 'dataops_create_issue_link',
  route: `POST ${links}`,
  risk: 'adds',
  summary: 'Link an issue with another, of the same project or another one.',
  words: 'relate two issues, mark as blocked by, connect tickets',
  verifyWith: 'dataops_list_issue_links shows whether they are linked.',
  input: z.strictObject({
    ...one,
    target_project: project
      .describe('Project of the other issue: number, full path or web URL')
      .meta({ wire: 'target_project_id' }),
    target_issue: id('Number of the other issue in its project (iid)', '(?:issues|work_items)').meta({
      wire: 'target_issue_iid',
    }),
    link_type: z.enum(['relates_to', 'blocks', 'is_blocked_by']).optional().describe('How (relates_to)'),
  }),
  output: z.looseObject({ link_type: z.string().nullish() }),
  repair: body => brief(body as Row),
  example: { arguments: { ...args, target_project: 'meridian/data/drill-assays', target_issue: '5' } },
});

export const deleteIssueLink = operation({
  name: 'dataops_delete_issue_link',
  route: `DELETE ${links}/{link}`,
  risk: 'deletes',
  question: 'Take away that the issue {issue} of {project} is linked with {link}?',
  describeLoss: lookAtAll(
    told,
    lookIn(
      'link',
      () => listIssueLinks,
      'issue_link_id',
      ({ title, link_type }) => ({
        name: textOf(title),
        says: [`The link says ${String(link_type)}.`],
      }),
    ),
  ),
  summary: 'Take a link between two issues away. Both issues stay.',
  words: 'unlink issues, no longer blocked',
  input: z.strictObject(oneLink),
  ...done,
  example: { arguments: { ...args, link: '1' } },
});

export const listRelatedMergeRequests = operation({
  name: 'dataops_list_issue_merge_requests',
  route: `GET ${path}/related_merge_requests`,
  risk: 'reads',
  summary: 'List the merge requests that mention an issue.',
  words: 'which pull requests belong to a ticket',
  input,
  output: mergeRequest,
  paging: pages({ show: brief }),
  example,
});

export const listClosingMergeRequests = operation({
  name: 'dataops_list_issue_closed_by',
  route: `GET ${path}/closed_by`,
  risk: 'reads',
  summary: 'List the merge requests that close an issue when they are merged.',
  words: 'which pull request fixes it',
  input,
  output: mergeRequest,
  paging: pages({ show: brief }),
  example,
});

const elsewhere = lookAt('to_project', () => getProject, projectTold);

const toProject = project.describe('Project it goes to: number, full path or web URL').meta({ in: 'local' });

/** Both take the other project by its number alone. */
async function sendTo(self: Operation, { to_project, with_notes, ...place }: Row, context: OperationContext) {
  const json = { to_project_id: await numberOf(String(to_project), context), with_notes };
  return (await context.request(self, place, { json })).body as z.input<typeof issueRow>;
}

export const moveIssue: Operation = operation({
  name: 'dataops_move_issue',
  route: `POST ${path}/move`,
  risk: 'replaces',
  question: 'Move the issue {issue} of {project} to {to_project}? It is closed here and gets another number there.',
  describeLoss: lookAtAll(told, ({ to_project }, context) => elsewhere({ project: to_project, to_project }, context)),
  summary: 'Move an issue with its comments to another project, where it gets another number. Here it is closed.',
  words: 'transfer a ticket to another project',
  verifyWith: 'dataops_list_issues of the other project with search shows whether it is there.',
  input: z.strictObject({ ...one, to_project: toProject }),
  output: issueRow,
  // Others of the examples are about the first one.
  example: { arguments: { ...{ ...args, issue: '25' }, to_project: 'meridian/data/products/ore-quality' } },
  send: (given, context) => sendTo(moveIssue, given, context),
});

export const cloneIssue: Operation = operation({
  name: 'dataops_clone_issue',
  route: `POST ${path}/clone`,
  risk: 'adds',
  summary: 'Copy an issue into a project, the same one or another.',
  words: 'duplicate copy a ticket',
  verifyWith: 'dataops_list_issues of that project with search shows whether it is there.',
  input: z.strictObject({
    ...one,
    to_project: toProject,
    with_notes: flag('With its comments'),
  }),
  output: issueRow,
  example: { arguments: { ...args, to_project: 'meridian/data/products/ore-quality' } },
  send: (given, context) => sendTo(cloneIssue, given, context),
});

export const reorderIssue = operation({
  name: 'dataops_reorder_issue',
  route: `PUT ${path}/reorder`,
  risk: 'edits',
  summary: 'Put an issue behind or before another where issues are ordered by hand.',
  words: 'sort the board, move up down in the list',
  describeLack: lacks(someOf('say where it goes', 'after', 'before')),
  input: z.strictObject({
    ...one,
    after: id('Global id of the issue that it comes after', 'issues').optional().meta({ wire: 'move_after_id' }),
    before: id('Global id of the issue that it comes before', 'issues').optional().meta({ wire: 'move_before_id' }),
  }),
  output: issueRow,
  example: { arguments: { ...args, after: '20001' } },
});

export const getIssueStatistics = operation({
  name: 'dataops_get_issue_statistics',
  route: 'GET /projects/{project}/issues_statistics',
  risk: 'reads',
  summary: 'Count the issues of a project: all, open and closed.',
  words: 'how many tickets are open',
  input: z.strictObject({
    project,
    search,
    labels: text('With all these labels, comma-separated'),
    milestone: text('Title of the milestone'),
    author_username: text('By this author'),
    assignee_username: text('Assigned to this user'),
    created_after: since('Created'),
    updated_after: since('Updated'),
  }),
  output: z.looseObject({ statistics: z.looseObject({}).nullish() }),
  example: { arguments: { project: args['project'] as string, labels: 'quality' } },
});

const event = z.looseObject({ id: z.number(), action: z.string().nullish() });

export const listMilestoneEvents = operation({
  name: 'dataops_list_issue_milestone_events',
  route: `GET ${path}/resource_milestone_events`,
  risk: 'reads',
  summary: 'List when an issue was given a milestone or lost it, and by whom.',
  words: 'when was the milestone changed',
  input,
  output: event,
  paging: pages({ show: brief }),
  example,
});

export const getMilestoneEvent = operation({
  name: 'dataops_get_issue_milestone_event',
  route: `GET ${path}/resource_milestone_events/{event}`,
  risk: 'reads',
  summary: 'Show one change of the milestone of an issue.',
  input: z.strictObject({
    ...one,
    event: id('Number of the event', 'events', 'dataops_list_issue_milestone_events'),
  }),
  output: event,
  example: { arguments: { ...args, event: '1' } },
});
