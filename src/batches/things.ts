import pMap from 'p-map';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { parseArguments } from '../calls/arguments.ts';
import { readRows, resolveNames } from '../calls/execute.ts';
import { isScopeOf, type ManyArgument } from '../calls/many/selection.ts';
import { matchingRows } from '../calls/names/name-index.ts';
import type { CallerServices } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import { splitControls } from '../calls/tool-input.ts';
import { likeliestFirst } from '../operations/activity.ts';
import { thingOf } from '../operations/nouns.ts';
import {
  fieldMeta,
  fieldOf,
  isReading,
  type Operation,
  type OperationContext,
  type Reference,
} from '../operations/operation.ts';
import { type StoredResult, valueIn } from '../results/result.ts';
import type { FailedThing, Thing } from './plan.ts';

/** One of the things that a call is for. */
export interface FoundThing extends Thing {
  /** What is known of it, for what takes values from it. */
  row: Row;
}

/** What stands for many, as far as it was looked for. */
export interface Things {
  things: FoundThing[];
  /** Names that are nobody's. */
  unknown: FailedThing[];
  /** How many there are, as far as somebody says. */
  total: number | undefined;
  /** The listing was read to its end. */
  isComplete: boolean;
}

/** Names that the platform is asked for at once, where it can search. */
const searchesAtOnce = 8;
/** Distinct values of a column that are looked at. */
const mostValues = 100_000;

/** What finding things takes beside the argument that stands for them. */
export interface Search {
  shared: CallerServices;
  operation: Operation;
  /** The other arguments: the project, for example, that the things are in. */
  rest: Row;
  context: OperationContext;
  /** As many as are looked for. */
  most: number;
}

/**
 * What one argument stands for: the likeliest first, each once.
 * @throws Fault of the listing; `bad_arguments` for a filter that it does not know
 */
export async function thingsOf(many: ManyArgument, search: Search): Promise<Things> {
  const { reference, selection } = many;
  switch (selection.kind) {
    case 'names':
      return byName(many, selection.names, search);
    case 'column':
      return byName(many, await columnValues(search.shared, selection, many), search);
    case 'all':
      return listed(reference, {}, search);
    case 'filter':
      return listed(reference, selection.filter, search);
    case 'failed':
      throw new Error('The failed things of a batch are in its journal.');
  }
}

async function byName(many: ManyArgument, names: readonly string[], search: Search): Promise<Things> {
  const unknown: FailedThing[] = [];
  const scoped = { ...search, rest: await resolvedScope(many, search) };
  const find = async (name: string): Promise<FoundThing[]> => {
    const found = await thingCalled(name, many, scoped);
    if (!('code' in found)) return [found];
    unknown.push(found);
    return [];
  };
  const wanted = [...new Set(names.map(name => name.trim()).filter(Boolean))];
  const concurrency = many.reference.search === undefined ? 1 : searchesAtOnce;
  const things = distinct((await pMap(wanted, find, { concurrency })).flat());
  return { things, unknown, total: things.length + unknown.length, isComplete: true };
}

/** The thing that a name stands for, or why there is none. @throws Fault that has nothing to do with the name */
export async function thingCalled(
  given: string,
  { argument, reference }: ManyArgument,
  { operation, rest, context }: Pick<Search, 'operation' | 'rest' | 'context'>,
): Promise<FoundThing | FailedThing> {
  const { fromUri, tidy } = fieldMeta(fieldOf(operation.input, argument));
  const name = (given.includes('://') ? fromUri?.(given) : tidy?.(given)) ?? given;
  try {
    const key = await context.resolve(reference, name, rest, isReading(operation));
    const label = key === name ? context.labelOf(reference, key, rest) : name;
    return { key, name: label, row: { [reference.key]: key, [thingOf(reference.list())]: label } };
  } catch (error) {
    if (!isFault(error, 'not_found') && !isFault(error, 'bad_arguments')) throw error;
    return { key: given, name: given, code: error.code, message: error.message };
  }
}

