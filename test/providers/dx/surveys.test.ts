import { describe, expect, it } from 'vitest';
import { agreement, dxWorld, type Row, unattended } from '../../support/dx-world.ts';

const snapshot_id = 'MTAz';

describe('snapshots', () => {
  it('are listed, and known by their day', async () => {
    const { callRows, seed, sent } = await dxWorld();
    expect(await callRows('list_snapshots')).toEqual(
      seed.snapshots.map(one =>
        expect.objectContaining({ id: one.id, completed_at: one.completed_at, completed_count: one.completed_count }),
      ),
    );
    expect((await callRows('list_snapshots')).map(({ scheduled_for }) => scheduled_for)).toEqual([
      '2026-09-28',
      '2026-06-29',
      '2026-03-30',
    ]);
    await callRows('list_snapshot_teams', { snapshot_id: '2026-06-29' });
    await callRows('list_snapshot_teams', { snapshot_id: 'dx://snapshots/MTAy' });
    expect(sent('snapshots.snapshotTeams.list').map(({ target }) => target)).toEqual([
      '/snapshots.snapshotTeams.list?snapshot_id=MTAy',
      '/snapshots.snapshotTeams.list?snapshot_id=MTAy',
    ]);
  });

  it('have scores per team and question as one table, teams under three people left out', async () => {
    const { call, callTool } = await dxWorld();
    const { data } = await call('list_team_scores', { snapshot_id, limit: 'all' });
    expect(data).toMatchObject({
      page: { returned: 150, total: 150, complete: true },
      about: { id: snapshot_id, completed_count: 34 },
      result: { rows: 150 },
    });
    const { uri } = data['result'] as { uri: string };
    const deepWork = await callTool('query_result', {
      sql: `SELECT team, score, is_parent FROM "${uri}" WHERE item_name = 'Deep work' ORDER BY team LIMIT 2`,
    });
    expect(deepWork.text).toMatch(/team,score,is_parent\nBooking,17,false\nData Platform,33,false$/);
  });

  it('come as a workbook into the store, and as a refusal whatever its status', async () => {
    const { call, callFails, state } = await dxWorld();
    const { data } = await call('download_snapshot_file', { snapshot_id });
    expect(data['result']).toMatchObject({
      name: 'snapshot-MTAz.xlsx',
      media_type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      kind: 'table',
    });
    const none = { snapshot_id: 'nothing' };
    expect(await callFails('download_snapshot_file', none)).toMatch(/^not_found/);
    state.statuses.failure = 200;
    expect(await callFails('download_snapshot_file', none)).toMatch(/^not_found: .*There is no such snapshot/);
  });

  it('have comments, newest first, as far as they are wanted, with times that sort', async () => {
    const { call, seed, sent } = await dxWorld();
    const first = await call('list_driver_comments', { snapshot_id, limit: 3 });
    expect(sent('snapshots.driverComments.list').map(({ target }) => target)).toEqual([
      '/snapshots.driverComments.list?id=MTAz&limit=3',
    ]);
    const [comment] = seed.snapshots[0]?.driverComments ?? [];
    expect(first.data['items']).toHaveLength(3);
    expect((first.data['items'] as Row[])[0]).toEqual({
      created_at: '2026-10-11T23:00:00',
      email: comment?.email,
      text: comment?.text,
      driver_name: comment?.item,
      snapshot_id,
    });
    const rest = await call('list_driver_comments', {
      snapshot_id,
      limit: 'all',
      cursor: (first.data['page'] as Row)['next'],
    });
    expect((rest.data['page'] as Row)['returned']).toBe((seed.snapshots[0]?.driverComments.length ?? 0) - 3);
    const csat = await call('list_csat_comments', { snapshot_id });
    expect(csat.data['page']).toMatchObject({ returned: 44, complete: true });
    expect((csat.data['items'] as Row[])[0]).toMatchObject({ csat_item_name: 'Issue tracker' });
  });

  it('midnight of a comment is sortable too', async () => {
    const { callRows, seed } = await dxWorld();
    Object.assign(seed.snapshots[0]?.driverComments[0] ?? {}, { created_at: '2026-02-10 0:00:00' });
    expect((await callRows('list_driver_comments', { snapshot_id, limit: 1 }))[0]).toMatchObject({
      created_at: '2026-02-10T00:00:00',
    });
  });
});

