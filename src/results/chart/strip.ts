import type { Column } from '../result.ts';
import type { Spec } from './channel.ts';
import { compare, type Datum } from './data.ts';
import { isKind, kindsOf, merged } from './kinds.ts';
import { depthUnits, unitOf, wordsOf } from './label.ts';
import type { ChartPlan } from './plan.ts';
import { kindTrack, valueTrack } from './tracks.ts';

const tall = 560;
const narrowest = 46;
const widest = 150;
const besideTracks = 70;
const besideHole = 10;
const besideTrack = 6;

/**
 * The log that geologists read: depth downwards, one track for each column, holes side by side on one scale of depth.
 * Numbers are bars from the left edge, kinds are coloured intervals with their names where there is room.
 */
export function stripLog(plan: ChartPlan, all: Datum[]): Spec {
  const { shown, width, notes } = layOut(plan, all);
  const data = all.filter(
    ({ by, from, to }) => shown.includes(by) && typeof from === 'number' && typeof to === 'number',
  );
  const { scale, perMetre, title } = depthOf(plan, data);
  const kinds = plan.y.map((column, position) => kindsOf(column, position, data));
  const tracksOf = (hole: unknown, first: boolean) => {
    const rows = data.filter(({ by }) => by === hole).toSorted((a, b) => compare(a['from'], b['from']));
    return plan.y.map((column, position) => {
      const axis = first && position === 0 ? { title } : { labels: false, ticks: false, title: null };
      const depth = { field: 'from', type: 'quantitative', scale, axis };
      const track = { rows, size: { width, height: tall }, depth, position, column, plan };
      const found = kinds[position];
      if (!found) return valueTrack(track, data);
      return kindTrack({ ...track, rows: merged(rows, position, found) }, perMetre, found);
    });
  };
  const columns = shown.map((hole, place) => ({
    title: { text: String(hole ?? ''), anchor: 'middle', fontSize: 13, offset: 6 },
    hconcat: tracksOf(hole, place === 0),
    spacing: besideTrack,
  }));
  const names = plan.y.map(({ name }) => wordsOf(name, plan.units)).join(', ');
  return {
    title: plan.by ? `Strip log: ${names}` : `Strip log of ${names}`,
    spec: { hconcat: columns, spacing: 12, resolve: { scale: { color: 'shared' } } },
    notes,
  };
}

/** As many holes as fit side by side, and how wide each track is then. */
function layOut({ y }: ChartPlan, all: readonly Datum[]): { shown: unknown[]; width: number; notes: string[] } {
  const legend = y.some(isKind) ? 150 : 10;
  const room = 800 - besideTracks - legend;
  const holes = [...new Set(all.map(({ by }) => by))].toSorted(compare);
  const most = Math.max(1, Math.floor(room / (y.length * (narrowest + besideTrack) + besideHole)));
  const shown = holes.slice(0, most);
  const width = Math.min(widest, Math.floor((room / shown.length - besideHole) / y.length - besideTrack));
  const note = `${shown.length} of ${holes.length} holes fit; choose others with query_result.`;
  return { shown, width, notes: holes.length > shown.length ? [note] : [] };
}

/** One scale for all holes, from the highest depth to the deepest. `perMetre`: pixels. */
function depthOf({ depth, units }: ChartPlan, data: readonly Datum[]) {
  const [{ name }] = depth as [Column, Column];
  const deepest = data.reduce((most, { to }) => Math.max(most, to as number), 0);
  const highest = data.reduce((least, { from }) => Math.min(least, from as number), deepest);
  const unit = unitOf(name, depthUnits(name, units));
  return {
    scale: { domain: [highest, deepest], reverse: true, nice: false, zero: false },
    perMetre: tall / Math.max(1e-9, deepest - highest),
    title: unit === undefined ? 'Depth' : `Depth (${unit})`,
  };
}
