import { isRow } from '../../../../base/json-value.ts';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { visible } from '../access.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, type Fields, ok, pick } from '../call.ts';
import { checkUnique, describeEntity, idIn, needText, savedEntity, textOf } from '../entities.ts';
import { matching, paged, smartFilter } from '../filter.ts';
import { refusal } from '../refusal.ts';
import { type GrokFunction, grokName, type Parameter } from '../world.ts';

const languages = ['grok', 'julia', 'python', 'r', 'nodejs', 'octave'];
const propertyTypes = [
  'int',
  'bigint',
  'double',
  'bool',
  'string',
  'datetime',
  'dataframe',
  'column',
  'column_list',
  'file',
  'blob',
  'graphics',
  'dynamic',
];

/** Built-ins do not say their source: it follows from `#type`. */
function describeFunction(caller: Caller, one: GrokFunction): Fields {
  const connection = caller.world.connections.get(one.connection ?? '');
  return {
    '#type': one.type,
    ...describeEntity(one),
    nqName: grokName(one),
    ...(one.type !== 'Func' && { source: one.source }),
    tags: one.tags,
    options: one.options,
    params: one.parameters,
    parameterInfos: Object.fromEntries(one.parameters.map(({ name, isInput }) => [name, { name, isInput }])),
    ...(one.script !== undefined && { script: one.script, language: one.language }),
    ...(one.query !== undefined && { query: one.query, connection: connection && describeEntity(connection) }),
  };
}

const ofType = (caller: Caller, type?: string): GrokFunction[] =>
  visible(caller.world, caller.user, caller.world.functions.values()).filter(one => !type || one.type === type);

/** Filters look at the source even where answers leave it out. */
function listFunctions(caller: Caller, { type, text }: { type?: string; text?: string | undefined }): Fields[] {
  const test = smartFilter(text ?? '');
  return ofType(caller, type)
    .filter(one => test(one as object as Fields))
    .map(one => describeFunction(caller, one));
}

export const pickFunction = (caller: Caller, wanted: string, type?: string): GrokFunction =>
  pick(caller, 'Function', ofType(caller, type), wanted);

export const getFunction = (caller: Caller, wanted: string, type?: string): Fields =>
  describeFunction(caller, pickFunction(caller, wanted, type));

export function saveFunction(caller: Caller, body: Fields, type?: string): Fields {
  const { world } = caller;
  const id = idIn(body);
  if (!id) throw refusal(400, 'id is required: give a new function a UUID');
  const kind = typeOf(body);
  if (type && kind !== type) throw refusal(400, `A ${kind} cannot be saved here`);
  const old = world.functions.get(id);
  if (old) demandEdit(caller, old, `change function ${grokName(old)}`);
  const saved: GrokFunction = {
    ...savedEntity(caller, body, old),
    type: kind,
    source: kind === 'Script' ? 'script' : 'data-query',
    tags: listIn(body, 'tags', old?.tags),
    options: isRow(body['options']) ? body['options'] : (old?.options ?? {}),
    parameters: parametersIn(body) ?? old?.parameters ?? [],
    ...(kind === 'Script' ? scriptIn(body) : queryIn(caller, body)),
  };
  checkUnique('Function', world.functions.values(), saved);
  world.functions.set(id, saved);
  return describeFunction(caller, saved);
}

function typeOf(body: Fields): 'Script' | 'DataQuery' {
  const type = textOf(body, '#type');
  const source = textOf(body, 'source');
  if (type === 'Script' || (!type && source === 'script')) return 'Script';
  if (type === 'DataQuery' || (!type && source === 'data-query')) return 'DataQuery';
  throw refusal(400, `Only scripts and data queries can be saved, not ${type ?? source ?? 'what has no source'}`);
}

function scriptIn(body: Fields): Pick<GrokFunction, 'script' | 'language'> & { script: string } {
  const language = needText(body, 'language');
  if (!languages.includes(language)) throw refusal(400, `Unknown language: ${language}`);
  return { script: needText(body, 'script'), language };
}

function queryIn(caller: Caller, body: Fields) {
  const { connection } = body;
  const id = isRow(connection) ? textOf(connection, 'id') : undefined;
  if (!id) throw refusal(400, 'connection is required: an object with an id');
  return {
    query: needText(body, 'query'),
    connection: pick(caller, 'Connection', caller.world.connections.values(), id).id,
  };
}

export function listIn(body: Fields, field: string, fallback: string[] = []): string[] {
  const value = body[field] ?? fallback;
  if (!Array.isArray(value)) throw refusal(400, `${field} must be a list`);
  return value.map(String);
}

function parametersIn({ params }: Fields): Parameter[] | undefined {
  if (params === undefined || params === null) return undefined;
  if (!Array.isArray(params)) throw refusal(400, 'params must be a list');
  return params.map(param => {
    if (!isRow(param)) throw refusal(400, 'params must be a list of objects');
    const propertyType = needText(param, 'propertyType');
    if (!propertyTypes.includes(propertyType)) throw refusal(400, `Unknown propertyType: ${propertyType}`);
    return { name: needText(param, 'name'), propertyType, isInput: param['isInput'] === true };
  });
}

export function deleteFunction(caller: Caller, wanted: string, type?: string): void {
  const found = pickFunction(caller, wanted, type);
  if (found.type === 'Func') throw refusal(400, `${grokName(found)} cannot be deleted`);
  demandEdit(caller, found, `delete function ${grokName(found)}`);
  caller.world.functions.delete(found.id);
}

/** Scripts and queries as the browser sees them. */
function internal(path: string, noun: string, type: string): Endpoint[] {
  const all = (call: Call) => listFunctions(call, { type, text: call.query('text') });
  const remove = (call: Call): SimulatorReply => {
    deleteFunction(call, call.identifier('id'), type);
    return done;
  };
  return [
    [`C3-${noun}-list`, `GET ${path}`, call => ok(paged(call, all(call)))],
    [`C3-${noun}-get`, `GET ${path}/:id`, call => ok(getFunction(call, call.identifier('id'), type))],
    [`C3-${noun}-save`, `POST ${path}`, call => ok(saveFunction(call, call.object(), type))],
    [`C3-${noun}-delete`, `DELETE ${path}/:id`, remove],
  ];
}

const browserList = (call: Call) => matching(call, listFunctions(call, {}));

export const functionEndpoints: readonly Endpoint[] = [
  ['B3-list', 'GET /public/v1/functions', call => ok(listFunctions(call, { text: call.query('text') }))],
  ['B3-save', 'POST /public/v1/functions', call => ok(saveFunction(call, call.object()))],
  ['B3-get', 'GET /public/v1/functions/:id', call => ok(getFunction(call, call.identifier('id')))],
  ...internal('/scripts', 'script', 'Script'),
  ...internal('/connectors/queries', 'query', 'DataQuery'),
  ['C2-functions', 'GET /log/funcs', call => ok(paged(call, browserList(call)))],
  ['C2-functions-count', 'GET /log/funcs/count', call => ok(browserList(call).length)],
];
