import { barChart, boxPlot } from './bars.ts';
import type { Spec } from './channel.ts';
import type { Datum } from './data.ts';
import { lineChart } from './line.ts';
import type { ChartPlan, ChartType } from './plan.ts';
import { histogram, scatter } from './points.ts';
import { stripLog } from './strip.ts';

const drawn: Record<ChartType, (plan: ChartPlan, data: Datum[]) => Spec> = {
  line: lineChart,
  bar: barChart,
  scatter,
  histogram,
  box: boxPlot,
  strip_log: stripLog,
};

export const specOf = (plan: ChartPlan, data: Datum[]): Spec => drawn[plan.type](plan, data);
