import { Fault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { valueIn } from '../results/result.ts';

const hole = /\{(\w+)\}/g;
const longestName = 80;

/** Arguments with the values of a row in the place of `{column}`. A text that is a column alone keeps the column's type. */
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

const plain = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** What people would call it: what it has of the row, or its number. */
export function nameOfRow(template: Row, filled: Row, number: number): string {
  const own = Object.keys(template).filter(name => JSON.stringify(template[name]) !== JSON.stringify(filled[name]));
  const words = own.flatMap(name => (filled[name] === undefined ? [] : plain(filled[name])));
  const text = words.join(', ');
  if (text === '') return `row ${number}`;
  return text.length > longestName ? `${text.slice(0, longestName)}…` : text;
}

const noColumn = (column: string, row: Row) =>
  new Fault({
    code: 'bad_arguments',
    message: `No row has the column "${column}" that an argument names in braces.`,
    hint: `The columns are: ${firstOf(Object.keys(row), 30)}; {row} is the number of the row.`,
  });
