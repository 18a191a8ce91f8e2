import { Fault } from '../../base/errors.ts';
import { firstOf, nearest } from '../../base/nearest.ts';
import { hiddenMark, lookalike, markedText } from '../../base/unicode/visible.ts';
import type { Column } from '../result.ts';
import { compareDecimals, exactNumber, isExactNumber, numberIn, parseBound, withoutExponent } from './values.ts';

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
  const column =
    columns.find(candidate => candidate.name === name) ??
    columns.find(candidate => lookalike(candidate.name) === lookalike(name));
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

/**
 * The condition as a test on one typed value of its column; undefined where nobody can say, as whether `NS` is more
 * than 9. Throws `bad_arguments` for a value that cannot match.
 */
export function testOf(condition: Condition, column: Column): (value: unknown) => boolean | undefined {
  const { op, value } = condition;
  if (op === 'is_null') return found => found === null;
  if (op === 'not_null') return found => found !== null;
  if (op === 'contains') {
    const given = String(wanted(value, condition));
    const read = readerOf(given);
    const part = read(given).toLowerCase();
    return found => found !== null && read(plain(found)).toLowerCase().includes(part);
  }
  if (op === 'in') {
    const tests = listOf(value).map(item => compared('=', item, condition, column));
    return found => tests.reduce<boolean | undefined>((known, test) => known || (test(found) ?? known), false);
  }
  return compared(op, value, condition, column);
}

/** Which of two values of a column comes first. What has no place in the order, and no value, comes last either way. */
export function orderValues(column: Column, isDescending: boolean): (a: unknown, b: unknown) => number {
  const order = orderOf(column);
  const read = column.exceptions ? placeAmongNumbers : order.read;
  const compare = column.exceptions ? numbers.compare : order.compare;
  return (a, b) => {
    const left = a === null ? undefined : read(a);
    const right = b === null ? undefined : read(b);
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return isDescending ? compare(right, left) : compare(left, right);
  };
}

/** `<0.01` stands just below 0.01, `>2000` just above 2000; a word stands nowhere. */
function placeAmongNumbers(value: unknown): number | undefined {
  const text = String(value).trim();
  const number = numberIn(text);
  if (number !== undefined) return number;
  const bound = parseBound(text);
  if (!bound) return undefined;
  const step = Math.max(Math.abs(bound.number), Number.MIN_VALUE) * 1e-9;
  return bound.side === '<' ? bound.number - step : bound.number + step;
}

type Comparison = keyof typeof comparisons;
type Comparable = string | number;

/** By the sign of a difference. */
const comparisons = {
  '=': (order: number) => order === 0,
  '!=': (order: number) => order !== 0,
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
};

// "a, b" is two values, as it is wherever several things can be named.
export const listOf = (value: unknown): unknown[] => {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' && value.includes(',') ? value.split(',').map(item => item.trim()) : [value];
};

function compared(
  op: Comparison,
  value: unknown,
  condition: Condition,
  column: Column,
): (found: unknown) => boolean | undefined {
  const right = wanted(value, condition);
  const holds = comparisons[op];
  if (column.exceptions && isNumeric(right)) return found => compareException(op, found, Number(right));
  const isOrder = op !== '=' && op !== '!=';
  if (column.type === 'text' && isOrder && (typeof right === 'number' || column.exceptions))
    throw notOrdered(condition, column);
  const order = orderOf(column, right);
  const expected = order.read(right);
  if (expected === undefined) throw unfit(condition, order.expected);
  return found => {
    if (found === null || found === undefined) return false;
    const left = order.read(found);
    const difference = left === undefined ? Number.NaN : order.compare(left, expected);
    return Number.isNaN(difference) ? op === '!=' : holds(difference);
  };
}

function wanted(value: unknown, condition: Condition): unknown {
  if (value === null || value === undefined) throw unfit(condition, 'a value (use is_null or not_null for nulls)');
  return value;
}

