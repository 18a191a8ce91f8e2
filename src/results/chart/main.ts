import { parse, textMetrics, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { createRedactor } from '../../base/redact.ts';
import { cleanText } from '../../base/unicode/visible.ts';
import { give, runJob } from '../worker-main.ts';
import type { ChartJob, Drawing } from './job.ts';
import { rasterize } from './rasterize.ts';
import { readData } from './read-data.ts';
import { specOf } from './spec.ts';
import { textWidth } from './text-width.ts';
import { colours, themeConfig } from './theme.ts';

declare module 'vega' {
  /** Missing in its types. Vega asks it for every text where nothing is set for a canvas. */
  const textMetrics: { width(item: { fontSize?: number }, text: unknown): number };
}

textMetrics.width = (item, text) => textWidth(String(text ?? ''), item.fontSize ?? 11);

void runJob<ChartJob>(async ({ table, plan, subtitle }) => {
  const read = await readData(table, plan);
  // Here only what secrets look like is known; the server looks for those that it knows.
  const { title: own, spec, notes: more } = specOf(plan, createRedactor().stored(read.data));
  const notes = [...read.notes, ...more];
  const title = plan.title ?? own;
  const full = {
    ...spec,
    title: { text: title, subtitle: [subtitle, ...notes] },
    padding: 14,
    config: themeConfig(plan.theme),
  };
  const view = new View(parse(compile(full as unknown as TopLevelSpec).spec), { renderer: 'none' });
  const svg = cleanText(await view.toSVG());
  const drawing: Drawing = { title, svg, notes, ...(await rasterize(svg, colours[plan.theme].background)) };
  await give(`${JSON.stringify(drawing)}\n`);
});
