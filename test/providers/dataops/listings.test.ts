import { describe, expect, it } from 'vitest';
import { createResources } from '../../../src/resources/registry.ts';
import { startWorld } from '../../support/harness.ts';

type Row = Record<string, unknown>;

const project = 'meridian/data/drill-assays';
const start = () => startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' } });

describe('projects', () => {
  it('reads 10,000 in 100 requests, into a stored result', async () => {
    const { call } = await start();
    const seen = await call('dataops_list_projects', { search: 'Site Log', limit: 'all' });
    expect(seen.data['page']).toMatchObject({ returned: 10_000, total: 10_000, complete: true });
    expect(seen.data['result']).toMatchObject({ kind: 'table', rows: 10_000 });
    expect(seen.usage.requests).toBe(100);
  });

  it('goes on where pages by number end, with no total', async () => {
    const { call, dataops } = await start();
    dataops.state.offsetCap = 300;
    const seen = await call('dataops_list_projects', { limit: 'all' });
    expect(seen.data['page']).toMatchObject({ returned: 10_005, complete: true });
    const some = await call('dataops_list_projects', { limit: 10 });
    expect(some.data['page']).toMatchObject({ returned: 10, total: null, complete: false });
  });

  it('shows a project without credentials', async () => {
    const { call } = await start();
    const seen = await call('dataops_get_project', { project: 101 });
    expect(seen.data).toMatchObject({ id: '101', path_with_namespace: project, default_branch: 'main' });
    expect(seen.text).not.toMatch(/import-password-1|runners_token/);
  });

  it('creates one, and shows the namespaces it can be in', async () => {
    const { call } = await start();
    const spaces = (await call('dataops_list_namespaces', { search: 'data' })).data['items'] as Row[];
    const { id } = spaces.find(({ full_path }) => full_path === 'meridian/data') ?? {};
    const made = await call('dataops_create_project', { name: 'Soil Samples', namespace_id: id });
    expect(made.data).toMatchObject({ name: 'Soil Samples', path_with_namespace: 'meridian/data/soil-samples' });
    const again = await call('dataops_create_project', { name: 'Soil Samples', namespace_id: id });
    expect(again.text).toMatch(/^rejected: .*has already been taken/);
  });
});

describe('resources', () => {
  const resourcesOf = ({ server: { shared, tools } }: Awaited<ReturnType<typeof start>>) =>
    createResources(shared, tools);

  const read = async (world: Awaited<ReturnType<typeof start>>, uri: string) => {
    const { contents } = await resourcesOf(world).read(uri);
    return JSON.parse((contents[0] as { text: string }).text) as Row;
  };

  it('shows the same as the tools', async () => {
    const world = await start();
    const { failed } = world.dataops.state.names.pipelines;
    const base = `dataops://projects/${encodeURIComponent(project)}`;
    expect(await read(world, base)).toMatchObject({ id: '101' });
    expect(await read(world, `${base}/schedules`)).toMatchObject({ page: { returned: 2, complete: true } });
    const jobs = (await read(world, `${base}/pipelines/${failed}/jobs`))['items'] as Row[];
    const { id } = jobs.find(({ status }) => status === 'failed') ?? {};
    expect(await read(world, `${base}/pipelines/${failed}`)).toMatchObject({ status: 'failed' });
    expect((await read(world, `${base}/jobs/${id}/log`))['log']).toContain('AU_PPM_REPEAT');
    expect((await read(world, 'dataops://namespaces'))['items']).toHaveLength(6);
  });

  it('completes project paths by searching, not by reading every one', async () => {
    const world = await start();
    const paths = await resourcesOf(world).complete(
      'dataops://projects/{project}/pipelines{?ref}',
      'project',
      'meridian/data/dr',
      {},
    );
    expect(paths).toEqual([project]);
    expect(world.dataops.requests).toHaveLength(1);
  });
});
