import * as z from 'zod';
import { aggregates, chartTypes } from '../../results/chart/plan.ts';
import { general, reading } from '../general-tool.ts';
import { resultUri } from './read.ts';

const columns = z.array(z.string()).optional();

export const chartResultTool = general({
  name: 'chart_result',
  title: 'Draw a stored result',
  description:
    'Draw a stored table; the answer is the picture. Columns left out are chosen by type and name. strip_log: drill holes side by side, depth downwards, one track for each y.',
  input: z.strictObject({
    result: resultUri,
    type: z.enum(chartTypes),
    x: z.string().optional().describe('Column'),
    y: columns.describe('Columns of values'),
    by: z.string().optional().describe('Column of series or holes'),
    depth: columns.describe('strip_log: from and to'),
    aggregate: z.enum(aggregates).optional().describe('Of bars'),
    title: z.string().optional(),
    units: z.record(z.string(), z.string()).optional().describe('Unit by column'),
    theme: z.enum(['light', 'dark']).optional(),
  }),
  wants: { result: 'table' },
  annotations: { ...reading, openWorldHint: false },
  page: 'chart',
  async call({ result: uri, ...request }, shared, { signal }) {
    const { drawChart } = await import('../../results/chart/chart.ts');
    const chart = await drawChart(await shared.results.get(uri), request, { ...shared, signal });
    return { kind: 'picture', chart, summary: `${chart.title}.`, warnings: chart.notes };
  },
});
