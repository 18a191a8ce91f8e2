import type { Call, Endpoint } from '../call.ts';
import { commitAt, compareCommits } from '../commit-shapes.ts';
import { blobId, type Commit, type GitFile, treeId } from '../git.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound } from '../refusal.ts';

const root = '/projects/:id/repository';

export const treeEndpoints: readonly Endpoint[] = [
  [`GET ${root}/compare`, { jobToken: true }, compare],
  [`GET ${root}/tree`, listTree],
];

function compare(call: Call) {
  const from = commitAt(call, call.text('from') ?? '', 'Ref');
  return compareCommits(call, from, commitAt(call, call.text('to') ?? '', 'Ref'), call.flag('straight') ?? false);
}

function listTree(call: Call) {
  const commit = commitAt(call, call.text('ref') ?? call.project().defaultBranch, 'Tree');
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
// No YAML is parsed: a tab or a line that is neither key, item nor comment is as wrong as these tests need it.
