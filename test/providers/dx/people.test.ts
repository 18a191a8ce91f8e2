import { describe, expect, it } from 'vitest';
import { agreement, dxWorld, type Row, unattended } from '../../support/dx-world.ts';

const email = 'bashir.tanaka@kestrel.example';

describe('teams', () => {
  it('are listed, and shown by id, name, reference or address', async () => {
    const { callRows, call, seed, sent } = await dxWorld();
    const teams = await callRows('list_teams');
    expect(teams.map(({ id, name, parent_id }) => ({ id, name, parent_id }))).toEqual(
      seed.teams.map(({ id, name, parent_id }) => ({ id, name, parent_id })),
    );
    const { data } = await call('get_team', { team_id: 'Booking' });
    expect(data).toMatchObject({ id: 'NjAy', reference_id: 'kf-booking', lead: { email } });
    expect(data['contributors']).toHaveLength(7);
    for (const args of [{ team_id: 'NjAy' }, { team_id: 'dx://teams/NjAy' }, { reference_id: 'kf-booking' }])
      expect((await call('get_team', args)).data, JSON.stringify(args)).toEqual(data);
    expect(sent('teams.list')).toHaveLength(1);
  });

  it('that nobody knows by that name are answered with what was meant', async () => {
    const { callFails } = await dxWorld();
    expect(await callFails('get_team', { team_id: 'Boking' })).toMatch(/^not_found: .*\n.*Did you mean "Booking"\?/);
    expect(await callFails('get_team')).toMatch(/^bad_arguments: .*team_id or reference_id/);
  });

  it('are found by their members, although the answer has no ok', async () => {
    const { call, callFails, sent } = await dxWorld();
    const found = await call('find_team_by_members', { team_emails: [email, 'chloe.ferreira@kestrel.example'] });
    expect(found.data).toMatchObject({ id: 'NjAy', name: 'Booking', manager: { email } });
    expect(found.data['members']).toHaveLength(7);
    expect(sent('teams.findByMembers')[0]?.target.split('?')[1]).toBe(
      'team_emails=bashir.tanaka%40kestrel.example,chloe.ferreira%40kestrel.example',
    );
    expect(await callFails('find_team_by_members', { team_emails: ['x@y.example'] })).toMatch(
      /^not_found: .*no_users_found/,
    );
    expect(await callFails('find_team_by_members', { team_emails: 'nobody' })).toMatch(
      /^bad_arguments: .*email_parameter_malformed/,
    );
  });

  it('have an audit trail with times that people read, cut where the caller wants', async () => {
    const { call, sent } = await dxWorld();
    const { data } = await call('list_team_events', { limit: 4 });
    expect((data['items'] as Row[])[0]).toEqual({
      created: '2026-07-04T00:00:00.000Z',
      actor: 'ingrid.solberg@kestrel.example',
      team: 'Security',
      action: 'team_created',
      id: 'ZXYxMA',
      metadata: {},
    });
    const rest = await call('list_team_events', { limit: 'all', cursor: (data['page'] as Row)['next'] });
    expect(rest.data['page']).toMatchObject({ returned: 7, complete: true });
    // It takes no limit.
    expect(sent('teams.auditTrail').map(({ target }) => target)).toEqual(['/teams.auditTrail', '/teams.auditTrail']);
  });
});

