import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { openShowroom, type Showroom } from '../support/showroom.ts';

let room: Showroom;
let rqd: string;
let rocks: string;

beforeAll(async () => {
  room = await openShowroom();
  const tableOf = async (artefact: string) => {
    const order = { project: 'Copperhead North', artefact, holes: 'all', wait_seconds: 45 };
    const { structuredContent } = await room.call('datarock_create_export', order);
    return /result:\/\/[0-9a-z]+/.exec(JSON.stringify(structuredContent))?.[0] ?? '';
  };
  rqd = await tableOf('RQD');
  rocks = await tableOf('Lithology');
}, 120_000);
afterAll(() => room.close());

test('a strip log is drawn with the colours of the pictures, in light, dark and narrow', async () => {
  const looks = [
    [{ theme: 'light' }, '#d55e00'],
    [{ theme: 'dark' }, '#ff8a3d'],
    [{ theme: 'light', width: 320 }, '#d55e00'],
  ] as const;
  for (const [look, colour] of looks) {
    const { page, view, problems } = await room.show('chart_result', { result: rqd, type: 'strip_log' }, look);
    await expect.poll(() => view.locator(`.stage rect[fill="${colour}"]`).count()).toBeGreaterThan(20);
    expect(await violationsIn(page)).toEqual([]);
    const overflow = await view.locator('html').evaluate(html => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.close();
  }
});

test('holes are chosen, tracks switched, depths zoomed, and values told where the pointer is', async () => {
  const { page, view, problems } = await room.show('chart_result', { result: rocks, type: 'strip_log' });
  const words = () => view.locator('.stage svg').getAttribute('aria-label');
  await expect.poll(words).toContain('DDH001, DDH002, DDH003');
  await expect.poll(() => view.locator('.legend li').count()).toBeGreaterThan(4);
  await view.locator('.holes summary').click();
  await view.getByLabel('DDH002', { exact: true }).uncheck();
  await expect.poll(words).toContain('DDH001, DDH003:');
  await view.locator('.holes summary').click();
  await view.getByLabel('Confidence', { exact: true }).uncheck();
  await expect.poll(words).toMatch(/: rock_type$/);
  await view.locator('.stage').focus();
  await page.keyboard.press('+');
  const zoomed = await view.locator('[role=status]').innerText();
  const [from, to] = zoomed.split(' to ').map(Number);
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => view.locator('[role=status]').innerText()).not.toBe(zoomed);
  expect(Number(to) - Number(from)).toBeGreaterThan(50);
  await page.keyboard.press('0');
  await view.locator('.stage svg').hover({ position: { x: 100, y: 90 } });
  await expect.poll(() => view.locator('.tip').innerText()).toMatch(/^DDH001, \d+ to [\d.]+: Rock type \w/);
  expect(problems).toEqual([]);
  await page.close();
});

test('a picture is handed out as SVG and as PNG', async () => {
  const { page, view, problems } = await room.show('chart_result', { result: rqd, type: 'strip_log' });
  await expect.poll(() => view.locator('.stage rect').count()).toBeGreaterThan(20);
  for (const ending of ['SVG', 'PNG']) {
    const download = page.waitForEvent('download');
    await view.getByRole('button', { name: ending }).click();
    const stream = await (await download).createReadStream();
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    const bytes = Buffer.concat(pieces);
    if (ending === 'SVG') expect(bytes.toString()).toMatch(/^<svg [\s\S]*DDH001[\s\S]*<\/svg>$/);
    else expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(5_000);
  }
  expect(problems).toEqual([]);
  await page.close();
});

test('every other chart is drawn, and says what is left out', async () => {
  const charts = [
    { type: 'line', x: 'depth_from', y: ['rqd_percent'], by: 'hole_id' },
    { type: 'scatter', x: 'recovered_m', y: ['rqd_percent'] },
    { type: 'histogram', x: 'rqd_percent' },
    { type: 'bar', x: 'hole_id', y: ['rqd_percent'], aggregate: 'median' },
    { type: 'box', x: 'hole_id', y: ['rqd_percent'] },
  ];
  for (const chart of charts) {
    const { page, view, problems } = await room.show('chart_result', { result: rqd, ...chart });
    await expect.poll(() => view.locator('.stage svg :is(rect, circle, polyline)').count()).toBeGreaterThan(10);
    expect(await view.locator('main').innerText()).toContain('rqd_percent: 79 empty values left out.');
    expect(await violationsIn(page), chart.type).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  }
});
