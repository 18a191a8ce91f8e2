import type { Datum } from '../../results/chart/data.ts';
import { isKind, kindsOf, merged } from '../../results/chart/kinds.ts';
import { depthUnits, labelOf, unitOf } from '../../results/chart/label.ts';
import type { ChartPlan } from '../../results/chart/plan.ts';
import { colours } from '../../results/chart/theme.ts';
import { svg } from '../core/dom.ts';
import { figure } from '../core/words.ts';
import { axisLeft, cut, label, linear, roomOf, type Scale } from './axes.ts';

/** What of the log is shown. */
export interface StripState {
  holes: readonly string[];
  /** Places of the tracks among `plan.y`. */
  tracks: readonly number[];
  /** Depths at the upper and the lower edge; undefined for all. */
  zoom: [number, number] | undefined;
  width: number;
}

/** A log as it is drawn, and what stands at a place of it. */
export interface Strip {
  picture: SVGSVGElement;
  depth: Scale;
  /** What stands at a depth of each hole, in words. */
  readAt(depth: number, x?: number): { words: string[]; y: number } | undefined;
  extent: [number, number];
}

const tall = 520;
const [left, top, bottom] = [52, 64, 10];
const [betweenTracks, betweenHoles] = [5, 12];

/** The log of `results/chart/strip.ts`, with the same columns, colours and scales, to be zoomed. */
export function drawStrip(plan: ChartPlan, all: readonly Datum[], state: StripState): Strip {
  const look = colours[plan.theme];
  const data = all.filter(row => state.holes.includes(holeOf(row)) && isInterval(row));
  const deepest = data.reduce((most, { to }) => Math.max(most, Number(to)), 0);
  const highest = data.reduce((least, { from }) => Math.min(least, Number(from)), deepest);
  const extent: [number, number] = [highest, deepest];
  const [from, to] = state.zoom ?? extent;
  const height = top + tall + bottom;
  const depth = linear([from, to], [top, top + tall], false, 9);
  const depthName = plan.depth?.[0].name ?? 'depth';
  const unit = unitOf(depthName, depthUnits(depthName, plan.units)) ?? '';
  const room = (state.width - left - 6) / Math.max(1, state.holes.length) - betweenHoles;
  const wide = Math.max(26, Math.min(190, room / Math.max(1, state.tracks.length) - betweenTracks));
  const holeWidth = state.tracks.length * (wide + betweenTracks) + betweenHoles;
  const width = left + state.holes.length * holeWidth;
  const rowsOf = new Map(state.holes.map(hole => [hole, data.filter(row => holeOf(row) === hole)]));
  const kinds = plan.y.map((column, place) => kindsOf(column, place, data));

  const parts: SVGElement[] = [
    svg('rect', { width, height, fill: look.background }),
    ...axisLeft(depth, [left, width - betweenHoles], look, figure),
    label(`Depth${unit && ` (${unit})`}`, 4, 14, look.text, { 'font-weight': 600 }),
  ];
  for (const [at, hole] of state.holes.entries()) {
    const start = left + at * holeWidth;
    const middle = start + (holeWidth - betweenHoles - betweenTracks) / 2;
    const name = { 'text-anchor': 'middle', 'font-weight': 600, 'font-size': 13 };
    parts.push(label(cut(hole, holeWidth), middle, 14, look.text, name));
    for (const [track, place] of state.tracks.entries()) {
      const x = start + track * (wide + betweenTracks);
      const rows = rowsOf.get(hole) ?? [];
      const drawn = kinds[place]
        ? drawKinds(merged(rows, place, kinds[place]), kinds[place], { plan, depth, x, wide })
        : drawValues(rows, data, place, { plan, depth, x, wide });
      const heading = labelOf(plan.y[place]?.name ?? '', plan.units);
      parts.push(label(cut(heading, wide + 4), x + wide / 2, 32, look.soft, { 'text-anchor': 'middle' }));
      parts.push(svg('rect', { x, y: top, width: wide, height: tall, fill: 'none', stroke: look.grid }), ...drawn);
    }
  }
  const words = `Strip log of ${state.holes.join(', ')}: ${state.tracks.map(place => plan.y[place]?.name).join(', ')}`;
  const box = { viewBox: `0 0 ${width} ${height}`, width, height, 'font-family': 'Inter, system-ui, sans-serif' };
  const picture = svg(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...box, role: 'img', 'aria-label': words },
    ...parts,
  );
  return {
    picture,
    depth,
    extent,
    readAt(value, x) {
      const holes =
        x === undefined ? state.holes : state.holes.filter((_, at) => isWithin(x, left + at * holeWidth, holeWidth));
      if (value < from || value > to) return undefined;
      return {
        words: holes.flatMap(hole => tell(hole, rowsOf.get(hole) ?? [], value, plan, state.tracks)),
        y: depth.at(value),
      };
    },
  };
}

const isWithin = (x: number, start: number, length: number) => x >= start && x < start + length;
const holeOf = ({ by }: Datum): string => String(by ?? '');
const isInterval = ({ from, to }: Datum) => typeof from === 'number' && typeof to === 'number';

