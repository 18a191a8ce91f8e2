// Photographs every page for clients that draw, in light, dark and narrow, with the real program on its sandbox and
// Debian's Chromium. Run by npm run photographs, after the build; look at them before they are committed.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importSource } from './source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'pictures', 'pages');
const looks = {
  light: { theme: 'light' },
  dark: { theme: 'dark' },
  narrow: { theme: 'light', width: 352, height: 900 },
};

process.chdir(root);
await mkdir(folder, { recursive: true });
const { openShowroom } = await importSource('test/support/showroom.ts');
const room = await openShowroom({ flags: ['--toolsets', 'dataops:repository'] });
try {
  for (const { name, tool, args, ready, before } of await shows()) {
    for (const [look, options] of Object.entries(looks)) {
      const { page, view } = await room.show(tool, args, options);
      await view.locator(ready).first().waitFor({ timeout: 60_000 });
      await before?.(view, page);
      await page.waitForLoadState('networkidle');
      await page.locator('iframe').screenshot({ path: join(folder, `${name}-${look}.png`) });
      await page.close();
    }
  }
} finally {
  await room.close();
}

async function shows() {
  const tableOf = async artefact => {
    const order = { project: 'Copperhead North', artefact, holes: 'all', wait_seconds: 45 };
    const { structuredContent } = await room.call('datarock_create_export', order);
    return /result:\/\/[0-9a-z]+/.exec(JSON.stringify(structuredContent))[0];
  };
  const [rqd, rocks] = [await tableOf('RQD'), await tableOf('Lithology')];
  const project = 'meridian/data/drill-assays';
  const { structuredContent } = await room.call('dataops_list_pipelines', { project, status: 'failed' });
  const [{ id }] = structuredContent.items;
  const run = `dataops://projects/${encodeURIComponent(project)}/pipelines/${id}`;
  const branch = 'survey-copy';
  await room.call('dataops_create_branch', { project, branch, ref: 'main' });
  const weak = [{ column: 'rqd_percent', op: '<', value: 50 }];
  return [
    { name: 'explorer', tool: 'read_result', args: { result: rqd, where: weak }, ready: 'svg.picture rect' },
    {
      name: 'strip-log',
      tool: 'chart_result',
      args: { result: rocks, type: 'strip_log' },
      ready: '.legend li',
      before: view => view.locator('.stage svg').hover({ position: { x: 150, y: 200 } }),
    },
    {
      name: 'box',
      tool: 'chart_result',
      args: { result: rqd, type: 'box', x: 'hole_id', y: ['rqd_percent'] },
      ready: '.stage circle',
    },
    { name: 'run', tool: 'wait_for_run', args: { run }, ready: '.stage' },
    { name: 'consent', tool: 'dataops_delete_branch', args: { project, branch }, ready: 'dl' },
    { name: 'overview', tool: 'check_connections', args: {}, ready: 'progress' },
  ];
}