describe('people', () => {
  it('are listed page by page', async () => {
    const { call, callRows, sent } = await dxWorld();
    const { data } = await call('list_users', { limit: 30, fields: ['email', 'attributes'] });
    expect(data['page']).toMatchObject({ returned: 30, total: 44, complete: false });
    expect((data['items'] as Row[])[0]).toEqual({
      email: 'ingrid.solberg@kestrel.example',
      attributes: { Location: 'Remote', Level: 'Staff', Tenure: 'Under 1 year' },
    });
    const cursor = (data['page'] as Row)['next'];
    expect(await callRows('list_users', { limit: 'all', fields: ['email'], cursor })).toHaveLength(14);
    expect(sent('users.list')[0]?.target).toBe('/users.list?page=1&page_size=30');
  });

  it('are found by their name on GitHub, and changed', async () => {
    const { call, seed, callFails } = await dxWorld();
    const found = await call('find_user_by_github_username', { github_username: 'bashir-tanaka' });
    expect(found.data).toMatchObject({ email, name: 'Bashir Tanaka' });
    expect(await callFails('find_user_by_github_username', { github_username: 'nobody' })).toMatch(/^not_found/);
    // A day whatever way it is written, and the day that is meant whatever its zone.
    const changed = await call('update_user', {
      email,
      gitlab_username: 'bashir',
      additional_github_username: 'bashir-2',
      start_date: '2024-03-01T23:30:00-08:00',
      ai_light_adoption_date: '30d',
      ai_moderate_adoption_date: 1_763_600_000,
      ai_heavy_adoption_date: '2026-11-20',
    });
    expect(changed.data).toMatchObject({ id: found.data['id'], email, gitlab_username: 'bashir' });
    expect(seed.users.find(user => user.email === email)).toMatchObject({
      gitlab_username: 'bashir',
      additional_github_username: 'bashir-2',
      start_date: '2024-03-01',
      ai_light_adoption_date: '2026-10-22',
      ai_moderate_adoption_date: '2025-11-20',
      ai_heavy_adoption_date: '2026-11-20',
    });
    expect(await callFails('update_user', { email, start_date: 'one of these days' })).toMatch(
      /^bad_arguments: start_date: "one of these days" is not a time/,
    );
  });

  it('have attributes, of which some cannot be set', async () => {
    const { call, callRows, seed } = await dxWorld();
    const { data } = await call('set_user_attributes', {
      email,
      attributes: [
        { name: 'Location', value: 'Lisbon' },
        { name: 'Level', value: null },
        { name: 'Tenure', value: 'Ages' },
      ],
    });
    expect(data).toMatchObject({ email, failures: [{ name: 'Tenure', error: 'dx_managed' }] });
    const { attributes } = seed.users.find(user => user.email === email) ?? {};
    expect(attributes?.map(({ name }) => name)).toEqual(['Tenure', 'Location']);
    const groups = await callRows('list_attribute_groups');
    expect(groups.map(({ id, name }) => [id, name])).toEqual([
      ['YWcx', 'Location'],
      ['YWcy', 'Level'],
      ['YWcz', 'Tenure'],
    ]);
  });
});

