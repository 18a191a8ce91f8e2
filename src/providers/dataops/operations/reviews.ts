import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, flag } from '../arguments.ts';
import { brief } from '../brief.ts';
import { download } from '../download.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { commit, diff } from './commits.ts';
import { issueRow } from './issues.ts';
import { getApprovals, mergeRequestThing } from './merge-requests.ts';

const { path, thing: one, told, example: args } = mergeRequestThing;
const input = z.strictObject(one);
const example = { arguments: args };

export const deleteMergeRequest = operation({
  name: 'dataops_delete_merge_request',
  route: `DELETE ${path}`,
  risk: 'deletes',
  question: 'Delete the merge request {merge_request} of {project} with its comments?',
  describeLoss: told,
  summary: 'Delete a merge request with its comments; its branch stays. Closing it is usually what is meant.',
  words: 'remove a pull request',
  input,
  ...done,
  example,
});

export const listReviewers = operation({
  name: 'dataops_list_mr_reviewers',
  route: `GET ${path}/reviewers`,
  risk: 'reads',
  summary: 'List who reviews a merge request and how far each is: unreviewed, reviewed, approved, requested_changes.',
  words: 'who reviews, who has not looked yet',
  input,
  output: z.looseObject({ state: z.string().nullish() }),
  paging: pages({ show: brief }),
  example,
});

export const getApprovalState = operation({
  name: 'dataops_get_mr_approval_state',
  route: `GET ${path}/approval_state`,
  risk: 'reads',
  summary: 'Show which rules of approval a merge request has to meet, who may approve by each, and who has.',
  words: 'approval rules, who is allowed to approve',
  input,
  output: z.looseObject({ rules: z.array(z.looseObject({})).nullish() }),
  repair: body => ({
    ...rowOf(body),
    rules: (Array.isArray(rowOf(body)['rules']) ? (rowOf(body)['rules'] as Row[]) : []).map(rule => brief(rowOf(rule))),
  }),
  example,
});

export const resetApprovals = operation({
  name: 'dataops_reset_mr_approvals',
  route: `PUT ${path}/reset_approvals`,
  risk: 'replaces',
  question: 'Take all approvals of the merge request {merge_request} of {project} away?',
  describeLoss: lookAt(
    'merge_request',
    () => getApprovals,
    ({ title, approved_by }) => {
      const people = (Array.isArray(approved_by) ? approved_by : []).map(row =>
        textOf(rowOf(rowOf(row)['user'])['name']),
      );
      return {
        name: textOf(title),
        says: [
          people.length
            ? `Approved by ${people.map(name => name ?? 'somebody').join(', ')}.`
            : 'Nobody has approved it.',
        ],
        version: people,
      };
    },
  ),
  summary: 'Take all approvals of a merge request away. Only tokens of projects and groups may.',
  words: 'clear approvals, have it approved anew',
  input,
  ...done,
  readsBack: () => ({ reading: getApprovals }),
  example,
});

export const cancelAutoMerge = operation({
  name: 'dataops_cancel_auto_merge',
  route: `POST ${path}/cancel_merge_when_pipeline_succeeds`,
  risk: 'interrupts',
  question: 'No longer merge the merge request {merge_request} of {project} by itself when its pipeline succeeds?',
  describeLoss: told,
  summary: 'Take back that a merge request is merged by itself once its pipeline succeeds.',
  words: 'stop automatic merge when pipeline succeeds, do not merge it yet',
  input,
  ...done,
  example,
});

export const listRelatedIssues = operation({
  name: 'dataops_list_mr_related_issues',
  route: `GET ${path}/related_issues`,
  risk: 'reads',
  summary: 'List the issues that a merge request mentions.',
  words: 'which tickets belong to a pull request',
  input,
  output: issueRow,
  paging: pages({ show: brief }),
  example,
});

export const listClosedIssues = operation({
  name: 'dataops_list_mr_closes_issues',
  route: `GET ${path}/closes_issues`,
  risk: 'reads',
  summary: 'List the issues that merging a merge request closes.',
  words: 'which tickets does it close fix',
  input,
  output: issueRow,
  paging: pages({ show: brief }),
  example,
});

