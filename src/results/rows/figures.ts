import type { Column } from '../result.ts';
import { numberIn } from '../tables/values.ts';
import type { ColumnFigures } from './job.ts';

/** Bars of a small histogram. */
export const binsOfFigure = 24;
/** Values of a text that are told, unless more are asked for. */
export const mostCommon = 6;

/** What the values of a column are like, counted here: as an engine counts them in `serve.ts`. */
export function figuresOf(column: Column, values: readonly unknown[], common = mostCommon): ColumnFigures {
  const filled = values.filter(value => value !== null && value !== undefined);
  const told: ColumnFigures = { column: column.name, filled: filled.length, empty: values.length - filled.length };
  const read = readerOf(column);
  if (!read) return column.type === 'json' ? told : { ...told, commonest: commonestOf(filled, common) };
  const numbers = filled.map(read).filter(value => value !== undefined);
  const exceptions = column.exceptions ? { exceptions: filled.length - numbers.length } : {};
  if (numbers.length === 0) return { ...told, ...exceptions };
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > most) most = number;
    sum += number;
  }
  const bins = Array.from({ length: binsOfFigure }, () => 0);
  const width = (most - least) / binsOfFigure;
  for (const number of numbers) {
    const at = width > 0 ? Math.min(binsOfFigure - 1, Math.floor((number - least) / width)) : 0;
    bins[at] = (bins[at] ?? 0) + 1;
  }
  return { ...told, ...exceptions, ...rangeOf(column, least, most, sum / numbers.length), bins };
}

/** Least, most and mean as the column has them: of times the days or moments, in UTC. */
export function rangeOf({ type }: Pick<Column, 'type'>, least: number, most: number, mean: number) {
  if (type !== 'date' && type !== 'datetime') return { least, most, mean };
  const moment = (ms: number) => new Date(ms).toISOString().slice(0, type === 'date' ? 10 : 19);
  return { least: moment(least), most: moment(most) };
}

function readerOf({ type, exceptions }: Column): ((value: unknown) => number | undefined) | undefined {
  if (exceptions) return value => numberIn(String(value).trim());
  if (type === 'integer' || type === 'number') return Number;
  if (type !== 'date' && type !== 'datetime') return undefined;
  return value => {
    const text = String(value);
    const isZoned = text.length <= 10 || /(?:Z|[+-]\d\d:?\d\d)$/i.test(text.slice(10));
    const moment = Date.parse(isZoned ? text : `${text}Z`);
    return Number.isNaN(moment) ? undefined : moment;
  };
}

function commonestOf(values: readonly unknown[], common: number): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = String(value).slice(0, 80);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const order = (a: [string, number], b: [string, number]) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  return [...counts]
    .toSorted(order)
    .slice(0, common)
    .map(([value, count]) => ({ value, count }));
}
