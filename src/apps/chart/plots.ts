import { bars } from '../../results/chart/aggregate.ts';
import { compare, type Datum, fewPoints, fewSeries, lines } from '../../results/chart/data.ts';
import { labelOf, wordsOf } from '../../results/chart/label.ts';
import { type ChartPlan, isDepth, isMeasured } from '../../results/chart/plan.ts';
import { colours, dashes } from '../../results/chart/theme.ts';
import { svg } from '../core/dom.ts';
import { count, figure } from '../core/words.ts';
import { axisAcross, axisLeft, cut, label, linear, roomOf, type Scale } from './axes.ts';

/** A picture of its own, and what is not in it. */
export interface Plot {
  picture: SVGSVGElement;
  notes: string[];
}

interface Area {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

type Look = (typeof colours)['light'];

/** Draws what is no strip log, by the rules of `results/chart`. */
export function drawPlot(plan: ChartPlan, all: Datum[], width: number): Plot {
  const few = plan.by ? fewSeries(all) : { data: all, notes: [] };
  const { marks, height, notes } = drawn[plan.type as keyof typeof drawn](plan, few.data, width);
  const look = colours[plan.theme];
  const names = plan.by ? seriesOf(few.data) : [];
  const legend = names.flatMap((name, at) => {
    const y = height + 14 + at * 16;
    const words = label(String(name ?? '(empty)'), 24, y, look.text);
    return [svg('rect', { x: 8, y: y - 9, width: 11, height: 11, fill: look.series[at] ?? look.text }), words];
  });
  const tall = height + (names.length > 0 ? names.length * 16 + 12 : 0);
  const box = { viewBox: `0 0 ${width} ${tall}`, width, height: tall, 'font-family': 'Inter, system-ui, sans-serif' };
  const words = `${plan.type} of ${[...plan.y, ...(plan.x ? [plan.x] : [])].map(({ name }) => name).join(', ')}`;
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...box, role: 'img', 'aria-label': words };
  const background = svg('rect', { width, height: tall, fill: look.background });
  return { picture: svg('svg', attributes, background, ...marks, ...legend), notes: [...few.notes, ...notes] };
}

interface Marks {
  marks: SVGElement[];
  height: number;
  notes: string[];
}

const seriesOf = (data: readonly Datum[]) => [...new Set(data.map(({ by }) => by))];
const nameOf = (column: { name: string } | undefined, { units }: ChartPlan) =>
  column ? labelOf(column.name, units) : '';

/** Times are numbers on an axis, too. */
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : Date.parse(String(value)));

function rangeOf(values: readonly number[], isFromZero = false): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (least > most) return [0, 1];
  // As on the pictures: from zero where that costs little.
  return isFromZero && least >= 0 && least <= most / 4 ? [0, most] : [least, most];
}

const isTime = ({ type }: { type: string }) => type === 'date' || type === 'datetime';
const tickWords = (column: { type: string } | undefined) => (value: number) =>
  column && isTime(column) ? new Date(value).toISOString().slice(0, 10) : figure(value);

/** Axes with their names; what is drawn goes between them. */
function frame(
  plan: ChartPlan,
  area: Area,
  [x, y]: [Scale, Scale],
  [across, up]: [ColumnLike, ColumnLike],
): SVGElement[] {
  const look = colours[plan.theme];
  return [
    ...axisLeft(y, [area.left, area.right], look, tickWords(up)),
    ...axisAcross(x, [area.top, area.bottom], area.bottom + 15, look, tickWords(across)),
    label(nameOf(up, plan), 4, 12, look.text, { 'font-weight': 600 }),
    label(nameOf(across, plan), area.right, area.bottom + 32, look.text, { 'font-weight': 600, 'text-anchor': 'end' }),
  ];
}

type ColumnLike = ChartPlan['x'];

const areaOf = (width: number, height: number): Area => ({ left: 56, right: width - 12, top: 22, bottom: height - 40 });

/** The axes of points and lines: a depth goes downwards. */
function plane(plan: ChartPlan, data: readonly Datum[], width: number, value: string, column: ColumnLike) {
  const isDown = plan.x !== undefined && isDepth(plan.x);
  const height = isDown ? 520 : 340;
  const area = areaOf(width, height);
  const xs = rangeOf(data.map(row => numberOf(row['x'])));
  const ys = rangeOf(
    data.filter(row => row[value] !== null).map(row => numberOf(row[value])),
    true,
  );
  const many = Math.max(2, Math.floor((area.right - area.left) / 90));
  const across = linear(isDown ? ys : xs, [area.left, area.right], true, many);
  const up = isDown ? linear(xs, [area.top, area.bottom]) : linear(ys, [area.bottom, area.top], true);
  const place = (row: Datum): [number, number] => {
    const [x, y] = [numberOf(row['x']), numberOf(row[value])];
    return isDown ? [across.at(y), up.at(x)] : [across.at(x), up.at(y)];
  };
  const axes = frame(plan, area, [across, up], isDown ? [column, plan.x] : [plan.x, column]);
  return { axes, place, height };
}

