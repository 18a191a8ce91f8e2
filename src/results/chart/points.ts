import type { Column } from '../result.ts';
import { channel, label, type Spec, series, single, wordMarks } from './channel.ts';
import { type Datum, fewPoints, fewSeries } from './data.ts';
import { inSentence, wordsOf } from './label.ts';
import { type ChartPlan, isDepth } from './plan.ts';

/** One value against another; a depth is put on the vertical axis, downwards. */
export function scatter(plan: ChartPlan, all: Datum[]): Spec {
  const x = plan.x as Column;
  const [y] = plan.y as [Column];
  const few = plan.by ? fewSeries(all) : { data: all, notes: [] };
  const { data, notes } = fewPoints(few.data.filter(row => row['x'] !== null && row['y0'] !== null));
  const many = data.length > 2_000;
  const mark = { type: 'point', filled: true, opacity: data.length > 500 ? 0.5 : 0.85, size: many ? 14 : 36 };
  const colours = series(plan, data, 'shape');
  const down = isDepth(x) || isDepth(y);
  const flipped = isDepth(x);
  const encoding = {
    x: channel(flipped ? 'y0' : 'x', flipped ? y : x, plan, { data, axis: down ? { orient: 'top' } : {} }),
    y: channel(flipped ? 'x' : 'y0', flipped ? x : y, plan, { data, scale: down ? { reverse: true } : {} }),
    ...colours,
  };
  const numbers = { mark, encoding };
  const marks = down ? [] : wordMarks('y0', encoding.x, few.data, plan);
  return {
    title: `${wordsOf(y.name, plan.units)} against ${inSentence(wordsOf(x.name, plan.units))}`,
    spec: single({
      ...(down ? { height: 560 } : {}),
      data: { values: data },
      ...(marks.length > 0 ? { layer: [numbers, ...marks] } : numbers),
    }),
    notes: [...few.notes, ...notes],
  };
}

export function histogram(plan: ChartPlan, all: Datum[]): Spec {
  const x = plan.x as Column;
  const few = plan.by ? fewSeries(all) : { data: all, notes: [] };
  const data = few.data.filter(row => row['x'] !== null);
  const encoding = {
    x: { field: 'x', type: 'quantitative', bin: { maxbins: 40 }, title: label(x, plan) },
    y: {
      aggregate: 'count',
      type: 'quantitative',
      title: 'Rows',
      axis: { tickMinStep: 1 },
      stack: plan.by ? 'zero' : null,
    },
    ...series(plan, data),
  };
  return {
    title: `Distribution of ${inSentence(wordsOf(x.name, plan.units))}`,
    spec: single({ data: { values: data }, mark: { type: 'bar', binSpacing: 1 }, encoding }),
    notes: few.notes,
  };
}
