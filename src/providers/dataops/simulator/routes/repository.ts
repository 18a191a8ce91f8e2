import { type Call, type Endpoint, reply } from '../call.ts';
import { checkPush } from '../commit-changes.ts';
import { commitAt, describeCommit, repositoryOf } from '../commit-shapes.ts';
import { blobId, type Commit, type GitFile, historyOf } from '../git.ts';
import { paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, notFound } from '../refusal.ts';
import { describeUser, iso } from '../world.ts';
import { zipOf } from '../zip.ts';
import { pipelinesOf } from './pipelines.ts';

const root = '/projects/:id/repository';
const commit = `${root}/commits/:sha`;
const reads = { repository: true, jobToken: true } as const;

export const repositoryEndpoints: readonly Endpoint[] = [
  [`GET ${root}/archive`, reads, archive],
  [`GET ${root}/blobs/:sha`, reads, call => describeBlob(call)],
  [
    `GET ${root}/blobs/:sha/raw`,
    reads,
    call => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: blobOf(call).content }),
  ],
  [`GET ${root}/contributors`, contributors],
  [`GET ${root}/merge_base`, mergeBase],
  [`GET ${root}/changelog`, reads, call => ({ notes: sectionOf(call) })],
  [`POST ${root}/changelog`, commitChangelog],
  [`GET ${root}/health`, health],
  ['GET /projects/:id/languages', languages],
  [`DELETE ${root}/merged_branches`, removeMerged],
  [
    `PUT ${root}/submodules/:submodule`,
    () => {
      // No repository of the sandbox has one.
      throw badRequest('Failed to update submodule: Invalid submodule path');
    },
  ],
  [`GET ${commit}/comments`, call => paged(call, commentsOn(commitAt(call, call.path('sha'))), one => one)],
  [`POST ${commit}/comments`, comment],
  [
    `GET ${commit}/sequence`,
    call => ({ count: historyOf(repositoryOf(call), commitAt(call, call.path('sha'))).length }),
  ],
  [`GET ${commit}/signature`, call => signatureOf(call, commitAt(call, call.path('sha')).sha)],
  [
    `GET ${root}/tags/:tag/signature`,
    call => signatureOf(call, repositoryOf(call).tags.get(call.path('tag'))?.sha, 'Tag'),
  ],
  ['POST /projects/:id/statuses/:sha', setStatus],
];

function archive(call: Call) {
  const { files } = commitAt(call, call.text('sha') ?? call.project().defaultBranch, 'File');
  const format = call.text('format') ?? 'tar.gz';
  const folder = call.text('path');
  const members = [...files].filter(([path]) => folder === undefined || path.startsWith(`${folder}/`));
  const named = members.map(([path, { content }]) => ({ name: `${call.project().path}/${path}`, content }));
  // Tools that read tar are not what is tested here.
  const body = format === 'zip' ? zipOf(named) : Buffer.from(named.map(({ name }) => name).join('\n'));
  return {
    status: 200,
    headers: { 'content-type': format === 'zip' ? 'application/zip' : 'application/octet-stream' },
    body,
  };
}

function blobOf(call: Call): GitFile {
  const { commits } = repositoryOf(call);
  for (const { files } of commits.values())
    for (const file of files.values()) if (blobId(file.content) === call.path('sha')) return file;
  throw notFound('Blob');
}

function describeBlob(call: Call): Fields {
  const { content } = blobOf(call);
  return { size: content.length, encoding: 'base64', content: content.toString('base64'), sha: call.path('sha') };
}

function contributors(call: Call) {
  const from = commitAt(call, call.text('ref') ?? call.project().defaultBranch, 'Ref');
  const byEmail = new Map<string, Fields>();
  for (const { author } of historyOf(repositoryOf(call), from)) {
    const one = byEmail.get(author.email) ?? {
      name: author.name,
      email: author.email,
      commits: 0,
      additions: 0,
      deletions: 0,
    };
    byEmail.set(author.email, { ...one, commits: Number(one['commits']) + 1 });
  }
  const order = call.text('order_by') ?? 'commits';
  const key = (one: Fields) => (order === 'commits' ? Number(one[order]) : String(one[order]));
  return paged(call, sorted([...byEmail.values()], key, call.text('sort') ?? 'asc'), one => one);
}

function mergeBase(call: Call): Fields {
  const repository = repositoryOf(call);
  const refs = call.list('refs');
  if (refs.length < 2) throw badRequest('Provide at least 2 refs');
  const histories = refs.map(ref => {
    const found = repository.find(ref);
    if (!found) throw badRequest(`Could not find ref: ${ref}`);
    return historyOf(repository, found);
  });
  const [first = [], ...others] = histories;
  const base = first.find(one => others.every(history => history.includes(one)));
  if (!base) throw notFound('Merge Base');
  return describeCommit(call.world, call.project(), base);
}

