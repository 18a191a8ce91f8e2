import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';

test('demo --open shows the explorer and the strip log without any client, and ends with Ctrl-C', async () => {
  const program = fileURLToPath(new URL('../../dist/bin.cjs', import.meta.url));
  const env = { ...getDefaultEnvironment(), PATH: '' };
  const child = spawn(process.execPath, [program, 'demo', '--open'], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const ended = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const url = /http:\S+/.exec(line)?.[0] ?? '';
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(url);
  const view = page.frameLocator('iframe');
  await expect.poll(() => view.locator('main').innerText(), { timeout: 60_000 }).toContain('8,540 rows');
  await page.getByRole('button', { name: 'Strip log: rock types' }).click();
  await expect.poll(() => view.locator('.legend li').count()).toBeGreaterThan(4);
  child.kill('SIGINT');
  const [code] = await ended;
  expect(code).toBe(0);
});
