import type { Repository } from './git.ts';
import type { Fields } from './parameters.ts';

export interface User {
  id: number;
  username: string;
  name: string;
  email: string;
  bot: boolean;
  createdAt: number;
  /** What they say of being there, as it goes on the wire. */
  status?: Fields;
}

export interface Member {
  userId: number;
  level: number;
  expiresAt: string | null;
  createdAt: number;
  /** They have been asked in and nobody has let them in yet. */
  awaits?: boolean;
  /** A directory (LDAP) gives the role, unless it is overridden. */
  fromDirectory?: boolean;
  overridden?: boolean;
}

export interface Token {
  id: number;
  name: string;
  value: string;
  userId: number;
  scopes: string[];
  createdAt: number;
  /** Clock ms of its last moment; null: it never ends. */
  expiresAt: number | null;
  lastUsedAt: number | null;
  revoked: boolean;
  /** The project or group it was made for; absent: a person's. */
  holder?: Project | Group;
  level: number;
}

export interface Variable {
  key: string;
  value: string;
  variable_type: string;
  protected: boolean;
  masked: boolean;
  hidden: boolean;
  raw: boolean;
  environment_scope: string;
  description: string | null;
}

/** What projects and groups have in common. */
export interface Holder {
  id: number;
  name: string;
  path: string;
  fullPath: string;
  description: string;
  visibility: 'private' | 'internal' | 'public';
  createdAt: number;
  members: Member[];
  variables: Variable[];
  tokens: Token[];
}

export interface Group extends Holder {
  parent?: Group;
}

export interface Trigger {
  id: number;
  description: string;
  token: string;
  ownerId: number;
  createdAt: number;
  lastUsedAt: number | null;
  expiresAt: string | null;
}

export interface Schedule {
  id: number;
  description: string;
  ref: string;
  cron: string;
  timezone: string;
  active: boolean;
  createdAt: number;
  updatedAt: number;
  nextRunAt: number;
  ownerId: number;
  variables: { key: string; value: string; variable_type: string; raw: boolean }[];
  inputs: unknown[];
  pipelines: Pipeline[];
}

/** Things whose fields are kept as they go on the wire, because nothing but routes touches them. */
export interface Shelf {
  environments: Fields[];
  deployments: Fields[];
  releases: Fields[];
  packages: Fields[];
  mergeRequests: Fields[];
  issues: Fields[];
  hooks: Fields[];
  /** What others said of commits, beside the jobs of this server. */
  commitStatuses: Fields[];
  resourceGroups: Fields[];
}

/** The parts of a project that most of the many small ones never need; made on first use. */
export interface ProjectParts {
  repository: Repository;
  pipelines: Pipeline[];
  schedules: Schedule[];
  triggers: Trigger[];
  shelf: Shelf;
  protectedBranches: Fields[];
  protectedTags: Fields[];
  jobTokenScope: { enabled: boolean; projects: Project[]; groups: Group[] };
}

export interface Project extends Holder {
  namespace: Group | User;
  defaultBranch: string;
  topics: string[];
  archived: boolean;
  creatorId: number;
  lastActivityAt: number;
  starCount: number;
  forks: number;
  forkedFrom?: Project;
  sharedWith?: { group: Group; level: number }[];
  /** Clock ms at which the copy of a fork or import is complete. */
  importedAt?: number;
  importUrl: string | null;
  runnersToken: string;
  /** Settings as they go on the wire. */
  settings: Fields;
  parts?: ProjectParts;
}

export interface World {
  now(): number;
  /** Scheme, host and port of the API, as it stands in links. */
  origin: string;
  /** Each call a new number, one sequence for everything. */
  nextId(): number;
  /** Reproducible secret-looking text. */
  secret(prefix: string): string;
  users: User[];
  groups: Map<number, Group>;
  projects: Map<number, Project>;
  /** Full path to project, moved ones under their old path too. */
  paths: Map<string, Project>;
  tokens: Token[];
  issueLinks: { id: number; source: Fields; target: Fields; type: string; createdAt: number }[];
  /** Every job of every project that has been touched, by id. */
  jobs: Map<number, Job>;
  /** Job plans by name of the pipeline file. */
  plans: Map<string, readonly JobPlan[]>;
  /** How jobs that start from now on end, by job name; `success` or a failure reason. Overrides the plan. */
  outcomes: Map<string, string>;
  /** Clock time that jobs take is multiplied by this. */
  pace: number;
  partsOf(project: Project): ProjectParts;
}

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null | undefined): string | null => (ms == null ? null : iso(ms));
export const dateOf = (ms: number): string => iso(ms).slice(0, 10);
export const isGroup = (thing: Group | User | Project): thing is Group =>
  'fullPath' in thing && !('namespace' in thing);
export const namespacePath = (space: Group | User): string => ('fullPath' in space ? space.fullPath : space.username);

export function userOf(world: World, id: number): User {
  const user = world.users.find(one => one.id === id);
  if (!user) throw new Error(`no user ${id}`);
  return user;
}

