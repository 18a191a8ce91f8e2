import { describe, expect, test } from 'vitest';
import { labelOf } from '../../../src/results/chart/label.ts';
import { type ChartRequest, planChart } from '../../../src/results/chart/plan.ts';
import type { ColumnType, StoredResult } from '../../../src/results/result.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

function table(columns: Record<string, ColumnType>): StoredResult {
  return {
    kind: 'table',
    name: 't',
    uri: 'result://aaaaaaaaaaaa',
    mediaType: 'text/csv',
    columns: Object.entries(columns).map(([name, type]) => ({
      name,
      type,
      nulls: 0,
      ...(type === 'text' ? { distinct: 5 } : {}),
    })),
  } as StoredResult;
}

const chosen = (columns: Record<string, ColumnType>, request: ChartRequest) => {
  const { x, y, by, depth, aggregate } = planChart(table(columns), request);
  const names = {
    x: x?.name,
    y: y.map(({ name }) => name),
    by: by?.name,
    depth: depth?.map(({ name }) => name),
    aggregate,
  };
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined));
};

const core = {
  hole_id: 'text',
  depth_from: 'number',
  depth_to: 'number',
  rqd_percent: 'number',
  rock: 'text',
} as const;
const runs = { run_id: 'integer', status: 'text', finished_at: 'datetime', duration_s: 'number' } as const;

describe('columns that nobody named', () => {
  test('are chosen by type, and by the names that depths, holes and times have', () => {
    expect(chosen(core, { type: 'strip_log' })).toEqual({
      y: ['rqd_percent', 'rock'],
      by: 'hole_id',
      depth: ['depth_from', 'depth_to'],
    });
    expect(chosen({ BHID: 'text', Depth: 'number', Au_ppm: 'number' }, { type: 'strip_log' })).toEqual({
      y: ['Au_ppm'],
      by: 'BHID',
      depth: ['Depth', 'Depth'],
    });
    expect(chosen(core, { type: 'line', by: 'hole_id' })).toEqual({
      x: 'depth_from',
      y: ['rqd_percent'],
      by: 'hole_id',
    });
    expect(chosen(core, { type: 'box' })).toEqual({ x: 'hole_id', y: ['rqd_percent'] });
    expect(chosen(core, { type: 'histogram' })).toEqual({ x: 'rqd_percent', y: [] });
    expect(chosen(runs, { type: 'line' })).toEqual({ x: 'finished_at', y: ['duration_s'] });
    expect(chosen(runs, { type: 'bar' })).toEqual({ x: 'status', y: ['duration_s'] });
    expect(chosen(runs, { type: 'bar', aggregate: 'count' })).toEqual({ x: 'status', y: [], aggregate: 'count' });
    expect(chosen({ status: 'text' }, { type: 'bar' })).toEqual({ x: 'status', y: [], aggregate: 'count' });
  });

  test('and cannot be chosen are asked for', () => {
    const refused = (columns: Record<string, ColumnType>, request: ChartRequest) => {
      try {
        planChart(table(columns), request);
      } catch (error) {
        const { message, hint } = error as { message: string; hint: string };
        return `${message} ${hint}`;
      }
      throw new Error('not refused');
    };
    expect(refused(runs, { type: 'strip_log' })).toMatch(/depth of each row\. Give depth: \["from column"/);
    expect(refused({ a: 'text' }, { type: 'line' })).toMatch(/A line chart needs x\. Columns of numbers: none\./);
    expect(refused(core, { type: 'line', y: ['rock'] })).toMatch(/rock is text, not a number/);
    expect(refused(core, { type: 'line', y: ['rqd_precent'] })).toMatch(
      /no column "rqd_precent"\. Did you mean "rqd_percent"/,
    );
    expect(refused(core, { type: 'histogram', x: 'rock' })).toMatch(/needs a column of numbers/);
    expect(refused(core, { type: 'bar', units: { rcok: 'x' } })).toMatch(/Did you mean "rock"/);
  });

  test('of a file are none', async () => {
    const { store } = await freshStore();
    const file = await store.write(origin({ name: 'x.png', mediaType: 'image/png' }), { bytes: pieces('x') });
    expect(() => planChart(file, { type: 'line' })).toThrow(/x\.png \(.*\) is no table \(image\/png\)/);
  });
});

test('a label has the words of the column, and the unit that its name tells or a caller gave', () => {
  expect(labelOf('rqd_percent', {})).toBe('RQD (%)');
  expect(labelOf('average_duration_ms', {})).toBe('Average duration (ms)');
  expect(labelOf('Au_ppm', {})).toBe('Au (ppm)');
  expect(labelOf('recoveredM', {})).toBe('Recovered M');
  expect(labelOf('cost', { cost: 'USD' })).toBe('Cost (USD)');
  expect(labelOf('m', {})).toBe('M');
});
