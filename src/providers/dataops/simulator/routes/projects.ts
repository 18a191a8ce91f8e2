import type { Call, Endpoint } from '../call.ts';
import { canSee, levelIn, reply } from '../call.ts';
import { isWithin, matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { forbidden, invalid, notFound, refusal } from '../refusal.ts';
import { type Group, isGroup, iso, namespacePath, newProject, type Project, type User, type World } from '../world.ts';

export const projectEndpoints: readonly Endpoint[] = [
  ['GET /projects', call => listProjects(call, [...call.world.projects.values()])],
  [
    'GET /groups/:id/projects',
    call => listProjects(call, projectsBelow(call, call.group(), call.flag('include_subgroups') ?? false)),
  ],
  ['POST /projects', createProject],
  ['GET /projects/:id', call => describeProject(call, call.project())],
  ['PUT /projects/:id', updateProject],
  ['DELETE /projects/:id', removeProject],
  ['POST /projects/:id/fork', forkProject],
  ['POST /projects/:id/archive', call => setArchived(call, true)],
  ['POST /projects/:id/unarchive', call => setArchived(call, false)],
];

export function projectsBelow({ world }: Call, group: Group, deep: boolean): Project[] {
  return [...world.projects.values()].filter(
    ({ namespace, fullPath }) => namespace === group || (deep && fullPath.startsWith(`${group.fullPath}/`)),
  );
}

function listProjects(call: Call, among: readonly Project[]) {
  const { caller } = call;
  const search = call.text('search');
  const least = Math.max(
    call.flag('membership') ? 10 : 0,
    call.number('min_access_level') ?? 0,
    call.flag('owned') ? 50 : 0,
  );
  const [after, before] = [call.number('id_after') ?? 0, call.number('id_before') ?? Number.POSITIVE_INFINITY];
  const [archived, visibility, starred] = [call.flag('archived'), call.text('visibility'), call.flag('starred')];
  const dated = Object.keys(call.fields).some(name => /^(last_activity|updated)_/.test(name));
  const [topics, paths] = [call.list('topic'), call.flag('search_namespaces')];
  const found = among.filter(
    project =>
      matches(search, project.name, project.path, paths ? project.fullPath : null) &&
      (archived === undefined || archived === project.archived) &&
      (visibility === undefined || visibility === project.visibility) &&
      (!starred || project.starCount > 0) &&
      topics.every(topic => project.topics.includes(topic)) &&
      project.id > after &&
      project.id < before &&
      (!dated || ['last_activity', 'updated'].every(name => isWithin(call, name, project.lastActivityAt))) &&
      canSee(caller, project) &&
      (least === 0 || levelIn(caller, project) >= least),
  );
  const ordered = sorted(found, orderKey(call.text('order_by')), call.text('sort') ?? 'desc');
  const show = call.flag('simple') || !caller.user ? short : describeProject;
  return paged(call, ordered, project => show(call, project), { type: 'Project', keyset: { by: ['id'] } });
}

function orderKey(order = 'created_at'): (project: Project) => string | number {
  switch (order) {
    case 'id':
      return project => project.id;
    case 'name':
      return project => project.name.toLowerCase();
    case 'path':
      return project => project.path;
    case 'star_count':
      return project => project.starCount;
    case 'last_activity_at':
    case 'updated_at':
      return project => project.lastActivityAt;
    default:
      return project => project.createdAt;
  }
}

/** A namespace as it stands within a project. */
export function describeNamespace(world: World, space: Group | User) {
  const group = isGroup(space) ? space : undefined;
  const path = namespacePath(space);
  return {
    id: space.id,
    name: space.name,
    path: group?.path ?? path,
    kind: group ? 'group' : 'user',
    full_path: path,
    parent_id: group?.parent?.id ?? null,
    avatar_url: null,
    web_url: `${world.origin}/${group ? 'groups/' : ''}${path}`,
  };
}

export function short({ world }: Pick<Call, 'world'>, project: Project): Fields {
  const { id, name, path, fullPath, description, defaultBranch, topics, namespace } = project;
  const web = `${world.origin}/${fullPath}`;
  const { host } = new URL(world.origin);
  return {
    id,
    description,
    name,
    path,
    path_with_namespace: fullPath,
    topics,
    tag_list: topics,
    name_with_namespace: `${isGroup(namespace) ? namespace.fullPath.replaceAll('/', ' / ') : namespace.name} / ${name}`,
    created_at: iso(project.createdAt),
    default_branch: project.parts?.repository.branches.size === 0 ? null : defaultBranch,
    ssh_url_to_repo: `git@${host}:${fullPath}.git`,
    http_url_to_repo: `${web}.git`,
    web_url: web,
    readme_url: `${web}/-/blob/${defaultBranch}/README.md`,
    avatar_url: null,
    star_count: project.starCount,
    forks_count: project.forks,
    last_activity_at: iso(project.lastActivityAt),
    namespace: describeNamespace(world, namespace),
  };
}

function describeProject(call: Call, project: Project): Fields {
  const { world, caller } = call;
  const level = levelIn(caller, project);
  const own = project.members.find(member => member.userId === caller.user?.id);
  const access = (from: number): Fields | null => (from ? { access_level: from, notification_level: 3 } : null);
  const features = ['issues', 'merge_requests', 'builds', 'repository', 'environments', 'releases', 'wiki', 'snippets'];
  return {
    ...short(call, project),
    archived: project.archived,
    visibility: project.visibility,
    creator_id: project.creatorId,
    empty_repo: project.parts?.repository.branches.size === 0,
    import_status: importStatus(world, project),
    import_error: null,
    ...(level >= 40 && { import_url: project.importUrl, import_type: project.importUrl ? 'git' : null }),
    ci_config_path: 'full-ci.yml',
    build_timeout: 3600,
    merge_method: 'merge',
    ci_default_git_depth: 20,
    ...Object.fromEntries(features.map(feature => [`${feature}_access_level`, 'enabled'])),
    ...Object.fromEntries(['issues', 'merge_requests', 'jobs'].map(feature => [`${feature}_enabled`, true])),
    shared_runners_enabled: true,
    lfs_enabled: false,
    public_jobs: true,
    shared_with_groups: [],
    only_allow_merge_if_pipeline_succeeds: false,
    remove_source_branch_after_merge: true,
    squash_option: 'default_off',
    ci_job_token_scope_enabled: false,
    ci_push_repository_for_job_token_allowed: false,
    ci_separated_caches: true,
    ci_pipeline_variables_minimum_override_role: 'developer',
    ...project.settings,
    ...(level >= 40 && { runners_token: project.runnersToken }),
    ...(project.forkedFrom && { forked_from_project: short(call, project.forkedFrom) }),
    ...(call.flag('statistics') &&
      level >= 20 && { statistics: { commit_count: 42, storage_size: 7_340_032, job_artifacts_size: 5_242_880 } }),
    permissions: {
      project_access: access(own?.level ?? 0),
      group_access: access(own || level === 0 ? 0 : level),
    },
    updated_at: iso(project.lastActivityAt),
    open_issues_count: project.parts?.shelf.issues.filter(issue => issue['state'] === 'opened').length ?? 0,
    _links: { self: `${world.origin}/api/v4/projects/${project.id}` },
  };
}

const importStatus = (world: World, { importedAt, importUrl }: Project): string => {
  if (importedAt !== undefined && world.now() < importedAt) return 'started';
  return importedAt !== undefined || importUrl ? 'finished' : 'none';
};

const importMs = 8000;

function namespaceFor(call: Call): Group | User {
  const { world, caller } = call;
  const [id, path] = [call.number('namespace_id'), call.text('namespace_path')];
  const user = call.user();
  if (id === undefined && path === undefined) return user;
  const spaces: (Group | User)[] = [...world.groups.values(), user];
  const space = spaces.find(one => (id === undefined ? namespacePath(one) === path : one.id === id));
  if (!space || (isGroup(space) && !canSee(caller, space))) throw notFound('Namespace');
  if (isGroup(space) && levelIn(caller, space) < 30) throw forbidden();
  return space;
}

function createProject(call: Call) {
  const [name, path] = [call.text('name'), call.text('path')];
  if (!name && !path) throw refusal(400, { error: 'name, path are missing, at least one parameter must be provided' });
  const project = addProject(call, namespaceFor(call), name ?? path ?? '', path);
  if (call.flag('initialize_with_readme')) {
    const readme = { content: Buffer.from(`# ${project.name}\n`), executable: false };
    call.world.partsOf(project).repository.commit({
      branch: project.defaultBranch,
      message: 'Initial commit',
      author: call.user(),
      at: call.world.now(),
      files: new Map([['README.md', readme]]),
    });
  }
  return reply(201, describeProject(call, project));
}

/** A project with the fields of the request; 400 where its path is taken or is none. */
function addProject(call: Call, namespace: Group | User, name: string, given?: string): Project {
  const { world } = call;
  const path = given ?? name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(path))
    throw invalid({ path: ["can contain only letters, digits, '_', '-' and '.'. Cannot start with '-'."] });
  if (world.paths.has(`${namespacePath(namespace)}/${path}`))
    throw invalid({ name: ['has already been taken'], path: ['has already been taken'] });
  const [createdAt, user] = [world.now(), call.user()];
  const project = newProject(world, { namespace, id: world.nextId(), name, path, createdAt });
  project.description = call.text('description') ?? '';
  project.visibility = (call.text('visibility') ?? 'private') as Project['visibility'];
  project.creatorId = user.id;
  project.defaultBranch = call.text('default_branch') ?? 'main';
  project.topics = call.list('topics');
  project.settings = settingsOf(call);
  project.importUrl = call.text('import_url') ?? null;
  if (project.importUrl !== null) project.importedAt = createdAt + importMs;
  project.members.push({ userId: user.id, level: 50, expiresAt: null, createdAt });
  return project;
}

