import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { type Call, type Caller, demandEdit, type Endpoint, fromPath, ok, pick } from '../call.ts';
import { newEntity } from '../entities.ts';
import { noSuch, refusal } from '../refusal.ts';
import { type Access, type Entity, type Group, grokName, homeOf, type Project, type World } from '../world.ts';
import { fourKeys } from './tables.ts';

/** A project under the caller's name, replaced if it was there. */
function create(call: Call): SimulatorReply {
  const { world, state, request } = call;
  const name = call.identifier('name');
  const tables = call
    .raw('tables')
    .split(',')
    .filter(Boolean)
    .map(table => pick(call, 'Table', world.tables.values(), fromPath(table, request.path)));
  const layout = request.bytes.length > 0 ? request.json() : undefined;
  if (request.bytes.length > 0 && layout === undefined) throw refusal(400, 'The layout is not JSON');
  const project = projectNamed(call, name);
  const saved: Project = {
    ...project,
    tables: tables.map(({ id }) => id),
    isDashboard: true,
    updatedOn: call.now,
    ...(layout !== undefined && { layout }),
  };
  world.projects.set(saved.id, saved);
  return ok(fourKeys(saved, state.server));
}

function projectNamed(caller: Caller, wanted: string): Project {
  const { world, user } = caller;
  const full = wanted.includes(':') ? wanted : homeOf(user) + wanted;
  const cut = full.lastIndexOf(':') + 1;
  const [namespace, name] = [full.slice(0, cut), full.slice(cut)];
  if (name === '') throw refusal(400, `Not a name of a dashboard: ${wanted}`);
  const old = [...world.projects.values()].find(one => grokName(one) === full);
  if (old) {
    demandEdit(caller, old, `replace ${full}`);
    return old;
  }
  const space = [...world.spaces.values()].find(one => `${grokName(one)}:` === namespace);
  if (space) demandEdit(caller, space, `add to ${grokName(space)}`);
  else if (namespace !== homeOf(user))
    throw refusal(403, `You do not have permission to create projects in ${namespace}`);
  return { ...newEntity(caller, name, namespace), tables: [], isDashboard: true };
}

/** Everything that can be shared. */
export const shareable = ({ connections, functions, tables, projects, spaces }: World): Entity[] => [
  ...[connections, functions, tables, projects, spaces].flatMap(map => [...map.values()] as Entity[]),
];

/** The group of this name; a user's is the personal one. */
function holder({ groups, users }: World, name: string): Group | undefined {
  const group = [...groups.values()].find(one => [one.id, one.name, one.friendlyName].includes(name));
  const user = [...users.values()].find(one => [one.id, one.login, one.name, one.friendlyName].includes(name));
  return group ?? groups.get(user?.group ?? '');
}

interface Shared {
  status: 'success' | 'partial_success' | 'failed';
  shared: string[];
  alreadyShared: string[];
  failed: string[];
}

const rank: Readonly<Record<Access, number>> = { View: 1, Edit: 2 };

function share(call: Call, entity: Entity): Shared {
  const { world, query } = call;
  demandEdit(call, entity, `share ${grokName(entity)}`);
  const access = query('access') ?? 'View';
  if (access !== 'View' && access !== 'Edit') throw refusal(400, `access must be View or Edit, not ${access}`);
  const names = (query('groups') ?? '').split(',').filter(Boolean);
  if (names.length === 0) throw refusal(400, 'groups is required');
  const result = { shared: [] as string[], alreadyShared: [] as string[], failed: [] as string[] };
  for (const name of names) {
    const group = holder(world, name);
    const key = `${entity.id}/${group?.id}`;
    const held = world.grants.get(key);
    if (!group) result.failed.push(name);
    else if (held && rank[held] >= rank[access]) result.alreadyShared.push(name);
    else {
      world.grants.set(key, access);
      result.shared.push(name);
    }
  }
  const fine = result.failed.length < names.length;
  return { status: result.failed.length === 0 ? 'success' : fine ? 'partial_success' : 'failed', ...result };
}

function shareDashboard(call: Call): SimulatorReply {
  const { world, state } = call;
  const project = pick(call, 'Dashboard', world.projects.values(), call.identifier('id'));
  const unknown = (call.query('groups') ?? '').split(',').find(name => name && !holder(world, name));
  if (unknown) throw noSuch('Group', unknown);
  const result = share(call, project);
  if (state.shareAnswer === 'json') return ok(result);
  if (state.shareAnswer === 'text') return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
  return { status: 200 };
}

function permissions(call: Call): SimulatorReply {
  const { world, query } = call;
  const entity = pick(call, 'Entity', shareable(world), query('entityId') ?? '');
  const rows = [...world.grants].filter(([key]) => key.startsWith(`${entity.id}/`));
  return ok(
    rows.map(([key, access]) => {
      const group = world.groups.get(key.slice(entity.id.length + 1));
      return {
        '#type': 'Permission',
        userGroup: { id: group?.id, name: group?.name, friendlyName: group?.friendlyName },
        permission: { name: access },
      };
    }),
  );
}

export const shareEndpoints: readonly Endpoint[] = [
  ['A5', 'POST /public/v1/dashboards/:name/:tables', create],
  ['A6', 'GET /public/v1/dashboards/:id/shares', shareDashboard],
  [
    'B4',
    'POST /public/v1/entities/:id/shares',
    call => ok(share(call, pick(call, 'Entity', shareable(call.world), call.identifier('id')))),
  ],
  ['C3-permissions', 'GET /privileges/permissions', permissions],
];
