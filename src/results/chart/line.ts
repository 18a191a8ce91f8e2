import type { Column } from '../result.ts';
import { channel, kindOf, type Spec, series, single, width, wordMarks } from './channel.ts';
import { type Datum, fewSeries, lines } from './data.ts';
import { inSentence, wordsOf } from './label.ts';
import { type ChartPlan, isDepth } from './plan.ts';

const besideAxis = 80;
const besideLegend = 150;
/** So few points that each of them can be shown. */
const separatePoints = 120;

/** Several columns are panels on one axis: they seldom share a unit. Against a depth, the depth goes downwards. */
export function lineChart(plan: ChartPlan, all: Datum[]): Spec {
  const x = plan.x as Column;
  const few = plan.by ? fewSeries(all) : { data: all, notes: [] };
  const values = plan.y.map((_, position) => `y${position}`);
  const { data, notes } = kindOf(x) === 'ordinal' ? { data: few.data, notes: [] } : lines(few.data, values);
  const mark = { type: 'line', point: data.length <= separatePoints };
  const room = width - besideAxis - (plan.by ? besideLegend : 20);
  const drawn = { data, words: few.data, mark };
  const [only, ...more] = isDepth(x) ? downwards(plan, drawn, room) : across(plan, drawn, room);
  const views =
    more.length === 0 ? single({ ...only, width }) : { [isDepth(x) ? 'hconcat' : 'vconcat']: [only, ...more] };
  const what = listed(plan.y.map(({ name }, at) => (at ? inSentence : String)(wordsOf(name, plan.units))));
  const against = isDepth(x) ? 'down the hole' : `by ${inSentence(wordsOf(x.name, plan.units))}`;
  return {
    title: `${what} ${against}`,
    spec: { spacing: 12, ...views, data: { values: data } },
    notes: [...few.notes, ...notes],
  };
}

interface Lines {
  data: Datum[];
  /** Rows with something else than a number, of all. */
  words: Datum[];
  mark: object;
}

const bare = { labels: false, title: null };

function across(plan: ChartPlan, { data, words, mark }: Lines, room: number) {
  const x = plan.x as Column;
  const last = plan.y.length - 1;
  return plan.y.map((column, position) => {
    const tall = last === 0 ? 420 : Math.max(90, Math.floor(400 / plan.y.length));
    const along = channel('x', x, plan, { data, axis: position < last ? bare : {} });
    const encoding = { x: along, y: channel(`y${position}`, column, plan), ...series(plan, data, 'strokeDash') };
    const marks = wordMarks(`y${position}`, along, words, plan);
    const numbers = { mark, encoding };
    return { width: room, height: tall, ...(marks.length > 0 ? { layer: [numbers, ...marks] } : numbers) };
  });
}

function downwards(plan: ChartPlan, { data, mark }: Lines, room: number) {
  const x = plan.x as Column;
  return plan.y.map((column, position) => ({
    mark,
    width: Math.floor(room / plan.y.length) - 12,
    height: 560,
    encoding: {
      x: channel(`y${position}`, column, plan, { axis: { orient: 'top' } }),
      y: channel('x', x, plan, { scale: { reverse: true, nice: false }, axis: position > 0 ? bare : {} }),
      order: { field: 'x' },
      ...series(plan, data, 'strokeDash'),
    },
  }));
}

const listed = (words: readonly string[]) =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
