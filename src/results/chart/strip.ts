import type { Column } from '../result.ts';
import type { Spec } from './channel.ts';
import { compare, type Datum } from './data.ts';
import { depthUnits, labelOf, wordsOf } from './label.ts';
import type { ChartPlan } from './plan.ts';
import { textWidth } from './text-width.ts';
import { colours } from './theme.ts';

const tall = 560;
const narrowest = 46;
const widest = 150;
const mostKinds = 9;
/** Pixels: a name is written into an interval that is at least so high. */
const roomForName = 15;
const nameSize = 10;
const headingSize = 11;

/**
 * The log that geologists read: depth downwards, one track for each column, holes side by side on one scale of depth.
 * Numbers are bars from the left edge, kinds are coloured intervals with their names where there is room.
 */
export function stripLog(plan: ChartPlan, all: Datum[]): Spec {
  const [from] = plan.depth as [Column, Column];
  const legend = plan.y.some(isKind) ? 150 : 10;
  const room = 800 - 70 - legend;
  const holes = [...new Set(all.map(({ by }) => by))].toSorted(compare);
  const most = Math.max(1, Math.floor(room / (plan.y.length * (narrowest + 6) + 10)));
  const shown = holes.slice(0, most);
  const each = Math.min(widest, Math.floor((room / shown.length - 10) / plan.y.length - 6));
  const data = all.filter(
    ({ by, from: top, to }) => shown.includes(by) && typeof top === 'number' && typeof to === 'number',
  );
  const deepest = data.reduce((most, { to }) => Math.max(most, to as number), 0);
  const highest = data.reduce((least, { from: top }) => Math.min(least, top as number), deepest);
  const domain = [highest, deepest];
  const perMetre = tall / Math.max(1e-9, deepest - highest);
  const kinds = new Map(plan.y.map((column, position) => [column, kindsOf(column, position, data)]));
  const unit = labelOf(from.name, depthUnits(from.name, plan.units)).match(/\(.*\)$/)?.[0] ?? '';
  const columns = shown.map((hole, place) => {
    const rows = data.filter(({ by }) => by === hole).toSorted((a, b) => compare(a['from'], b['from']));
    const tracks = plan.y.map((column, position) => {
      const axis =
        place === 0 && position === 0
          ? { title: `Depth ${unit}`.trim() }
          : { labels: false, ticks: false, title: null };
      const depth = {
        field: 'from',
        type: 'quantitative',
        scale: { domain, reverse: true, nice: false, zero: false },
        axis,
      };
      const size = { width: each, height: tall };
      const found = kinds.get(column);
      return found
        ? kindTrack({ rows: merged(rows, position, found), size, depth, perMetre, found, position, column, plan })
        : valueTrack({ rows, size, depth, position, column, plan, all: data });
    });
    return {
      title: {
        text: hole === null || hole === undefined ? '' : String(hole),
        anchor: 'middle',
        fontSize: 13,
        offset: 6,
      },
      hconcat: tracks,
      spacing: 6,
    };
  });
  const notes =
    holes.length > shown.length
      ? [`${shown.length} of ${holes.length} holes fit; choose others with query_result.`]
      : [];
  const names = plan.y.map(({ name }) => wordsOf(name, plan.units));
  return {
    title: plan.by ? `Strip log: ${names.join(', ')}` : `Strip log of ${names.join(', ')}`,
    spec: { hconcat: columns, spacing: 12, resolve: { scale: { color: 'shared' } } },
    notes,
  };
}

const isKind = ({ type }: Column) => type !== 'integer' && type !== 'number';

/** The kinds of a track, commonest first; the rest are "other". Undefined for numbers. */
function kindsOf(column: Column, position: number, data: readonly Datum[]): string[] | undefined {
  if (!isKind(column)) return undefined;
  const lengths = new Map<string, number>();
  for (const row of data) {
    const kind = row[`y${position}`];
    if (kind !== null)
      lengths.set(String(kind), (lengths.get(String(kind)) ?? 0) + Number(row['to']) - Number(row['from']));
  }
  const sorted = [...lengths].toSorted((a, b) => b[1] - a[1]).map(([kind]) => kind);
  return sorted.length > mostKinds ? [...sorted.slice(0, mostKinds - 1), 'other'] : sorted;
}

/** Neighbouring intervals of one kind as one: a scan every five centimetres is a band, not a hundred lines. */
function merged(rows: readonly Datum[], position: number, kinds: readonly string[]): Datum[] {
  const out: Datum[] = [];
  for (const { from, to, [`y${position}`]: value } of rows) {
    if (value === null) continue;
    const kind = kinds.includes(String(value)) ? String(value) : 'other';
    const last = out.at(-1);
    if (last && last['kind'] === kind && Number(from) - Number(last['to']) < 1e-6) last['to'] = to;
    else out.push({ from, to, kind });
  }
  return out;
}

interface Track {
  rows: Datum[];
  size: { width: number; height: number };
  depth: object;
  position: number;
  column: Column;
  plan: ChartPlan;
}

function kindTrack({
  rows,
  size,
  depth,
  perMetre,
  found,
  column,
  plan,
}: Track & { perMetre: number; found: string[] }) {
  const palette = colours[plan.theme];
  const range = found.map((kind, at) => (kind === 'other' ? palette.other : palette.kinds[at]));
  const named = rows.map(row => {
    const high = (Number(row['to']) - Number(row['from'])) * perMetre;
    const fits = high >= roomForName && textWidth(String(row['kind']), nameSize) < size.width;
    return { ...row, middle: (Number(row['from']) + Number(row['to'])) / 2, name: fits ? row['kind'] : '' };
  });
  return {
    ...size,
    data: { values: named },
    title: heading(column, plan, size),
    layer: [
      {
        mark: { type: 'rect' },
        encoding: {
          y: depth,
          y2: { field: 'to' },
          color: { field: 'kind', type: 'nominal', title: wordsOf(column.name, {}), scale: { domain: found, range } },
        },
      },
      {
        mark: {
          type: 'text',
          fontSize: nameSize,
          color: '#111111',
          stroke: '#ffffff',
          strokeWidth: 2.2,
          strokeOpacity: 0.55,
          strokeJoin: 'round',
        },
        encoding: { y: { ...depth, field: 'middle' }, text: { field: 'name' } },
      },
      {
        mark: { type: 'text', fontSize: nameSize, color: '#111111' },
        encoding: { y: { ...depth, field: 'middle' }, text: { field: 'name' } },
      },
    ],
  };
}

function valueTrack({ rows, size, depth, position, column, plan, all }: Track & { all: readonly Datum[] }) {
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
  return {
    ...size,
    data: { values },
    title: heading(column, plan, size),
    ...(points
      ? { mark: { type: 'line', color: colour, strokeWidth: 1.2 }, encoding: { y: depth, x, order: { field: 'from' } } }
      : {
          // The stroke closes the seams between neighbours.
          mark: { type: 'rect', color: colour, stroke: colour, strokeWidth: 0.6 },
          encoding: { y: depth, y2: { field: 'to' }, x, x2: { field: 'zero' } },
        }),
  };
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
