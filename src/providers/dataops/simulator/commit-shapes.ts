import type { Call } from './call.ts';
import { between, type Commit, diffsOf, type Repository } from './git.ts';
import type { Fields } from './parameters.ts';
import { notFound } from './refusal.ts';
import { iso, type Project, type World } from './world.ts';

export const repositoryOf = (call: Call, level = 20): Repository => call.world.partsOf(call.project(level)).repository;

/** The commit that a name stands for. */
export function commitAt(call: Call, ref: string, noun = 'Commit'): Commit {
  const found = repositoryOf(call).find(ref);
  if (!found) throw notFound(noun);
  return found;
}

export function describeCommit(
  { origin }: World,
  project: Project,
  { sha, parents, message, author, at }: Commit,
): Fields {
  return {
    id: sha,
    short_id: sha.slice(0, 8),
    created_at: iso(at),
    parent_ids: parents,
    title: message.split('\n')[0],
    message,
    author_name: author.name,
    author_email: author.email,
    authored_date: iso(at),
    committer_name: author.name,
    committer_email: author.email,
    committed_date: iso(at),
    trailers: {},
    web_url: `${origin}/${project.fullPath}/-/commit/${sha}`,
  };
}

/** `from...to` (three dots, what `to` added since they parted) or `from..to`. */
export function compareCommits(call: Call, from: Commit, to: Commit, straight: boolean): Fields {
  const repo = repositoryOf(call);
  const project = call.project();
  const { commits, base } = between(repo, from, to);
  return {
    commit: commits.length > 0 ? describeCommit(call.world, project, to) : null,
    commits: commits.map(one => describeCommit(call.world, project, one)),
    diffs: diffsOf(straight ? from : base, to),
    compare_timeout: false,
    compare_same_ref: from === to,
    web_url: `${call.world.origin}/${project.fullPath}/-/compare/${from.sha}${straight ? '..' : '...'}${to.sha}`,
  };
}
