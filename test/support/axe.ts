import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong in the frame of a page, by rule and element. */
export async function violationsIn(page: Page): Promise<string[]> {
  const frame = page.frames().find(one => one !== page.mainFrame());
  if (!frame) throw new Error('There is no frame');
  await frame.evaluate(source);
  const found = await frame.evaluate(() =>
    (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  );
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