function told(plan: ChartPlan, row: Datum, value: string, column: ColumnLike): SVGTitleElement {
  const by = plan.by ? `${String(row['by'])}: ` : '';
  return svg(
    'title',
    {},
    `${by}${nameOf(plan.x, plan)} ${String(row['x'])}, ${nameOf(column, plan)} ${String(row[value])}`,
  );
}

function drawScatter(plan: ChartPlan, all: Datum[], width: number): Marks {
  const { data, notes } = fewPoints(all.filter(row => row['x'] !== null && row['y0'] !== null));
  const { axes, place, height } = plane(plan, data, width, 'y0', plan.y[0]);
  const look = colours[plan.theme];
  const names = seriesOf(data);
  const points = data.map(row => {
    const [cx, cy] = place(row);
    const fill = look.series[names.indexOf(row['by'])] ?? look.text;
    const size = data.length > 2_000 ? 1.8 : 3;
    return svg(
      'circle',
      { cx, cy, r: size, fill, 'fill-opacity': data.length > 500 ? 0.5 : 0.85 },
      told(plan, row, 'y0', plan.y[0]),
    );
  });
  return { marks: [...axes, ...points], height, notes };
}

/** One panel for each column: they seldom share a unit. */
function drawLines(plan: ChartPlan, all: Datum[], width: number): Marks {
  const { data, notes } = lines(
    all,
    plan.y.map((_, at) => `y${at}`),
  );
  const look = colours[plan.theme];
  let top = 0;
  const panels = plan.y.map((column, at) => {
    const value = `y${at}`;
    const { axes, place, height } = plane(plan, data, width, value, column);
    const names = seriesOf(data);
    const drawn = names.flatMap((name, series) => {
      const rows = data.filter(row => row['by'] === name && row[value] !== null);
      const stroke = look.series[series] ?? look.text;
      const points = rows.map(row => place(row).join(',')).join(' ');
      const dots =
        data.length > 120
          ? []
          : rows.map(row => {
              const [cx, cy] = place(row);
              return svg('circle', { cx, cy, r: 2.4, fill: stroke }, told(plan, row, value, column));
            });
      const dash = (dashes[series] ?? []).join(' ');
      return [
        svg('polyline', { points, fill: 'none', stroke, 'stroke-width': 1.8, 'stroke-dasharray': dash }),
        ...dots,
      ];
    });
    const panel = svg('g', { transform: `translate(0 ${top})` }, ...axes, ...drawn);
    top += height;
    return panel;
  });
  return { marks: panels, height: top, notes };
}

function drawHistogram(plan: ChartPlan, all: Datum[], width: number): Marks {
  const values = all.flatMap(row => (row['x'] === null ? [] : [numberOf(row['x'])]));
  const area = areaOf(width, 340);
  const across = linear(rangeOf(values), [area.left, area.right], true, Math.max(3, Math.floor(width / 120)));
  const [least, most] = across.domain;
  const bins = Math.min(40, Math.max(8, Math.floor(width / 20)));
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const at = Math.min(bins - 1, Math.floor(((value - least) / (most - least)) * bins));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const up = linear([0, counts.reduce((a, b) => Math.max(a, b), 1)], [area.bottom, area.top], true);
  const colour = colours[plan.theme].series[0] ?? '';
  const wide = (most - least) / bins;
  const drawn = counts.map((number, at) => {
    const [x, end] = [across.at(least + at * wide), across.at(least + (at + 1) * wide)];
    const words = `${figure(least + at * wide)} to ${figure(least + (at + 1) * wide)}: ${count(number)}`;
    return svg(
      'rect',
      { x, y: up.at(number), width: Math.max(0.5, end - x - 1), height: area.bottom - up.at(number), fill: colour },
      svg('title', {}, words),
    );
  });
  const axes = frame(plan, area, [across, up], [plan.x, undefined]);
  return {
    marks: [...axes, label('Rows', 4, 12, colours[plan.theme].text, { 'font-weight': 600 }), ...drawn],
    height: 340,
    notes: [],
  };
}

const barHeight = 20;

/** Bars that lie, so that every name can be read. */
function drawBars(plan: ChartPlan, all: Datum[], width: number): Marks {
  const isOrdered = plan.x !== undefined && (isMeasured(plan.x) || isTime(plan.x));
  const { data, notes } = bars(all, plan.aggregate ?? 'mean', isOrdered);
  const look = colours[plan.theme];
  const names = seriesOf(data);
  const what = plan.y[0] ? nameOf(plan.y[0], plan) : 'Rows';
  const title = `${plan.aggregate ?? 'mean'} of ${what}`;
  return lying(
    plan,
    data.map(row => String(row['x'])),
    width,
    {
      title: plan.y[0] ? title : 'Rows',
      range: rangeOf([0, ...data.map(row => Number(row['y0'] ?? 0))]),
      notes,
      draw: (at, y, across) => {
        const row = data[at] as Datum;
        const [zero, end] = [across.at(0), across.at(Number(row['y0'] ?? 0))];
        const fill = look.series[names.indexOf(row['by'])] ?? look.text;
        const words = `${String(row['x'])}${plan.by ? `, ${String(row['by'])}` : ''}: ${figure(Number(row['y0'] ?? 0))}`;
        return [
          svg(
            'rect',
            { x: Math.min(zero, end), y: y + 2, width: Math.abs(end - zero), height: barHeight - 4, rx: 2, fill },
            svg('title', {}, words),
          ),
        ];
      },
    },
  );
}