describe('user groups', () => {
  it('are listed page by page, and shown by name', async () => {
    const { call, callRows, sent } = await dxWorld();
    const names = (await callRows('list_user_groups', { fields: ['name'] })).map(({ name }) => name);
    expect(names).toHaveLength(12);
    expect(sent('userGroups.list')[0]?.target).toBe('/userGroups.list?page=1&limit=50');
    expect((await call('get_user_group', { id: 'AI pilot' })).data).toMatchObject({ id: 'OTAy', name: 'AI pilot' });
  });

  it('are made of a team or of people, and deleted when somebody agrees', async () => {
    const { call, callFails, seed } = await dxWorld();
    const ofTeam = await call('create_user_group', { name: 'Booking people', team_id: 'Booking' });
    expect(ofTeam.data).toMatchObject({ team_id: 'NjAy', owner_email: email });
    expect(ofTeam.data['members']).toHaveLength(7);
    const made = await call('create_user_group', { name: 'Captains', owner_email: email, members: [email] });
    expect(made.data).toMatchObject({ name: 'Captains', members: [email] });
    expect(await callFails('create_user_group', { name: 'Nobody' })).toMatch(/^bad_arguments: .*say who is in it/);
    const many = Array.from({ length: 101 }, () => email);
    expect(await callFails('create_user_group', { name: 'Many', owner_email: email, members: many })).toMatch(
      /^bad_arguments: .*members/,
    );
    const question = await callFails('delete_user_group', { id: 'Captains' });
    expect(question).toContain('Delete the user group "Captains"?');
    expect(question).toContain(`POST /userGroups.delete {"id":"${made.data['id']}"}`);
    expect(seed.userGroups).toHaveLength(14);
    expect((await call('delete_user_group', { id: 'Captains', confirm: agreement(question) })).data).toMatchObject({
      ok: true,
    });
    expect(seed.userGroups.map(({ name }) => name)).not.toContain('Captains');
  });

  it('say who would go before members are replaced, and ask nobody where none goes', async () => {
    const { call, callFails, seed } = await dxWorld();
    const group = seed.userGroups[0];
    const before = [...(group?.members ?? [])];
    await call('update_user_group', { id: 'Frontend guild', name: 'Web guild' });
    await call('update_user_group', { id: 'Web guild', members: [...before, email] });
    expect(group).toMatchObject({ name: 'Web guild', members: [...before, email] });
    const question = await callFails('update_user_group', { id: 'OTAw', members: before.slice(1) });
    expect(question).toContain(`This would remove "${before[0]}", "${email}" from "Web guild".`);
    await call('update_user_group', { id: 'OTAw', members: before.slice(1), confirm: agreement(question) });
    expect(group?.members).toEqual(before.slice(1));
  });

  it('are out of reach of a token without their scope, keys included', async () => {
    const { callFails, state } = await dxWorld();
    state.tokens.get(state.names.organization)?.scopes.delete('user_groups:read');
    expect(await callFails('get_user_group', { id: 'OTAw' })).toMatch(/^missing_scope: .*not_authorized/);
  });
});

