import type * as z from 'zod';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { firstOf, nearest } from '../../base/nearest.ts';
import { lookalike } from '../../base/unicode/visible.ts';
import { fieldMeta, fieldOf, type Operation, type Reference, routeOf } from '../../operations/operation.ts';

/** Of a listing's rows those that the reference means; the same list for the same rows. */
export function matchingRows({ only }: Reference, rows: Row[]): Row[] {
  if (!only) return rows;
  const known = meant.get(rows) ?? new Map<(row: Row) => boolean, Row[]>();
  meant.set(rows, known);
  const matching = known.get(only) ?? rows.filter(only);
  known.set(only, matching);
  return matching;
}

const meant = new WeakMap<Row[], Map<(row: Row) => boolean, Row[]>>();

/**
 * Of a call's arguments those that say which listing: the project of an artefact, for example. What only narrows or
 * sorts is the call's own.
 */
export function ownArguments(listing: Operation, args: Row): Row {
  const { path } = routeOf(listing);
  const says = (name: string) => {
    const field = fieldOf(listing.input, name);
    if (!field) return false;
    return (
      path.includes(`{${name}}`) ||
      fieldMeta(field).reference !== undefined ||
      !(field as z.ZodType).safeParse(undefined).success
    );
  };
  return Object.fromEntries(Object.entries(args).filter(([name]) => says(name)));
}

/** Rows of a listing by what they can be called: a call may name thousands of them. */
interface NameIndex {
  keys: ReadonlySet<string>;
  /** Keys by name, from the strictest reading of a name to the loosest. */
  byName: readonly ReadonlyMap<string, ReadonlySet<string>>[];
}

const indexes = new WeakMap<readonly Row[], Map<string, NameIndex>>();

const folded = (text: string) => lookalike(text).trim().toLowerCase();

/** `Inês` as people without that key write it. */
const withoutMarks = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '');

/** As it is; without regard to case and white space around it; `System.Demo Files` for `system:demo-files`. */
const readings: readonly ((text: string) => string)[] = [
  text => text,
  folded,
  text => withoutMarks(folded(text)).replace(/[\s._:/-]+/g, '-'),
];

/** What people call the thing of a row: its label and other names, and the last part of a path. */
function namesOf({ label, also = [] }: Pick<Reference, 'label' | 'also'>, row: Row): string[] {
  const names = [label, ...also].flatMap(property => row[property] ?? []).map(String);
  const last = names[0]?.split(/[/:]/).at(-1);
  return [...new Set([...names, ...(last ? [last] : [])])];
}

/** A row that came without its key names nothing that could be asked for. */
export const rowsWithKey = ({ key }: Reference, rows: readonly Row[]): Row[] =>
  rows.filter(row => row[key] !== undefined && row[key] !== null);

function indexOf(reference: Reference, rows: readonly Row[]): NameIndex {
  const own = indexes.get(rows) ?? new Map<string, NameIndex>();
  indexes.set(rows, own);
  const fields = JSON.stringify([reference.key, reference.label, reference.also]);
  const known = own.get(fields);
  if (known) return known;
  const keyOf = (row: Row) => String(row[reference.key]);
  const nameable = rowsWithKey(reference, rows);
  const byName = readings.map(read => {
    const map = new Map<string, Set<string>>();
    for (const row of nameable)
      for (const name of namesOf(reference, row)) {
        const same = map.get(read(name)) ?? new Set();
        map.set(read(name), same.add(keyOf(row)));
      }
    return map;
  });
  const index = { keys: new Set(nameable.map(keyOf)), byName };
  own.set(fields, index);
  return index;
}

/**
 * The key of the one thing that is called so; undefined where nothing is.
 * @throws Fault `bad_arguments` where several are
 */
export function find(reference: Reference, value: string, rows: Row[]): string | undefined {
  const { keys, byName } = indexOf(reference, rows);
  if (keys.has(value)) return value;
  for (const [at, names] of byName.entries()) {
    const alike = [...(names.get((readings[at] as (text: string) => string)(value)) ?? [])];
    if (alike.length === 1) return alike[0];
    if (alike.length > 1)
      throw new Fault({
        code: 'bad_arguments',
        message: `${alike.length} things are called "${value}".`,
        hint: `Give one of these ids instead: ${firstOf(alike, mostIds)}.`,
      });
  }
  return undefined;
}

const mostIds = 50;

/** The name of the thing that was probably meant. */
export function nearestName(reference: Reference, value: string, rows: readonly Row[]): string | undefined {
  const { key, label } = reference;
  const labels = new Map<string, string>();
  for (const row of rowsWithKey(reference, rows))
    for (const name of [...namesOf(reference, row), String(row[key])])
      if (!labels.has(name)) labels.set(name, String(row[label] ?? row[key]));
  const near = nearest(value, labels.keys());
  return near === undefined ? undefined : labels.get(near);
}
