import { isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { isScopeOf, type Many, type ManyArgument, type Selection } from '../calls/many/selection.ts';
import { thingOf } from '../operations/nouns.ts';
import { valueIn } from '../results/result.ts';
import { fillArguments, filledArguments, takesFromRows } from './fill.ts';
import { type FailedThing, type NamedKey, namesOf, partsOf, type Thing, type ThingColumn } from './plan.ts';
import { columnOf, type FoundThing, resolvedScope, type Search, type Things, thingCalled, thingsOf } from './things.ts';

type Column = Extract<Selection, { kind: 'column' }>;

/**
 * What a call is for: each of one argument with each of the next. Columns of the same rows belong together, a row for
 * each; so do they where other arguments take values from the row.
 * @throws Fault of a listing; `bad_arguments`
 */
export async function findThings({ of, rest }: Many, search: Search): Promise<Things> {
  const [first, ...others] = of;
  const table = sameRows(of);
  if (table && (others.length > 0 || takesFromRows(search.operation, rest))) return rowThings(of, table, search);
  let found = await thingsOf(first, search);
  for (const [index, next] of others.entries()) found = await crossed(found, of.slice(0, index + 1), next, search);
  return found;
}

/** The table that all of them are columns of. */
function sameRows(of: readonly ManyArgument[]): Column | undefined {
  const [first, ...others] = of.map(({ selection }) => selection);
  if (first?.kind !== 'column') return undefined;
  const isSame = (one: Selection) =>
    one.kind === 'column' &&
    one.result === first.result &&
    JSON.stringify(one.where ?? []) === JSON.stringify(first.where ?? []);
  return others.every(isSame) ? first : undefined;
}

/** Values of a table that are looked at. */
const mostValues = 100_000;

/** A thing for each row: once for the same names, or where values come from the row, for each that says something else. */
async function rowThings(of: Many['of'], { result: uri, where }: Column, search: Search): Promise<Things> {
  const { operation, rest, most } = search;
  const { results } = search.shared;
  const result = await results.get(uri);
  const columns = of.map(one => columnOf(result, (one.selection as Column).column, one));
  const template = filledArguments(operation, rest);
  const isFilled = Object.keys(template).length > 0;
  const query = { limit: mostValues, ...(isFilled ? {} : { columns }), ...(where ? { where } : {}) };
  const { rows } = await results.rows(result, query);
  const known = new Map<string, FoundThing | FailedThing>();
  const things = new Map<string, FoundThing>();
  for (const [index, row] of rows.entries()) {
    const names = columns.map(column => valueIn(row, column) ?? '').map(String);
    if (names.includes('')) continue;
    const filled = fillArguments(template, row, index + 1);
    const values = { ...rest, ...filled };
    const own = JSON.stringify([names, filled]);
    if (things.has(own) || things.size >= most) continue;
    const called = JSON.stringify([names, scopeOf(of, values)]);
    const found = known.get(called) ?? (await named(of, names, { ...search, rest: values }));
    known.set(called, found);
    if (!('code' in found)) things.set(own, { ...found, row: { ...row, ...found.row } });
  }
  const unknown = [...known.values()].filter(one => 'code' in one);
  return { things: [...things.values()], unknown, total: undefined, isComplete: things.size < most };
}

/** The arguments that say in which listings the things are. */
const scopeOf = (of: Many['of'], rest: Row): Row =>
  Object.fromEntries(
    Object.entries(rest).filter(([name]) => of.some(({ reference }) => isScopeOf(name, reference.list()))),
  );

/** What names stand for together, each in what those before it name. */
async function named(of: Many['of'], names: readonly string[], search: Search): Promise<FoundThing | FailedThing> {
  let found: FoundThing | undefined;
  for (const [index, one] of of.entries()) {
    const within = { ...search, rest: { ...search.rest, ...namesSoFar(found, of.slice(0, index)) } };
    const next = await thingCalled(names[index] ?? '', one, { ...within, rest: await resolvedScope(one, within) });
    if ('code' in next) return { ...next, key: keyOf(names), name: names.join(nameJoint) };
    found = found ? joined(found, next) : next;
  }
  return found as FoundThing;
}

/** Each that was found with each that the next argument stands for. What fails for one does not spoil the others. */
async function crossed(found: Things, before: readonly ManyArgument[], next: ManyArgument, search: Search) {
  const depends = before.some(({ argument }) => isScopeOf(argument, next.reference.list()));
  const all: Things = { things: [], unknown: [...found.unknown], total: undefined, isComplete: found.isComplete };
  let inner: Things | undefined;
  for (const one of found.things) {
    if (all.things.length >= search.most) return { ...all, isComplete: false };
    try {
      if (depends || !inner)
        inner = await thingsOf(next, { ...search, rest: { ...search.rest, ...namesSoFar(one, before) } });
    } catch (error) {
      if (!isFault(error, 'not_found') && !isFault(error, 'missing_scope')) throw error;
      all.unknown.push({ key: one.key, name: one.name, code: error.code, message: error.message });
      continue;
    }
    all.things.push(...inner.things.map(thing => joined(one, thing)));
    const within = inner.unknown.map(({ key, name, ...why }) => ({ ...joinedNames(one, { key, name }), ...why }));
    all.unknown.push(...(depends ? within : one === found.things[0] ? inner.unknown : []));
    all.isComplete &&= inner.isComplete;
  }
  return { ...all, total: all.isComplete ? all.things.length + all.unknown.length : undefined };
}

const namesSoFar = (found: FoundThing | undefined, of: readonly ManyArgument[]): Row =>
  found ? namesOf({ arguments: of.map(({ argument }) => argument) }, found) : {};

const nameJoint = ' / ';

const keyOf = (keys: readonly string[]): string => JSON.stringify(keys);

function joined(one: FoundThing, other: FoundThing): FoundThing {
  return { ...joinedNames(one, other), row: { ...one.row, ...other.row } };
}

function joinedNames(one: FoundThing, other: NamedKey) {
  const all = [...partsOf(one), { key: other.key, name: other.name }];
  return { parts: all, key: keyOf(all.map(part => part.key)), name: all.map(part => part.name).join(nameJoint) };
}

/** The columns that say which thing a row belongs to: its name, and its key where that is something else. */
export function columnsOf(of: readonly ManyArgument[], things: readonly Thing[]): ThingColumn[] {
  const nouns = of.map(({ reference }) => thingOf(reference.list()));
  return of.map(({ argument, reference }, index) => {
    const noun = nouns.filter(one => one === nouns[index]).length > 1 ? argument : (nouns[index] as string);
    const isNamed = things.some(thing => {
      const part = partsOf(thing)[index];
      return part !== undefined && part.key !== part.name;
    });
    return { noun, keyColumn: isNamed ? `${noun}_${reference.key}` : '' };
  });
}

/** What one of the things is called: as its last argument, where that lies within the others. */
export function nounOfThings(of: readonly ManyArgument[]): string {
  const last = of.at(-1) as ManyArgument;
  const isWithin = of.slice(0, -1).every(({ argument }) => isScopeOf(argument, last.reference.list()));
  return isWithin ? thingOf(last.reference.list()) : 'combination';
}
