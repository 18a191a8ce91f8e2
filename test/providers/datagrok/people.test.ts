import { describe, expect, test } from 'vitest';
import { personalGroupId } from '../../../src/providers/datagrok/simulator/seed/people.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

type Row = Record<string, unknown>;

const items = (data: Row) => data['items'] as Row[];

const names = (data: Row) => items(data).map(({ name }) => name);

describe('users', () => {
  test('are listed, shown by login, and are who the key says', async () => {
    const { ask } = await startDatagrok();
    expect(items(await ask('datagrok_list_users', { text: 'tomas', with_group: true }))).toMatchObject([
      { login: 'tomas.lindqvist', status: 'active', group: { personal: true } },
    ]);
    expect(await ask('datagrok_get_user', { user: 'jonas.weber' })).toMatchObject({
      status: 'blocked',
      lastName: 'Weber',
    });
    expect(await ask('datagrok_get_current_user')).toMatchObject({ login: 'mara.okafor' });
  });

  test('are made, changed, blocked and let in again', async () => {
    const { ask, state, callFails } = await startDatagrok();
    const nils = { login: 'nils.holm', first_name: 'Nils', last_name: 'Holm', email: 'nils@copperhead.example' };
    const { id } = await ask('datagrok_save_user', nils);
    expect(state.world.users.get(String(id))).toMatchObject({ login: 'nils.holm', status: 'active', lastName: 'Holm' });
    expect(await callFails('datagrok_save_user', nils)).toMatch(/^conflict: .*"User nils\.holm already exists"/);
    expect(await ask('datagrok_save_user', { ...nils, id, last_name: 'Berg' })).toMatchObject({ lastName: 'Berg' });
    expect(await ask('datagrok_block_user', { user: 'nils.holm' })).toMatchObject({ id, status: 'blocked' });
    expect(state.world.users.get(String(id))?.status).toBe('blocked');
    expect(await ask('datagrok_unblock_user', { user: 'nils.holm' })).toMatchObject({ id, status: 'active' });
  });
});

