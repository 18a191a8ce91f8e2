import { type Call, canSee, type Endpoint, noContent, reply } from '../call.ts';
import { describeCommit, repositoryOf } from '../commit-shapes.ts';
import { newRelease } from '../new-things.ts';
import { matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { iso, type Project } from '../world.ts';
import { projectsBelow } from './projects.ts';

const releases = '/projects/:id/releases';
const packages = '/projects/:id/packages';
const at = { jobToken: true } as const;

export const releaseEndpoints: readonly Endpoint[] = [
  [`GET ${releases}`, at, list],
  [`GET ${releases}/:tag`, at, call => describeRelease(call, findRelease(call))],
  [`POST ${releases}`, at, create],
  [`PUT ${releases}/:tag`, at, update],
  [`DELETE ${releases}/:tag`, at, remove],
  [`GET ${packages}/:package`, at, call => packageOf(findPackage(call, 20).found)],
  [`GET ${packages}/:package/pipelines`, at, listBuilders],
  [`DELETE ${packages}/:package/package_files/:file`, at, removeFile],
  [`GET ${packages}`, at, call => listPackages(call, [call.project(20)])],
  ['GET /groups/:id/packages', at, call => listPackages(call, projectsBelow(call, call.group(20), true))],
  [`GET ${packages}/:package/package_files`, at, listFiles],
  [`DELETE ${packages}/:package`, at, removePackage],
];

const shelfOf = (call: Call, level = 10): Fields[] => call.world.partsOf(call.project(level)).shelf.releases;

// A release that is hidden and one that is absent look alike.
export function findRelease(call: Call, level = 10): Fields {
  const found = shelfOf(call, level).find(one => one['tag_name'] === call.path('tag'));
  if (!found) throw notFound();
  return found;
}

/** A release as it goes on the wire. */
export function describeRelease(call: Call, release: Fields): Fields {
  const project = call.project();
  const commit = repositoryOf(call, 10).find(String(release['tag_name']));
  const web = `${call.world.origin}/${project.fullPath}`;
  const tag = encodeURIComponent(String(release['tag_name']));
  return {
    ...release,
    upcoming_release: Date.parse(String(release['released_at'])) > call.world.now(),
    commit: commit ? describeCommit(call.world, project, commit) : null,
    commit_path: `/${project.fullPath}/-/commit/${commit?.sha}`,
    tag_path: `/${project.fullPath}/-/tags/${tag}`,
    evidences: release['evidences'] ?? [],
    _links: { self: `${web}/-/releases/${tag}`, edit_url: `${web}/-/releases/${tag}/edit` },
  };
}

function list(call: Call) {
  const key = call.text('order_by') ?? 'released_at';
  return paged(
    call,
    sorted(shelfOf(call), one => String(one[key]), call.text('sort') ?? 'desc'),
    one => describeRelease(call, one),
  );
}

function create(call: Call) {
  const project = call.project(30);
  const repository = repositoryOf(call);
  const tag = call.text('tag_name') ?? '';
  if (shelfOf(call).some(one => one['tag_name'] === tag)) throw refusal(409, { message: 'Release already exists' });
  if (!repository.tags.has(tag)) {
    const commit = repository.find(call.text('ref') ?? '');
    if (!commit) throw refusal(422, { message: call.has('ref') ? 'Failed to create tag' : 'Ref is not specified' });
    const message = call.text('tag_message') ?? '';
    repository.tags.set(tag, { name: tag, sha: commit.sha, message, createdAt: call.world.now() });
  }
  const assets = call.fields['assets'] as { links?: Fields[] } | undefined;
  const made = newRelease(call.world, project, {
    tag,
    name: call.text('name') ?? null,
    description: call.text('description') ?? null,
    links: assets?.links ?? [],
    releasedAt: Date.parse(call.text('released_at') ?? iso(call.world.now())),
    authorId: call.user().id,
  });
  return reply(201, describeRelease(call, made));
}

function update(call: Call) {
  const release = findRelease(call, 30);
  for (const name of ['name', 'description', 'released_at']) if (call.has(name)) release[name] = call.fields[name];
  return describeRelease(call, release);
}

function remove(call: Call) {
  const release = findRelease(call, 30);
  const all = shelfOf(call);
  const answer = describeRelease(call, release);
  all.splice(all.indexOf(release), 1);
  return answer;
}

/** A package as it goes on the wire. */
function packageOf({ files: _, ...one }: Fields): Fields {
  return one;
}

function listPackages(call: Call, projects: readonly Project[]) {
  const all = projects
    .filter(one => one.parts && canSee(call.caller, one))
    .flatMap(project => call.world.partsOf(project).shelf.packages);
  const found = all.filter(
    one =>
      (!call.has('package_type') || call.text('package_type') === one['package_type']) &&
      matches(call.text('package_name'), String(one['name'])) &&
      (!call.has('package_version') || call.text('package_version') === one['version']) &&
      (!call.has('status') || call.text('status') === one['status']),
  );
  const order = call.text('order_by') ?? 'created_at';
  return paged(
    call,
    sorted(found, one => String(one[order]), call.text('sort') ?? 'asc'),
    packageOf,
  );
}

function findPackage(call: Call, level: number): { all: Fields[]; found: Fields } {
  const { packages: all } = call.world.partsOf(call.project(level)).shelf;
  const found = all.find(({ id }) => String(id) === call.path('package'));
  if (!found) throw notFound('Package');
  return { all, found };
}

function listFiles(call: Call) {
  return paged(call, findPackage(call, 20).found['files'] as Fields[], one => one);
}

function removePackage(call: Call) {
  const { all, found } = findPackage(call, 40);
  all.splice(all.indexOf(found), 1);
  return noContent;
}

function listBuilders(call: Call) {
  const { found } = findPackage(call, 20);
  return paged(call, found['pipelines'] as Fields[], one => one);
}

function removeFile(call: Call) {
  const files = findPackage(call, 40).found['files'] as Fields[];
  const at = files.findIndex(({ id }) => String(id) === call.path('file'));
  if (at < 0) throw notFound('Package');
  files.splice(at, 1);
  return noContent;
}
