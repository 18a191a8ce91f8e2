import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { visible } from '../access.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, ok, pick } from '../call.ts';
import { newEntity } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { refusal, refused } from '../refusal.ts';
import { type Entity, grokName, homeOf, isoTime, type Project, type Table, uuidForm } from '../world.ts';
import { bodyOf, bytesReply } from './files.ts';

/** The answer to an upload: how people find the thing. */
export function fourKeys(entity: Entity, server: string) {
  const name = grokName(entity);
  return {
    ID: entity.id,
    'Grok name': name,
    Markup: `#{x.${name}."${entity.friendlyName}"}`,
    URL: `${server}/p/${name.replaceAll(':', '.')}`,
  };
}

function download(call: Call): SimulatorReply {
  const table = pick(call, 'Table', call.world.tables.values(), call.identifier('table'));
  if (!table.content) throw refused({ message: `Unable to read the data of table ${grokName(table)}` });
  return bytesReply(table.content, 'text/csv; charset=utf-8');
}

async function upload(call: Call): Promise<SimulatorReply> {
  const { world, state, request, now } = call;
  const type = request.headers['content-type'] ?? '';
  if (/^application\/octet-stream\b/i.test(type)) {
    throw refusal(415, 'd42 is not simulated: send the table as text/csv');
  }
  if (!/^text\/csv\b/i.test(type)) throw refusal(415, `A table cannot be sent as ${type || 'nothing'}`);
  const wanted = call.identifier('table');
  const target = targetOf(call, wanted);
  const content = await state.spool.keep(bodyOf(call), csvCheck());
  const { project, old, name } = target;
  world.projects.set(project.id, project);
  const table: Table = {
    ...(old ?? newEntity(call, name, `${grokName(project)}:`)),
    project: project.id,
    content,
    updatedOn: now,
  };
  world.tables.set(table.id, table);
  return ok(fourKeys(table, state.server));
}

interface Target {
  name: string;
  /** May be new. */
  project: Project;
  old?: Table;
}

/** Where an upload goes: `Table`, `Project:Table` or `Owner:Project:Table`; a UUID is for a table that is there. */
function targetOf(call: Call, wanted: string): Target {
  const { world, user } = call;
  const replace = (old: Table): Target => {
    demandEdit(call, old, `replace table ${grokName(old)}`);
    const project = world.projects.get(old.project);
    if (!project) throw refused({ message: `Project of table ${old.id} is gone` });
    return { name: old.name, project, old };
  };
  if (uuidForm.test(wanted)) return replace(pick(call, 'Table', world.tables.values(), wanted));
  const parts = wanted.split(':');
  const name = parts.at(-1) ?? '';
  if (parts.length > 3 || parts.includes('')) throw refusal(400, `Not a name of a table: ${wanted}`);
  const home = parts.length === 3 ? `${parts[0]}:` : homeOf(user);
  const projectName = parts.at(-2) ?? name;
  const project = [...world.projects.values()].find(one => grokName(one) === home + projectName);
  const old = [...world.tables.values()].find(one => one.project === project?.id && one.name === name);
  if (old) return replace(old);
  if (project) demandEdit(call, project, `add a table to ${grokName(project)}`);
  else if (home !== homeOf(user)) throw refusal(403, `You do not have permission to create projects in ${home}`);
  const created: Project = { ...newEntity(call, projectName, home), tables: [], isDashboard: false };
  return { name, project: project ?? created };
}

/** Refuses what no CSV parser could read: nothing at all, or bytes that are not UTF-8. */
function csvCheck(): (chunk: Buffer | undefined) => void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let empty = true;
  return chunk => {
    empty &&= !chunk || chunk.length === 0;
    try {
      decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw refusal(400, 'The CSV is not UTF-8');
    }
    if (!chunk && empty) throw refusal(400, 'The CSV has no header row');
  };
}

const describe = (caller: Caller, table: Table) => ({
  '#type': 'TableInfo',
  id: table.id,
  name: table.name,
  friendlyName: table.friendlyName,
  namespace: table.namespace,
  description: table.description,
  author: { id: table.owner, login: caller.world.users.get(table.owner)?.login },
  createdOn: isoTime(table.createdOn),
  updatedOn: isoTime(table.updatedOn),
});

const listed = (call: Call) =>
  matching(
    call,
    visible(call.world, call.user, call.world.tables.values()).map(table => describe(call, table)),
  );

const one = (call: Call): Table => pick(call, 'Table', call.world.tables.values(), call.identifier('table'));

function remove(call: Call): SimulatorReply {
  const table = one(call);
  demandEdit(call, table, `delete table ${grokName(table)}`);
  call.world.tables.delete(table.id);
  return done;
}

export const tableEndpoints: readonly Endpoint[] = [
  ['A3', 'GET /public/v1/tables/:table', download],
  ['A4', 'POST /public/v1/tables/:table', upload],
  ['C2-tables', 'GET /tables', call => ok(paged(call, listed(call)))],
  ['C2-tables-count', 'GET /tables/count', call => ok(listed(call).length)],
  ['C2-table-get', 'GET /tables/:table', call => ok(describe(call, one(call)))],
  ['C2-table-delete', 'DELETE /tables/:table', remove],
];