/** `DDH001, 12 to 13: RQD (%) 52.5; rock type granite`. */
function tell(
  hole: string,
  rows: readonly Datum[],
  depth: number,
  plan: ChartPlan,
  tracks: readonly number[],
): string[] {
  const at = rows.find(({ from, to }) => depth >= Number(from) && depth < Math.max(Number(to), Number(from) + 1e-9));
  if (!at) return [`${hole}: nothing at ${figure(depth)}`];
  const values = tracks.map(place => {
    const value = at[`y${place}`] ?? at[`y${place}Word`] ?? 'empty';
    return `${labelOf(plan.y[place]?.name ?? '', plan.units)} ${typeof value === 'number' ? figure(value) : value}`;
  });
  return [`${hole}, ${figure(Number(at['from']))} to ${figure(Number(at['to']))}: ${values.join('; ')}`];
}

interface Place {
  plan: ChartPlan;
  depth: Scale;
  x: number;
  wide: number;
}

/** The part of an interval that is in sight, in pixels. */
function span(row: Datum, { domain, at }: Scale): [number, number] | undefined {
  const [from, to] = [Math.max(Number(row['from']), domain[0]), Math.min(Number(row['to']), domain[1])];
  return to < from ? undefined : [at(from), Math.max(0.5, at(to) - at(from))];
}

function drawKinds(rows: readonly Datum[], kinds: readonly string[], { plan, depth, x, wide }: Place): SVGElement[] {
  const look = colours[plan.theme];
  return rows.flatMap(row => {
    const place = span(row, depth);
    if (!place) return [];
    const [y, height] = place;
    const kind = String(row['kind']);
    const fill = kind === 'other' ? look.other : (look.kinds[kinds.indexOf(kind)] ?? look.other);
    const area = svg('rect', { x, y, width: wide, height, fill });
    if (height < 15 || roomOf(kind) > wide) return [area];
    const halo = {
      'text-anchor': 'middle',
      'paint-order': 'stroke',
      stroke: '#ffffff',
      'stroke-opacity': 0.55,
      'stroke-width': 2.2,
    };
    return [area, label(kind, x + wide / 2, y + height / 2 + 4, '#111111', halo)];
  });
}

function drawValues(
  rows: readonly Datum[],
  all: readonly Datum[],
  place: number,
  { plan, depth, x, wide }: Place,
): SVGElement[] {
  const look = colours[plan.theme];
  const field = `y${place}`;
  const most = all.reduce((most, row) => Math.max(most, Number(row[field] ?? 0)), 0);
  const least = all.reduce((least, row) => Math.min(least, Number(row[field] ?? 0)), 0);
  const across = linear([least, most], [x, x + wide]);
  const colour = look.series[place % 8] ?? look.text;
  const zero = across.at(Math.max(least, 0));
  const filled = rows.filter(row => typeof row[field] === 'number');
  const isPoints = rows.every(row => row['from'] === row['to']);
  const ends = [
    label(figure(least), x, top - 6, look.soft, { 'font-size': 10 }),
    label(figure(most), x + wide, top - 6, look.soft, { 'font-size': 10, 'text-anchor': 'end' }),
  ];
  if (isPoints) {
    const seen = filled.filter(row => span(row, depth)).toSorted((a, b) => Number(a['from']) - Number(b['from']));
    const points = seen.map(row => `${across.at(Number(row[field]))},${depth.at(Number(row['from']))}`).join(' ');
    return [...ends, svg('polyline', { points, fill: 'none', stroke: colour, 'stroke-width': 1.2 })];
  }
  const bars = filled.flatMap(row => {
    const seen = span(row, depth);
    if (!seen) return [];
    const end = across.at(Number(row[field]));
    const size = { x: Math.min(zero, end), y: seen[0], width: Math.abs(end - zero), height: seen[1] };
    return [svg('rect', { ...size, fill: colour, stroke: colour, 'stroke-width': 0.8 })];
  });
  const words = rows.flatMap(row => {
    const seen = row[`${field}Word`] === undefined ? undefined : span(row, depth);
    return seen ? [svg('rect', { x, y: seen[0], width: 4, height: seen[1], fill: look.other })] : [];
  });
  return [...ends, ...bars, ...words];
}

/** Kinds with their colours, for who cannot read them in the log. */
export function kindColours(
  plan: ChartPlan,
  all: readonly Datum[],
  state: StripState,
): { kind: string; colour: string }[] {
  const look = colours[plan.theme];
  const data = all.filter(row => state.holes.includes(holeOf(row)) && isInterval(row));
  return state.tracks.flatMap(place => {
    const column = plan.y[place];
    if (!column || !isKind(column)) return [];
    const kinds = kindsOf(column, place, data) ?? [];
    return kinds.map((kind, at) => ({ kind, colour: kind === 'other' ? look.other : (look.kinds[at] ?? look.other) }));
  });
}
