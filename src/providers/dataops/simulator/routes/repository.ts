import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { blobId, type Commit, type GitFile, historyOf, type Tag, treeId } from '../git.ts';
import { protectedBranch } from '../new-things.ts';
import { matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { iso, levelOf } from '../world.ts';
import { checkPush, commitAt, compareCommits, describeCommit, repositoryOf } from './commits.ts';

const root = '/projects/:id/repository';
const reads = { jobToken: true } as const;

export const repositoryEndpoints: readonly Endpoint[] = [
  [
    `GET ${root}/branches`,
    { takes: 'search regex sort:name_asc|updated_asc|updated_desc page_token', ...reads },
    listBranches,
  ],
  [`GET ${root}/branches/:branch`, reads, call => describeBranch(call, branchOf(call))],
  [`POST ${root}/branches`, { takes: 'branch! ref!' }, createBranch],
  [`DELETE ${root}/branches/:branch`, {}, deleteBranch],
  [`GET ${root}/tags`, { takes: 'order_by:name|updated|version sort:asc|desc search', ...reads }, listTags],
  [`GET ${root}/tags/:tag`, reads, call => describeTag(call, tagOf(call))],
  [`POST ${root}/tags`, { takes: 'tag_name! ref! message' }, createTag],
  [`DELETE ${root}/tags/:tag`, {}, deleteTag],
  [
    `GET ${root}/compare`,
    { takes: 'from! to! straight:boolean from_project_id:integer unidiff:boolean', ...reads },
    compare,
  ],
  [`GET ${root}/tree`, { takes: 'ref path recursive:boolean pagination:legacy|keyset|none page_token' }, listTree],
  ['GET /projects/:id/protected_branches', { takes: 'search' }, listProtected],
  [
    'POST /projects/:id/protected_branches',
    { takes: 'name! push_access_level:0|30|40|60 merge_access_level:0|30|40|60 allow_force_push:boolean' },
    protect,
  ],
  ['DELETE /projects/:id/protected_branches/:name', {}, unprotect],
  ['GET /projects/:id/ci/lint', { takes: 'ref content_ref dry_run:boolean include_jobs:boolean' }, lintFile],
  ['POST /projects/:id/ci/lint', { takes: 'content! ref dry_run:boolean include_jobs:boolean' }, lintText],
];

const lookUp = (call: Call, ref: string, noun: string): Commit => commitAt(call, ref, noun);

function branchOf(call: Call): [string, string] {
  const name = call.path('branch');
  const sha = repositoryOf(call).branches.get(name);
  if (sha === undefined) throw notFound('Branch');
  return [name, sha];
}

function describeBranch(call: Call, [name, sha]: [string, string]): Fields {
  const project = call.project();
  const { repository, protectedBranches } = call.world.partsOf(project);
  const head = repository.commits.get(sha);
  const main = repository.find(project.defaultBranch);
  const isProtected = protectedBranches.some(one => one['name'] === name);
  const level = levelOf(call.caller.user, project);
  return {
    ...{ name, commit: head ? describeCommit(call.world, project, head) : null, protected: isProtected },
    merged:
      name !== project.defaultBranch && main !== undefined && historyOf(repository, main).some(one => one.sha === sha),
    ...{ developers_can_push: false, developers_can_merge: false, can_push: level >= (isProtected ? 40 : 30) },
    ...{ default: name === project.defaultBranch, web_url: `${call.world.origin}/${project.fullPath}/-/tree/${name}` },
  };
}

function listBranches(call: Call) {
  const { branches, commits } = repositoryOf(call);
  const regex = call.text('regex');
  const search = call.text('search');
  const fits = (name: string): boolean => {
    if (search?.startsWith('^')) return name.toLowerCase().startsWith(search.slice(1).toLowerCase());
    if (search?.endsWith('$')) return name.toLowerCase().endsWith(search.slice(0, -1).toLowerCase());
    return matches(search, name) && (regex === undefined || new RegExp(regex).test(name));
  };
  const names = [...branches].filter(([name]) => fits(name)).sort(([a], [b]) => (a < b ? -1 : 1));
  const sort = call.text('sort');
  const at = ([, sha]: [string, string]): number => commits.get(sha)?.at ?? 0;
  if (sort?.startsWith('updated')) names.sort((a, b) => (sort === 'updated_asc' ? at(a) - at(b) : at(b) - at(a)));
  return paged(call, names, one => describeBranch(call, one));
}

function createBranch(call: Call) {
  const repository = repositoryOf(call, 30);
  const name = call.text('branch') ?? '';
  if (repository.branches.has(name)) throw refusal(400, { message: 'Branch already exists' });
  if (!/^(?!-)[\w./-]+(?<!\.lock)$/.test(name)) throw refusal(400, { message: 'Branch name is invalid' });
  const start = repository.find(call.text('ref') ?? '');
  if (!start) throw refusal(400, { message: `Invalid reference name: ${call.text('ref')}` });
  repository.branches.set(name, start.sha);
  return reply(201, describeBranch(call, [name, start.sha]));
}

function deleteBranch(call: Call) {
  const project = call.project(30);
  const [name] = branchOf(call);
  if (name === project.defaultBranch) throw refusal(400, { message: 'Cannot remove HEAD branch' });
  checkPush(call, name);
  repositoryOf(call).branches.delete(name);
  return noContent;
}

function tagOf(call: Call): Tag {
  const tag = repositoryOf(call).tags.get(call.path('tag'));
  if (!tag) throw notFound('Tag');
  return tag;
}

function describeTag(call: Call, { name, sha, message, createdAt }: Tag): Fields {
  const commit = lookUp(call, sha, 'Commit');
  return {
    ...{ name, message, target: sha, commit: describeCommit(call.world, call.project(), commit), release: null },
    ...{ protected: false, created_at: iso(createdAt) },
  };
}

function listTags(call: Call) {
  const found = [...repositoryOf(call).tags.values()].filter(({ name }) => matches(call.text('search'), name));
  const key = (tag: Tag) => (call.text('order_by') === 'name' ? tag.name : tag.createdAt);
  const keyed = found.map((tag, id) => ({ ...tag, id }));
  return paged(call, sorted(keyed, key, call.text('sort') ?? 'desc'), tag => describeTag(call, tag));
}

function createTag(call: Call) {
  const { tags, find } = repositoryOf(call, 30);
  const name = call.text('tag_name') ?? '';
  if (tags.has(name)) throw refusal(400, { message: `Tag ${name} already exists` });
  const commit = find(call.text('ref') ?? '');
  if (!commit) throw refusal(400, { message: `Target ${call.text('ref')} is invalid` });
  const tag: Tag = { name, sha: commit.sha, message: call.text('message') ?? '', createdAt: call.world.now() };
  tags.set(name, tag);
  return reply(201, describeTag(call, tag));
}

function deleteTag(call: Call) {
  repositoryOf(call, 40).tags.delete(tagOf(call).name);
  return noContent;
}

function compare(call: Call) {
  const from = lookUp(call, call.text('from') ?? '', 'Ref');
  return compareCommits(call, from, lookUp(call, call.text('to') ?? '', 'Ref'), call.flag('straight') ?? false);
}

function listTree(call: Call) {
  const commit = lookUp(call, call.text('ref') ?? call.project().defaultBranch, 'Tree');
  const folder = (call.text('path') ?? '').split('/').filter(Boolean).join('/');
  const entries = entriesBelow(commit, folder, call.flag('recursive') ?? false);
  if (entries.length === 0 && folder !== '') throw notFound('invalid revision or path Tree');
  if (call.text('pagination') === 'none') return entries;
  if (call.text('pagination') === 'keyset') return treePage(call, entries);
  return paged(call, entries, entry => entry);
}

/** Folders, then files, each by path. */
function entriesBelow(commit: Commit, folder: string, recursive: boolean): Fields[] {
  const start = folder === '' ? '' : `${folder}/`;
  const entries = new Map<string, Fields>();
  for (const [path, file] of commit.files) {
    if (!path.startsWith(start)) continue;
    const parts = path.slice(start.length).split('/');
    const depth = recursive ? parts.length : 1;
    for (const folderPath of parts.slice(0, Math.min(depth, parts.length - 1)).map((_, at) => parts.slice(0, at + 1)))
      entries.set(start + folderPath.join('/'), treeEntry(commit, start, folderPath));
    if (depth === parts.length) entries.set(path, blobEntry(path, file));
  }
  const order = ({ type, path }: Fields): string => `${type === 'tree' ? 0 : 1} ${String(path)}`;
  return [...entries.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

function treeEntry(commit: Commit, start: string, parts: readonly string[]): Fields {
  const path = start + parts.join('/');
  return { id: treeId(path, commit), name: parts.at(-1), type: 'tree', path, mode: '040000' };
}

const blobEntry = (path: string, { content, executable }: GitFile): Fields => ({
  id: blobId(content),
  name: path.split('/').at(-1),
  type: 'blob',
  path,
  mode: executable ? '100755' : '100644',
});

// Files that are alike share an id, so the token of a page is made of the path it ends with.
function treePage(call: Call, entries: readonly Fields[]) {
  const size = Math.min(call.number('per_page') ?? 20, 100);
  const start = entries.findIndex(entry => tokenOf(entry) === call.text('page_token')) + 1;
  const rows = entries.slice(start, start + size);
  const query = new URLSearchParams(call.request.query);
  query.set('page_token', tokenOf(rows.at(-1) ?? {}));
  const next = `<${call.world.origin}${call.request.path}?${query}>; rel="next"`;
  return { status: 200, headers: start + size < entries.length ? { link: next } : {}, json: rows };
}

const tokenOf = ({ path }: Fields): string => Buffer.from(String(path)).toString('base64url');

const protectedOf = (call: Call, level: number): Fields[] => call.world.partsOf(call.project(level)).protectedBranches;

function listProtected(call: Call) {
  const found = protectedOf(call, 30).filter(one => matches(call.text('search'), String(one['name'])));
  return paged(call, found, one => one);
}

function protect(call: Call) {
  const branches = protectedOf(call, 40);
  const name = call.text('name') ?? '';
  if (branches.some(one => one['name'] === name))
    throw refusal(409, { message: `Protected branch '${name}' already exists` });
  const [push, merge] = [call.number('push_access_level') ?? 40, call.number('merge_access_level') ?? 40];
  const made = protectedBranch(call.world.nextId(), name, push, merge, call.flag('allow_force_push'));
  branches.push(made);
  return reply(201, made);
}

function unprotect(call: Call) {
  const branches = protectedOf(call, 40);
  const index = branches.findIndex(one => one['name'] === call.path('name'));
  if (index < 0) throw notFound();
  branches.splice(index, 1);
  return noContent;
}

function lintFile(call: Call) {
  const project = call.project(30);
  const commit = repositoryOf(call).find(call.text('content_ref') ?? call.text('ref') ?? project.defaultBranch);
  if (!commit) throw notFound('Ref');
  const file = String(project.settings['ci_config_path'] ?? 'full-ci.yml');
  const text = commit.files.get(file)?.content.toString('utf8');
  return text === undefined ? verdict(call, '', ['Please provide content of your CI file']) : verdict(call, text, []);
}

function lintText(call: Call) {
  call.project(30);
  return verdict(call, call.text('content') ?? '', []);
}

// No YAML is parsed: a tab or a line that is neither key, item nor comment is as wrong as these tests need it.
function verdict(call: Call, text: string, given: string[]): Fields {
  const bad = text
    .split('\n')
    .findIndex(line => line.includes('\t') || !/^\s*(#|-|[\w."'][\w."' ]*:|\.\.\.|$)/.test(line));
  const errors = bad < 0 ? given : [...given, `(<unknown>): could not find expected ':' at line ${bad + 1} column 1`];
  const jobs = [...text.matchAll(/^([A-Z][\w ]+):$/gm)].map(([, name]) => ({
    name,
    stage: 'test',
    allow_failure: false,
  }));
  return {
    ...{
      valid: errors.length === 0,
      errors,
      warnings: [],
      merged_yaml: errors.length === 0 ? text : null,
      includes: [],
    },
    ...(call.flag('include_jobs') && { jobs }),
  };
}