const mostBoxes = 30;

/** Median, quartiles, whiskers of 1.5 interquartile ranges. */
function drawBoxes(plan: ChartPlan, all: Datum[], width: number): Marks {
  const names = [...new Set(all.map(row => row['x']))];
  const shown = names.slice(0, mostBoxes);
  const groups = shown.map(name =>
    all.flatMap(row => (row['x'] === name && typeof row['y0'] === 'number' ? [row['y0']] : [])).toSorted(compare),
  );
  const look: Look = colours[plan.theme];
  const notes = names.length > mostBoxes ? [`The first ${mostBoxes} of ${names.length} are drawn.`] : [];
  return lying(
    plan,
    shown.map(name => String(name ?? (plan.x ? '(empty)' : ''))),
    width,
    {
      title: nameOf(plan.y[0], plan),
      range: rangeOf(groups.flat(), true),
      notes,
      draw: (at, y, across) => {
        const values = groups[at] ?? [];
        const part = (share: number) => {
          const place = (values.length - 1) * share;
          const [low = 0, high = 0] = [values[Math.floor(place)], values[Math.ceil(place)]];
          return low + (high - low) * (place - Math.floor(place));
        };
        if (values.length === 0) return [];
        const [first, middle, third] = [part(0.25), part(0.5), part(0.75)];
        const reach = 1.5 * (third - first);
        const whiskers = [
          values.find(value => value >= first - reach) ?? first,
          values.findLast(value => value <= third + reach) ?? third,
        ] as const;
        const line = { y1: y + barHeight / 2, y2: y + barHeight / 2, stroke: look.soft };
        const beyond = values.filter(value => value < whiskers[0] || value > whiskers[1]).slice(0, 400);
        const words = `${shown[at]}: median ${figure(middle)}, quartiles ${figure(first)} and ${figure(third)}, ${count(values.length)} values`;
        return [
          svg('line', { x1: across.at(whiskers[0]), x2: across.at(whiskers[1]), ...line }),
          svg(
            'rect',
            {
              x: across.at(first),
              y: y + 4,
              width: Math.max(1, across.at(third) - across.at(first)),
              height: barHeight - 8,
              fill: look.series[0] ?? '',
            },
            svg('title', {}, words),
          ),
          svg('line', {
            x1: across.at(middle),
            x2: across.at(middle),
            y1: y + 4,
            y2: y + barHeight - 4,
            stroke: look.background,
            'stroke-width': 2,
          }),
          ...beyond.map(value =>
            svg('circle', {
              cx: across.at(value),
              cy: y + barHeight / 2,
              r: 1.8,
              fill: look.soft,
              'fill-opacity': 0.5,
            }),
          ),
        ];
      },
    },
  );
}

interface Lying {
  title: string;
  range: [number, number];
  notes: string[];
  draw(at: number, y: number, across: Scale): SVGElement[];
}

/** Names down the left side, and what belongs to each beside it. */
function lying(plan: ChartPlan, names: readonly string[], width: number, { title, range, notes, draw }: Lying): Marks {
  const look = colours[plan.theme];
  const longest = names.reduce((most, name) => Math.max(most, roomOf(name)), 0);
  const left = Math.min(width * 0.4, Math.max(40, longest + 10));
  const height = names.length * barHeight + 62;
  const bottom = height - 40;
  const across = linear(range, [left, width - 14], true, Math.max(2, Math.floor((width - left) / 90)));
  const rows = names.flatMap((name, at) => {
    const y = 22 + at * barHeight;
    const words = label(cut(name, left - 8), left - 6, y + barHeight / 2 + 4, look.text, { 'text-anchor': 'end' });
    return [words, ...draw(at, y, across)];
  });
  const axes = axisAcross(across, [22, bottom], bottom + 15, look, figure);
  const heading = label(title, width - 14, bottom + 32, look.text, { 'font-weight': 600, 'text-anchor': 'end' });
  const of = plan.x ? [label(wordsOf(plan.x.name, plan.units), 4, 12, look.text, { 'font-weight': 600 })] : [];
  return { marks: [...axes, heading, ...of, ...rows], height, notes };
}

const drawn = { scatter: drawScatter, line: drawLines, histogram: drawHistogram, bar: drawBars, box: drawBoxes };