describe('scores', () => {
  it('of drivers say who answered what', async () => {
    const { callRows } = await dxWorld();
    const [first, ...others] = await callRows('list_driver_scores', { snapshot_id });
    expect(first).toEqual({
      driver: 'Deep work',
      driver_id: '31',
      prompt: 'How satisfied are you with deep work?',
      score: 25,
      distribution: { 'Strongly disagree': 3, Disagree: 8, Neutral: 13, Agree: 7, 'Strongly agree': 1 },
      na_count: 2,
      response_count: 34,
    });
    expect(others).toHaveLength(9);
  });

  it('of impacts and workflows keep what they are measured by', async () => {
    const { callRows } = await dxWorld();
    expect(await callRows('list_impact_scores', { snapshot_id })).toMatchObject([
      { impact: 'Time loss', impact_id: '61', scoring_method: 'mean', score: 2.42, distribution: { '10%': 8 } },
    ]);
    expect(await callRows('list_workflow_scores', { snapshot_id })).toMatchObject([
      { workflow: 'Pull requests per week', score: 1.8182, unit: 'pull requests', lower_is_better: false },
      { workflow: 'Wait for review', score: 8.3333, unit: 'hours', benchmark: { p_50: 7.5 } },
    ]);
  });

  it('of the index name their drivers', async () => {
    const { callRows } = await dxWorld();
    const [index, ...none] = await callRows('list_dxi_scores', { snapshot_id });
    const drivers = Object.values(index?.['drivers'] as Record<string, number>);
    expect(drivers).toHaveLength(10);
    expect(index?.['score']).toBe(Math.round(drivers.reduce((sum, score) => sum + score, 0) / drivers.length));
    expect(none).toEqual([]);
  });

  it('are filtered by what people call teams, groups and attributes, lists with commas', async () => {
    const { callRows, sent } = await dxWorld();
    const [platform] = await callRows('list_driver_scores', { snapshot_id, team_ids: ['Platform', 'Booking'] });
    expect(platform?.['response_count']).toBe(21);
    await callRows('list_driver_scores', {
      snapshot_id,
      snapshot_team_ids: ['platform'],
      group_ids: 'Frontend guild',
      branch_ids: ['main'],
      attribute_ids: ['YXQxMA', 'YXQxMQ'],
    });
    expect(sent('snapshots.driverScores').map(({ target }) => target.split('?')[1])).toEqual([
      'snapshot_id=MTAz&team_ids=NjA2,NjAy',
      'snapshot_id=MTAz&snapshot_team_ids=MzYwNg&group_ids=OTAw&branch_ids=main&attribute_ids=YXQxMA,YXQxMQ',
    ]);
  });

  it('are broken down by teams, by groups, by branches and by attributes', async () => {
    const { callRows, callFails } = await dxWorld();
    const below = await callRows('list_driver_breakdowns', {
      snapshot_id,
      driver_id: 'Code review',
      dimension_type: 'snapshotTeam',
      parent_snapshot_team_id: 'Engineering',
    });
    expect(below).toMatchObject([
      { dimension: 'Product Engineering', type: 'snapshotTeam', driver: 'Code review', driver_id: '32', score: 44 },
      { dimension: 'Platform', driver: 'Code review' },
    ]);
    expect(below[0]).not.toHaveProperty('prompt');
    const branches = await callRows('list_impact_breakdowns', {
      snapshot_id,
      impact_id: 'Time loss',
      dimension_type: 'branch',
    });
    expect(branches.map(({ dimension, score }) => [dimension, score])).toEqual([
      ['Developers', 2.41],
      ['Design and management', 2.5],
    ]);
    const groups = await callRows('list_workflow_breakdowns', {
      snapshot_id,
      workflow_id: 'Wait for review',
      dimension_type: 'group',
    });
    expect(groups.map(({ dimension }) => dimension).slice(0, 2)).toEqual(['Frontend guild', 'Incident commanders']);
    const places = await callRows('list_dxi_breakdowns', {
      snapshot_id,
      dimension_type: 'attribute',
      attribute_group_id: 'Location',
    });
    expect(places.map(({ dimension }) => dimension)).toEqual(['Hamburg', 'Lisbon', 'Remote']);
    expect(await callFails('list_dxi_breakdowns', { snapshot_id, dimension_type: 'branch' })).toMatch(/^bad_arguments/);
    expect(
      await callFails('list_driver_breakdowns', { snapshot_id, driver_id: 'Deep wrok', dimension_type: 'branch' }),
    ).toContain('Did you mean "Deep work"?');
  });
});

