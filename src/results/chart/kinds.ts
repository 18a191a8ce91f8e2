import type { Column } from '../result.ts';
import type { Datum } from './data.ts';
import { isMeasured } from './plan.ts';

/** Colours that can be told apart. */
const mostKinds = 9;

export const isKind = (column: Column) => !isMeasured(column);

/** The kinds of a track, commonest first; the rest are "other". Undefined for numbers. */
export function kindsOf(column: Column, position: number, data: readonly Datum[]): string[] | undefined {
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
export function merged(rows: readonly Datum[], position: number, kinds: readonly string[]): Datum[] {
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
