import type { Column } from '../result.ts';
import { bars, mostBars } from './aggregate.ts';
import { fromZero, height, kindOf, label, type Spec, series, single } from './channel.ts';
import { type Datum, type Drawn, fewSeries } from './data.ts';
import { inSentence, wordsOf } from './label.ts';
import { type ChartPlan, isCount } from './plan.ts';

/** One bar for each x; where x repeats, of the sum of counts and the mean of others unless something else is asked for. */
export function barChart(plan: ChartPlan, all: Datum[]): Spec {
  const x = plan.x as Column;
  const [y] = plan.y;
  const isDated = kindOf(x) === 'temporal';
  const dated = isDated ? byTime(all) : { data: all, notes: [] };
  const few = plan.by ? fewSeries(dated.data) : { data: dated.data, notes: [] };
  const ordered = kindOf(x) !== 'ordinal';
  const repeated = new Set(few.data.map(row => JSON.stringify([row['x'], row['by']]))).size < few.data.length;
  const aggregate = plan.aggregate ?? (y && isCount(y) ? 'sum' : 'mean');
  const { data, notes } = bars(few.data, aggregate, ordered);
  const adds = aggregate === 'count' || aggregate === 'sum';
  const order = [...new Set(data.map(row => row['x']))];
  const lying = !ordered && liesBetter(order);
  const what = y ? label(y, plan) : 'Rows';
  const title = repeated && aggregate !== 'count' ? `${capital(aggregate)} of ${inSentence(what)}` : what;
  const category = {
    field: 'x',
    type: 'ordinal',
    title: label(x, plan),
    sort: order,
    axis: { ...categoryAxis(lying), ...(isDated ? datedLabels : {}) },
  };
  const measure = { field: 'y0', type: 'quantitative', title, ...(plan.by ? { stack: adds } : {}) };
  const beside = plan.by && !adds ? { [lying ? 'yOffset' : 'xOffset']: { field: 'by', sort: null } } : {};
  const encoding = {
    ...(lying ? { y: category, x: measure } : { x: category, y: measure }),
    ...beside,
    ...series(plan, data),
  };
  const tall = lying ? Math.max(260, order.length * (plan.by && !adds ? 26 : 18) + 60) : height;
  const name = y ? wordsOf(y.name, plan.units) : 'Rows';
  return {
    title: `${name} by ${inSentence(wordsOf(x.name, plan.units))}`,
    spec: single({ height: tall, data: { values: data }, mark: { type: 'bar', cornerRadiusEnd: 2 }, encoding }),
    notes: [...dated.notes, ...few.notes, ...notes],
  };
}

/** Characters of a moment up to the minute, the day, the month and the year. */
const grains = [
  [16, ''],
  [10, 'Bars are days.'],
  [7, 'Bars are months.'],
  [4, 'Bars are years.'],
] as const;

/** Times as the shortest stretches that are few enough to be bars. */
function byTime(all: Datum[]): Drawn {
  const cut = (value: unknown, length: number) =>
    value === null ? null : String(value).slice(0, length).replace('T', ' ');
  const count = (length: number) => new Set(all.map(row => cut(row['x'], length))).size;
  const [length, note] = grains.find(([one]) => count(one) <= mostBars) ?? grains[3];
  const isFiner = all.some(row => String(row['x']).length > length && length < 16);
  return { data: all.map(row => ({ ...row, x: cut(row['x'], length) })), notes: isFiner && note ? [note] : [] };
}

/** Many names, and long ones, are read more easily one below the other. */
const liesBetter = (names: readonly unknown[]) => names.length > 8 || names.some(name => String(name).length > 10);

/** Level, and so only as many as stand side by side. */
const datedLabels = { labelAngle: 0, labelSeparation: 10 };

const categoryAxis = (lying: boolean) => ({ grid: false, labelOverlap: lying ? false : 'greedy' });

const mostBoxes = 30;

/** Median, quartiles, whiskers of 1.5 interquartile ranges, and every value beyond. */
export function boxPlot(plan: ChartPlan, all: Datum[]): Spec {
  const [y] = plan.y as [Column];
  const { x } = plan;
  const names = [...new Set(all.map(row => row['x']))];
  const shown = names.slice(0, mostBoxes);
  const data = all.filter(row => shown.includes(row['x']) && row['y0'] !== null);
  const lying = liesBetter(names);
  const value = { field: 'y0', type: 'quantitative', title: label(y, plan), scale: { zero: fromZero(y) } };
  const category = x && { field: 'x', type: 'ordinal', title: label(x, plan), sort: shown, axis: categoryAxis(lying) };
  const [along, across] = lying ? ['x', 'y'] : ['y', 'x'];
  const size = lying ? 12 : Math.max(6, Math.min(40, Math.floor(height / Math.max(1, shown.length))));
  const mark = { type: 'boxplot', extent: 1.5, size, outliers: { size: 10, opacity: 0.5 }, median: { color: 'white' } };
  return {
    title: `${wordsOf(y.name, plan.units)}${x ? ` by ${inSentence(wordsOf(x.name, plan.units))}` : ''}`,
    spec: single({
      height: lying ? Math.max(260, shown.length * 20 + 60) : height,
      data: { values: data },
      mark,
      encoding: { [along]: value, ...(category ? { [across]: category } : {}) },
    }),
    notes: names.length > mostBoxes ? [`The first ${mostBoxes} of ${names.length} are drawn.`] : [],
  };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
