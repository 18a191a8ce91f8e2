import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { howMany } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, drillAssays, flag, text } from '../arguments.ts';
import { lostByCommit } from '../commit-losses.ts';
import { download } from '../download.ts';
import { pages } from '../paging.ts';
import { branch, listBranches } from './branches.ts';
import { anyRef, commit } from './commits.ts';
import { asText, listTree } from './files.ts';
import { projectArgument as project } from './projects.ts';

const repository = '/projects/{project}/repository';

export const downloadArchive: Operation = operation({
  name: 'dataops_download_archive',
  route: `GET ${repository}/archive`,
  risk: 'reads',
  summary: 'Store all files of a repository, or of one folder, as an archive.',
  words: 'zip tar download the whole repository source code',
  input: z.strictObject({
    project,
    ref: anyRef.meta({ wire: 'sha' }),
    format: z.enum(['zip', 'tar.gz', 'tar']).default('zip').describe('Form'),
    path: text('Folder (all)'),
    include_lfs_blobs: flag('With large files (true)'),
  }),
  output: z.looseObject({}),
  example: { arguments: drillAssays },
  collect: (args, context) => download(downloadArchive, args, `repository.${args.format}`, context),
});

const blob = { project, sha: z.string().min(7).describe('SHA of the content (blob_id), not of a commit') };
const sample = { ...drillAssays, sha: '3c5a36c3d7bf18bc59fbbf93ff1ba5bb0a9a2ee1' };

export const getBlob = operation({
  name: 'dataops_get_blob',
  route: `GET ${repository}/blobs/{sha}`,
  risk: 'reads',
  summary: 'Read the content of a text file by the SHA of the content, whatever its path.',
  input: z.strictObject(blob),
  output: z.looseObject({ sha: z.string().nullish(), content: z.string().nullable() }),
  repair: asText,
  example: { arguments: sample },
});

export const downloadBlob: Operation = operation({
  name: 'dataops_download_blob',
  route: `GET ${repository}/blobs/{sha}/raw`,
  risk: 'reads',
  summary: 'Store the content of a file by the SHA of the content, whatever its path.',
  input: z.strictObject(blob),
  output: z.looseObject({}),
  example: { arguments: sample },
  collect: (args, context) => download(downloadBlob, args, `blob-${args.sha.slice(0, 8)}`, context),
});

export const listContributors = operation({
  name: 'dataops_list_contributors',
  route: `GET ${repository}/contributors`,
  risk: 'reads',
  summary: 'List who has committed to a repository, and how often.',
  words: 'authors, who works on this code most',
  input: z.strictObject({
    project,
    ref: anyRef,
    order_by: z.enum(['name', 'email', 'commits']).optional().describe('Order (commits)'),
    sort: z.enum(['asc', 'desc']).optional().describe('Direction'),
  }),
  output: z.looseObject({ name: z.string(), commits: z.number().nullish() }),
  paging: pages(),
  example: { arguments: { ...drillAssays, order_by: 'commits', sort: 'desc' } },
});

export const getMergeBase = operation({
  name: 'dataops_get_merge_base',
  route: `GET ${repository}/merge_base`,
  risk: 'reads',
  summary: 'Show the latest commit that branches, tags or commits have in common.',
  words: 'common ancestor, where did the branch start',
  input: z.strictObject({ project, refs: z.array(z.string().min(1)).min(2).describe('Branches, tags or SHAs') }),
  output: commit,
  example: { arguments: { ...drillAssays, refs: ['main', 'dev'] } },
});

const section = {
  project,
  version: z.string().min(1).describe('Version of the section: 1.1.0'),
  from: text('SHA after which it begins (last release)'),
  to: text('SHA or branch at which it ends'),
  trailer: text('Trailer of commits that belong in it (Changelog)'),
  config_file: text('File with how it is written'),
};

export const getChangelog = operation({
  name: 'dataops_get_changelog',
  route: `GET ${repository}/changelog`,
  risk: 'reads',
  summary: 'Write the section of a change log for a version, from the trailers of commits, without storing it.',
  words: 'generate write release notes from the commits, what is new since the last version',
  input: z.strictObject(section),
  output: z.looseObject({ notes: z.string().nullish() }),
  example: { arguments: { ...drillAssays, version: '1.1.0' } },
});

