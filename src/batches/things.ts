import pMap from 'p-map';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { parseArguments } from '../calls/arguments.ts';
import { readRows, resolveNames } from '../calls/execute.ts';
import type { Many } from '../calls/many/selection.ts';
import { matchingRows } from '../calls/names/name-index.ts';
import type { CallerServices } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import { thingOf } from '../operations/nouns.ts';
import {
  fieldMeta,
  fieldOf,
  type Operation,
  type OperationContext,
  type Reference,
  routeOf,
} from '../operations/operation.ts';
import { valueIn } from '../results/result.ts';
import type { FailedThing, Thing } from './plan.ts';

/** What an argument stands for. */
export interface Things {
  things: Thing[];
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

/** Beyond so many rows, platforms refuse to go through a listing in an order that is not its own. */
const mostOrdered = 50_000;

/**
 * The things that an argument stands for, as many as `most`: the likeliest first, each once.
 * @throws Fault of the listing; `bad_arguments` for a filter that it does not know
 */
export async function findThings(
  shared: CallerServices,
  operation: Operation,
  { argument, reference, selection, rest }: Many,
  context: OperationContext,
  most: number,
): Promise<Things> {
  switch (selection.kind) {
    case 'names':
      return byName(operation, argument, selection.names, rest, context);
    case 'column': {
      const names = await columnValues(shared, selection, [argument, thingOf(reference.list()), reference]);
      return byName(operation, argument, names, rest, context);
    }
    case 'all':
      return listed(shared, reference, {}, rest, context, most);
    case 'filter':
      return listed(shared, reference, selection.filter, rest, context, most);
    case 'failed':
      throw new Error('The failed things of a batch are in its journal.');
  }
}

async function byName(
  operation: Operation,
  argument: string,
  names: readonly string[],
  rest: Row,
  context: OperationContext,
): Promise<Things> {
  const { reference, fromUri, tidy } = fieldMeta(fieldOf(operation.input, argument));
  if (!reference) throw new Error(`${argument} names nothing`);
  const unknown: FailedThing[] = [];
  const find = async (given: string): Promise<Thing[]> => {
    const name = (given.includes('://') ? fromUri?.(given) : tidy?.(given)) ?? given;
    try {
      const key = await context.resolve(reference, name, rest);
      return [{ key, name: key === name ? context.labelOf(reference, key, rest) : name }];
    } catch (error) {
      if (!isFault(error, 'not_found') && !isFault(error, 'bad_arguments')) throw error;
      unknown.push({ key: given, name: given, code: error.code, message: error.message });
      return [];
    }
  };
  const wanted = [...new Set(names.map(name => name.trim()).filter(Boolean))];
  const concurrency = reference.search === undefined ? 1 : searchesAtOnce;
  const things = distinct((await pMap(wanted, find, { concurrency })).flat());
  return { things, unknown, total: things.length + unknown.length, isComplete: true };
}

/** The values of a column, each once, in the order of the rows. Without a name, it is the one that is called as the thing. */
async function columnValues(
  { results }: CallerServices,
  { result: uri, column, where }: { result: string; column?: string; where?: unknown },
  [argument, thing, { key }]: [string, string, Reference],
): Promise<string[]> {
  const result = await results.get(uri);
  const likely = [`${thing}_${key}`, `${argument}_id`, `${thing}_id`, argument, thing, key];
  const name = column ?? likely.find(one => result.columns.some(known => known.name === one));
  if (name === undefined)
    throw new Fault({
      code: 'bad_arguments',
      message: `${uri} has no column that is called like ${argument}.`,
      hint: `Say which one it is: {"result": "${uri}", "column": "..."}. It has: ${firstOf(
        result.columns.map(known => known.name),
        30,
      )}.`,
    });
  const query = { columns: [name], limit: mostValues, ...(where ? { where: where as never } : {}) };
  const { rows } = await results.rows(result, query);
  return rows.flatMap(row => {
    const value = valueIn(row, name);
    return value === null || value === undefined || value === '' ? [] : String(value);
  });
}

async function listed(
  shared: CallerServices,
  reference: Reference,
  filter: Row,
  rest: Row,
  context: OperationContext,
  most: number,
): Promise<Things> {
  const { key, label, latest = {} } = reference;
  const listing = reference.list();
  const given = { ...(most > mostOrdered ? {} : latest), ...scopeOf(listing, rest), ...filter };
  const { values } = parseArguments(listing.name, shared.inputOf(listing), given);
  const { args } = await resolveTimes(listing, values, shared);
  const { limit: _, cursor: __, fields: ___, ...own } = args;
  const resolved = await resolveNames(listing, own, context);
  const found = await readRows(listing, resolved, context, { limit: most });
  const rows = matchingRows(reference, found.items);
  const things = distinct(
    rows.map(row => ({ key: String(valueIn(row, key)), name: String(valueIn(row, label) ?? valueIn(row, key)) })),
  );
  const isWhole = found.complete && rows.length === found.items.length;
  const total = isWhole ? things.length : reference.only ? undefined : (found.total ?? undefined);
  return { things, unknown: [], total: found.complete ? things.length : total, isComplete: found.complete };
}

/** Of a call's arguments those that say which listing it is: the project of its artefacts, for example. */
function scopeOf(listing: Operation, rest: Row): Row {
  const { path } = routeOf(listing);
  const isScope = (name: string) =>
    fieldOf(listing.input, name) !== undefined && (path.includes(`{${name}}`) || path.includes(`{${name}*}`));
  return Object.fromEntries(Object.entries(rest).filter(([name]) => isScope(name)));
}

function distinct(things: readonly Thing[]): Thing[] {
  const byKey = new Map<string, Thing>();
  for (const thing of things) if (!byKey.has(thing.key)) byKey.set(thing.key, thing);
  return [...byKey.values()];
}
