import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { startWorld } from '../support/harness.ts';

it.each([
  ['the results folder itself', (results: string) => results],
  ['a folder that holds it', (results: string) => dirname(results)],
  ['a folder in it', (results: string) => join(results, 'callers')],
  ['the same by other steps', (results: string) => `${results}/../results/`],
])('the server does not start with %s as an allowed folder', async (_, allowed) => {
  const results = join(await freshFolder(), 'results');
  await expect(startWorld({ flags: { results_dir: results, allow_dir: allowed(results) } })).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringMatching(/ overlap: /),
    hint: expect.stringContaining('--results-dir'),
  });
});

it('a link to the results folder is one, too; a folder beside it is none', async () => {
  const folder = await freshFolder();
  const [results, beside, link] = [join(folder, 'results'), join(folder, 'results-2'), join(folder, 'link')];
  for (const one of [results, beside]) await mkdir(one);
  await symlink(results, link);
  const start = (allowed: string) => startWorld({ flags: { results_dir: results, allow_dir: [beside, allowed] } });
  await expect(start(link)).rejects.toMatchObject({ code: 'not_configured' });
  await expect(start(folder)).rejects.toMatchObject({ code: 'not_configured' });
  expect((await start(join(folder, 'other'))).server.shared.folders).toEqual([beside, join(folder, 'other')]);
});

it('callers from elsewhere have no allowed folders, which then overlap nothing', async () => {
  const results = await freshFolder();
  const { server } = await startWorld({ flags: { results_dir: results, allow_dir: results }, local: false });
  expect(server.shared.folders).toEqual([]);
});
