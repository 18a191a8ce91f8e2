import { isRow } from '../../../../base/json-value.ts';
import { Refusal } from '../../../../sandbox/frame/refusal.ts';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { type Call, type Caller, demandEdit, type Endpoint, type Fields, ok } from '../call.ts';
import { fixed } from '../content.ts';
import { needText, textOf } from '../entities.ts';
import { noSuch, type Refused, refusal } from '../refusal.ts';
import { snapshot } from '../world.ts';
import { deleteConnection, getConnection, saveConnection } from './connections.ts';
import { connector, filePath, listFolder, readFile, removeFile, writeFile } from './files.ts';
import { deleteFunction, getFunction, saveFunction } from './functions.ts';
import { deleteGroup, getGroup, saveGroup } from './groups.ts';
import { runFunction } from './running.ts';
import { describeUser, findUser, saveUser } from './users.ts';

type Action = (caller: Caller, params: Fields) => unknown;
/** What an operation says, and the clock ms that it took. */
interface Done {
  result: unknown;
  ms: number;
}

interface Result extends Fields {
  status: 'success' | 'error' | 'skipped' | 'partial';
}

const noReports: Action = (_, params) => {
  throw noSuch('Report', needText(params, 'id'));
};
const noUserDeletion: Action = () => {
  throw refusal(400, 'Users cannot be deleted, only blocked');
};

/** `functions`, `queries` and `scripts` differ in what they let pass. */
const functionActions = (noun: string, type?: string): [string, Action][] => [
  [`${noun}.create`, (caller, params) => saveFunction(caller, params, type)],
  [`${noun}.get`, (caller, params) => getFunction(caller, needText(params, 'id'), type)],
  [`${noun}.delete`, (caller, params) => deleteFunction(caller, needText(params, 'id'), type)],
];

const actions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['users.create', saveUser],
  ['users.get', (caller, params) => describeUser(caller, findUser(caller, needText(params, 'id')), true)],
  ['users.delete', noUserDeletion],
  ['groups.create', (caller, params) => saveGroup(caller, params, true)],
  ['groups.get', (caller, params) => getGroup(caller, needText(params, 'id'))],
  ['groups.delete', (caller, params) => deleteGroup(caller, needText(params, 'id'))],
  ['connections.create', (caller, params) => saveConnection(caller, params, true)],
  ['connections.get', (caller, params) => getConnection(caller, needText(params, 'id'))],
  ['connections.delete', (caller, params) => deleteConnection(caller, needText(params, 'id'))],
  ...functionActions('functions'),
  ...functionActions('queries', 'DataQuery'),
  ...functionActions('scripts', 'Script'),
  ['reports.get', noReports],
  ['reports.delete', noReports],
  [
    'files.list',
    ({ world, ...rest }, params) => {
      const { id } = connector({ world, ...rest }, needText(params, 'connector'));
      return listFolder(world, id, textOf(params, 'path') ?? '', params['recursive'] === true);
    },
  ],
  [
    'files.delete',
    (caller, params) => {
      const target = connector(caller, needText(params, 'connector'));
      demandEdit(caller, target, `delete from ${target.friendlyName}`);
      removeFile(caller.world, target.id, filePath(needText(params, 'path')));
    },
  ],
  [
    'files.put',
    (caller, params) => {
      const target = connector(caller, needText(params, 'connector'));
      demandEdit(caller, target, `write to ${target.friendlyName}`);
      const content = fixed(Buffer.from(textOf(params, 'content') ?? '', 'base64'));
      writeFile(caller.world, target.id, filePath(needText(params, 'path')), { content, updatedOn: caller.now });
    },
  ],
]);

async function getFile(caller: Caller, params: Fields): Promise<unknown> {
  const target = connector(caller, needText(params, 'connector'));
  const { content } = readFile(caller.world, target.id, filePath(needText(params, 'path')));
  return { content: Buffer.concat(await content.open().toArray()).toString('base64') };
}

async function performAction(caller: Caller, action: string, params: Fields): Promise<Done> {
  if (action === 'functions.run') {
    const given = isRow(params['params']) ? params['params'] : {};
    const { value, ms } = runFunction(caller, textOf(params, 'id') ?? needText(params, 'name'), given);
    return { result: value, ms };
  }
  if (action === 'files.get') return { result: await getFile(caller, params), ms: 0 };
  const work = actions.get(action);
  if (!work) throw refusal(400, `Unknown action: ${action}`);
  return { result: work(caller, params) ?? null, ms: 0 };
}

