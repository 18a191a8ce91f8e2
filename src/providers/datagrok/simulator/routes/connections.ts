import { randomUUID } from 'node:crypto';
import { isRow } from '../../../../base/json-value.ts';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { visible } from '../access.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, type Fields, ok, pick } from '../call.ts';
import { checkUnique, describeEntity, idIn, needText, savedEntity, textOf } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { noSuch, refusal } from '../refusal.ts';
import { type Credentials, type DataConnection, find, grokName } from '../world.ts';
import { fileSources } from './files.ts';
import { listIn } from './functions.ts';
import { shareable } from './shares.ts';

const dataSources = [
  ...fileSources,
  'Postgres',
  'PostgresDart',
  'MySQL',
  'MS SQL',
  'Oracle',
  'Snowflake',
  'BigQuery',
  'Redshift',
  'ClickHouse',
  'MongoDB',
  'SQLite',
  'Athena',
  'MariaDB',
  'Neo4j',
  'Web',
  'AWS',
];

function describeConnection({ world }: Caller, one: DataConnection): Fields {
  const credentials = [...world.credentials.values()].find(({ entity }) => entity === one.id);
  return {
    '#type': 'DataConnection',
    ...describeEntity(one),
    dataSource: one.dataSource,
    parameters: one.parameters,
    tags: one.tags,
    // The secrets have a route of their own. Without any the field is left out: the vendor's client fails on null.
    ...(credentials && {
      credentials: { id: credentials.id, parameters: {}, openParameters: credentials.openParameters },
    }),
  };
}

const pickConnection = (caller: Caller, wanted: string): DataConnection =>
  pick(caller, 'Connection', caller.world.connections.values(), wanted, { anyCase: true });

const listConnections = (caller: Caller): Fields[] =>
  visible(caller.world, caller.user, caller.world.connections.values()).map(one => describeConnection(caller, one));

export const getConnection = (caller: Caller, wanted: string): Fields =>
  describeConnection(caller, pickConnection(caller, wanted));

function list(call: Call): Fields[] {
  const { query } = call;
  const source = query('dataSource');
  const tags = query('tags')?.split(',').filter(Boolean) ?? [];
  return matching(call, listConnections(call)).filter(
    one => (!source || one['dataSource'] === source) && tags.every(tag => (one['tags'] as string[]).includes(tag)),
  );
}

export function saveConnection(caller: Caller, body: Fields, saveCredentials = false): Fields {
  const { world } = caller;
  const old = world.connections.get(idIn(body) ?? '');
  if (old) demandEdit(caller, old, `change connection ${grokName(old)}`);
  const dataSource = textOf(body, 'dataSource') ?? old?.dataSource ?? needText(body, 'dataSource');
  if (!dataSources.includes(dataSource)) throw refusal(400, `Unknown data source: ${dataSource}`);
  const { parameters, credentials } = body;
  const saved: DataConnection = {
    ...savedEntity(caller, body, old),
    dataSource,
    parameters: isRow(parameters) ? parameters : (old?.parameters ?? {}),
    tags: listIn(body, 'tags', old?.tags),
  };
  checkUnique('Connection', world.connections.values(), saved);
  world.connections.set(saved.id, saved);
  if (saveCredentials && isRow(credentials)) storeCredentials(caller, { ...credentials, entityBindId: saved.id });
  return describeConnection(caller, saved);
}

/** An id that nobody has is no failure. */
export function deleteConnection(caller: Caller, wanted: string): void {
  const { world, user } = caller;
  const known = find(visible(world, user, world.connections.values()), wanted, { anyCase: true });
  if (!known || known === 'ambiguous') return;
  demandEdit(caller, known, `delete connection ${grokName(known)}`);
  world.connections.delete(known.id);
  for (const [id, { entity }] of world.credentials) if (entity === known.id) world.credentials.delete(id);
}

/** `ok`, or what went wrong; a success either way. */
function test(call: Call): SimulatorReply {
  const body = call.object();
  const source = needText(body, 'dataSource');
  const parameters = isRow(body['parameters']) ? body['parameters'] : {};
  const server = String(parameters['server'] ?? '');
  if (source === 'AWS') return ok('Connections of type AWS cannot be tested');
  if (!dataSources.includes(source)) return ok(`Unknown data source: ${source}`);
  if (call.state.unreachable.has(server)) return ok(`Connection to ${server} timed out`);
  if (!fileSources.includes(source) && server === '') return ok('Unable to connect: server is not set');
  return ok('ok');
}

function storeCredentials(caller: Caller, body: Fields): Credentials {
  const { world } = caller;
  const entity = pick(caller, 'Entity', shareable(world), needText(body, 'entityBindId'));
  demandEdit(caller, entity, `set credentials of ${grokName(entity)}`);
  const { group, parameters, openParameters } = body;
  const groupId = isRow(group) ? textOf(group, 'id') : undefined;
  const saved: Credentials = {
    id: idIn(body) ?? randomUUID(),
    entity: entity.id,
    ...(groupId && { group: groupId }),
    parameters: isRow(parameters) ? parameters : {},
    openParameters: isRow(openParameters) ? openParameters : {},
  };
  world.credentials.set(saved.id, saved);
  return saved;
}

const describeCredentials = ({ id, entity, group, parameters, openParameters }: Credentials) => ({
  '#type': 'Credentials',
  id,
  entityBindId: entity,
  parameters,
  openParameters,
  ...(group && { group: { id: group } }),
});

function credentialsFor(call: Call): SimulatorReply {
  const { world } = call;
  const entity = pick(call, 'Entity', shareable(world), call.identifier('entity'));
  demandEdit(call, entity, `see credentials of ${grokName(entity)}`);
  const found = [...world.credentials.values()].find(one => one.entity === entity.id);
  if (!found) throw noSuch('Credentials', entity.id);
  return ok(describeCredentials(found));
}

function deleteCredentials(call: Call): SimulatorReply {
  const { world } = call;
  const found = world.credentials.get(call.raw('id'));
  if (!found) throw noSuch('Credentials', call.raw('id'));
  demandEdit(call, pick(call, 'Entity', shareable(world), found.entity), 'delete credentials');
  world.credentials.delete(found.id);
  return done;
}

function remove(call: Call): SimulatorReply {
  deleteConnection(call, call.identifier('id'));
  return done;
}

const save = (call: Call): SimulatorReply =>
  ok(saveConnection(call, call.object(), call.flag('saveCredentials') ?? false));
const browserList = (call: Call) => matching(call, listConnections(call));

export const connectionEndpoints: readonly Endpoint[] = [
  ['B5-list', 'GET /public/v1/connections', call => ok(list(call))],
  ['B5-save', 'POST /public/v1/connections', save],
  ['B5-test', 'POST /public/v1/connections/test', test],
  ['B5-get', 'GET /public/v1/connections/:id', call => ok(getConnection(call, call.identifier('id')))],
  ['B5-delete', 'DELETE /public/v1/connections/:id', remove],
  ['B6-get', 'GET /public/v1/credentials/for/:entity', credentialsFor],
  ['B6-save', 'POST /public/v1/credentials', call => ok(describeCredentials(storeCredentials(call, call.object())))],
  ['B6-delete', 'DELETE /public/v1/credentials/:id', deleteCredentials],
  ['C2-connections', 'GET /connectors/connections', call => ok(paged(call, browserList(call)))],
  ['C2-connections-count', 'GET /connectors/connections/count', call => ok(browserList(call).length)],
];