/** Fields of the request that go into a project's settings as they are. */
function settingsOf({ fields }: Call): Fields {
  const named = ['ci_config_path', 'merge_method', 'build_timeout'];
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => named.includes(name) || /_access_level$|^ci_/.test(name)),
  );
}

function updateProject(call: Call) {
  const project = call.project(40);
  const changeable = Object.keys(call.fields).filter(name => !['id', 'page', 'per_page'].includes(name));
  if (changeable.length === 0) throw refusal(400, { error: 'at least one parameter must be provided' });
  const branch = call.text('default_branch');
  if (branch && !call.world.partsOf(project).repository.branches.has(branch))
    throw invalid({ base: ['Could not set the default branch'] });
  project.name = call.text('name') ?? project.name;
  project.description = call.text('description') ?? project.description;
  project.defaultBranch = branch ?? project.defaultBranch;
  project.visibility = (call.text('visibility') ?? project.visibility) as Project['visibility'];
  if (call.has('topics')) project.topics = call.list('topics');
  const path = call.text('path');
  if (path && path !== project.path) move(call, project, path);
  Object.assign(project.settings, settingsOf(call));
  return describeProject(call, project);
}

function move({ world }: Call, project: Project, path: string): void {
  const fullPath = `${namespacePath(project.namespace)}/${path}`;
  if (world.paths.has(fullPath)) throw invalid({ path: ['has already been taken'] });
  Object.assign(project, { path, fullPath });
  world.paths.set(fullPath, project);
}

