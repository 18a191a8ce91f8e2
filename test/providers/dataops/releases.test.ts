import { describe, expect, it } from 'vitest';
import { project, start } from '../../support/dataops-world.ts';

describe('environments, releases, packages', () => {
  it('shows what reached an environment, and keeps environments', async () => {
    const { call, callRows, callFails } = await start();
    const [latest] = await callRows('list_deployments', { project, environment: 'PROD', limit: 1 });
    expect(latest).toMatchObject({ status: 'success', ref: 'main' });
    expect((await call('get_deployment', { project, deployment: latest?.['id'] })).data).toMatchObject({
      environment: { name: 'PROD' },
    });
    const made = await call('create_environment', { project, name: 'SANDBOX', tier: 'development' });
    const one = { project, environment: made.data['id'] };
    expect((await call('update_environment', { ...one, tier: 'staging' })).data).toMatchObject({ tier: 'staging' });
    expect(await callFails('delete_environment', one)).toMatch(/^missing_scope|^rejected/);
    await call('stop_environment', { ...one, force: true });
    const listed = await callRows('list_environments', { project, search: 'SANDBOX' });
    expect(listed[0]?.['state']).toMatch(/^stopp(ing|ed)$/);
    expect((await call('get_environment', one)).data).toMatchObject({ name: 'SANDBOX' });
  });

  it('records deployments', async () => {
    const { call, callRows, callFails } = await start();
    const [main] = await callRows('list_commits', { project, limit: 1 });
    const wanted = { environment: 'QA', sha: main?.['id'], ref: 'main', tag: false };
    const made = await call('create_deployment', { project, ...wanted, status: 'running' });
    const one = { project, deployment: made.data['id'] };
    expect((await call('update_deployment', { ...one, status: 'failed' })).data).toMatchObject({ status: 'failed' });
    const [first] = await callRows('list_deployments', { project, environment: 'PROD', sort: 'asc', limit: 1 });
    expect((await call('delete_deployment', { project, deployment: first?.['id'] })).data).toMatchObject({
      done: true,
    });
    expect(await callFails('get_deployment', { project, deployment: first?.['id'] })).toMatch(/^not_found: /);
  });

  it('publishes a release', async () => {
    const { call, callRows } = await start();
    const made = await call('create_release', {
      ...{ project, tag: 'v3.0.0', ref: 'main', name: 'Third', description: 'New limits' },
      links: [{ name: 'Notes', url: 'https://notes.meridian.example/3.0.0' }],
    });
    expect(made.data).toMatchObject({ tag_name: 'v3.0.0', assets: { links: [{ name: 'Notes' }] } });
    const one = { project, tag: 'v3.0.0' };
    await call('update_release', { ...one, description: 'Limits for gold' });
    expect((await call('get_release', one)).data).toMatchObject({ description: 'Limits for gold' });
    expect((await call('delete_release', one)).data).toMatchObject({ done: true });
    expect(await callRows('list_releases', { project })).toHaveLength(1);
    expect((await call('get_tag', one)).data).toMatchObject({ name: 'v3.0.0' });
  });

  it('lists what data products published', async () => {
    const { callRows, call, dataops } = await start();
    const found = await callRows('list_group_packages', { group: 'meridian/data', package_name: 'ore' });
    expect(found.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
    const home = [...dataops.state.world.projects.values()].find(({ parts }) => parts?.shelf.packages.length);
    const one = { project: home?.id, package: found[0]?.['id'] };
    expect(await callRows('list_package_files', one)).toMatchObject([
      { file_name: 'manifest.json', size: 2048 },
      { file_name: 'specification.yml' },
    ]);
    await call('delete_package', one);
    expect(await callRows('list_project_packages', { project: home?.id })).toHaveLength(2);
  });
});
