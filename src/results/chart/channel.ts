import type { Column } from '../result.ts';
import type { Datum } from './data.ts';
import { depthUnits, labelOf, wordsOf } from './label.ts';
import { type ChartPlan, isDepth, isMeasured } from './plan.ts';
import { colours, dashes } from './theme.ts';

/** A Vega-Lite specification without title, size and theme, and what it leaves out. */
export interface Spec {
  title: string;
  spec: Record<string, unknown>;
  notes: string[];
}

/** All that is drawn is so wide, axes and legend included. */
export const width = 800;
export const height = 420;

/** A view of its own, which takes the whole picture. */
export const single = (spec: Record<string, unknown>): Record<string, unknown> => ({
  width,
  height,
  autosize: { type: 'fit', contains: 'padding' },
  ...spec,
});

export function kindOf(column: Column): 'quantitative' | 'temporal' | 'ordinal' {
  const { type } = column;
  if (isMeasured(column)) return 'quantitative';
  return type === 'date' || type === 'datetime' ? 'temporal' : 'ordinal';
}

/** A column as axes name it, with its unit. A depth that says nothing else is in metres. */
export const label = (column: Column, { units }: ChartPlan): string =>
  labelOf(column.name, isDepth(column) ? depthUnits(column.name, units) : units);

/** Whether an axis starts at zero: where that costs little of it. A line between 80 and 90 would be flat. */
export const fromZero = ({ min = 0, max = 0 }: Column): boolean => Number(min) >= 0 && Number(min) <= Number(max) / 4;

/** A column along an axis. */
export function channel(
  field: string,
  column: Column,
  plan: ChartPlan,
  { axis = {}, scale = {}, data = [] }: { axis?: object; scale?: object; data?: readonly Datum[] } = {},
) {
  const type = kindOf(column);
  const base = { field, type, title: label(column, plan) };
  if (type === 'temporal') return { ...base, scale: { type: 'utc' }, axis: { ...timeFormat(field, data), ...axis } };
  if (type === 'ordinal') return { ...base, sort: null, axis };
  const whole = column.type === 'integer' ? { tickMinStep: 1 } : {};
  return { ...base, scale: { zero: fromZero(column), nice: true, ...scale }, axis: { ...whole, ...axis } };
}

const dayMs = 86_400_000;

/** Whole dates over days and more: Vega's own mixture of "Sat 22" and "Dec" leaves the year open. */
function timeFormat(field: string, data: readonly Datum[]): object {
  const times = data.flatMap(row => (row[field] === null ? [] : Date.parse(String(row[field]))));
  const span = times.reduce((a, b) => Math.max(a, b), -Infinity) - times.reduce((a, b) => Math.min(a, b), Infinity);
  if (span > 700 * dayMs) return { format: '%Y-%m', labelFlush: true };
  return span > 3 * dayMs ? { format: '%Y-%m-%d', labelFlush: true, tickCount: 8 } : {};
}

/** Series by colour and, where a mark has them, by dashes or shapes: for those who see no colours too. */
export function series(
  { by }: ChartPlan,
  data: readonly Datum[],
  also?: 'strokeDash' | 'shape',
): Record<string, object> {
  if (!by) return {};
  const field = {
    field: 'by',
    type: 'nominal',
    title: wordsOf(by.name, {}),
    sort: [...new Set(data.map(row => row['by']))],
  };
  const second =
    also === 'strokeDash' ? { strokeDash: { ...field, scale: { range: dashes } } } : also ? { shape: field } : {};
  return { color: field, ...second };
}

/** What stands among the numbers of a column, as crosses at the foot of the picture over the x where it stands. */
export function wordMarks(field: string, x: object, data: readonly Datum[], { theme }: ChartPlan): object[] {
  const words = data.filter(row => row[`${field}Word`] !== undefined && row['x'] !== null);
  if (words.length === 0) return [];
  const mark = { type: 'point', shape: 'cross', filled: true, size: 50, yOffset: -6, color: colours[theme].other };
  return [{ data: { values: words }, mark, encoding: { x, y: { value: 'height' } } }];
}