const version = z.looseObject({ id: z.number(), head_commit_sha: z.string().nullish(), state: z.string().nullish() });

export const listVersions = operation({
  name: 'dataops_list_mr_versions',
  route: `GET ${path}/versions`,
  risk: 'reads',
  summary: 'List the states that the changes of a merge request had, one for each push, newest first.',
  words: 'history of pushes to a pull request, earlier versions of the diff',
  input,
  output: version,
  paging: pages({ show: brief }),
  example,
});

export const getVersion = operation({
  name: 'dataops_get_mr_version',
  route: `GET ${path}/versions/{version}`,
  risk: 'reads',
  summary: 'Show one state of the changes of a merge request, with commits and differences.',
  input: z.strictObject({
    ...one,
    version: z
      .string()
      .regex(/^\d+$/)
      .describe('Number of the version')
      .meta({ foundIn: { listing: 'dataops_list_mr_versions', key: 'id' } }),
    unidiff: flag('Differences with file headers'),
  }),
  output: version.extend({ commits: z.array(commit).nullish(), diffs: z.array(diff).nullish() }),
  example: { arguments: { ...args, version: '1' } },
});

export const downloadDiff: Operation = operation({
  name: 'dataops_download_mr_diff',
  route: `GET ${path}/raw_diffs`,
  risk: 'reads',
  summary: 'Store everything that a merge request changes as one patch.',
  words: 'raw diff, patch file of a pull request',
  input,
  output: z.looseObject({}),
  example,
  collect: (given, context) =>
    download(downloadDiff, given, `merge-request-${String((given as Row)['merge_request'])}.diff`, context),
});

export const getMergeRef = operation({
  name: 'dataops_get_mr_merge_ref',
  route: `GET ${path}/merge_ref`,
  risk: 'reads',
  summary: 'Show the commit that merging a merge request now would make. It fails where there are conflicts.',
  words: 'test merge result commit',
  input,
  output: z.looseObject({ commit_id: z.string().nullish() }),
  example,
});

const commits = z.array(z.string().min(7)).min(1).describe('SHAs');

export const listContextCommits = operation({
  name: 'dataops_list_mr_context_commits',
  route: `GET ${path}/context_commits`,
  risk: 'reads',
  summary: 'List the earlier commits that are shown with a merge request for context.',
  input,
  output: commit,
  paging: pages({ show: brief }),
  example,
});

export const addContextCommits = operation({
  name: 'dataops_add_mr_context_commits',
  route: `POST ${path}/context_commits`,
  risk: 'adds',
  summary: 'Show earlier commits with a merge request for context.',
  input: z.strictObject({ ...one, commits }),
  ...done,
  readsBack: () => ({ reading: listContextCommits }),
  example: { arguments: { ...args, commits: ['6104942438c14ec7bd21c6cd5bd995272b3faff6'] } },
});

export const deleteContextCommits = operation({
  name: 'dataops_delete_mr_context_commits',
  route: `DELETE ${path}/context_commits`,
  risk: 'deletes',
  question: 'No longer show the commits {commits} with the merge request {merge_request} of {project}?',
  async describeLoss({ commits: shas, ...place }, context) {
    const shown = await context.rows(listContextCommits, place);
    const titles = shas.map(sha => shown.find(row => String(row['id']).startsWith(sha))?.['title']);
    const absent = shas.find((_, at) => titles[at] === undefined);
    if (absent === undefined) return told({ ...place, commits: titles.join(', ') }, context);
    throw new Fault({
      code: 'not_found',
      message: `The commit ${absent} is not shown with it.`,
      hint: 'dataops_list_mr_context_commits names those that are.',
    });
  },
  summary: 'No longer show earlier commits with a merge request. The commits stay.',
  input: z.strictObject({ ...one, commits }),
  ...done,
  example: { arguments: { ...args, commits: ['6104942438c14ec7bd21c6cd5bd995272b3faff6'] } },
});
