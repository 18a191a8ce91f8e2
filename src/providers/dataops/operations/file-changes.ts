import * as z from 'zod';
import { lacks, needs, oneOf } from '../../../operations/lack.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, drillAssays, text } from '../arguments.ts';
import { lostByCommit } from '../commit-losses.ts';
import { contentOf } from '../file-content.ts';
import { branch } from './branches.ts';
import { message, startBranch } from './commits.ts';
import { filePath, readFile } from './files.ts';
import { projectArgument as project } from './projects.ts';

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

const oneContent = lacks(oneOf('say what the file is to hold', 'content', 'source'), needs('encoding', 'content'));

export const createFile: Operation = operation({
  name: 'dataops_create_file',
  route: 'POST /projects/{project}/repository/files/{path}',
  risk: 'adds',
  summary: 'Add a file to a branch. This usually starts a pipeline.',
  words: 'write new',
  verifyWith: 'dataops_read_file on the branch shows whether it was written.',
  input: z.strictObject(change),
  describeLack: oneContent,
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
  risk: 'replaces',
  question: 'Replace the file {path} on the branch {branch} of {project}?',
  describeLoss: ({ path, ...args }, context) => lostByCommit([{ action: 'update', file_path: path }], args, context),
  summary: 'Replace the content of a file on a branch by a commit. This usually starts a pipeline.',
  words: 'edit write save overwrite',
  verifyWith: 'dataops_read_file on the branch shows whether it was written.',
  input: z.strictObject({ ...change, last_commit_id: text('Refuse if the file changed since this commit') }),
  describeLack: oneContent,
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
  describeLoss: ({ project: of, path, branch: from, start_branch }, context) =>
    lookAt(
      'path',
      () => readFile,
      ({ blob_id, size }) => ({
        name: path,
        says: [typeof size === 'number' && `It has ${size} bytes.`],
        version: blob_id,
      }),
    )({ project: of, path, ref: start_branch ?? from }, context),
  summary: 'Delete a file from a branch by a commit.',
  words: 'remove',
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
