import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsIn } from '../support/axe.ts';
import { openShowroom, type Showroom } from '../support/showroom.ts';

let room: Showroom;
const looks = [{ theme: 'light' }, { theme: 'dark' }, { theme: 'light', width: 320 }] as const;

beforeAll(async () => {
  room = await openShowroom({ flags: ['--toolsets', 'dataops:repository'] });
}, 120_000);
afterAll(() => room.close());

test('a run shows its parts and its end, whatever it is a run of, and is watched until it is over', async () => {
  const order = { project: 'Copperhead North', artefact: 'RQD', holes: 'all', again: true, wait_seconds: 0 };
  for (const look of looks) {
    const { page, view, problems } = await room.show('datarock_create_export', order, look);
    await expect.poll(() => view.locator('progress').count()).toBe(1);
    expect(await violationsIn(page)).toEqual([]);
    await expect.poll(() => view.locator('h1').innerText(), { timeout: 60_000 }).toContain('succeeded');
    await expect.poll(() => view.locator('.many li').count()).toBe(40);
    await view.getByRole('button', { name: 'Go on with what it made' }).click();
    await expect.poll(() => page.locator('.said').innerText()).toContain('wait_for_run');
    expect(problems).toEqual([]);
    await page.close();
  }
});

test('a pipeline shows its stages, and the end of the log of the job that failed', async () => {
  const { structuredContent } = await room.call('dataops_list_pipelines', {
    project: 'meridian/data/drill-assays',
    status: 'failed',
  });
  const [failed] = structuredContent['items'] as { id: string }[];
  const run = `dataops://projects/meridian%2Fdata%2Fdrill-assays/pipelines/${failed?.id}`;
  const { page, view, problems } = await room.show('wait_for_run', { run });
  await expect.poll(() => view.locator('.stage').count()).toBeGreaterThan(1);
  await expect.poll(() => view.locator('pre').first().innerText()).toMatch(/\w/);
  expect(await view.locator('main').innerText()).toContain('End of the log of');
  expect(await violationsIn(page)).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

test('what a deletion is about is shown while its person is asked, and what came of it after', async () => {
  const project = 'meridian/data/drill-assays';
  for (const [at, look] of looks.entries()) {
    // Who has refused once is not asked again so soon.
    const branch = `to-go-${at}`;
    await room.call('dataops_create_branch', { project, branch, ref: 'main' });
    const { page, view, problems } = await room.show('dataops_delete_branch', { project, branch }, look);
    await expect.poll(() => view.locator('dl').innerText()).toContain(branch);
    await expect.poll(() => page.locator('dialog').innerText()).toContain(branch);
    expect(await violationsIn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Refuse' }).click();
    await expect.poll(() => view.locator('.state').innerText()).toContain('nobody agreed');
    expect(problems).toEqual([]);
    await page.close();
  }
});

test('the overview shows every connection, what runs, and the room of stored results', async () => {
  for (const look of looks) {
    const { page, view, problems } = await room.show('check_connections', {}, look);
    await expect.poll(() => view.locator('.cards li.ok').count()).toBe(5);
    await expect.poll(() => view.locator('main').innerText()).toMatch(/Stored results\s+\d+ results?, .+ of 5\.4 GB/);
    expect(await violationsIn(page)).toEqual([]);
    const overflow = await view.locator('html').evaluate(html => html.scrollWidth - html.clientWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.close();
  }
});