describe('groups', () => {
  test('are listed, looked up and shown with who is in them', async () => {
    const { ask } = await startDatagrok();
    const real = await ask('datagrok_list_groups', { text: 'personal=false', relations: ['children'], limit: 'all' });
    expect(names(real)).toEqual(expect.arrayContaining(['Geology', 'DataScience', 'AllUsers']));
    expect(items(real).find(({ name }) => name === 'DataScience')?.['children']).toHaveLength(2);
    expect(names(await ask('datagrok_lookup_groups', { query: 'geo' }))).toEqual(['Geology', 'MineGeology']);
    expect(await ask('datagrok_get_group', { group: 'Geology' })).toMatchObject({
      name: 'Geology',
      children: expect.arrayContaining([expect.objectContaining({ isAdmin: true })]),
    });
    expect(names(await ask('datagrok_list_group_members', { group: 'Geology' }))).toEqual([
      'MaraOkafor',
      'TomasLindqvist',
      'InesFerreira',
      'MineGeology',
    ]);
    expect(names(await ask('datagrok_list_group_members', { group: 'Geology', admin: true }))).toEqual(['MaraOkafor']);
    expect(names(await ask('datagrok_list_group_memberships', { group: 'MineGeology' }))).toEqual(['Geology']);
    expect(await ask('datagrok_get_current_group')).toMatchObject({ name: 'MaraOkafor', personal: true });
    expect(await ask('datagrok_get_own_group')).toMatchObject({ name: 'MaraOkafor', personal: true });
  });

  test('are made and deleted; members come and go, and those who stay are kept', async () => {
    const { ask, state, callFails, call } = await startDatagrok({ flags: { yes: false } });
    const { id } = await ask('datagrok_save_group', { name: 'CoreShed', friendlyName: 'Core shed' });
    const membersOf = (group: unknown) =>
      [...state.world.relations.values()]
        .filter(({ parent }) => parent === group)
        .map(({ child, isAdmin }) => [child, isAdmin]);
    await ask('datagrok_change_group_members', { group: 'CoreShed', add: ['hana.sato', 'MineGeology'], admin: true });
    await ask('datagrok_change_group_members', { group: 'CoreShed', add: ['priya.raman'] });
    const mine = [...state.world.groups.values()].find(({ name }) => name === 'MineGeology')?.id;
    expect(membersOf(id)).toEqual([
      [personalGroupId('hana.sato'), true],
      [mine, true],
      [personalGroupId('priya.raman'), false],
    ]);
    const order = { group: 'CoreShed', remove: ['hana.sato', 'MineGeology'] };
    const question = await callFails('datagrok_change_group_members', order);
    expect(question).toMatch(/^needs_confirmation: .*This takes Hana Satō, Mine geology out of CoreShed\./);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect((await call('datagrok_change_group_members', { ...order, confirm })).isError).toBe(false);
    expect(membersOf(id)).toEqual([[personalGroupId('priya.raman'), false]]);
    expect(await callFails('datagrok_change_group_members', { group: 'CoreShed', remove: ['jonas.weber'] })).toMatch(
      /^bad_arguments: jonas\.weber is not a member\.\nNext: Members are: Priya Raman\./,
    );
    const gone = await callFails('datagrok_delete_group', { group: 'CoreShed' });
    const agreed = /confirm: "([^"]+)"/.exec(gone)?.[1];
    expect((await call('datagrok_delete_group', { group: 'CoreShed', confirm: agreed })).data).toMatchObject({
      done: true,
    });
    expect(state.world.groups.has(String(id))).toBe(false);
  });

  test('are asked for, and let in or refuse', async () => {
    const { ask, state } = await startDatagrok();
    expect(await ask('datagrok_request_membership', { group: 'DataScience' })).toMatchObject({
      approved: null,
      to: { name: 'DataScience' },
    });
    const open = items(await ask('datagrok_list_membership_requests', { group: 'Geology' })).filter(
      ({ approved }) => approved === null || approved === undefined,
    );
    expect(open.map(row => (row['from'] as Row)['name'])).toEqual(['PriyaRaman', 'LenaNovak']);
    const first = { request: open[0]?.['id'], group: 'Geology' };
    expect(await ask('datagrok_approve_membership', first)).toMatchObject({ approved: true });
    expect(await ask('datagrok_deny_membership', { request: open[1]?.['id'] })).toMatchObject({ approved: false });
    const geology = [...state.world.groups.values()].find(({ name }) => name === 'Geology')?.id;
    const children = [...state.world.relations.values()]
      .filter(({ parent }) => parent === geology)
      .map(({ child }) => child);
    expect(children).toContain(personalGroupId('priya.raman'));
    expect(children).not.toContain(personalGroupId('lena.novak'));
  });
});

describe('people and shares by any name', () => {
  test('members are added and removed by login, name or e-mail address', async () => {
    const { ask, callFails } = await startDatagrok();
    const members = async () =>
      ((await ask('datagrok_list_group_members', { group: 'DataScience' }))['items'] as { name: string }[]).length;
    const before = await members();
    for (const person of ['ines.ferreira', 'Ines Ferreira', 'ines.ferreira@copperhead.example']) {
      await ask('datagrok_change_group_members', { group: 'DataScience', add: [person] });
      expect(await members(), person).toBe(before + 1);
      await ask('datagrok_change_group_members', { group: 'DataScience', remove: [person] });
      expect(await members(), person).toBe(before);
    }
    expect(await callFails('datagrok_change_group_members', { group: 'DataScience', remove: ['nobody'] })).toMatch(
      /^bad_arguments: nobody is not a member\.\nNext: Members are: /,
    );
  });

  test('a connection can be written with periods or colons, a new name cannot', async () => {
    const { ask, callFails } = await startDatagrok();
    for (const connector of ['System:DemoFiles', 'System.DemoFiles', 'system.demofiles'])
      expect(
        ((await ask('datagrok_list_files', { connector, dir: 'geology' }))['items'] as unknown[]).length,
        connector,
      ).toBeGreaterThan(0);
    const { result } = await ask('datagrok_download_file', {
      connector: 'System.DemoFiles',
      path: 'geology/collars.csv',
    });
    expect(result).toMatchObject({ kind: 'table' });
    expect(await ask('datagrok_get_connection', { data_connection: 'Geology.Laboratory' })).toMatchObject({
      grok_name: 'Geology:Laboratory',
    });
    expect(await callFails('datagrok_upload_table', { table: 'Rock.Quality', source: [{ a: 1 }] })).toMatch(
      /a period cannot be part of a name/,
    );
  });
});
