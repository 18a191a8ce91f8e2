import type { Column } from '../result.ts';
import type { Datum } from './data.ts';
import { labelOf, wordsOf } from './label.ts';
import type { ChartPlan } from './plan.ts';
import { textWidth } from './text-width.ts';
import { colours } from './theme.ts';

/** Pixels: a name is written into an interval that is at least so high. */
const roomForName = 15;
const nameSize = 10;
const headingSize = 11;

/** One column of one hole, down its depth. */
export interface Track {
  rows: readonly Datum[];
  size: { width: number; height: number };
  depth: object;
  position: number;
  column: Column;
  plan: ChartPlan;
}

/** Coloured intervals, with their names where there is room. `perMetre`: pixels; `kinds`: of all holes. */
export function kindTrack({ rows, size, depth, column, plan }: Track, perMetre: number, kinds: readonly string[]) {
  const palette = colours[plan.theme];
  const range = kinds.map((kind, at) => (kind === 'other' ? palette.other : palette.kinds[at]));
  const name = { y: { ...depth, field: 'middle' }, text: { field: 'name' } };
  const text = { type: 'text', fontSize: nameSize, color: '#111111' };
  // Behind a name, so that it can be read on every colour.
  const halo = { stroke: '#ffffff', strokeWidth: 2.2, strokeOpacity: 0.55, strokeJoin: 'round' };
  return {
    ...size,
    data: { values: rows.map(row => named(row, perMetre, size.width)) },
    title: heading(column, plan, size),
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          y: depth,
          y2: { field: 'to' },
          color: { field: 'kind', type: 'nominal', title: wordsOf(column.name, {}), scale: { domain: kinds, range } },
        },
      },
      { mark: { ...text, ...halo }, encoding: name },
      { mark: text, encoding: name },
    ],
  };
}

/** The interval with the place of its name, which is empty where it does not fit. */
function named(row: Datum, perMetre: number, width: number): Datum {
  const [from, to, kind] = [Number(row['from']), Number(row['to']), String(row['kind'])];
  const fits = (to - from) * perMetre >= roomForName && textWidth(kind, nameSize) < width;
  return { ...row, middle: (from + to) / 2, name: fits ? kind : '' };
}

/** Bars from the left edge, or a line where depths are points. `all`: of all holes, which share one scale. */
export function valueTrack({ rows, size, depth, position, column, plan }: Track, all: readonly Datum[]) {
  const field = `y${position}`;
  const most = all.reduce((most, row) => Math.max(most, Number(row[field] ?? 0)), 0);
  const least = all.reduce((least, row) => Math.min(least, Number(row[field] ?? 0)), 0);
  const points = rows.every(row => row['from'] === row['to']);
  const colour = colours[plan.theme].series[position % 8];
  const x = {
    field,
    type: 'quantitative',
    scale: { domain: [least, most], nice: false },
    axis: { orient: 'top', title: null, values: [least, most], format: '.3~s', labelFontSize: 10, labelFlush: true },
  };
  const values = rows.filter(row => row[field] !== null).map(row => ({ ...row, zero: Math.max(least, 0) }));
  const numbers = points
    ? { mark: { type: 'line', color: colour, strokeWidth: 1.2 }, encoding: { y: depth, x, order: { field: 'from' } } }
    : {
        // The stroke closes the seams between neighbours.
        mark: { type: 'rect', color: colour, stroke: colour, strokeWidth: 0.6 },
        encoding: { y: depth, y2: { field: 'to' }, x, x2: { field: 'zero' } },
      };
  const words = rows.filter(row => row[`${field}Word`] !== undefined);
  const base = { ...size, title: heading(column, plan, size) };
  if (words.length === 0) return { ...base, data: { values }, ...numbers };
  const marked = wordLayers(words, `${field}Word`, depth, colours[plan.theme].other);
  return { ...base, layer: [{ data: { values }, ...numbers }, ...marked] };
}

const mostWords = 40;

/** What stands among the numbers: a grey edge at its depth, and the word itself where there are not too many. */
function wordLayers(rows: readonly Datum[], field: string, depth: object, colour: string) {
  const edge = {
    data: { values: rows },
    mark: { type: 'rect', color: colour },
    encoding: { y: depth, y2: { field: 'to' }, x: { value: 0 }, x2: { value: 4 } },
  };
  if (rows.length > mostWords) return [edge];
  const values = rows.map(row => ({ ...row, middle: (Number(row['from']) + Number(row['to'])) / 2 }));
  const text = { type: 'text', align: 'left', fontSize: nameSize, color: colour };
  const place = { y: { ...depth, field: 'middle' }, x: { value: 7 }, text: { field } };
  return [edge, { data: { values }, mark: text, encoding: place }];
}

/** The column's name above its track, in as many lines as it needs there; all tracks have the same number. */
function heading(column: Column, plan: ChartPlan, size: { width: number }) {
  const text = headingLines(column, plan, size.width);
  const most = Math.max(...plan.y.map(one => headingLines(one, plan, size.width).length));
  const padded = [...Array.from({ length: most - text.length }, () => ' '), ...text];
  return { text: padded, fontSize: headingSize, fontWeight: 400, anchor: 'middle', offset: 2, limit: size.width + 20 };
}

function headingLines(column: Column, plan: ChartPlan, room: number): string[] {
  const lines: string[] = [];
  for (const word of labelOf(column.name, plan.units).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`, headingSize) <= room) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}
