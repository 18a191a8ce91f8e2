import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type Collected, type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, flag, ref, search, since, sort, text, until } from '../arguments.ts';
import { brief } from '../brief.ts';
import { contentOf } from '../file-content.ts';
import { beginning, lookAt, lookIn, notDeleted, rowOf, textOf, whenOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const drillAssays = { project: 'meridian/data/drill-assays' };

export const commit = z.looseObject({
  id: z.string(),
  title: z.string(),
  author_name: z.string().nullish(),
  committed_date: z.string().nullish(),
});
const branchRow = z.looseObject({
  name: z.string(),
  default: z.boolean().nullish(),
  protected: z.boolean().nullish(),
  merged: z.boolean().nullish(),
});
const tagRow = z.looseObject({ name: z.string(), target: z.string().nullish(), message: z.string().nullish() });
/** Empty text with collapsed or too_large set means that it was not delivered. */
export const diff = z.looseObject({ old_path: z.string(), new_path: z.string(), diff: z.string().nullish() });

const branch = z.string().min(1).describe('Branch');
const tag = z.string().min(1).describe('Tag');
const sha = z.string().min(1).describe('SHA, branch or tag');
const filePath = z.string().min(1).describe('Path of the file in the repository');
const startBranch = text('Branch to create the branch from, if it is new');
const message = z.string().min(1).describe('Commit message');
const anyRef = z.string().min(1).optional().describe('Branch, tag or SHA (default branch)');
const atRef = z.string().min(1).default('HEAD').describe('Branch, tag or SHA');

export const listBranches = operation({
  name: 'dataops_list_branches',
  route: 'GET /projects/{project}/repository/branches',
  risk: 'reads',
  summary: 'List the branches of a project.',
  input: z.strictObject({
    project,
    search,
    sort: z.enum(['name_asc', 'updated_asc', 'updated_desc']).optional().describe('Order'),
  }),
  output: branchRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/branches', title: 'Branches of a DataOps.live project' },
  example: { arguments: drillAssays },
});

export const getBranch = operation({
  name: 'dataops_get_branch',
  route: 'GET /projects/{project}/repository/branches/{branch}',
  risk: 'reads',
  summary: 'Show a branch and its latest commit.',
  input: z.strictObject({ project, branch }),
  output: branchRow,
  example: { arguments: { ...drillAssays, branch: 'main' } },
});

export const createBranch = operation({
  name: 'dataops_create_branch',
  route: 'POST /projects/{project}/repository/branches',
  risk: 'adds',
  summary: 'Create a branch.',
  verifyWith: 'dataops_get_branch shows whether it was created.',
  input: z.strictObject({ project, branch, ref: ref.describe('Branch, tag or SHA to start from') }),
  output: branchRow,
  example: { arguments: { ...drillAssays, branch: 'feature-limits', ref: 'main' } },
});

export const deleteBranch = operation({
  name: 'dataops_delete_branch',
  route: 'DELETE /projects/{project}/repository/branches/{branch}',
  risk: 'deletes',
  question: 'Delete the branch {branch} of {project}?',
  describeLoss: lookAt(
    'branch',
    () => getBranch,
    ({ name, merged, commit, default: isDefault, protected: isProtected }) => {
      if (isDefault === true || isProtected === true)
        throw notDeleted(`The branch ${String(name)} is ${isDefault === true ? 'the default branch' : 'protected'}`);
      const { title, author_name, committed_date } = rowOf(commit);
      const last = `Its last commit is "${beginning(title)}" of ${String(author_name)}, ${whenOf(committed_date) ?? 'some time ago'}`;
      return {
        name: textOf(name),
        says: [merged === true ? `${last}; it is merged.` : `${last}; it is not merged, so its commits would be lost.`],
        version: rowOf(commit)['id'],
      };
    },
  ),
  summary: 'Delete a branch.',
  input: z.strictObject({ project, branch }),
  ...done,
  example: { arguments: { ...drillAssays, branch: 'feature-limits' } },
});

export const listTags = operation({
  name: 'dataops_list_tags',
  route: 'GET /projects/{project}/repository/tags',
  risk: 'reads',
  summary: 'List the tags of a project.',
  input: z.strictObject({
    project,
    search,
    order_by: z.enum(['name', 'updated', 'version']).optional().describe('Order (updated)'),
    sort,
  }),
  output: tagRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/tags', title: 'Tags of a DataOps.live project' },
  example: { arguments: drillAssays },
});

export const getTag = operation({
  name: 'dataops_get_tag',
  route: 'GET /projects/{project}/repository/tags/{tag}',
  risk: 'reads',
  summary: 'Show a tag and its commit.',
  input: z.strictObject({ project, tag }),
  output: tagRow,
  example: { arguments: { ...drillAssays, tag: 'v1.0.0' } },
});

export const createTag = operation({
  name: 'dataops_create_tag',
  route: 'POST /projects/{project}/repository/tags',
  risk: 'adds',
  summary: 'Create a tag.',
  verifyWith: 'dataops_get_tag shows whether it was created.',
  input: z.strictObject({
    project,
    tag: tag.meta({ wire: 'tag_name' }),
    ref: ref.describe('Branch, tag or SHA it is for'),
    message: text('Message; makes it an annotated tag'),
  }),
  output: tagRow,
  example: { arguments: { ...drillAssays, tag: 'v9.0.0', ref: 'main' } },
});

export const deleteTag = operation({
  name: 'dataops_delete_tag',
  route: 'DELETE /projects/{project}/repository/tags/{tag}',
  risk: 'deletes',
  question: 'Delete the tag {tag} of {project}?',
  describeLoss: lookAt(
    'tag',
    () => getTag,
    ({ name, commit, release }) => ({
      name: textOf(name),
      says: [`It stands at "${beginning(rowOf(commit)['title'])}".`, release ? 'There is a release of it.' : undefined],
      version: rowOf(commit)['id'],
    }),
  ),
  summary: 'Delete a tag.',
  input: z.strictObject({ project, tag }),
  ...done,
  example: { arguments: { ...drillAssays, tag: 'v9.0.0' } },
});

export const listCommits = operation({
  name: 'dataops_list_commits',
  route: 'GET /projects/{project}/repository/commits',
  risk: 'reads',
  summary: 'List commits, newest first: of a branch, of a path, of an author.',
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
  input: z.strictObject({ project, sha }),
  output: commit,
  example: { arguments: { ...drillAssays, sha: 'main' } },
});

export const getCommitDiff = operation({
  name: 'dataops_list_commit_diffs',
  route: 'GET /projects/{project}/repository/commits/{sha}/diff',
  risk: 'reads',
  summary: 'Show what a commit changed, file by file.',
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

export const createCommit = operation({
  name: 'dataops_create_commit',
  route: 'POST /projects/{project}/repository/commits',
  risk: 'adds',
  summary: 'Change several files in one commit on a branch. This usually starts a pipeline.',
  verifyWith: 'dataops_list_commits with ref shows whether it was made.',
  input: z.strictObject({
    project,
    branch,
    message: message.meta({ wire: 'commit_message' }),
    actions: z.array(action).min(1).describe('What to do with which file'),
    start_branch: startBranch,
  }),
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
  verifyWith: 'dataops_list_commits with ref shows whether it was made.',
  input: z.strictObject(reapplied),
  output: z.looseObject({ id: z.string().nullish(), dry_run: z.string().nullish() }),
  example: { arguments: { ...drillAssays, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6', branch: 'dev' } },
});

export const listTree = operation({
  name: 'dataops_list_files',
  route: 'GET /projects/{project}/repository/tree',
  risk: 'reads',
  summary: 'List the files and folders of a repository.',
  input: z.strictObject({ project, path: text('Folder (root)'), ref: anyRef, recursive: flag('Folders inside too') }),
  output: z.looseObject({ path: z.string(), type: z.string() }),
  paging: pages(),
  example: { arguments: { ...drillAssays, path: 'dataops', recursive: true } },
});

/** Characters of a file that go into an answer; more belongs into the result store. */
const mostShown = 12_000;

export const readFile = operation({
  name: 'dataops_read_file',
  route: 'GET /projects/{project}/repository/files/{path}',
  risk: 'reads',
  summary: `Read a text file of a repository, up to ${mostShown} characters of it, with its last commit.`,
  input: z.strictObject({ project, path: filePath, ref: atRef }),
  output: z.looseObject({
    file_path: z.string(),
    size: z.number(),
    last_commit_id: z.string(),
    content: z.string().nullable(),
  }),
  repair: asText,
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
});

function asText(body: unknown): unknown {
  const { content, encoding, ...facts } = body as Row;
  const bytes = Buffer.from(String(content ?? ''), encoding === 'base64' ? 'base64' : 'utf8');
  const whole = 'dataops_download_file stores the whole file.';
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (decoded.includes('\0')) throw new Error('binary');
    if (decoded.length <= mostShown) return { ...facts, content: decoded };
    return { ...facts, content: decoded.slice(0, mostShown), truncated: `${decoded.length} characters. ${whole}` };
  } catch {
    return { ...facts, content: null, binary: `Not UTF-8 text. ${whole}` };
  }
}

export const getFileFacts: Operation = operation({
  name: 'dataops_get_file_facts',
  route: 'HEAD /projects/{project}/repository/files/{path}',
  risk: 'reads',
  summary: 'Show size, checksum and last commit of a file without its content.',
  input: z.strictObject({ project, path: filePath, ref: atRef }),
  output: z.looseObject({ file_path: z.string(), size: z.number(), last_commit_id: z.string() }),
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
  async send(args, context) {
    const { headers } = await context.request(getFileFacts, args);
    const facts: Row = Object.fromEntries(
      Object.entries(headers)
        .filter(([name]) => name.startsWith('x-gitlab-'))
        .map(([name, value]) => [name.slice('x-gitlab-'.length).replaceAll('-', '_'), value]),
    );
    return {
      ...facts,
      file_path: args.path,
      size: Number(facts['size']),
      last_commit_id: String(facts['last_commit_id']),
    };
  },
});

export const downloadFile: Operation = operation({
  name: 'dataops_download_file',
  route: 'GET /projects/{project}/repository/files/{path}/raw',
  risk: 'reads',
  summary: 'Store a whole file of a repository as a result: a table if it is CSV or lines of JSON.',
  input: z.strictObject({ project, path: filePath, ref: atRef }),
  output: z.looseObject({}),
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
  collect: (args, context) => storeFile(args, context),
});

async function storeFile(args: { path: string } & Row, context: OperationContext): Promise<Collected> {
  const { body, headers } = await context.request(downloadFile, args, { expect: 'stream' });
  const name = args.path.slice(args.path.lastIndexOf('/') + 1);
  const mediaType = headers['content-type'] ?? 'application/octet-stream';
  const origin = { operation: downloadFile, arguments: args, name, mediaType };
  const result = await context.store(origin, { bytes: body as AsyncIterable<Uint8Array> });
  return { result, summary: `${name}: ${result.bytes} bytes.`, warnings: result.warnings ?? [] };
}

export const blame = operation({
  name: 'dataops_list_blame_ranges',
  route: 'GET /projects/{project}/repository/files/{path}/blame',
  risk: 'reads',
  summary: 'Tell which commit each line of a file comes from.',
  input: z.strictObject({
    project,
    path: filePath,
    ref: atRef,
    first_line: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('From this line; needs last_line')
      .meta({ wire: 'range[start]' }),
    last_line: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe('To this line; needs first_line')
      .meta({ wire: 'range[end]' }),
  }),
  output: z.looseObject({ commit: z.looseObject({ id: z.string() }).nullish(), lines: z.array(z.string()) }),
  paging: pages(),
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
});

const written = z.looseObject({ file_path: z.string(), branch: z.string() });
const change = {
  project,
  path: filePath,
  branch,
  message: message.meta({ wire: 'commit_message' }),
  content: text('Whole new content'),
  encoding: z.enum(['text', 'base64']).optional().describe('Of content (text)'),
  source: sourceArgument('In place of content: result:// handle, rows, or a local file the operator allowed')
    .optional()
    .meta({ in: 'local' }),
  start_branch: startBranch,
};

export const createFile: Operation = operation({
  name: 'dataops_create_file',
  route: 'POST /projects/{project}/repository/files/{path}',
  risk: 'adds',
  summary: 'Add a file to a branch. This usually starts a pipeline.',
  verifyWith: 'dataops_read_file on the branch shows whether it was written.',
  input: z.strictObject(change),
  output: written,
  async send(args, context) {
    const content = await contentOf(args, context);
    return (await context.request(createFile, { ...args, ...content })).body as z.input<typeof written>;
  },
  example: {
    arguments: { ...drillAssays, path: 'limits.yml', branch: 'dev', message: 'Add limits', content: 'au: 0.5\n' },
  },
});

export const updateFile: Operation = operation({
  name: 'dataops_update_file',
  route: 'PUT /projects/{project}/repository/files/{path}',
  risk: 'edits',
  summary: 'Replace the content of a file on a branch by a commit. This usually starts a pipeline.',
  verifyWith: 'dataops_read_file on the branch shows whether it was written.',
  input: z.strictObject({ ...change, last_commit_id: text('Refuse if the file changed since this commit') }),
  output: written,
  async send(args, context) {
    const content = await contentOf(args, context);
    return (await context.request(updateFile, { ...args, ...content })).body as z.input<typeof written>;
  },
  example: {
    arguments: { ...drillAssays, path: 'limits.yml', branch: 'dev', message: 'Raise limits', content: 'au: 0.7\n' },
  },
});

export const deleteFile = operation({
  name: 'dataops_delete_file',
  route: 'DELETE /projects/{project}/repository/files/{path}',
  risk: 'deletes',
  question: 'Delete the file {path} on the branch {branch} of {project}?',
  summary: 'Delete a file from a branch by a commit.',
  input: z.strictObject({
    project,
    path: filePath,
    branch,
    message: message.meta({ wire: 'commit_message' }),
    start_branch: startBranch,
  }),
  ...done,
  example: { arguments: { ...drillAssays, path: 'limits.yml', branch: 'dev', message: 'Drop limits' } },
});

export const compare = operation({
  name: 'dataops_compare_refs',
  route: 'GET /projects/{project}/repository/compare',
  risk: 'reads',
  summary: 'Show commits and changes between two branches, tags or commits.',
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

const protectedBranch = z.looseObject({ id: z.number().nullish(), name: z.string() });
const pushers = { nobody: 0, developer: 30, maintainer: 40 } as const;
const allowed = (description: string) =>
  z
    .enum(Object.keys(pushers) as [keyof typeof pushers, ...(keyof typeof pushers)[]])
    .optional()
    .describe(description)
    .meta({ encode: (word: keyof typeof pushers) => pushers[word] });

export const listProtectedBranches = operation({
  name: 'dataops_list_protected_branches',
  route: 'GET /projects/{project}/protected_branches',
  risk: 'reads',
  summary: 'List the protected branches of a project and who may push and merge.',
  input: z.strictObject({ project, search }),
  output: protectedBranch,
  paging: pages({ show: brief }),
  example: { arguments: drillAssays },
});

export const protectBranch = operation({
  name: 'dataops_protect_branch',
  route: 'POST /projects/{project}/protected_branches',
  risk: 'adds',
  summary: 'Protect a branch, or all that fit a wildcard.',
  input: z.strictObject({
    project,
    name: z.string().min(1).describe('Branch or wildcard (release-*)'),
    push: allowed('Who may push (maintainer)').meta({ wire: 'push_access_level' }),
    merge: allowed('Who may merge (maintainer)').meta({ wire: 'merge_access_level' }),
    allow_force_push: flag('Allow force push'),
  }),
  output: protectedBranch,
  example: { arguments: { ...drillAssays, name: 'qa' } },
});

export const unprotectBranch = operation({
  name: 'dataops_unprotect_branch',
  route: 'DELETE /projects/{project}/protected_branches/{name}',
  risk: 'deletes',
  question: 'Take the protection off {name} of {project}, so that everybody who can push may change or delete it?',
  describeLoss: lookIn(
    'name',
    () => listProtectedBranches,
    'name',
    ({ push_access_levels }) => ({
      says: [
        `Now ${(Array.isArray(push_access_levels) ? push_access_levels : []).map(one => String(rowOf(one)['access_level_description'])).join(', ') || 'nobody'} may push to it.`,
      ],
    }),
  ),
  summary: 'Take the protection from a branch.',
  input: z.strictObject({ project, name: z.string().min(1).describe('Branch or wildcard, as protected') }),
  ...done,
  example: { arguments: { ...drillAssays, name: 'qa' } },
});

const lint = z.looseObject({
  valid: z.boolean(),
  errors: z.array(z.string()),
  warnings: z.array(z.string()).nullish(),
  merged_yaml: z.string().nullish(),
});

export const lintRef = operation({
  name: 'dataops_lint_project_ci',
  route: 'GET /projects/{project}/ci/lint',
  risk: 'reads',
  summary: "Check the project's own pipeline configuration, all includes resolved.",
  input: z.strictObject({
    project,
    ref: anyRef.meta({ wire: 'content_ref' }),
    dry_run: flag('Simulate creating the pipeline'),
    include_jobs: flag('With the jobs it would have'),
  }),
  output: lint,
  example: { arguments: drillAssays },
});

export const lintText = operation({
  name: 'dataops_lint_ci_text',
  route: 'POST /projects/{project}/ci/lint',
  // Nothing is kept of it.
  risk: 'reads',
  summary: 'Check the text of a pipeline file as if it were in the project.',
  input: z.strictObject({
    project,
    content: z.string().min(1).describe('YAML'),
    dry_run: flag('Simulate creating the pipeline'),
    ref: text('Branch to simulate on'),
    include_jobs: flag('With the jobs it would have'),
  }),
  output: lint,
  example: { arguments: { ...drillAssays, content: 'job: { script: [ls] }' } },
});