export const commitChangelog = operation({
  name: 'dataops_commit_changelog',
  route: `POST ${repository}/changelog`,
  risk: 'adds',
  summary: 'Commit the section of a change log for a version to a branch. This usually starts a pipeline.',
  words: 'add generated release notes to CHANGELOG.md',
  verifyWith: 'dataops_list_commits of the branch shows whether it was committed.',
  input: z.strictObject({
    ...section,
    branch: text('Branch (default branch)'),
    file: text('File (CHANGELOG.md)'),
    message: text('Commit message'),
  }),
  ...done,
  example: { arguments: { ...drillAssays, version: '1.1.0', branch: 'dev' } },
});

export const getRepositoryHealth = operation({
  name: 'dataops_get_repository_health',
  route: `GET ${repository}/health`,
  risk: 'reads',
  summary: 'Show sizes and objects of a repository, which tell whether it needs cleaning. Five times an hour at most.',
  words: 'how large is the repository, size of git objects',
  input: z.strictObject({ project, generate: flag('Work it out anew') }),
  output: z.looseObject({ size: z.number().nullish() }),
  example: { arguments: { ...drillAssays, generate: true } },
});

export const getLanguages = operation({
  name: 'dataops_get_languages',
  route: 'GET /projects/{project}/languages',
  risk: 'reads',
  summary: 'Show which programming languages a repository has, in percent.',
  words: 'python sql share of languages',
  input: z.strictObject({ project }),
  output: z.looseObject({}),
  example: { arguments: drillAssays },
});

export const deleteMergedBranches = operation({
  name: 'dataops_prune_merged_branches',
  route: `DELETE ${repository}/merged_branches`,
  risk: 'deletes',
  question: 'Delete all branches of {project} that are merged into the default branch?',
  async describeLoss({ project: of }, context) {
    const rows = await context.rows(listBranches, { project: of });
    const names = rows
      .filter(row => row['merged'] && !row['protected'] && !row['default'])
      .map(row => String(row['name']));
    return {
      says: `${howMany(names.length, 'branch').replace(/hs$/, 'hes')}: ${names.join(', ') || 'none'}.`,
      version: names,
    };
  },
  summary: 'Clear away everything that is merged into the default branch; what is protected stays.',
  words: 'delete all branches that are merged, clean up',
  input: z.strictObject({ project }),
  ...done,
  example: { arguments: drillAssays },
});

export const updateSubmodule = operation({
  name: 'dataops_update_submodule',
  route: `PUT ${repository}/submodules/{submodule}`,
  risk: 'replaces',
  question: 'Point the submodule {submodule} on the branch {branch} of {project} at {commit_sha}?',
  async describeLoss({ project: of, branch: on, submodule }, context) {
    const folder = submodule.slice(0, Math.max(submodule.lastIndexOf('/'), 0));
    const rows = await context.rows(listTree, { project: of, ref: on, ...(folder && { path: folder }) });
    if (!rows.some(row => row['path'] === submodule && row['type'] === 'commit'))
      throw new Fault({
        code: 'not_found',
        message: `The branch ${on} has no submodule ${submodule}.`,
        hint: 'dataops_list_files shows submodules as rows of type commit.',
      });
    return lostByCommit([{ action: 'update', file_path: submodule }], { project: of, branch: on }, context);
  },
  summary: 'Point a submodule at another commit, by a commit on a branch. This usually starts a pipeline.',
  words: 'bump a git submodule',
  input: z.strictObject({
    project,
    submodule: z.string().min(1).describe('Path of the submodule in the repository'),
    branch,
    commit_sha: z.string().min(7).describe('Commit that it is to point at'),
    message: text('Commit message').meta({ wire: 'commit_message' }),
  }),
  output: z.looseObject({ id: z.string() }),
  example: {
    arguments: {
      ...drillAssays,
      submodule: 'vendor/reference',
      branch: 'main',
      commit_sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6',
    },
  },
});
