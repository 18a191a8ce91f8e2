import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lacks, together } from '../../../operations/lack.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { drillAssays, flag, text } from '../arguments.ts';
import { download } from '../download.ts';
import { pages } from '../paging.ts';
import { branchName } from './branches.ts';
import { anyRef } from './commits.ts';
import { projectArgument as project } from './projects.ts';

export const filePath = z
  .string()
  .min(1)
  .describe('Path of the file in the repository')
  .meta({ foundIn: { listing: 'dataops_list_files', key: 'path', only: { type: 'blob' } } });

const atRef = z.string().min(1).default('HEAD').describe('Branch, tag or SHA').meta({ reference: branchName });

export const listTree = operation({
  name: 'dataops_list_files',
  route: 'GET /projects/{project}/repository/tree',
  risk: 'reads',
  summary: 'List the files and folders of a repository.',
  words: 'folders directories tree ls, what is in',
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
  words: 'open view show yml sql code of a file',
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

export function asText(body: unknown): unknown {
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
  words: 'how big, last changed',
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
  words: 'get raw',
  input: z.strictObject({ project, path: filePath, ref: atRef }),
  output: z.looseObject({}),
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
  collect: (args, context) => download(downloadFile, args, args.path.slice(args.path.lastIndexOf('/') + 1), context),
});

export const blame = operation({
  name: 'dataops_list_blame_ranges',
  route: 'GET /projects/{project}/repository/files/{path}/blame',
  risk: 'reads',
  summary: 'Tell which commit each line of a file comes from.',
  words: 'git blame annotate, who changed wrote a line last, author of a line',
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
  describeLack: lacks(together('first_line', 'last_line')),
  output: z.looseObject({ commit: z.looseObject({ id: z.string() }).nullish(), lines: z.array(z.string()) }),
  paging: pages(),
  example: { arguments: { ...drillAssays, path: 'full-ci.yml' } },
});
