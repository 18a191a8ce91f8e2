import { createHash } from 'node:crypto';
import type { Fields } from './parameters.ts';

export interface Author {
  name: string;
  email: string;
}

export interface Commit {
  sha: string;
  parents: string[];
  message: string;
  author: Author;
  at: number;
  /** Every file by path. */
  files: ReadonlyMap<string, GitFile>;
}

export interface GitFile {
  content: Buffer;
  executable: boolean;
  /** Sha of the commit that touched it last. */
  commit: string;
}

export interface Tag {
  name: string;
  sha: string;
  message: string;
  createdAt: number;
}

/** A repository in memory: commits that hold all of their files, and names for some of them. */
export interface Repository {
  commits: Map<string, Commit>;
  branches: Map<string, string>;
  tags: Map<string, Tag>;
  /** The commit that a branch, tag, full or short sha or HEAD names. */
  find(ref: string): Commit | undefined;
  /** Sha of a ref that is known to exist; forty zeros when it does not. */
  headOf(ref: string): string;
  /** Adds a commit and, with a branch, moves the branch to it. */
  commit(change: Change): Commit;
}

export interface Change {
  branch?: string;
  parent?: Commit | undefined;
  message: string;
  author: Author;
  at: number;
  /** New files by path; undefined: it goes. */
  files: ReadonlyMap<string, Pick<GitFile, 'content' | 'executable'> | undefined>;
}

const sha1 = (text: string | Buffer): string => createHash('sha1').update(text).digest('hex');
export const blobId = (content: Buffer): string =>
  sha1(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]));
export const treeId = (path: string, commit: Commit): string => sha1(`tree ${path} ${commit.sha}`);

/** `label` sets the shas of one repository apart from those of another with the same commits. */
export function createRepository(label: string, defaultBranch: string): Repository {
  const commits = new Map<string, Commit>();
  const branches = new Map<string, string>();
  const tags = new Map<string, Tag>();
  const find = (ref: string): Commit | undefined => {
    const name = ref === 'HEAD' ? defaultBranch : ref.replace(/^refs\/(heads|tags)\//, '');
    const known = commits.get(branches.get(name) ?? tags.get(name)?.sha ?? name);
    if (known || !/^[0-9a-f]{7,39}$/.test(name)) return known;
    return [...commits.values()].find(({ sha }) => sha.startsWith(name));
  };
  return {
    commits,
    branches,
    tags,
    find,
    headOf: ref => find(ref)?.sha ?? '0'.repeat(40),
    commit({ branch, parent, message, author, at, files: changes }) {
      const sha = sha1(`${label}\n${parent?.sha}\n${at}\n${message}\n${[...changes.keys()]}\n${commits.size}`);
      const files = new Map(parent?.files);
      for (const [path, file] of changes) {
        if (file) files.set(path, { ...file, commit: sha });
        else files.delete(path);
      }
      const commit: Commit = { sha, parents: parent ? [parent.sha] : [], message, author, at, files };
      commits.set(sha, commit);
      if (branch !== undefined) branches.set(branch, sha);
      return commit;
    },
  };
}

/** A commit and everything before it, newest first. */
export function historyOf(repository: Repository, from: Commit): Commit[] {
  const seen = new Map<string, Commit>();
  const open = [from.sha];
  for (let sha = open.pop(); sha !== undefined; sha = open.pop()) {
    const commit = repository.commits.get(sha);
    if (!commit || seen.has(sha)) continue;
    seen.set(sha, commit);
    open.push(...commit.parents);
  }
  return [...seen.values()].sort((a, b) => b.at - a.at);
}

/** Commits of `to` that `from` does not have, oldest first, and the newest that both have. */
export function between(repository: Repository, from: Commit, to: Commit): { commits: Commit[]; base?: Commit } {
  const old = new Set(historyOf(repository, from).map(({ sha }) => sha));
  const mine = historyOf(repository, to);
  const base = mine.find(({ sha }) => old.has(sha));
  return { commits: mine.filter(({ sha }) => !old.has(sha)).reverse(), ...(base && { base }) };
}

const diffLimit = 100_000;

/** What changed from one state of the files to another, as the platform lists it. */
export function diffsOf(from: Commit | undefined, to: Commit): Fields[] {
  const before = from?.files ?? new Map<string, GitFile>();
  const paths = [...new Set([...before.keys(), ...to.files.keys()])].sort();
  return paths.flatMap(path => {
    const [old, next] = [before.get(path), to.files.get(path)];
    if (old && next && old.content.equals(next.content) && old.executable === next.executable) return [];
    const tooLarge = (old?.content.length ?? 0) + (next?.content.length ?? 0) > diffLimit;
    return [
      {
        old_path: path,
        new_path: path,
        a_mode: modeOf(old),
        b_mode: modeOf(next),
        diff: tooLarge ? '' : hunkOf(linesOf(old), linesOf(next)),
        new_file: !old,
        renamed_file: false,
        deleted_file: !next,
        generated_file: false,
        collapsed: false,
        too_large: tooLarge,
      },
    ];
  });
}

const modeOf = (file: GitFile | undefined): string => (file ? (file.executable ? '100755' : '100644') : '0');
const linesOf = (file: GitFile | undefined): string[] => {
  const text = file?.content.toString('utf8') ?? '';
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
};

// One hunk from the first to the last line that differs is a correct diff, if not the shortest.
function hunkOf(old: string[], next: string[]): string {
  let start = 0;
  while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, next.length) - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  const lead = Math.min(3, start);
  const tail = Math.min(3, end);
  const part = (lines: string[]): string[] => lines.slice(start, lines.length - end);
  const range = (lines: string[]): string => {
    const count = part(lines).length + lead + tail;
    return `${count === 0 ? 0 : start - lead + 1},${count}`;
  };
  return [
    `@@ -${range(old)} +${range(next)} @@`,
    ...old.slice(start - lead, start).map(line => ` ${line}`),
    ...part(old).map(line => `-${line}`),
    ...part(next).map(line => `+${line}`),
    ...old.slice(old.length - end, old.length - end + tail).map(line => ` ${line}`),
    '',
  ].join('\n');
}

/** Added and removed lines of a list of diffs. */
export function statsOf(diffs: readonly Fields[]): { additions: number; deletions: number; total: number } {
  const lines = diffs.flatMap(({ diff }) => String(diff).split('\n'));
  const additions = lines.filter(line => line.startsWith('+')).length;
  const deletions = lines.filter(line => line.startsWith('-')).length;
  return { additions, deletions, total: additions + deletions };
}
