import type { TableFile } from '../tables/table.ts';
import type { ChartPlan } from './plan.ts';

/** What the server gives to the process that draws. */
export interface ChartJob {
  table: TableFile;
  plan: ChartPlan;
  /** Below the title: what the data is. */
  subtitle: string;
}

/** What it gets: one line of JSON. */
export interface Drawing {
  title: string;
  svg: string;
  /** Base64. */
  png: string;
  width: number;
  height: number;
  /** What is not in the picture. */
  notes: string[];
}
