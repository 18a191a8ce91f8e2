import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { parse, textMetrics, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { give, runJob } from '../worker-main.ts';
import { width } from './channel.ts';
import { readData } from './data.ts';
import type { ChartJob, Drawing } from './job.ts';
import { specOf } from './spec.ts';
import { textWidth } from './text-width.ts';
import { colours, themeConfig } from './theme.ts';

/** Beside this file, put there by the build. */
const fonts = ['Inter_400Regular.ttf', 'Inter_600SemiBold.ttf'].map(file => join(import.meta.dirname, file));

declare module 'vega' {
  /** Missing in its types. Vega asks it for every text where nothing is set for a canvas. */
  const textMetrics: { width(item: { fontSize?: number }, text: unknown): number };
}

textMetrics.width = (item, text) => textWidth(String(text ?? ''), item.fontSize ?? 11);

void runJob<ChartJob>(async ({ table, plan, subtitle }) => {
  const read = await readData(table, plan);
  const { title: own, spec, notes: more } = specOf(plan, read.data);
  const notes = [...read.notes, ...more];
  const title = plan.title ?? own;
  const full = {
    ...spec,
    title: { text: title, subtitle: [subtitle, ...notes] },
    padding: 14,
    config: themeConfig(plan.theme),
  };
  const view = new View(parse(compile(full as unknown as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  const drawing: Drawing = { title, svg, notes, ...picture(svg, colours[plan.theme].background) };
  await give(`${JSON.stringify(drawing)}\n`);
});

function picture(svg: string, background: string): Pick<Drawing, 'png' | 'width' | 'height'> {
  const { width: own } = new Resvg(svg);
  const image = new Resvg(svg, {
    background,
    ...(own > width ? { fitTo: { mode: 'width', value: width } } : {}),
    font: {
      fontFiles: fonts,
      // Fonts of the system only for writing that Inter lacks: looking through them takes a while.
      loadSystemFonts: /[\u0530-\u1dff\u2300-\uffff]/.test(svg),
      defaultFontFamily: 'Inter',
      sansSerifFamily: 'Inter',
    },
  }).render();
  return { png: image.asPng().toString('base64'), width: image.width, height: image.height };
}