async function attempt(caller: Caller, action: string, params: Fields): Promise<{ outcome: Result; ms: number }> {
  try {
    const { result, ms } = await performAction(caller, action, params);
    return { outcome: { status: 'success', result }, ms };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { message, code } = error.reason as Refused;
    const told = { error: message, ...(code !== undefined && { errorCode: code }) };
    return { outcome: { status: 'error', error: told }, ms: 0 };
  }
}

/** With `ids` in place of `id`, one after the other. */
async function perId(caller: Caller, action: string, params: Fields): Promise<{ outcome: Result; ms: number }> {
  const { ids, ...rest } = params;
  if (!Array.isArray(ids)) return attempt(caller, action, params);
  const results: Result[] = [];
  let total = 0;
  for (const id of ids) {
    const { outcome, ms } = await attempt(caller, action, { ...rest, id });
    results.push({ id, ...outcome });
    total += ms;
  }
  const summary = summarize(results);
  const status = summary.failed === 0 ? 'success' : summary.succeeded > 0 ? 'partial' : 'error';
  return { outcome: { status, summary, results }, ms: total };
}

function summarize(results: readonly Result[]) {
  const count = (status: Result['status']) => results.filter(result => result.status === status).length;
  return {
    total: results.length,
    succeeded: count('success'),
    partial: count('partial'),
    failed: count('error'),
    skipped: count('skipped'),
  };
}

interface Step {
  id?: string;
  action: string;
  params: Fields;
  dependsOn: string[];
}

function readSteps(body: Fields): Step[] {
  const { operations } = body;
  if (!Array.isArray(operations)) throw refusal(400, 'operations must be a list');
  return operations.map(operation => {
    if (!isRow(operation)) throw refusal(400, 'operations must be objects');
    const { params, dependsOn } = operation;
    const id = textOf(operation, 'id');
    return {
      ...(id !== undefined && { id }),
      action: needText(operation, 'action'),
      params: isRow(params) ? params : {},
      dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
    };
  });
}

/** Why an operation is not tried. */
function reasonToSkip({ dependsOn }: Step, results: readonly Result[], stopped: boolean): string | undefined {
  if (stopped) return 'an earlier operation failed';
  const missing = dependsOn.find(id => results.find(result => result['id'] === id)?.status !== 'success');
  return missing === undefined ? undefined : `depends on ${missing}, which did not succeed`;
}

/** What became of one step, and the clock ms that it took. */
async function carryOut(call: Call, step: Step, done: readonly Result[], stopped: boolean) {
  const { id, action, params } = step;
  const base = { ...(id !== undefined && { id }), action };
  const reason = reasonToSkip(step, done, stopped);
  if (reason !== undefined) return { result: { ...base, status: 'skipped', reason } as Result, ms: 0 };
  const { outcome, ms } = await perId(call, action, params);
  return { result: { ...base, ...outcome }, ms };
}

function rolledBack(result: Result): Result {
  if (result.status !== 'success') return result;
  const { id, action } = result;
  return { ...(id !== undefined && { id }), action, status: 'skipped', reason: 'rolled back' } as Result;
}

async function batch(call: Call): Promise<SimulatorReply> {
  const body = call.object();
  const steps = readSteps(body);
  const options = isRow(body['options']) ? body['options'] : {};
  const isTransaction = options['transaction'] === true;
  const takeBack = snapshot(call.world);
  const done: Result[] = [];
  let afterMs = 0;
  let stopped = false;
  for (const step of steps) {
    const { result, ms } = await carryOut(call, step, done, stopped);
    afterMs += ms;
    done.push(result);
    const isBad = result.status === 'error' || result.status === 'partial';
    stopped ||= isBad && (isTransaction || options['stopOnError'] === true);
  }
  if (stopped && isTransaction) takeBack();
  const results = stopped && isTransaction ? done.map(rolledBack) : done;
  return { ...ok({ summary: summarize(results), results }), ...(afterMs > 0 && { afterMs }) };
}

export const batchEndpoints: readonly Endpoint[] = [['B12', 'POST /public/v1/batch', batch]];