describe('organisation files', () => {
  it('go up as a form and come back as a table, their links unseen', async () => {
    const { call, callTool, callFails, seed, state, sent } = await dxWorld();
    const people = [
      { name: 'Ada Okafor', email: 'ada@kestrel.example' },
      { name: 'Ben, Ong', email: 'ben@kestrel.example' },
    ];
    const up = await call('upload_org_file', { file: people, upload_type: 'user' });
    expect(sent('orgfiles.upload')[0]?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(seed.uploads).toMatchObject([
      {
        upload_type: 'user',
        filename: 'rows.csv',
        text: 'name,email\r\nAda Okafor,ada@kestrel.example\r\n"Ben, Ong",ben@kestrel.example\r\n',
      },
    ]);
    const listed = await call('list_org_files');
    expect(listed.data['items']).toEqual([
      { id: up.data['id'], upload_type: 'user', created_at: '2026-11-21T00:00:00.000Z', filename: 'rows.csv' },
    ]);
    expect(listed.text).not.toContain('http');
    const down = await call('download_org_file', { id: up.data['id'] });
    expect(down.data['result']).toMatchObject({ name: 'rows.csv', kind: 'table', rows: 2, sample: people });
    const { uri } = down.data['result'] as { uri: string };
    await call('upload_org_file', { file: uri, upload_type: 'user' });
    expect(seed.uploads.map(({ text }) => text)).toEqual([seed.uploads[1]?.text, seed.uploads[1]?.text]);
    expect(await callFails('download_org_file', { id: 'x' })).toMatch(/^not_found: There is no organisation file x/);
    expect(state.leaks).toEqual([]);
    expect((await callTool('dx_upload_org_file', { file: 'result://nothing', upload_type: 'user' })).text).toMatch(
      /^not_found/,
    );
  });
});

describe('the team hierarchy', () => {
  const teams = [
    { name: 'Engineering', reference_id: 'kf-eng', team_lead_email: 'ingrid.solberg@kestrel.example' },
    { name: 'Booking', reference_id: 'kf-booking', parent_team_reference_id: 'kf-eng', contributors: [email] },
    { name: 'Rail', parent_team_name: 'Engineering' },
  ];

  it('comes as a bare list', async () => {
    const { callRows } = await dxWorld();
    const all = await callRows('list_hierarchy_teams');
    expect(all).toHaveLength(11);
    expect(all[2]).toMatchObject({ name: 'Booking', parent_name: 'Product Engineering', team_lead_email: email });
  });

  it('is previewed without being changed, from another origin', async () => {
    const { call, state, seed } = await dxWorld();
    const { data, text } = await call('preview_team_hierarchy', { teams });
    expect(text).toMatch(
      /^This would archive 9 of the 11 teams there are now: .*"Security"\. New: "Rail"\. 40 of the 41 people in teams now would be in none\. Nothing was changed\./,
    );
    expect(data['result']).toMatchObject({ name: 'team-hierarchy-preview', media_type: 'text/plain', bytes: 225 });
    expect([state.leaks, seed.hierarchy]).toEqual([[], undefined]);
  });

  it('is imported only after saying which teams it archives', async () => {
    const { call, callFails, seed, clock, callRows } = await dxWorld();
    const question = await callFails('process_team_hierarchy', { teams, email });
    expect(question).toMatch(/"Security"\. New: "Rail"\. 40 of the 41 people .* This would be sent: POST /);
    expect(question).toContain(
      'This would archive 9 of the 11 teams there are now: "Product Engineering", "Tracking", "Pricing", ',
    );
    expect(seed.hierarchy).toBeUndefined();
    expect((await call('process_team_hierarchy', { teams, email, confirm: agreement(question) })).data).toMatchObject({
      ok: true,
    });
    await clock.advance(5_000);
    expect((await callRows('list_teams', { fields: ['name'] })).map(({ name }) => name)).toEqual([
      'Engineering',
      'Booking',
      'Rail',
    ]);
  });

  it('is taken from a table, people in one text, and refused with the row that is wrong', async () => {
    const { call, callFails, seed, callTool } = await dxWorld();
    const file = [
      { name: 'Engineering', reference_id: 'kf-eng', team_lead_email: '', contributors: '' },
      { name: 'Booking', reference_id: 'kf-booking', contributors: `${email}; chloe.ferreira@kestrel.example` },
    ];
    const up = await call('upload_org_file', { file, upload_type: 'team' });
    const stored = await call('download_org_file', { id: up.data['id'] });
    const { uri } = stored.data['result'] as { uri: string };
    const question = await callFails('process_team_hierarchy', { teams: uri });
    expect(question).toContain('39 of the 41 people in teams now would be in none.');
    expect(question).toContain(`POST /orgfiles.teamHierarchy.process {"teams":"${uri}"}`);
    await call('process_team_hierarchy', { teams: uri, confirm: agreement(question) });
    expect(seed.hierarchy?.teams.map(({ name, member_ids }) => [name, member_ids.length])).toEqual([
      ['Engineering', 0],
      ['Booking', 2],
    ]);
    const bad = [{ name: 'Engineering' }, { name: 'Booking', lead: 'x' }];
    expect((await callTool('dx_process_team_hierarchy', { teams: bad })).text).toMatch(
      /^bad_arguments: Nothing was sent: team 2: Unrecognized key: "lead"\.\nNext: Columns: name, reference_id/,
    );
  });

  it('takes no agreement to what has become more since', async () => {
    const { callFails, seed } = await dxWorld();
    const question = await callFails('process_team_hierarchy', { teams });
    seed.teams.push({ ...seed.teams[3], id: 'new', name: 'Ferries', reference_id: null } as never);
    const again = await callFails('process_team_hierarchy', { teams, confirm: agreement(question) });
    expect(again).toMatch(/^needs_confirmation: The token does not fit this call.*This would archive 10 of the 12/);
  });

  it('is locked during a survey', async () => {
    const { callFails, state } = await unattended();
    state.snapshotLive = true;
    expect(await callFails('process_team_hierarchy', { teams })).toMatch(/^conflict: .*snapshot_live/);
  });
});
