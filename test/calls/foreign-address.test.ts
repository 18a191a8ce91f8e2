import { expect, it } from 'vitest';
import { fieldMeta } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

it.each(providers.map(({ name }) => name))(
  '%s refuses an address of another host by name, in every argument that reads addresses',
  async platform => {
    const code = await providers.find(({ name }) => name === platform)?.load();
    const world = await startWorld({ platforms: [platform as 'dx'], flags: { toolsets: 'all', yes: true } });
    let tried = 0;
    for (const { name, input, example } of operationsOf(code as never))
      for (const [argument, field] of Object.entries(input.shape)) {
        const { fromUri, tidy } = fieldMeta(field);
        if (!(fromUri ?? tidy) || typeof (example.arguments as Record<string, unknown>)[argument] !== 'string')
          continue;
        const foreign = 'https://evil.example/projects/7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11/p/Owner.Thing/x/-/jobs/7';
        const { text, isError } = await world.call(name, { ...example.arguments, [argument]: foreign });
        expect(isError, name).toBe(true);
        expect(text, `${name} ${argument}`).toMatch(/address at evil\.example|^bad_arguments: Arguments of/);
        tried += 1;
      }
    expect(tried).toBeGreaterThan(0);
    expect(world[platform as 'dx'].requests).toEqual([]);
  },
);

it('takes an address of its own host, or of the one beside it', async () => {
  const world = await startWorld({ platforms: ['datarock', 'datagrok'], flags: { toolsets: 'all' } });
  const { data } = await world.call('datarock_list_projects');
  const [project] = data['items'] as { uuid: string }[];
  for (const host of ['app.datarock.com.au', 'api.prod.datarock.com.au'])
    expect(
      (await world.call('datarock_list_holes', { project: `https://${host}/projects/${project?.uuid}/holes` })).isError,
      host,
    ).toBe(false);
  const table = 'MaraOkafor.CopperheadNorth.Collars';
  const own = await world.call('datagrok_download_table', { table: `https://public.datagrok.ai/p/${table}` });
  expect(own.isError, own.text).toBe(false);
  // Every customer of this vendor has a host beside it.
  const other = await world.call('datagrok_download_table', { table: `https://other.datagrok.ai/p/${table}` });
  expect(other.text).toMatch(/address at other\.datagrok\.ai/);
});