function removeProject(call: Call) {
  const project = call.project(50);
  call.world.projects.delete(project.id);
  for (const [path, one] of call.world.paths) if (one === project) call.world.paths.delete(path);
  return reply(202, { message: '202 Accepted' });
}

function forkProject(call: Call) {
  const { world } = call;
  const source = call.project();
  const namespace = namespaceFor(call);
  const path = call.text('path') ?? source.path;
  if (world.paths.has(`${namespacePath(namespace)}/${path}`))
    throw refusal(409, { message: ['Project namespace name has already been taken', 'Path has already been taken'] });
  const fork = addProject(call, namespace, call.text('name') ?? source.name, path);
  fork.forkedFrom = source;
  fork.importedAt = world.now() + importMs;
  fork.description = call.text('description') ?? source.description;
  source.forks += 1;
  const { repository } = world.partsOf(source);
  const copy = world.partsOf(fork).repository;
  for (const [sha, commit] of repository.commits) copy.commits.set(sha, commit);
  for (const [name, sha] of repository.branches) copy.branches.set(name, sha);
  for (const [name, tag] of repository.tags) copy.tags.set(name, tag);
  return reply(201, describeProject(call, fork));
}

function setArchived(call: Call, archived: boolean) {
  const project = call.project(50);
  project.archived = archived;
  return reply(201, describeProject(call, project));
}
