import { describe, expect, it } from 'vitest';
import { createResources } from '../../../src/resources/registry.ts';
import { project, type Row, start } from '../../support/dataops-world.ts';

describe('what is meant', () => {
  it('a project, as a number, a path or any address of it', async () => {
    const { callRows } = await start();
    for (const given of [
      101,
      '101',
      project,
      `https://app.dataops.live/${project}`,
      `https://app.dataops.live/${project}.git`,
      `https://app.dataops.live/${project}/-/merge_requests/1/diffs?tab=x#y`,
      'https://app.dataops.live/api/v4/projects/meridian%2Fdata%2Fdrill-assays/repository/branches',
      'dataops://projects/meridian%2Fdata%2Fdrill-assays/branches',
    ])
      expect(await callRows('list_branches', { project: given }), String(given)).toHaveLength(4);
  });

  it('a group and a merge request by their pages', async () => {
    const { call, callRows } = await start();
    const pasted = `https://app.dataops.live/${project}/-/merge_requests/1`;
    expect((await call('get_merge_request', { project: pasted, merge_request: pasted })).data['iid']).toBe('1');
    const group = 'https://app.dataops.live/groups/meridian/data/-/group_members';
    expect((await call('get_group', { group })).data['full_path']).toBe('meridian/data');
    expect(await callRows('list_subgroups', { group })).toMatchObject([{ full_path: 'meridian/data/products' }]);
  });

  it('says that what is absent may be hidden', async () => {
    const { callFails } = await start();
    expect(await callFails('list_branches', { project: 'people-and-pay/payroll-model' })).toMatch(
      /^not_found: .*absent, or hidden/,
    );
  });
});

describe('groups and members', () => {
  it('lists groups, their projects and what is below them', async () => {
    const { callRows, call } = await start();
    const paths = async (name: string, args: Row) => (await callRows(name, args)).map(row => row['full_path']);
    expect(await paths('list_groups', { top_level_only: true })).toEqual(['meridian', 'site-logs']);
    expect(await paths('list_groups', { min_access_level: 'maintainer' })).not.toContain('site-logs');
    expect(await paths('list_descendant_groups', { group: 'meridian' })).toContain('meridian/data/products');
    const projects = await callRows('list_group_projects', { group: 'meridian/data', include_subgroups: true });
    expect(projects.map(row => row['path_with_namespace'])).toContain('meridian/data/products/ore-quality');
    expect((await call('get_namespace', { namespace: 'meridian/data' })).data).toMatchObject({
      kind: 'group',
      id: '12',
    });
    expect((await call('check_namespace', { path: 'nobody-has-this' })).data).toMatchObject({ exists: false });
  });

  it('tells direct members from inherited ones, and adds one by role', async () => {
    const { call, callRows, callFails } = await start();
    const names = async (name: string, args: Row) => (await callRows(name, args)).map(row => row['username']);
    expect(await names('list_project_members', { project })).not.toContain('amara.okafor');
    expect(await names('list_effective_project_members', { project })).toContain('amara.okafor');
    expect(await names('list_effective_group_members', { group: 'meridian/data' })).toContain('jonas.petrov');
    expect(await names('list_group_members', { group: 'meridian/data', query: 'liam' })).toEqual(['liam.chen']);
    const [ines] = await callRows('list_users', { search: 'ines' });
    const added = await call('add_project_member', { project, user_id: ines?.['id'], role: 'developer' });
    expect(added.data).toMatchObject({ username: 'ines.duarte', access_level: 30 });
    expect(await callFails('add_project_member', { project, username: 'ines.duarte', role: 'reporter' })).toMatch(
      /^conflict: /,
    );
    expect(await callFails('add_project_member', { project, username: 'ines.duarte', role: 'king' })).toMatch(
      /^bad_arguments: .*role/,
    );
  });
});

describe('search', () => {
  it('looks everywhere, in a group and in the files of a project', async () => {
    const { callRows } = await start();
    expect(await callRows('list_search_hits', { search: 'ore quality', scope: 'projects' })).toMatchObject([
      { id: '102' },
    ]);
    expect(
      await callRows('list_group_search_hits', { group: 'meridian', search: 'composites', scope: 'merge_requests' }),
    ).toEqual([expect.objectContaining({ iid: '1' })]);
    const hits = await callRows('list_project_search_hits', { project, search: 'coalesce', scope: 'blobs' });
    expect(hits).toMatchObject([
      { path: 'dataops/modelling/assay_intervals.sql', data: expect.stringContaining('coalesce') },
    ]);
  });
});

it('reads resources, and completes groups in them', async () => {
  const { server } = await start();
  const { read, complete } = createResources(server.shared, server.tools);
  const branches = await read('dataops://projects/meridian%2Fdata%2Fdrill-assays/branches');
  expect(JSON.stringify(branches)).toContain('feature/repeat-assays');
  expect(await complete('dataops://groups/{group}/members', 'group', 'prod', {})).toEqual(['meridian/data/products']);
});
