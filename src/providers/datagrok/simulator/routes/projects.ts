import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { visible } from '../access.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, type Fields, ok, pick } from '../call.ts';
import { checkUnique, describeEntity, idIn, savedEntity } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { grokName, type Project } from '../world.ts';

const describeProject = ({ world }: Caller, one: Project): Fields => ({
  '#type': 'Project',
  ...describeEntity(one),
  isDashboard: one.isDashboard,
  author: { id: one.owner, login: world.users.get(one.owner)?.login },
});

const listed = (call: Call): Fields[] =>
  visible(call.world, call.user, call.world.projects.values()).map(one => describeProject(call, one));

const one = (call: Call): Project => pick(call, 'Project', call.world.projects.values(), call.identifier('id'));

function save(call: Call): SimulatorReply {
  const { world } = call;
  const body = call.object();
  const old = world.projects.get(idIn(body) ?? '');
  if (old) demandEdit(call, old, `change project ${grokName(old)}`);
  const saved: Project = { tables: [], isDashboard: false, ...old, ...savedEntity(call, body, old) };
  checkUnique('Project', world.projects.values(), saved);
  world.projects.set(saved.id, saved);
  return ok(describeProject(call, saved));
}

/** Tables go with their project. */
function remove(call: Call): SimulatorReply {
  const { world } = call;
  const project = one(call);
  demandEdit(call, project, `delete project ${grokName(project)}`);
  world.projects.delete(project.id);
  for (const table of [...world.tables.values()]) if (table.project === project.id) world.tables.delete(table.id);
  return done;
}

const named = (call: Call): Fields[] => {
  const wanted = (call.query('name') ?? '').toLowerCase();
  return listed(call).filter(({ name }) => String(name).toLowerCase().includes(wanted));
};

const recent = (call: Call): Fields[] =>
  listed(call).sort((a, b) => (String(a['updatedOn']) < String(b['updatedOn']) ? 1 : -1));

export const projectEndpoints: readonly Endpoint[] = [
  ['C4-list', 'GET /projects', call => ok(paged(call, matching(call, listed(call))))],
  ['C4-save', 'POST /projects', save],
  ['C4-search', 'GET /projects/search', call => ok(named(call))],
  ['C4-recent', 'GET /projects/recent', call => ok(recent(call))],
  ['C4-get', 'GET /projects/:id', call => ok(describeProject(call, one(call)))],
  ['C4-delete', 'DELETE /projects/:id', remove],
];
