import { createHash } from 'node:crypto';
import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { commitActions } from '../commit-changes.ts';
import { commitAt, describeCommit, repositoryOf } from '../commit-shapes.ts';
import { blobId, type Commit, type GitFile } from '../git.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';

const root = '/projects/:id/repository/files/:path';
const reads = { repository: true } as const;

export const fileEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, reads, read],
  [`HEAD ${root}`, reads, head],
  [`GET ${root}/raw`, { jobToken: true, ...reads }, readRaw],
  [`GET ${root}/blame`, reads, blame],
  [`POST ${root}`, call => write(call, 'create', 201)],
  [`PUT ${root}`, call => write(call, 'update', 200)],
  [`DELETE ${root}`, call => write(call, 'delete', 204)],
];

interface Found {
  commit: Commit;
  file: GitFile;
  ref: string;
}

function find(call: Call): Found {
  const ref = call.text('ref') ?? 'HEAD';
  const commit = commitAt(call, ref);
  const file = commit.files.get(call.path('path'));
  if (!file) throw notFound('File');
  return { commit, file, ref };
}

function facts(call: Call): Fields {
  const { commit, file, ref } = find(call);
  const path = call.path('path');
  return {
    file_name: path.split('/').at(-1),
    file_path: path,
    size: file.content.length,
    encoding: 'base64',
    content_sha256: createHash('sha256').update(file.content).digest('hex'),
    ref,
    blob_id: blobId(file.content),
    commit_id: commit.sha,
    last_commit_id: file.commit,
    execute_filemode: file.executable,
  };
}

function read(call: Call): Fields {
  return { ...facts(call), content: find(call).file.content.toString('base64') };
}

const headersOf = (call: Call): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts(call)).map(([name, value]) => [
      `x-gitlab-${name.replaceAll('_', '-')}`,
      encodeURI(String(value)),
    ]),
  );

function head(call: Call) {
  return { status: 200, headers: headersOf(call), body: '' };
}

function readRaw(call: Call) {
  const { content } = find(call).file;
  const type = content.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8';
  return { status: 200, headers: { ...headersOf(call), 'content-type': type }, body: content };
}

function blame(call: Call) {
  const { file } = find(call);
  const commit = repositoryOf(call).commits.get(file.commit);
  const lines = file.content.toString('utf8').replace(/\n$/, '').split('\n');
  const range = call.fields['range'] as { start?: string; end?: string } | undefined;
  if (range && (range.start === undefined || range.end === undefined))
    throw refusal(400, { error: `range[${range.start === undefined ? 'start' : 'end'}] is missing` });
  const wanted = range ? lines.slice(Number(range.start) - 1, Number(range.end)) : lines;
  return [{ commit: commit ? describeCommit(call.world, call.project(), commit) : null, lines: wanted }];
}

function write(call: Call, action: 'create' | 'update' | 'delete', status: number) {
  const path = call.path('path');
  const { branch = '', content, encoding, last_commit_id, execute_filemode } = call.fields;
  commitActions(call, String(branch), [
    { action, file_path: path, content, encoding, last_commit_id, execute_filemode },
  ]);
  return action === 'delete' ? noContent : reply(status, { file_path: path, branch });
}
