import type { Row } from '../../base/json-value.ts';
import type { Column } from '../result.ts';
import { isExactNumber } from '../tables/values.ts';
import { type ChartPlan, isMeasured } from './plan.ts';

/** A row under the names that the drawing uses: columns of people may be called anything. */
export type Datum = Record<string, unknown>;

/** Rows, and what was left out of the picture. */
export interface Drawn {
  data: Datum[];
  notes: string[];
}

const mostSeries = 8;
const mostPoints = 6_000;
/** Of one line; a picture of 800 pixels shows no more. */
const bucketsOfLine = 600;

/** A column, and the name under which it is drawn. */
type Role = [name: string, column: Column];

export function rolesOf({ x, y, by, depth }: ChartPlan): Role[] {
  return [
    ...(x ? [['x', x] as Role] : []),
    ...y.map((column, position): Role => [`y${position}`, column]),
    ...(by ? [['by', by] as Role] : []),
    ...(depth ? [['from', depth[0]] as Role, ['to', depth[1]] as Role] : []),
  ];
}

/**
 * Rows as they are drawn. Of columns that are drawn as numbers only numbers are; what else stands there is marked under
 * the name of its role and `Word`, and counted.
 */
export function dataOf(rows: readonly Row[], roles: readonly Role[]): Drawn {
  const readers = roles.map(([role, column]) => ({ name: column.name, read: readerOf(role, column) }));
  const data = rows.map(row =>
    Object.fromEntries(readers.flatMap(({ name, read }) => read(Object.hasOwn(row, name) ? row[name] : undefined))),
  );
  const measured = roles.filter(([role, column]) => isMeasured(column) && /^[xy]/.test(role));
  return { data, notes: measured.flatMap(([role, { name }]) => notesOn(name, data, role)) };
}

type Entries = [string, unknown][];

/** A value as it is drawn, under its role. */
function readerOf(role: string, column: Column): (value: unknown) => Entries {
  if (!isMeasured(column)) return value => [[role, plain(value)]];
  return value => {
    if (value === null || typeof value === 'number') return [[role, value]];
    const text = String(value).trim();
    return isExactNumber(text)
      ? [[role, Number(text)]]
      : [
          [role, null],
          [`${role}Word`, text],
        ];
  };
}

/** What the picture does not show of a column. */
function notesOn(name: string, data: readonly Datum[], role: string): string[] {
  const words = data.map(row => row[`${role}Word`]).filter(word => word !== undefined);
  const empty = data.filter(row => row[role] === null).length - words.length;
  const kinds = [...new Set(words)].slice(0, 3).join(', ');
  return [
    ...(words.length > 0
      ? [`${name}: ${count(words.length, 'value')} that ${words.length === 1 ? 'is' : 'are'} no number (${kinds}).`]
      : []),
    ...(empty > 0 ? [`${name}: ${count(empty, 'empty value')} left out.`] : []),
  ];
}

const count = (times: number, noun: string) => `${times.toLocaleString('en-US')} ${noun}${times === 1 ? '' : 's'}`;

const plain = (value: unknown) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value);

/** At most eight series: more cannot be told apart. */
export function fewSeries(data: Datum[], what = 'series'): Drawn {
  const all = [...new Set(data.map(({ by }) => by))];
  if (all.length <= mostSeries) return { data, notes: [] };
  const shown = new Set(all.slice(0, mostSeries));
  const note = `Only the first ${mostSeries} of ${all.length} ${what} are drawn; choose others with query_result.`;
  return { data: data.filter(({ by }) => shown.has(by)), notes: [note] };
}

/** Evenly fewer points. */
export function fewPoints(data: Datum[]): Drawn {
  const step = Math.ceil(data.length / mostPoints);
  if (step <= 1) return { data, notes: [] };
  const note = `One in ${step} of ${data.length.toLocaleString('en-US')} points is drawn.`;
  return { data: data.filter((_, position) => position % step === 0), notes: [note] };
}

/** Sorted by x; of a long line the lowest and the highest point of each small stretch, so that no peak is lost. */
export function lines(data: Datum[], values: readonly string[]): Drawn {
  const series = groupBy(data);
  let thinned = false;
  const kept = [...series.values()].flatMap(rows => {
    const sorted = rows.filter(({ x }) => x !== null).toSorted((a, b) => compare(a['x'], b['x']));
    if (sorted.length <= 2 * bucketsOfLine) return sorted;
    thinned = true;
    return extremes(sorted, values);
  });
  return {
    data: kept,
    notes: thinned ? ['Long lines are drawn by the lowest and highest value of each stretch.'] : [],
  };
}

function extremes(sorted: readonly Datum[], values: readonly string[]): Datum[] {
  const size = Math.ceil(sorted.length / bucketsOfLine);
  const kept = new Set<Datum>();
  for (let start = 0; start < sorted.length; start += size) {
    const bucket = sorted.slice(start, start + size);
    for (const value of values) {
      const filled = bucket.filter(row => row[value] !== null).toSorted((a, b) => compare(a[value], b[value]));
      for (const row of [filled[0], filled.at(-1)]) if (row) kept.add(row);
    }
  }
  return sorted.filter(row => kept.has(row));
}

function groupBy(data: readonly Datum[]): Map<unknown, Datum[]> {
  const groups = new Map<unknown, Datum[]>();
  for (const row of data) {
    const group = groups.get(row['by']);
    if (group) group.push(row);
    else groups.set(row['by'], [row]);
  }
  return groups;
}

export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
