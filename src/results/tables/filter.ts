import { Fault } from '../../base/errors.ts';
import { firstOf, nearest } from '../../base/nearest.ts';
import type { Column } from '../result.ts';

export const operators = ['=', '!=', '<', '<=', '>', '>=', 'contains', 'in', 'is_null', 'not_null'] as const;

export type Operator = (typeof operators)[number];

/**
 * One test on a column; several must all hold. As in SQL, null passes `is_null` only. `contains` ignores case,
 * `in` takes an array or one value, `is_null` and `not_null` take no value.
 */
export interface Condition {
  column: string;
  op: Operator;
  value?: unknown;
}

/** The column of that name. Throws `bad_arguments` that names the nearest and the valid ones. */
export function columnNamed(columns: readonly Column[], name: string): Column {
  const column = columns.find(candidate => candidate.name === name);
  if (column) return column;
  const names = columns.map(candidate => candidate.name);
  const near = closestColumn(name, names);
  throw new Fault({
    code: 'bad_arguments',
    message: `There is no column "${name}".`,
    hint: names.length
      ? `${near === undefined ? '' : `Did you mean "${near}"? `}The columns are: ${firstOf(names, 50)}.`
      : 'The table has no columns.',
  });
}

/** The name that was probably meant: "rqd" is nearer to "rqd_percent" than counting letters says. */
export function closestColumn(wanted: string, names: readonly string[]): string | undefined {
  const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const part = names.filter(name => fold(name).includes(fold(wanted)) || fold(wanted).includes(fold(name)));
  return nearest(wanted, names) ?? part.toSorted((a, b) => a.length - b.length)[0];
}

/** The condition as a test on one typed value of its column. Throws `bad_arguments` for a value that cannot match. */
export function testOf(condition: Condition, column: Column): (value: unknown) => boolean {
  const { op, value } = condition;
  if (op === 'is_null') return found => found === null;
  if (op === 'not_null') return found => found !== null;
  if (op === 'contains') {
    const part = String(wanted(value, condition)).toLowerCase();
    return found => found !== null && plain(found).toLowerCase().includes(part);
  }
  if (op === 'in') {
    const values = Array.isArray(value) ? value : [value];
    const set = new Set(values.map(item => comparable(wanted(item, condition), column, condition)));
    return found => found !== null && set.has(comparable(found, column));
  }
  const right = comparable(wanted(value, condition), column, condition);
  const compare = comparisons[op];
  return found => found !== null && compare(comparable(found, column), right);
}

type Comparable = string | number;

const comparisons = {
  '=': (a: Comparable, b: Comparable) => a === b,
  '!=': (a: Comparable, b: Comparable) => a !== b,
  '<': (a: Comparable, b: Comparable) => a < b,
  '<=': (a: Comparable, b: Comparable) => a <= b,
  '>': (a: Comparable, b: Comparable) => a > b,
  '>=': (a: Comparable, b: Comparable) => a >= b,
};

function wanted(value: unknown, condition: Condition): unknown {
  if (value === null || value === undefined) throw unfit(condition, 'a value (use is_null or not_null for nulls)');
  return value;
}

/** A form of the value in which order is the order of its column's type. With a condition, refuses a misfit. */
function comparable(value: unknown, { type }: Column, condition?: Condition): Comparable {
  if (type === 'integer' || type === 'number') {
    const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
    if (condition && Number.isNaN(number)) throw unfit(condition, 'a number');
    return number;
  }
  if (type === 'date' || type === 'datetime') {
    const moment = instant(String(value));
    if (condition && Number.isNaN(moment)) throw unfit(condition, 'a date like 2025-03-01 or 2025-03-01T06:15:00Z');
    return moment;
  }
  return type === 'boolean' ? String(value).toLowerCase() : plain(value);
}

const isoForm = /^\d{4}(?:-\d\d(?:-\d\d(?:[T ].*)?)?)?$/;

/** Milliseconds since the epoch; a text without a zone is read as UTC, so that all of a column is read alike. */
function instant(text: string): number {
  // Other forms are read in the zone of this machine, if at all.
  if (!isoForm.test(text)) return Number.NaN;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10));
  return Date.parse(text.length <= 10 || zoned ? text : `${text}Z`);
}

function plain(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function unfit({ column, op }: Condition, expected: string): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `The condition "${column} ${op}" needs ${expected}.`,
    hint: 'Change its value and call again.',
  });
}
