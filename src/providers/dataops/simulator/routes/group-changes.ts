import { type Call, canSee, type Endpoint, reply } from '../call.ts';
import { matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { forbidden, invalid, notFound, refusal } from '../refusal.ts';
import { type Group, isGroup, iso, lineOf } from '../world.ts';
import { describeGroup } from './groups.ts';
import { projectsBelow } from './projects.ts';

export const groupChangeEndpoints: readonly Endpoint[] = [
  ['POST /groups', create],
  ['PUT /groups/:id', update],
  ['DELETE /groups/:id', remove],
  ['GET /projects/:id/groups', listHolders],
  ['POST /projects/:id/share', share],
];

const isTaken = ({ world }: Call, fullPath: string): boolean =>
  world.paths.has(fullPath) || [...world.groups.values()].some(one => one.fullPath === fullPath);

function create(call: Call) {
  const { world } = call;
  const [name = '', path = '', parentId] = [call.text('name'), call.text('path'), call.number('parent_id')];
  const parent = parentId === undefined ? undefined : world.groups.get(parentId);
  if (parentId !== undefined && (!parent || !canSee(call.caller, parent))) throw notFound('Group');
  if (parent) call.demand(parent, 40);
  if (!/^[A-Za-z0-9_][\w.-]*$/.test(path))
    throw invalid({
      path: ["can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.'."],
    });
  const fullPath = parent ? `${parent.fullPath}/${path}` : path;
  if (isTaken(call, fullPath))
    throw refusal(400, { message: 'Failed to save group {:path=>["has already been taken"]}' });
  const group: Group = {
    id: world.nextId(),
    name,
    path,
    fullPath,
    description: call.text('description') ?? '',
    visibility: (call.text('visibility') ?? 'private') as Group['visibility'],
    createdAt: world.now(),
    members: [{ userId: call.user().id, level: 50, expiresAt: null, createdAt: world.now() }],
    variables: [],
    tokens: [],
    ...(parent && { parent }),
  };
  world.groups.set(group.id, group);
  return reply(201, describeGroup(call, group));
}

function update(call: Call): Fields {
  const group = call.group(50);
  const path = call.text('path');
  if (path !== undefined && path !== group.path) move(call, group, path);
  group.name = call.text('name') ?? group.name;
  group.description = call.text('description') ?? group.description;
  group.visibility = (call.text('visibility') ?? group.visibility) as Group['visibility'];
  return describeGroup(call, group);
}

/** What is below it moves along. */
function move(call: Call, group: Group, path: string): void {
  const [old, next] = [group.fullPath, [group.parent?.fullPath, path].filter(Boolean).join('/')];
  if (isTaken(call, next)) throw refusal(400, { message: 'Failed to save group {:path=>["has already been taken"]}' });
  const { groups, projects, paths } = call.world;
  for (const one of [...groups.values(), ...projects.values()])
    if (one === group || one.fullPath.startsWith(`${old}/`)) {
      one.fullPath = `${next}${one.fullPath.slice(old.length)}`;
      if (!isGroup(one)) paths.set(one.fullPath, one);
    }
  group.path = path;
}

function remove(call: Call) {
  const group = call.group(50);
  const { world } = call;
  const gone = projectsBelow(call, group, true);
  for (const project of gone) world.projects.delete(project.id);
  for (const [path, project] of world.paths) if (gone.includes(project)) world.paths.delete(path);
  for (const one of [...world.groups.values()]) if (lineOf(one).includes(group)) world.groups.delete(one.id);
  return reply(202, { message: '202 Accepted' });
}

const brief = ({ world }: Call, { id, name, fullPath }: Group): Fields => ({
  id,
  name,
  full_name: name,
  full_path: fullPath,
  avatar_url: null,
  web_url: `${world.origin}/groups/${fullPath}`,
});

function listHolders(call: Call) {
  const project = call.project();
  const above = isGroup(project.namespace) ? lineOf(project.namespace) : [];
  const shared = call.flag('with_shared') ? (project.sharedWith ?? []).map(({ group }) => group) : [];
  const found = [...above, ...shared].filter(
    ({ id, name, fullPath }) =>
      matches(call.text('search'), name, fullPath) && !call.list('skip_groups').includes(String(id)),
  );
  return paged(call, found, group => brief(call, group));
}

function share(call: Call) {
  const project = call.project(40);
  const group = call.world.groups.get(call.number('group_id') ?? 0);
  if (!group || !canSee(call.caller, group)) throw notFound('Group');
  if (project.namespace === group) throw forbidden();
  project.sharedWith ??= [];
  const { sharedWith: shared } = project;
  if (shared.some(one => one.group === group)) throw refusal(409, { message: { group_id: ['Group already shared'] } });
  const level = call.number('group_access') ?? 30;
  shared.push({ group, level });
  const expires_at = call.text('expires_at') ?? null;
  return reply(201, {
    id: call.world.nextId(),
    project_id: project.id,
    group_id: group.id,
    group_access: level,
    expires_at,
    created_at: iso(call.world.now()),
  });
}
