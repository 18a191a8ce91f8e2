import type { Call } from './call.ts';
import type { Fields } from './parameters.ts';
import { describeUser, iso, type Project, type World } from './world.ts';

/** Of an issue or merge request in which nobody has written down times or tasks. */
const workStatus = (): Fields => ({
  time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: null, human_total_time_spent: null },
  task_completion_status: { count: 0, completed_count: 0 },
});

/** A merge request as it is kept. */
export function newMergeRequest(
  { world }: Pick<Call, 'world'>,
  project: Project,
  wanted: { title: string; source: string; target: string; authorId: number; createdAt: number },
): Fields {
  const { mergeRequests } = world.partsOf(project).shelf;
  const iid = mergeRequests.length + 1;
  const at = iso(wanted.createdAt);
  const one: Fields = {
    id: world.nextId(),
    iid,
    project_id: project.id,
    title: wanted.title,
    description: '',
    state: 'opened',
    draft: /^draft:/i.test(wanted.title),
    work_in_progress: /^draft:/i.test(wanted.title),
    source_branch: wanted.source,
    target_branch: wanted.target,
    source_project_id: project.id,
    target_project_id: project.id,
    author: describeUser(world, wanted.authorId),
    assignees: [],
    assignee: null,
    reviewers: [],
    labels: [],
    milestone: null,
    sha: world.partsOf(project).repository.headOf(wanted.source),
    merge_commit_sha: null,
    squash_commit_sha: null,
    squash: false,
    user_notes_count: 0,
    upvotes: 0,
    downvotes: 0,
    force_remove_source_branch: true,
    should_remove_source_branch: null,
    created_at: at,
    updated_at: at,
    merged_at: null,
    merged_by: null,
    merge_user: null,
    closed_at: null,
    closed_by: null,
    merge_when_pipeline_succeeds: false,
    discussion_locked: null,
    blocking_discussions_resolved: true,
    ...workStatus(),
    references: { short: `!${iid}`, relative: `!${iid}`, full: `${project.fullPath}!${iid}` },
    web_url: `${world.origin}/${project.fullPath}/-/merge_requests/${iid}`,
    approved_by: [],
  };
  mergeRequests.push(one);
  return one;
}

const tierOf = (name: string): string =>
  /^prod/i.test(name)
    ? 'production'
    : /^(qa|stag)/i.test(name)
      ? 'staging'
      : /^dev/i.test(name)
        ? 'development'
        : 'other';

/** An environment as it is kept. */
export function newEnvironment(world: World, project: Project, name: string, createdAt: number): Fields {
  const environment: Fields = {
    id: world.nextId(),
    name,
    slug: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    external_url: null,
    description: null,
    state: 'available',
    tier: tierOf(name),
    auto_stop_at: null,
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
  };
  world.partsOf(project).shelf.environments.push(environment);
  return environment;
}

/** A deployment as it is kept. */
export function newDeployment(
  world: World,
  project: Project,
  wanted: {
    environment: Fields;
    ref: string;
    tag?: boolean;
    sha: string;
    status: string;
    userId: number;
    createdAt: number;
  },
): Fields {
  const { deployments: all } = world.partsOf(project).shelf;
  const { environment, ref, tag = false, sha, status, userId, createdAt } = wanted;
  const deployment: Fields = {
    id: world.nextId(),
    iid: Number(all.at(-1)?.['iid'] ?? 0) + 1,
    ref,
    tag,
    sha,
    status,
    environment,
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
    user: describeUser(world, userId),
    deployable: null,
  };
  all.push(deployment);
  return deployment;
}

/** An issue as it is kept. */
export function newIssue(world: World, project: Project, title: string, authorId: number, createdAt: number): Fields {
  const { issues } = world.partsOf(project).shelf;
  const iid = Number(issues.at(-1)?.['iid'] ?? 0) + 1;
  const at = iso(createdAt);
  const issue: Fields = {
    id: world.nextId(),
    iid,
    project_id: project.id,
    title,
    description: null,
    state: 'opened',
    labels: [],
    assignees: [],
    assignee: null,
    author: describeUser(world, authorId),
    milestone: null,
    due_date: null,
    confidential: false,
    issue_type: 'issue',
    type: 'ISSUE',
    discussion_locked: null,
    user_notes_count: 0,
    created_at: at,
    updated_at: at,
    closed_at: null,
    closed_by: null,
    upvotes: 0,
    downvotes: 0,
    weight: null,
    ...workStatus(),
    references: { short: `#${iid}`, relative: `#${iid}`, full: `${project.fullPath}#${iid}` },
    web_url: `${world.origin}/${project.fullPath}/-/issues/${iid}`,
  };
  issues.push(issue);
  return issue;
}

/** A note as it is kept. */
export function newNote(world: World, thing: Fields, body: string, authorId: number, createdAt: number): Fields {
  return {
    id: world.nextId(),
    type: null,
    body,
    attachment: null,
    author: describeUser(world, authorId),
    system: false,
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
    noteable_id: thing['id'],
    noteable_iid: thing['iid'],
    internal: false,
    confidential: false,
    resolvable: false,
    resolved: false,
    project_id: thing['project_id'],
  };
}

/** A release as it is kept. */
export function newRelease(
  world: World,
  project: Project,
  wanted: {
    tag: string;
    name: string | null;
    description: string | null;
    releasedAt: number;
    authorId: number;
    links: Fields[];
  },
): Fields {
  const web = `${world.origin}/${project.fullPath}/-/archive/${wanted.tag}/${project.path}-${wanted.tag}`;
  const links = wanted.links.map(link => ({
    ...link,
    id: world.nextId(),
    link_type: link['link_type'] ?? 'other',
    external: true,
  }));
  const sources = ['zip', 'tar.gz'].map(format => ({ format, url: `${web}.${format}` }));
  const release: Fields = {
    tag_name: wanted.tag,
    name: wanted.name ?? wanted.tag,
    description: wanted.description,
    created_at: iso(wanted.releasedAt),
    released_at: iso(wanted.releasedAt),
    author: describeUser(world, wanted.authorId),
    milestones: [],
    assets: { count: links.length + sources.length, sources, links },
  };
  world.partsOf(project).shelf.releases.push(release);
  return release;
}

const levelWords: Readonly<Record<number, string>> = { 0: 'No one', 30: 'Developers + Maintainers', 40: 'Maintainers' };

/** Who may do something, as it goes on the wire. */
export const accessLevels = (id: number, level: number): Fields[] => [
  {
    id,
    access_level: level,
    access_level_description: levelWords[level] ?? 'Administrator',
    user_id: null,
    group_id: null,
  },
];

/** A protected branch as it goes on the wire. */
export const protectedBranch = (id: number, name: string, push = 40, merge = 40, force = false): Fields => ({
  id,
  name,
  push_access_levels: accessLevels(id + 1, push),
  merge_access_levels: accessLevels(id + 1, merge),
  allow_force_push: force,
  code_owner_approval_required: false,
  inherited: false,
});

/** Tags of a name or wildcard that not everybody may create, as it goes on the wire. */
export const protectedTag = (id: number, name: string, create = 40): Fields => ({
  id,
  name,
  create_access_levels: accessLevels(id + 1, create),
});
