import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { openShowroom, type Shown, type Showroom } from '../support/showroom.ts';

let room: Showroom;
let rqd: string;

beforeAll(async () => {
  room = await openShowroom();
  const order = { project: 'Copperhead North', artefact: 'RQD', holes: 'all', wait_seconds: 45 };
  const { structuredContent } = await room.call('datarock_create_export', order);
  rqd = /result:\/\/[0-9a-z]+/.exec(JSON.stringify(structuredContent))?.[0] ?? '';
}, 120_000);
afterAll(() => room.close());

const cells = ({ view }: Shown, column: number) => view.locator(`.cell[data-column="${column}"]`);
const rowsRead = ({ view }: Shown) => expect.poll(() => view.locator('.cell:not(.coming)').count()).toBeGreaterThan(20);

test('a stored result is read to its end, sorted and filtered, with figures, in light, dark and narrow', async () => {
  for (const look of [{ theme: 'light' }, { theme: 'dark' }, { theme: 'light', width: 320 }] as const) {
    const shown = await room.show('read_result', { result: rqd }, look);
    const { page, view, problems } = shown;
    await rowsRead(shown);
    await expect.poll(() => view.locator('main').innerText()).toContain('8,540 rows');
    await expect.poll(() => view.locator('svg.picture rect').count()).toBeGreaterThan(10);
    expect(await violationsIn(page)).toEqual([]);
    const overflow = await view.locator('html').evaluate(html => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await view.locator('.grid').focus();
    await page.keyboard.press('Control+End');
    await expect.poll(() => view.locator('.row').last().getAttribute('aria-rowindex')).toBe('8541');
    await expect.poll(() => view.locator('.row').last().locator('.cell:not(.coming)').count()).toBeGreaterThan(0);
    expect(problems).toEqual([]);
    await page.close();
  }
});

test('a filter and an order are those of the server, and a question puts them into the conversation', async () => {
  const shown = await room.show('read_result', { result: rqd, sort: [{ column: 'rqd_percent' }] });
  const { page, view, problems } = shown;
  await rowsRead(shown);
  await view.getByLabel('Column').fill('rqd_percent');
  await view.getByLabel('Comparison').selectOption('<');
  await view.getByLabel('Value').fill('25');
  await view.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect.poll(() => view.locator('main').innerText()).toMatch(/\d+ of 8,540 rows/);
  const values = (await cells(shown, 4).allInnerTexts()).map(Number);
  expect(values).toEqual(values.toSorted((a, b) => a - b));
  expect(Math.max(...values)).toBeLessThan(25);
  const asked = { result: rqd, where: [{ column: 'rqd_percent', op: '<', value: '25' }], limit: 1 };
  const { structuredContent } = await room.call('read_result', asked);
  const { total } = structuredContent['page'] as { total: number };
  expect(await view.locator('main').innerText()).toContain(`${total} of 8,540 rows`);
  await view.getByRole('button', { name: 'Ask about these rows' }).click();
  await view.getByLabel('Question').fill('Where is the rock weakest?');
  await page.keyboard.press('Enter');
  const said = await page.locator('.said').innerText();
  expect(said).toMatch(/^Where is the rock weakest\?/);
  expect(said).toContain(`"where":[{"column":"rqd_percent","op":"<","value":"25"}]`);
  await view.getByLabel('Remove rqd_percent < 25').click();
  await expect.poll(() => view.locator('main').innerText()).toMatch(/\n8,540 rows/);
  await view.getByRole('columnheader').nth(1).getByRole('button').first().click();
  await expect.poll(() => view.getByRole('columnheader').nth(1).getAttribute('aria-sort')).toBe('ascending');
  expect(problems).toEqual([]);
  await page.close();
});

test('a selection is copied, and a cell read whole, by the keyboard alone', async () => {
  const shown = await room.show('read_result', { result: rqd });
  const { page, view } = shown;
  await rowsRead(shown);
  await view.locator('.grid').focus();
  for (const key of ['ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowRight']) await page.keyboard.press(key);
  expect(await view.locator('.cell[aria-selected="true"]').count()).toBe(4);
  await page.keyboard.press('Control+c');
  await expect.poll(() => view.locator('[role=status]').innerText()).toBe('2 rows copied');
  await page.keyboard.press('Enter');
  await expect.poll(() => view.locator('.whole h2').innerText()).toBe('depth_from, row 3');
  await page.keyboard.press('Enter');
  expect(await view.locator('.whole h2').count()).toBe(0);
  await page.close();
});
