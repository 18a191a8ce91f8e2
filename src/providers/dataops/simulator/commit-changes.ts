import type { Call } from './call.ts';
import { repositoryOf } from './commit-shapes.ts';
import type { Commit, GitFile } from './git.ts';
import type { Fields } from './parameters.ts';
import { refusal } from './refusal.ts';

/** Fails as the platform does where a branch is protected and the caller no Maintainer. */
export function checkPush(call: Call, branch: string): void {
  const project = call.project(30);
  const { protectedBranches } = call.world.partsOf(project);
  if (!protectedBranches.some(({ name }) => name === branch)) return;
  try {
    call.demand(project, 40);
  } catch {
    throw refusal(400, { message: 'You are not allowed to push into this branch' });
  }
}

type Files = Map<string, Pick<GitFile, 'content' | 'executable'> | undefined>;

const contentOf = (text: unknown, encoding: unknown): Buffer =>
  Buffer.from(String(text ?? ''), encoding === 'base64' ? 'base64' : 'utf8');

function applyActions(actions: readonly unknown[], before: ReadonlyMap<string, GitFile>): Files {
  const changes: Files = new Map();
  for (const given of actions) applyAction(readAction(given), before, changes);
  return changes;
}

interface Action {
  action: string;
  path: string;
  /** Where the content comes from: the path itself, or what is moved to it. */
  source: string;
  content?: Buffer;
  executable?: boolean;
  lastCommit?: unknown;
}

function readAction(given: unknown): Action {
  const fields = Object(given) as Fields;
  const { action, file_path: path, previous_path, content, encoding, execute_filemode, last_commit_id } = fields;
  if (!['create', 'update', 'delete', 'move', 'chmod'].includes(String(action)))
    throw refusal(400, { error: 'actions[0][action] does not have a valid value' });
  if (typeof path !== 'string') throw refusal(400, { error: 'actions[0][file_path] is missing' });
  return {
    action: String(action),
    path,
    source: action === 'move' ? String(previous_path) : path,
    ...(content !== undefined && { content: contentOf(content, encoding) }),
    ...(execute_filemode !== undefined && { executable: execute_filemode === true }),
    lastCommit: last_commit_id,
  };
}

function applyAction(wanted: Action, before: ReadonlyMap<string, GitFile>, changes: Files): void {
  const { action, path, source, lastCommit } = wanted;
  const old = changes.has(source) ? changes.get(source) : before.get(source);
  if (action === 'create' && before.has(path)) throw refusal(400, { message: 'A file with this name already exists' });
  if (action !== 'create' && !old) throw refusal(400, { message: "A file with this name doesn't exist" });
  if (lastCommit !== undefined && before.get(source)?.commit !== lastCommit)
    throw refusal(400, { message: `The file has changed since you started editing it: ${path}` });
  if (action === 'move') changes.set(source, undefined);
  const content = wanted.content ?? old?.content ?? Buffer.alloc(0);
  const executable = wanted.executable ?? old?.executable ?? false;
  changes.set(path, action === 'delete' ? undefined : { content, executable });
}

/** Commits the actions to a branch, which `start_branch` or `start_sha` may create. */
export function commitActions(call: Call, branch: string, actions: readonly unknown[]): Commit {
  checkPush(call, branch);
  const repo = repositoryOf(call, 30);
  const start = call.text('start_sha') ?? call.text('start_branch');
  if (start !== undefined && repo.branches.has(branch) && !call.flag('force'))
    throw refusal(400, {
      message: `A branch called '${branch}' already exists. Switch to that branch in order to make changes`,
    });
  const parent = start === undefined ? repo.find(branch) : repo.find(start);
  const known = start === undefined ? repo.branches.has(branch) : parent !== undefined;
  if (!known && repo.branches.size > 0)
    throw refusal(400, {
      message:
        start === undefined ? 'You can only create or edit files when you are on a branch' : 'Cannot find start point',
    });
  const user = call.user();
  return repo.commit({
    branch,
    parent,
    message: call.text('commit_message') ?? '',
    at: call.world.now(),
    author: { name: call.text('author_name') ?? user.name, email: call.text('author_email') ?? user.email },
    files: applyActions(actions, parent?.files ?? new Map()),
  });
}

/** What differs from one commit to another, for the head of a branch that must not have changed the same files. */
export function changesOnto(head: Commit, from: Commit | undefined, to: Commit | undefined): Files | 'conflict' {
  const files: Files = new Map();
  for (const path of new Set([...(from?.files.keys() ?? []), ...(to?.files.keys() ?? [])])) {
    const [old, next, now] = [from?.files.get(path), to?.files.get(path), head.files.get(path)];
    if (hasSameContent(old, next) || (next && hasSameContent(next, now))) continue;
    if (!hasSameContent(old, now)) return 'conflict';
    files.set(path, next);
  }
  return files;
}

/** Two absent files are alike too. */
const hasSameContent = (a: GitFile | undefined, b: GitFile | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && a.content.equals(b.content));
