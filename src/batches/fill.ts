import { Fault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { fieldMeta, fieldOf, type Operation } from '../operations/operation.ts';
import { valueIn } from '../results/result.ts';

/** `{column}`. What other languages write in braces of their own stays: `${CI_JOB}`, `{{ model }}`. */
const hole = /(?<![${])\{(\w+)\}(?!\})/g;
const longestName = 80;

/**
 * Arguments with the values of a row in the place of `{column}`. A text that is a column alone keeps the column's type.
 * @throws Fault `bad_arguments` for a column that there is not
 */
export function fillArguments(template: Row, row: Row, number: number): Row {
  const columnOf = (column: string): unknown => {
    if (column === 'row') return number;
    if (!Object.hasOwn(row, column)) throw noColumn(column, row);
    return valueIn(row, column);
  };
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const [, whole] = /^\{(\w+)\}$/.exec(value) ?? [];
      if (whole !== undefined) return columnOf(whole) ?? undefined;
      return value.replace(hole, (_, column: string) => plain(columnOf(column)));
    }
    if (Array.isArray(value)) return value.map(fill);
    return isRow(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one)])) : value;
  };
  const filled = Object.entries(template).map(([name, value]) => [name, fill(value)] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}

/** Those of a call's arguments that take values from a row. What brings data in takes none: braces are a part of it. */
export const filledArguments = ({ input }: Operation, args: Row): Row =>
  Object.fromEntries(
    Object.entries(args).filter(([name, value]) => !fieldMeta(fieldOf(input, name)).source && hasHoles(value)),
  );

/** Whether any does. */
export const takesFromRows = (operation: Operation, args: Row): boolean =>
  Object.keys(filledArguments(operation, args)).length > 0;

function hasHoles(value: unknown): boolean {
  if (typeof value === 'string') return value.search(hole) >= 0;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasHoles);
}

const plain = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** What arguments have of the row, in words. */
export function wordsOf(template: Row, filled: Row): string {
  const own = Object.keys(template).filter(name => JSON.stringify(template[name]) !== JSON.stringify(filled[name]));
  return own.flatMap(name => (filled[name] === undefined ? [] : plain(filled[name]))).join(', ');
}

export const shortened = (text: string): string =>
  text.length > longestName ? `${text.slice(0, longestName)}…` : text;

const noColumn = (column: string, row: Row) =>
  new Fault({
    code: 'bad_arguments',
    message: `No row has the column "${column}" that an argument names in braces.`,
    hint: `The columns are: ${firstOf(Object.keys(row), 30)}; {row} is the number of the row.`,
  });
