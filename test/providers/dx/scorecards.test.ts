import { describe, expect, it } from 'vitest';
import { agreement, dxWorld, type Row } from '../../support/dx-world.ts';

const level = { key: 'basic', name: 'Basic', color: '#16a34a', rank: 1 };
const check = { name: 'Has a README', sql: "SELECT 'PASS' AS status", scorecard_level_key: 'basic' };
const card = {
  name: 'Documentation',
  description: 'What newcomers need',
  type: 'LEVEL',
  entity_filter_type: 'entity_types',
  entity_filter_type_identifiers: ['service', 'library'],
  empty_level_label: 'None',
  empty_level_color: '#6b7280',
  levels: [level],
  checks: [check],
  tags: [{ value: 'docs' }],
  published: true,
};

describe('scorecards', () => {
  it('are listed without what only their owners need, drafts on request', async () => {
    const { callRows } = await dxWorld();
    const [first, ...others] = await callRows('list_scorecards');
    expect(first).toMatchObject({
      id: 'MjEwMA',
      name: 'Production readiness',
      type: 'LEVEL',
      levels: ['Bronze', 'Silver', 'Gold'],
      tags: ['reliability'],
    });
    expect(Object.keys(first ?? {})).not.toEqual(expect.arrayContaining(['admins']));
    expect(others).toHaveLength(1);
    const all = await callRows('list_scorecards', { include_unpublished: true, fields: ['name'] });
    expect(all.map(({ name }) => name)).toContain('Cost awareness (draft)');
  });

  it('are shown by name with their checks', async () => {
    const { call, callFails } = await dxWorld();
    const { data } = await call('get_scorecard', { id: 'security basics' });
    expect(data).toMatchObject({ id: 'MjEwMQ', check_groups: [{ key: 'supply' }] });
    expect((data['checks'] as Row[]).map(({ name, points }) => [name, points])).toEqual([
      ['No critical advisories', 50],
      ['Dependencies are pinned', 20],
      ['Secrets come from the vault', 30],
    ]);
    expect(await callFails('get_scorecard', { id: 'Security' })).toMatch(/^not_found: .*dx_list_scorecards/);
  });

  it('are made of levels or of points, changed, and deleted by a name that the question tells', async () => {
    const { call, callFails, seed } = await dxWorld();
    const made = await call('create_scorecard', card);
    expect(made.data).toMatchObject({ name: 'Documentation', levels: [level], checks: [check], published: true });
    const points = await call('create_scorecard', {
      name: 'Cost',
      type: 'POINTS',
      entity_filter_type: 'sql',
      entity_filter_sql: 'SELECT identifier FROM dx_catalog_entities',
      check_groups: [{ key: 'cloud', name: 'Cloud', ordering: 0 }],
      checks: [{ name: 'Has a budget', sql: 'SELECT 1', scorecard_check_group_key: 'cloud', points: 10 }],
    });
    expect(points.data).toMatchObject({ type: 'POINTS', checks: [{ points: 10 }] });
    expect(await callFails('create_scorecard', { ...card, levels: [] })).toMatch(/^bad_arguments: .*needs levels/);
    await call('update_scorecard', { id: 'Documentation', name: 'Docs', published: false });
    expect(seed.scorecards.at(-2)).toMatchObject({ name: 'Docs', published: false, checks: [check] });
    const question = await callFails('delete_scorecard', { id: 'Production readiness' });
    expect(question).toContain('Delete the scorecard "Production readiness"?');
    expect(question).toContain('{"id":"MjEwMA"}');
    expect(question).toContain(
      'This would delete "Production readiness" with its 4 checks. ' +
        'Initiatives about it: "Every service on call by winter", "Backups that restore".',
    );
    await call('delete_scorecard', { id: 'Production readiness', confirm: agreement(question) });
    expect(seed.scorecards.map(({ id }) => id)).not.toContain('MjEwMA');
  });

  it('say what a new list of checks or levels would delete', async () => {
    const { call, callFails, seed } = await dxWorld();
    const { data } = await call('get_scorecard', { id: 'Production readiness' });
    const checks = data['checks'] as Row[];
    const kept = checks.map(({ id, name, sql, scorecard_level_key }) => ({ id, name, sql, scorecard_level_key }));
    await call('update_scorecard', { id: 'Production readiness', checks: kept });
    const question = await callFails('update_scorecard', {
      id: 'Production readiness',
      checks: kept.slice(0, 2),
      levels: (data['levels'] as Row[]).slice(0, 1),
    });
    expect(question).toContain(
      'This would delete the levels "Silver", "Gold"; the checks "Alerts on its error budget", ' +
        '"Restores from a backup every quarter".',
    );
    expect(seed.scorecards[0]?.checks).toHaveLength(4);
    await call('update_scorecard', {
      id: 'Production readiness',
      checks: kept.slice(0, 2),
      levels: (data['levels'] as Row[]).slice(0, 1),
      confirm: agreement(question),
    });
    expect(seed.scorecards[0]?.checks.map(({ id }) => id)).toEqual(checks.slice(0, 2).map(({ id }) => id));
  });
});

describe('initiatives', () => {
  it('are listed by state, priority and tags, owners by address', async () => {
    const { callRows, sent } = await dxWorld();
    const [first] = await callRows('list_initiatives', { published: true, tags: ['security', 'cost'], priority: 0 });
    expect(first).toMatchObject({
      id: 'MjUwMA',
      name: 'Close critical advisories',
      owner: 'ingrid.solberg@kestrel.example',
      tags: ['security'],
      percentage_complete: 75,
      passed_checks: 121,
      total_checks: 162,
    });
    expect(sent('initiatives.list')[0]?.target).toBe(
      '/initiatives.list?published=true&priority=0&tags=security,cost&limit=50',
    );
    expect(await callRows('list_initiatives', { published: false, fields: ['name'] })).toEqual([
      { name: 'Cheaper nights' },
    ]);
    expect(await callRows('list_initiatives')).toHaveLength(4);
  });

  it('are shown with how far each entity is', async () => {
    const { call, callRows, seed } = await dxWorld();
    const { data } = await call('get_initiative', { id: 'Close critical advisories' });
    expect(data).toMatchObject({ id: 'MjUwMA', scorecard_name: 'Security basics', remaining_dev_days: 54 });
    const services = await callRows('list_initiative_entities', {
      id: 'Close critical advisories',
      entity_type_identifiers: ['service'],
    });
    expect(services).toHaveLength(18);
    expect(services.find(({ identifier }) => identifier === 'tracking-ingest')).toMatchObject({
      total_tasks: 3,
      completed_tasks: 1,
      due_soon_tasks: 2,
      remaining_dev_days: 3.5,
    });
    const all = await call('list_initiative_entities', {
      id: 'dx://initiatives/MjUwMA',
      limit: 'all',
      fields: ['name'],
    });
    const libraries = seed.entities.filter(({ type }) => type === 'library').length;
    expect(all.data['page']).toMatchObject({ returned: 18 + libraries, complete: true });
  });
});
