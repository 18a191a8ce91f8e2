import * as z from 'zod';
import { lacks, wantedWith } from '../../../operations/lack.ts';
import { operation } from '../../../operations/operation.ts';
import { drillAssays, flag, since, text, until } from '../arguments.ts';
import { brief } from '../brief.ts';
import { lostByCommit } from '../commit-losses.ts';
import { pages } from '../paging.ts';
import { branch, branchName } from './branches.ts';
import { projectArgument as project } from './projects.ts';

export const commit = z.looseObject({
  id: z.string(),
  title: z.string(),
  author_name: z.string().nullish(),
  committed_date: z.string().nullish(),
});

/** Empty text with collapsed or too_large set means that it was not delivered. */
export const diff = z.looseObject({ old_path: z.string(), new_path: z.string(), diff: z.string().nullish() });

export const sha = z
  .string()
  .min(1)
  .describe('SHA, branch or tag')
  .meta({ foundIn: { listing: 'dataops_list_commits', key: 'id' } });

export const startBranch = text('Branch to create the branch from, if it is new');

export const message = z.string().min(1).describe('Commit message');

export const anyRef = z
  .string()
  .min(1)
  .optional()
  .describe('Branch, tag or SHA (default branch)')
  .meta({ reference: branchName });

export const listCommits = operation({
  name: 'dataops_list_commits',
  route: 'GET /projects/{project}/repository/commits',
  risk: 'reads',
  summary: 'List commits, newest first: of a branch, of a path, of an author.',
  words: 'history, git log, who changed, last changes',
  input: z.strictObject({
    project,
    ref: anyRef.meta({ wire: 'ref_name' }),
    path: text('Only those that changed this path'),
    author: text('Name or e-mail address'),
    since: since('Committed'),
    until: until('Committed', 'since'),
    all: flag('Of every branch'),
    with_stats: flag('With counts of changed lines'),
    first_parent: flag('Only first parents of merges'),
  }),
  output: commit,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/commits', title: 'Commits of a DataOps.live project' },
  example: { arguments: { ...drillAssays, ref: 'main' } },
});