function sectionOf(call: Call): string {
  const repository = repositoryOf(call);
  const to = commitAt(call, call.text('to') ?? 'HEAD');
  const start = call.text('from') ?? [...repository.tags.values()].at(-1)?.sha;
  const old = start === undefined ? undefined : repository.find(start);
  const before = new Set(old ? historyOf(repository, old) : []);
  const trailer = `${call.text('trailer') ?? 'Changelog'}: `;
  const lines = historyOf(repository, to)
    .filter(one => !before.has(one) && one.message.split('\n').some(line => line.startsWith(trailer)))
    .map(one => `- ${one.message.split('\n', 1)[0]}`);
  const version = call.text('version') ?? '';
  if (!/^\d+\.\d+\.\d+/.test(version)) throw badRequest('The version must be a semantic version');
  return `## ${version} (${iso(call.world.now()).slice(0, 10)})\n\n${lines.join('\n') || 'No changes.'}\n`;
}

function commitChangelog(call: Call) {
  const repository = repositoryOf(call, 30);
  const branch = call.text('branch') ?? call.project().defaultBranch;
  checkPush(call, branch);
  const parent = commitAt(call, branch, 'Branch');
  const file = call.text('file') ?? 'CHANGELOG.md';
  const now = parent.files.get(file)?.content.toString() ?? '';
  const message = call.text('message') ?? `Add changelog for version ${call.text('version')}`;
  const content = Buffer.from(`${sectionOf(call)}\n${now}`);
  const files = new Map([[file, { content, executable: false }]]);
  repository.commit({ branch, parent, message, author: call.user(), at: call.world.now(), files });
  return reply(200, null);
}

function health(call: Call): Fields {
  const { commits, branches, tags } = repositoryOf(call, 40);
  return {
    size: commits.size * 2048,
    references: { loose_count: branches.size + tags.size, packed_size: 0 },
    objects: { size: commits.size * 2048, recent_size: 1024, stale_size: 0, keep_size: 0 },
    updated_at: iso(call.world.now()),
  };
}

const languageOf: Readonly<Record<string, string>> = {
  sql: 'SQL',
  yml: 'YAML',
  py: 'Python',
  sh: 'Shell',
  md: 'Markdown',
};

function languages(call: Call): Fields {
  const { files } = commitAt(call, call.project().defaultBranch);
  const bytes = new Map<string, number>();
  for (const [path, { content }] of files) {
    const language = languageOf[path.split('.').at(-1) ?? ''];
    if (language) bytes.set(language, (bytes.get(language) ?? 0) + content.length);
  }
  const total = [...bytes.values()].reduce((sum, size) => sum + size, 0);
  return Object.fromEntries([...bytes].map(([name, size]) => [name, Math.round((size / total) * 10_000) / 100]));
}

function removeMerged(call: Call) {
  const project = call.project(30);
  const { repository, protectedBranches } = call.world.partsOf(project);
  const main = repository.find(project.defaultBranch);
  const merged = new Set(main ? historyOf(repository, main).map(({ sha }) => sha) : []);
  for (const [name, sha] of repository.branches)
    if (name !== project.defaultBranch && merged.has(sha) && !protectedBranches.some(one => one['name'] === name))
      repository.branches.delete(name);
  return reply(202, { message: '202 Accepted' });
}

const comments = new WeakMap<Commit, Fields[]>();

function commentsOn(on: Commit): Fields[] {
  const known = comments.get(on) ?? [];
  comments.set(on, known);
  return known;
}

function comment(call: Call) {
  const on = commitAt(call, call.path('sha'));
  const path = call.text('path') ?? null;
  if (path !== null && !on.files.has(path)) throw badRequest('path is invalid');
  const made: Fields = {
    note: call.text('note'),
    path,
    line: call.number('line') ?? null,
    line_type: call.text('line_type') ?? null,
    author: describeUser(call.world, call.user().id),
    created_at: iso(call.world.now()),
  };
  commentsOn(on).push(made);
  return reply(201, made);
}

/** The release is signed, and so is what it stands at; nothing else is. */
function signatureOf(call: Call, sha: string | undefined, noun = 'Signature'): Fields {
  const signed = repositoryOf(call).tags.get('v1.0.0')?.sha;
  if (sha === undefined) throw notFound(noun);
  if (sha !== signed) throw notFound('Signature');
  return {
    signature_type: 'PGP',
    verification_status: 'verified',
    gpg_key_id: 1,
    gpg_key_primary_keyid: '8254AAB3FBD54AC9',
    gpg_key_user_name: 'Maya Lindqvist',
    gpg_key_user_email: 'maya.lindqvist@meridian.example',
    gpg_key_subkey_id: null,
    commit_source: 'gitaly',
  };
}

function setStatus(call: Call) {
  const project = call.project(30);
  const { sha } = commitAt(call, call.path('sha'));
  const pipeline = pipelinesOf(call).findLast(one => one.sha === sha);
  const status = {
    id: call.world.nextId(),
    sha,
    ref: call.text('ref') ?? pipeline?.ref ?? call.project().defaultBranch,
    status: call.text('state'),
    name: call.text('name') ?? call.text('context') ?? 'default',
    target_url: call.text('target_url') ?? null,
    description: call.text('description') ?? null,
    coverage: call.number('coverage') ?? null,
    created_at: iso(call.world.now()),
    started_at: null,
    finished_at: null,
    allow_failure: false,
    pipeline_id: pipeline?.id ?? null,
    author: describeUser(call.world, call.user().id),
  };
  call.world.partsOf(project).shelf.commitStatuses.push(status);
  return reply(201, status);
}