export function describeUser(world: World, id: number) {
  const { username, name, bot } = userOf(world, id);
  return {
    id,
    username,
    name,
    state: 'active',
    locked: false,
    ...(bot && { bot: true }),
    avatar_url: null,
    web_url: `${world.origin}/${username}`,
  };
}

export interface NewProject {
  namespace: Group | User;
  id: number;
  name: string;
  /** Default: from the name. */
  path?: string;
  createdAt: number;
}

/** Adds an empty private project whose path is free. */
export function newProject(world: World, { namespace, id, name, createdAt, path = pathOf(name) }: NewProject): Project {
  const fullPath = `${namespacePath(namespace)}/${path}`;
  // One literal: there are ten thousand of these, and objects that grow are slow to read.
  const project: Project = {
    id,
    name,
    path,
    fullPath,
    namespace,
    description: '',
    visibility: 'private',
    createdAt,
    lastActivityAt: createdAt,
    creatorId: 1,
    defaultBranch: 'main',
    topics: [],
    archived: false,
    starCount: 0,
    forks: 0,
    importUrl: null,
    runnersToken: `GR1348941sandboxRunner${id}`,
    settings: {},
    members: [],
    variables: [],
    tokens: [],
  };
  world.projects.set(id, project);
  world.paths.set(fullPath, project);
  return project;
}

const pathOf = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** A group, its parent, and so on up. */
export function lineOf(group: Group | undefined): Group[] {
  return group ? [group, ...lineOf(group.parent)] : [];
}

/** The groups that a project or group inherits members and variables from, nearest first. */
function groupsAbove(holder: Project | Group): Group[] {
  if (isGroup(holder)) return lineOf(holder.parent);
  return isGroup(holder.namespace) ? lineOf(holder.namespace) : [];
}

/** Every member with the highest level that anything grants. */
export function allMembers(holder: Project | Group): Member[] {
  const best = new Map<number, Member>();
  for (const member of [holder, ...groupsAbove(holder)].flatMap(one => one.members)) {
    if ((best.get(member.userId)?.level ?? 0) < member.level) best.set(member.userId, member);
  }
  return [...best.values()];
}

/** 0 (stranger) to 50 (Owner). Who owns the personal namespace owns its projects. */
export function levelOf(user: User | undefined, holder: Project | Group): number {
  if (!user) return 0;
  if (!isGroup(holder) && holder.namespace === user) return 50;
  let level = levelAmong(holder.members, user);
  // As much as either grants, and no more.
  for (const { group, level: most } of (!isGroup(holder) && holder.sharedWith) || [])
    level = Math.max(level, Math.min(most, levelOf(user, group)));
  // Asked ten thousand times for one listing, so no list of groups is made here.
  const nearest = isGroup(holder) ? holder.parent : holder.namespace;
  for (let group = nearest && isGroup(nearest) ? nearest : undefined; group; group = group.parent)
    level = Math.max(level, levelAmong(group.members, user));
  return level;
}

function levelAmong(members: readonly Member[], { id }: User): number {
  let level = 0;
  for (const member of members)
    if (member.userId === id && member.level > level && !member.awaits) level = member.level;
  return level;
}

/** Members see private things; everybody with an account sees internal ones, the whole world public ones. */
export function isVisible(user: User | undefined, holder: Project | Group): boolean {
  if (holder.visibility === 'public' || (user && holder.visibility === 'internal')) return true;
  return levelOf(user, holder) > 0;
}

/** One job of a pipeline file. */
export interface JobPlan {
  name: string;
  stage: string;
  /** How long it runs. */
  seconds: number;
  /** How long it waits for a runner. Default 4. */
  queueSeconds?: number;
  /** Default `on_success`. `delayed` waits `delaySeconds` after its stage is reached. */
  when?: 'on_success' | 'manual' | 'always' | 'delayed';
  delaySeconds?: number;
  allowFailure?: boolean;
  /** The failure reason it ends with; absent: it succeeds. */
  fails?: string;
  artifacts?: boolean;
  /** It has a test report. */
  report?: boolean;
  /** It is a bridge: it starts another pipeline, in the same project unless `project` names one. */
  starts?: { file: string; project?: string; ref?: string };
}

export interface Job {
  id: number;
  pipeline: Pipeline;
  plan: JobPlan;
  userId: number;
  /** Its CI job token. */
  token: string;
  status: string;
  createdAt: number;
  playedAt?: number;
  queuedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  cancelAt?: number;
  erasedAt?: number;
  failure?: string;
  artifactsKept: boolean;
  artifactsGone: boolean;
  /** Another job has taken its place. */
  retried: boolean;
  downstream?: Pipeline;
}

export interface Pipeline {
  id: number;
  iid: number;
  project: Project;
  ref: string;
  tag: boolean;
  sha: string;
  source: string;
  name: string | null;
  userId: number;
  createdAt: number;
  variables: { key: string; value: string; variable_type: string; raw: boolean }[];
  /** As given to what started it; nothing checks them against the pipeline file. */
  inputs?: unknown;
  jobs: Job[];
  /** Ends of this pipeline's jobs by name, before those of the world and the plan. */
  outcomes: Readonly<Record<string, string>>;
  yamlErrors: string | null;
}
