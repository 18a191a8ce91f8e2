import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { openResultStore } from '../../src/results/store/store.ts';
import { violationsIn } from '../support/axe.ts';
import { openShowroom, type Showroom } from '../support/showroom.ts';

let room: Showroom;
beforeAll(async () => {
  room = await openShowroom();
}, 120_000);
afterAll(() => room.close());

const script =
  '<img src=x onerror="parent.postMessage(1,`*`);document.title=`taken`"><script>document.title="taken"</script>';

async function stored(rows: Record<string, unknown>[], name = script) {
  const store = openResultStore({ directory: room.results, clock: systemClock() });
  const source = { operation: 'hostile', arguments: {}, at: '2026-12-01T00:00:00Z' };
  return (await store.write({ name, mediaType: 'application/x-ndjson', source }, { rows })).uri;
}

test('markup in names and cells, and text that runs the other way, are shown as text', async () => {
  const rows = Array.from({ length: 30 }, (_, at) => ({
    hole_id: at % 2 ? script : `DH-\u202e${at}`,
    [`${script} column`]: script,
    depth_from: at,
    depth_to: at + 1,
    rqd: at % 3 === 0 ? '</script><script>document.title="taken"</script>' : at,
    note: '\u0645\u0631\u062d\u0628\u0627 \u2067abc\u2069',
  }));
  const result = await stored(rows);
  for (const [tool, args, ready] of [
    ['read_result', { result }, '.cell:not(.coming)'],
    ['chart_result', { result, type: 'strip_log', y: ['rqd'], by: 'hole_id' }, '.stage svg'],
    ['chart_result', { result, type: 'bar', x: 'hole_id', y: ['depth_from'] }, '.stage svg'],
    ['wait_for_run', { run: script }, 'pre'],
  ] as const) {
    const { page, view, problems } = await room.show(tool, args);
    await expect.poll(() => view.locator(ready).count()).toBeGreaterThan(0);
    expect(await page.title()).not.toBe('taken');
    const frame = page.frames().find(one => one !== page.mainFrame());
    expect(await frame?.title()).not.toBe('taken');
    expect(await view.locator('img, main script').count()).toBe(0);
    expect(await view.locator('main').innerText()).not.toMatch(/[\u202e\u2067]/);
    if (tool === 'read_result') {
      expect(await view.locator('h1').innerText()).toContain('<img src=x');
      expect(await view.locator('main').innerText()).toContain('<script>document.title');
      expect(await violationsIn(page)).toEqual([]);
    }
    expect(problems).toEqual([]);
    await page.close();
  }
});

test('a cell of 3 MB is cut, and 2,000 columns are drawn as they come into sight', async () => {
  const wide = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`column_${at}`, at]));
  const result = await stored([{ ...wide, column_1: 'x'.repeat(3_000_000) }, wide], 'wide');
  const { page, view, problems } = await room.show('read_result', { result });
  await expect.poll(() => view.locator('.cell.cut').count()).toBe(1);
  expect((await view.locator('.cell.cut').innerText()).length).toBeLessThanOrEqual(201);
  expect(await view.locator('.cell').count()).toBeLessThan(100);
  await view.locator('.grid').focus();
  await page.keyboard.press('End');
  await expect.poll(() => view.locator('.cell:not(.coming)').last().innerText()).toBe('1999');
  expect(await view.locator('main').innerText()).toContain('2,000 columns');
  expect(problems).toEqual([]);
  await page.close();
});
