import { describe, expect, it } from 'vitest';
import { owner, project, type Row, start } from '../../support/dataops-world.ts';

const group = 'meridian/data';

describe('a member', () => {
  it('is shown with the role given there, and with the one from wherever it comes', async () => {
    const { call, callFails } = await start();
    const noor = await call('get_project_member', { project, user: 'Noor Haddad' });
    expect(noor.data).toMatchObject({ username: 'noor.haddad', access_level: 30 });
    expect(await callFails('get_project_member', { project, user: 'amara.okafor' })).toMatch(
      /^(bad_arguments|not_found)/,
    );
    const amara = await call('get_effective_project_member', { project, user: 'amara.okafor' });
    expect(amara.data).toMatchObject({ access_level: 30 });
    expect((await call('get_group_member', { group, user: 'liam.chen' })).data).toMatchObject({ access_level: 20 });
  });

  it('is promoted, demoted and taken out, and keeps what a group above gives', async () => {
    const { call, callRows, callFails } = await owner();
    const changed = await call('update_project_member', { project, user: 'noor.haddad', role: 'maintainer' });
    expect(changed.data).toMatchObject({ access_level: 40 });
    await call('remove_project_member', { project, user: 'noor.haddad' });
    const names = (await callRows('list_project_members', { project })).map(row => row['username']);
    expect(names).not.toContain('noor.haddad');
    await call('remove_group_member', { group, user: 'liam.chen' });
    expect(await callFails('get_effective_project_member', { project, user: 'liam.chen' })).toMatch(
      /^(bad_arguments|not_found)/,
    );
    expect(await callFails('remove_group_member', { group: 'meridian', user: 'jonas.petrov' })).toMatch(
      /^missing_scope/,
    );
  });

  it('is asked about by name and role', async () => {
    const { callTool } = await start({ flags: { yes: false } });
    const { text } = await callTool('dataops_remove_project_member', { project, user: 'noor.haddad' });
    expect(text).toMatch(/^needs_confirmation: Take the access of "Noor Haddad, noor.haddad" .* away\?/);
    expect(text).toContain('They are developer now.');
    const raised = await callTool('dataops_update_group_member', { group, user: 'liam.chen', role: 'owner' });
    expect(raised.text).toMatch(/^needs_confirmation: Make "Liam Chen, liam.chen" .*"owner" of the group/);
  });

  it('waits until somebody lets them in, and LDAP gives way only where it gave', async () => {
    const { call, callFails } = await owner();
    const products = { group: 'meridian/data/products' };
    const noor = { ...products, user: 'noor.haddad' };
    expect((await call('get_group_member', noor)).data).toMatchObject({ membership_state: 'awaiting' });
    expect((await call('approve_group_member', noor)).data).toMatchObject({ membership_state: 'active' });
    expect(await callFails('approve_group_member', noor)).toMatch(/^not_found/);
    await call('set_group_member_state', { ...noor, state: 'awaiting' });
    await call('approve_all_group_members', products);
    expect((await call('get_group_member', noor)).data).toMatchObject({ membership_state: 'active' });
    expect((await call('override_group_member', { group, user: 'liam.chen' })).data).toMatchObject({ override: true });
    await call('remove_member_override', { group, user: 'liam.chen' });
    expect(await callFails('override_group_member', { group, user: 'amara.okafor' })).toMatch(/^missing_scope/);
  });
});

describe('a person', () => {
  it('is found, and says whether they are there', async () => {
    const { call, callRows } = await start();
    expect((await call('get_user', { user: 'Inês Duarte' })).data).toMatchObject({ username: 'ines.duarte' });
    const usable = (await callRows('list_project_users', { project, search: 'noor' })).map(row => row['username']);
    expect(usable).toEqual(['noor.haddad']);
    expect((await call('get_user_status')).data).toMatchObject({ availability: 'not_set' });
    await call('update_user_status', { message: 'At the mine', availability: 'busy', clear_status_after: '1_day' });
    expect((await call('get_user_status')).data).toMatchObject({ message: 'At the mine', availability: 'busy' });
  });
});

describe('a group', () => {
  it('is made inside another, renamed with what is in it, and deleted', async () => {
    const { call, callFails, callRows } = await owner();
    const made = await call('create_group', { name: 'Geophysics', path: 'geophysics', parent: group });
    expect(made.data).toMatchObject({ full_path: 'meridian/data/geophysics' });
    expect(await callFails('create_group', { name: 'Again', path: 'geophysics', parent: group })).toContain(
      'already been taken',
    );
    await call('update_group', { group, path: 'lab', description: 'The laboratory' });
    const paths = (await callRows('list_group_projects', { group: 'meridian/lab' })).map(
      (row: Row) => row['path_with_namespace'],
    );
    expect(paths).toContain('meridian/lab/drill-assays');
    await call('delete_group', { group: 'meridian/lab' });
    expect(await callFails('get_group', { group: 'meridian/lab' })).toMatch(/^not_found/);
    expect(await callFails('get_project', { project: 'meridian/lab/drill-assays' })).toMatch(/^not_found/);
  });

  it('is asked about with the projects that would be lost', async () => {
    const { callTool } = await start({ flags: { yes: false } });
    const { text } = await callTool('dataops_delete_group', { group: 'meridian' });
    expect(text).toMatch(/Delete the group "meridian" with every group and project in it\?/);
    expect(text).toMatch(/\d+ projects? would be lost .*meridian\//);
  });

  it('gets access to a project that is shared with it', async () => {
    const { call, callRows, callFails } = await start();
    const wanted = { project, group: 'meridian/platform', role: 'reporter' };
    expect((await call('share_project', wanted)).data).toMatchObject({ group_access: 20 });
    expect(await callFails('share_project', wanted)).toContain('Group already shared');
    const groups = await callRows('list_project_groups', { project, with_shared: true });
    expect(groups.map(row => row['full_path'])).toEqual(['meridian/data', 'meridian', 'meridian/platform']);
  });
});