describe('what surveys ask', () => {
  it('is shown as one table of items, branches, and what is selected', async () => {
    const { callRows, call } = await dxWorld();
    const items = await callRows('list_survey_items', { fields: ['kind', 'id', 'name'] });
    expect(items).toHaveLength(17);
    expect(items[0]).toEqual({ kind: 'drivers', id: '31', name: 'Deep work' });
    expect(items.at(-1)).toEqual({ kind: 'csat', id: '75', name: 'AI coding assistant' });
    const branches = await call('list_survey_branches');
    expect(branches.data).toMatchObject({
      about: { branching_enabled: true },
      items: [{ id: 'main' }, { id: 'other' }],
    });
    const { data } = await call('get_survey_configuration');
    const [main, other] = data['configuration'] as { branch_id: string; workflows: unknown[] }[];
    expect([main?.branch_id, main?.workflows.length, other?.workflows.length]).toEqual(['main', 2, 1]);
  });

  it('is changed item by item', async () => {
    const { call, seed } = await dxWorld();
    const driver = { name: 'On-call', prompt: 'How is your on-call?', ranking_item: 'On-call', target_role: 'dev' };
    const made = await call('create_survey_driver', { ...driver, translations: { de: { name: 'Bereitschaft' } } });
    expect(seed.library.drivers.at(-1)).toMatchObject({ ...driver, translations: { de: { name: 'Bereitschaft' } } });
    await call('update_survey_driver', { driver_id: made.data['id'], target_role: 'all' });
    expect(seed.library.drivers.at(-1)).toMatchObject({ name: 'On-call', target_role: 'all' });
    const tool = { name: 'Registry', prompt: 'How is it?', audience_filters: { type: 'custom', team_ids: ['NjAw'] } };
    const item = await call('create_survey_csat_item', { ...tool, exclude_na_responders: true, group_id: 'delivery' });
    expect(seed.library.csat.at(-1)).toMatchObject({ ...tool, exclude_na_responders: true, group_id: 'delivery' });
    await call('update_survey_csat_item', { csat_id: item.data['id'], name: 'Package registry' });
    expect(seed.library.csat.at(-1)?.name).toBe('Package registry');
  });

  it('is selected whole, and what goes is said first', async () => {
    const { callFails, call, seed } = await dxWorld();
    const args = { driver_ids: ['31', '32', '33', '34', '35', '36', '37', '38'], branch_id: 'main' };
    const question = await callFails('set_survey_drivers', args);
    expect(question).toContain('This would deselect "Cross-team collaboration", "Change confidence".');
    expect(seed.library.selections.get('main')?.driver_ids).toHaveLength(10);
    const { data } = await call('set_survey_drivers', { ...args, confirm: agreement(question) });
    expect(data['drivers']).toHaveLength(8);
    expect(seed.library.selections.get('main')?.driver_ids).toEqual(args.driver_ids);
    expect(await callFails('set_survey_workflows', { workflow_ids: ['51', '52'], branch_id: 'main' })).toContain(
      'Nothing that is selected now would be deselected.',
    );
    expect(await callFails('set_survey_csat_items', { csat_ids: [], branch_id: 'main' })).toContain(
      '"CI service", "Issue tracker", "Feature flags", "Observability stack", "AI coding assistant"',
    );
    expect(await callFails('set_survey_csat_order', { csat_ids: ['71'] })).toMatch(/^needs_confirmation/);
  });

  it('is not found with the listing that would show it', async () => {
    const { callFails } = await dxWorld();
    expect(await callFails('list_team_scores', { snapshot_id: 'last' })).toMatch(
      /^not_found: .*\nNext: Check the identifier with dx_list_snapshots\.$/,
    );
  });

  it('goes by names as well as ids, of its own kind alone', async () => {
    const { callFails, call, seed } = await unattended();
    const drivers = ['Deep work', 'code review'];
    await call('set_survey_drivers', { driver_ids: drivers, branch_id: 'main' });
    expect(seed.library.selections.get('main')?.driver_ids).toEqual(['31', '32']);
    await call('update_survey_csat_item', { csat_id: 'Issue tracker', prompt: 'How is it?' });
    expect(seed.library.csat.find(({ name }) => name === 'Issue tracker')).toMatchObject({ prompt: 'How is it?' });
    expect(await callFails('set_survey_drivers', { driver_ids: ['Issue tracker'], branch_id: 'main' })).toMatch(
      /^not_found: dx_list_survey_items shows nothing called "Issue tracker"\.\nNext: .*"Deep work"/,
    );
  });

  it('is selected unasked where nobody is there to ask, and the platform has the last word', async () => {
    const { callFails, call, seed, state } = await unattended();
    await call('set_survey_workflows', { workflow_ids: ['51'], branch_id: 'main' });
    await call('set_survey_csat_items', { csat_ids: ['75'], branch_id: 'other' });
    expect(seed.library.selections.get('main')?.workflow_ids).toEqual(['51']);
    expect(seed.library.selections.get('other')?.csat_ids).toEqual(['75']);
    await call('set_survey_csat_order', {
      csat_ids: ['75', '74', '73', '72', '71'],
      group_ids: ['insight', 'delivery'],
    });
    expect(seed.library.csat.map(({ id }) => id)).toEqual(['75', '74', '73', '72', '71']);
    expect(await callFails('set_survey_workflows', { workflow_ids: [], branch_id: 'main' })).toMatch(
      /^bad_arguments: .*Pull requests per week is required/,
    );
    expect(await callFails('set_survey_csat_order', { csat_ids: ['71'] })).toMatch(/^bad_arguments: .*every one once/);
    state.snapshotLive = true;
    expect(await callFails('set_survey_drivers', { driver_ids: ['31'], branch_id: 'main' })).toMatch(
      /^conflict: .*snapshot_live, a snapshot is live/,
    );
  });
});