/** The other arguments, with keys for the names of those that say which listing it is. */
export async function resolvedScope({ reference }: ManyArgument, { operation, rest, context }: Search): Promise<Row> {
  const scope = scopeOf(reference.list(), rest);
  const named = Object.fromEntries(
    Object.entries(operation.input.shape).filter(([name]) => Object.hasOwn(scope, name)),
  );
  const input = operation.input.pick(Object.fromEntries(Object.keys(named).map(name => [name, true])) as never);
  return { ...rest, ...(await resolveNames({ ...operation, input }, scope, context)) };
}

/** The values of a column, each once, in the order of the rows. Without a name, it is the one that is called as the thing. */
async function columnValues(
  { results }: CallerServices,
  { result: uri, column, where }: { result: string; column?: string; where?: unknown },
  many: ManyArgument,
): Promise<string[]> {
  const result = await results.get(uri);
  const name = columnOf(result, column, many);
  const query = { columns: [name], limit: mostValues, ...(where ? { where: where as never } : {}) };
  const { rows } = await results.rows(result, query);
  return rows.flatMap(row => {
    const value = valueIn(row, name);
    return value === null || value === undefined || value === '' ? [] : String(value);
  });
}

/** The column with the names. @throws Fault `bad_arguments` where none is called like the argument */
export function columnOf(
  { uri, columns }: StoredResult,
  column: string | undefined,
  { argument, reference }: ManyArgument,
): string {
  const thing = thingOf(reference.list());
  const likely = [`${thing}_${reference.key}`, `${argument}_id`, `${thing}_id`, argument, thing, reference.key];
  const isThere = (one: string) => columns.some(known => known.name === one);
  const name = column === undefined ? likely.find(isThere) : isThere(column) ? column : undefined;
  if (name !== undefined) return name;
  throw new Fault({
    code: 'bad_arguments',
    message: `${uri} has no column ${column === undefined ? `that is called like ${argument}` : `"${column}"`}.`,
    hint: `Say which one it is: {"result": "${uri}", "column": "..."}. It has: ${firstOf(
      columns.map(known => known.name),
      30,
    )}.`,
  });
}

async function listed(reference: Reference, filter: Row, { shared, rest, context, most }: Search): Promise<Things> {
  const { key, label } = reference;
  const listing = reference.list();
  const { connection } = rest;
  const account = connection === undefined ? {} : { connection };
  const given = { ...scopeOf(listing, rest), ...account, ...filter };
  const { values } = parseArguments(listing.name, shared.inputOf(listing), given);
  const { args } = await resolveTimes(listing, values, shared);
  const resolved = await resolveNames(listing, splitControls(args).own, context);
  const found = await readRows(listing, resolved, context, { limit: most });
  const rows = matchingRows(reference, found.items);
  const things = distinct(
    likeliestFirst(rows).map(row => {
      const found = String(valueIn(row, key));
      const name = String(valueIn(row, label) ?? found);
      return { key: found, name, row: { ...row, [thingOf(listing)]: name } };
    }),
  );
  const isWhole = found.complete && rows.length === found.items.length;
  const total = isWhole ? things.length : reference.only ? undefined : (found.total ?? undefined);
  return { things, unknown: [], total: found.complete ? things.length : total, isComplete: found.complete };
}

/** Of a call's arguments those that say which listing it is: the project of its artefacts, for example. */
function scopeOf(listing: Operation, rest: Row): Row {
  return Object.fromEntries(Object.entries(rest).filter(([name]) => isScopeOf(name, listing)));
}

function distinct(things: readonly FoundThing[]): FoundThing[] {
  const byKey = new Map<string, FoundThing>();
  for (const thing of things) if (!byKey.has(thing.key)) byKey.set(thing.key, thing);
  return [...byKey.values()];
}