export const getCommit = operation({
  name: 'dataops_get_commit',
  route: 'GET /projects/{project}/repository/commits/{sha}',
  risk: 'reads',
  summary: 'Show a commit: message, author, counts of changed lines, latest pipeline.',
  words: 'who made it, what is in a commit',
  input: z.strictObject({ project, sha }),
  output: commit,
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

export const getCommitDiff = operation({
  name: 'dataops_list_commit_diffs',
  route: 'GET /projects/{project}/repository/commits/{sha}/diff',
  risk: 'reads',
  summary: 'Show what a commit changed, file by file.',
  words: 'what did it change, patch',
  input: z.strictObject({ project, sha }),
  output: diff,
  paging: pages(),
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

export const listCommitRefs = operation({
  name: 'dataops_list_commit_refs',
  route: 'GET /projects/{project}/repository/commits/{sha}/refs',
  risk: 'reads',
  summary: 'List the branches and tags that hold a commit.',
  words: 'which branch contains it, is it in a release',
  input: z.strictObject({ project, sha, type: z.enum(['branch', 'tag', 'all']).optional().describe('Kind (all)') }),
  output: z.looseObject({ type: z.string(), name: z.string() }),
  paging: pages(),
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

export const listCommitStatuses = operation({
  name: 'dataops_list_commit_statuses',
  route: 'GET /projects/{project}/repository/commits/{sha}/statuses',
  risk: 'reads',
  summary: 'List how jobs and outside checks went for a commit.',
  words: 'checks green',
  input: z.strictObject({
    project,
    sha,
    ref: text('Branch or tag'),
    stage: text('Stage'),
    name: text('Name of the job or check'),
    all: flag('Repeated ones too'),
  }),
  output: z.looseObject({ id: z.number(), name: z.string(), status: z.string() }),
  paging: pages({ show: brief }),
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

export const listCommitMergeRequests = operation({
  name: 'dataops_list_commit_merge_requests',
  route: 'GET /projects/{project}/repository/commits/{sha}/merge_requests',
  risk: 'reads',
  summary: 'List the merge requests that brought a commit.',
  words: 'which merge request introduced a commit',
  input: z.strictObject({ project, sha }),
  output: z.looseObject({ iid: z.number(), title: z.string(), state: z.string() }),
  paging: pages({ show: brief }),
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

const action = z.strictObject({
  action: z.enum(['create', 'update', 'delete', 'move', 'chmod']),
  file_path: z.string().min(1),
  content: z.string().optional(),
  encoding: z.enum(['text', 'base64']).optional(),
  previous_path: z.string().optional().describe('For move'),
  last_commit_id: z.string().optional().describe('Refuse if the file changed since'),
  execute_filemode: z.boolean().optional().describe('For chmod'),
});

const lackOfAction = lacks(
  wantedWith('action', 'create', 'content'),
  wantedWith('action', 'update', 'content'),
  wantedWith('action', 'move', 'previous_path'),
  wantedWith('action', 'chmod', 'execute_filemode'),
);

export const createCommit = operation({
  name: 'dataops_create_commit',
  route: 'POST /projects/{project}/repository/commits',
  risk: 'replaces',
  question: 'Commit to the branch {branch} of {project}?',
  describeLoss: (args, context) => lostByCommit(args.actions, args, context),
  summary: 'Change several files in one commit on a branch. This usually starts a pipeline.',
  words: 'write push save several files',
  verifyWith: 'dataops_list_commits with ref shows whether it was made.',
  input: z.strictObject({
    project,
    branch,
    message: message.meta({ wire: 'commit_message' }),
    actions: z.array(action).min(1).describe('What to do with which file'),
    start_branch: startBranch,
  }),
  describeLack: ({ actions }) => actions.map(lackOfAction).find(lack => lack !== undefined),
  output: commit,
  example: {
    arguments: {
      ...drillAssays,
      branch: 'feature-limits',
      start_branch: 'main',
      message: 'Add limits',
      actions: [{ action: 'create', file_path: 'dataops/limits.yml', content: 'au: 0.5\n' }],
    },
  },
});

const reapplied = { project, sha, branch: branch.describe('Branch to commit to'), dry_run: flag('Only try') };

export const cherryPick = operation({
  name: 'dataops_cherry_pick_commit',
  route: 'POST /projects/{project}/repository/commits/{sha}/cherry_pick',
  risk: 'adds',
  summary: 'Apply the changes of a commit to another branch.',
  words: 'backport port a fix',
  verifyWith: 'dataops_list_commits with ref shows whether it was made.',
  input: z.strictObject(reapplied),
  output: z.looseObject({ id: z.string().nullish(), dry_run: z.string().nullish() }),
  example: { arguments: { ...drillAssays, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6', branch: 'dev' } },
});

export const revert = operation({
  name: 'dataops_revert_commit',
  route: 'POST /projects/{project}/repository/commits/{sha}/revert',
  risk: 'adds',
  summary: 'Undo the changes of a commit by a new one on a branch.',
  words: 'undo take back roll back',
  verifyWith: 'dataops_list_commits with ref shows whether it was made.',
  input: z.strictObject(reapplied),
  output: z.looseObject({ id: z.string().nullish(), dry_run: z.string().nullish() }),
  example: { arguments: { ...drillAssays, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6', branch: 'dev' } },
});

export const compare = operation({
  name: 'dataops_compare_refs',
  route: 'GET /projects/{project}/repository/compare',
  risk: 'reads',
  summary: 'Show commits and changes between two branches, tags or commits.',
  words: 'diff, what changed between two branches, versions',
  input: z.strictObject({
    project,
    from: z.string().min(1).describe('Branch, tag or SHA'),
    to: z.string().min(1).describe('Branch, tag or SHA'),
    straight: flag('Direct, not from where they parted'),
  }),
  output: z.looseObject({
    commits: z.array(z.looseObject({ id: z.string() })),
    diffs: z.array(z.looseObject({ new_path: z.string() })),
    compare_timeout: z.boolean().nullish().describe('True: diffs are not all there'),
  }),
  example: { arguments: { ...drillAssays, from: 'main', to: 'dev' } },
});