const isNumeric = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

/** `<0.01` and `>2000` say on which side of a number they are; a word says nothing. */
function compareException(op: Comparison, found: unknown, right: number): boolean | undefined {
  if (found === null || found === undefined) return false;
  const text = String(found).trim();
  const holds = comparisons[op];
  const number = numberIn(text);
  if (number !== undefined) return holds(number - right);
  const bound = parseBound(text);
  if (!bound) return op === '!=' ? true : op === '=' ? false : undefined;
  const isBeyond = bound.canEqual ? right !== bound.number : true;
  if (bound.side === '<' && right >= bound.number && isBeyond) return holds(-1);
  if (bound.side === '>' && right <= bound.number && isBeyond) return holds(1);
  return undefined;
}

/** How the values of a column are ordered. `read` gives undefined for what has no place in the order. */
interface Order {
  expected: string;
  read(value: unknown): Comparable | undefined;
  compare(left: Comparable, right: Comparable): number;
}

const byCode = (left: Comparable, right: Comparable) => (left < right ? -1 : left > right ? 1 : 0);

const numbers: Order = {
  expected: 'a number',
  read(value) {
    if (typeof value === 'number') return value;
    const text = String(value).trim();
    if (text === '' || Number.isNaN(Number(text))) return undefined;
    return isExactNumber(text) ? exactNumber(text) : Number(text);
  },
  compare: (left, right) =>
    typeof left === 'number' && typeof right === 'number'
      ? left - right
      : compareDecimals(digitsOf(left), digitsOf(right)),
};

const digitsOf = (value: Comparable) => (typeof value === 'number' ? withoutExponent(value) : value);

const moments: Order = {
  expected: 'a date like 2025-03-01 or 2025-03-01T06:15:00Z',
  read(value) {
    const moment = momentIn(String(value));
    return Number.isNaN(moment) ? undefined : moment;
  },
  compare: (left, right) => Number(left) - Number(right),
};

const booleans: Order = { expected: 'true or false', read: value => String(value).toLowerCase(), compare: byCode };
/**
 * How texts are read to be compared with one that was given: by what is seen of them. Where it has a mark for what is
 * not seen, that has to stand there too.
 */
const readerOf = (given: string) => (given.includes(hiddenMark) ? markedText : lookalike);

const texts = (given: string): Order => {
  const read = readerOf(given);
  return { expected: 'a text', read: value => read(plain(value)), compare: byCode };
};

function orderOf({ type }: Column, given?: unknown): Order {
  if (type === 'integer' || type === 'number') return numbers;
  if (type === 'date' || type === 'datetime') return moments;
  return type === 'boolean' ? booleans : texts(String(given));
}

const isoForm = /^\d{4}(?:-\d\d(?:-\d\d(?:[T ].*)?)?)?$/;

/** Milliseconds since the epoch, and parts of one; a text without a zone is read as UTC, so that all of a column is read alike. */
export function momentIn(text: string): number {
  // Other forms are read in the zone of this machine, if at all.
  if (!isoForm.test(text)) return Number.NaN;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10));
  const beyond = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
  return Date.parse(text.length <= 10 || zoned ? text : `${text}Z`) + Number(`0.${beyond || 0}`);
}

function plain(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function notOrdered({ column: name, op, value }: Condition, { exceptions }: Column): Fault {
  const why = exceptions ? 'is no number' : 'is a number, and the column is text';
  return new Fault({
    code: 'bad_arguments',
    message: `The condition "${name} ${op} ${String(value)}" cannot be decided: ${String(value)} ${why}.`,
    hint: exceptions
      ? 'Give a number, or compare with = or in.'
      : 'describe_result says what is in the column. Compare text with =, in or contains, or with an order of texts by a value in quotes.',
  });
}

function unfit({ column, op }: Condition, expected: string): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `The condition "${column} ${op}" needs ${expected}.`,
    hint: 'Change its value and call again.',
  });
}
