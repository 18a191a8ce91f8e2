import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds wrong in the frame of a page, by rule and element. */
export async function violationsIn(page: Page): Promise<string[]> {
  const frame = page.frames().find(one => one !== page.mainFrame());
  if (!frame) throw new Error('There is no frame');
  await frame.evaluate(axe.source);
  const found = await frame.evaluate(() =>
    (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(),
  );
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
