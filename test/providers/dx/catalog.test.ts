import { describe, expect, it } from 'vitest';
import { agreement, dxWorld, type Row, unattended } from '../../support/dx-world.ts';

describe('entities', () => {
  it('are listed page by page, by type and by name, owners as people call them', async () => {
    const { call, callRows, seed, sent } = await dxWorld();
    const { data } = await call('list_entities', { limit: 'all', fields: ['identifier'] });
    expect(data['page']).toMatchObject({ returned: seed.entities.length, complete: true });
    expect(sent('catalog.entities.list').map(({ target }) => target.split('?')[1])).toEqual([
      'limit=50',
      'limit=50&cursor=NTA',
    ]);
    const [service] = await callRows('list_entities', { type: 'Service', limit: 1 });
    expect(service).toMatchObject({
      identifier: 'booking-api',
      type: 'service',
      owner_teams: ['Booking'],
      owner_users: ['Bashir Tanaka'],
      domain: 'booking',
      properties: { tier: '1', language: 'Kotlin' },
    });
    const found = await callRows('list_entities', { search_term: 'TRACKING', fields: ['identifier'] });
    expect(found.map(({ identifier }) => identifier)).toEqual([
      'tracking-ingest',
      'tracking-api',
      'tracking-web',
      'tracking-db',
      'tracking-rest',
    ]);
  });

  it('are shown by identifier, by name and by address; a name costs one search', async () => {
    const { call, callFails, sent } = await dxWorld();
    const { data } = await call('get_entity', { identifier: 'eta-predictor' });
    expect(data).toMatchObject({ name: 'Eta Predictor', owner_teams: [{ id: 'NjAz', name: 'Tracking' }] });
    expect(sent('catalog.entities.list')).toEqual([]);
    for (const identifier of ['ETA Predictor', 'dx://entities/eta-predictor'])
      expect((await call('get_entity', { identifier })).data).toEqual(data);
    expect(sent('catalog.entities.list').map(({ target }) => target.split('?')[1])).toEqual([
      'search_term=ETA%20Predictor&limit=50',
    ]);
    expect(await callFails('get_entity', { identifier: 'nothing' })).toMatch(/^not_found: .*not_found/);
    expect(await callFails('get_entity', { identifier: 'Booking A' })).toMatch(/^not_found: .*\n.*"Booking Api"/);
  });

  it('are added, changed, cleared and deleted', async () => {
    const { call, callFails, agreed, seed } = await dxWorld();
    const rail = {
      identifier: 'rail-api',
      type: 'service',
      name: 'Rail API',
      description: 'Trains',
      owner_team_ids: ['Booking'],
      owner_user_emails: ['ingrid.solberg@kestrel.example'],
      properties: { tier: '2', language: 'Go' },
      aliases: { github_repo: [{ lookup: 'kestrel/rail-api' }] },
      relations: { 'service-depends-on-datastore': ['booking-db'] },
      domain: 'booking',
    };
    expect((await call('create_entity', rail)).data).toMatchObject({
      identifier: 'rail-api',
      owner_teams: [{ id: 'NjAy', name: 'Booking' }],
      owner_users: [{ name: 'Ingrid Solberg' }],
      domain: { identifier: 'booking' },
      properties: { tier: '2', language: 'Go' },
      aliases: { github_repo: [{ lookup: 'kestrel/rail-api' }] },
    });
    expect(seed.edges[0]).toMatchObject({ source: 'rail-api', target: 'booking-db' });
    expect(await callFails('create_entity', rail)).toMatch(/^bad_arguments: .*rail-api is taken/);
    const changed = await agreed('dx_update_entity', {
      identifier: 'Rail API',
      owner_user_ids: ['NDEwMQ'],
      properties: { language: null },
    });
    expect(changed.data).toMatchObject({ properties: { tier: '2' }, owner_users: [{ id: 'NDEwMQ' }] });
    expect(changed.data['properties']).toEqual({ tier: '2' });
    const again = await call('upsert_entity', { identifier: 'rail-api', type: 'service', description: 'Rail' });
    expect(again.data).toMatchObject({ result: 'updated_existing_entity', entity: { description: 'Rail' } });
    const ferry = await call('upsert_entity', { identifier: 'ferry-api', type: 'service' });
    expect(ferry.data).toMatchObject({ result: 'created_new_entity', entity: { identifier: 'ferry-api' } });
    const question = await callFails('delete_entity', { identifier: 'rail-api' });
    expect(question).toContain('POST /catalog.entities.delete {"identifier":"rail-api"}');
    const gone = await call('delete_entity', { identifier: 'rail-api', confirm: agreement(question) });
    expect(gone.data['identifier']).toBe('rail-api');
    expect(await callFails('get_entity', { identifier: 'rail-api' })).toMatch(/^not_found/);
  });

  it('are put again after an answer that never came, and created once', async () => {
    const { call, callFails, dx, sent, seed } = await dxWorld();
    dx.faults.add({ kind: 'drop', match: { path: /entities\.upsert/ }, times: 1 });
    await call('upsert_entity', { identifier: 'ferry-api', type: 'service' });
    expect(sent('catalog.entities.upsert')).toHaveLength(2);
    dx.faults.add({ kind: 'drop', match: { path: /entities\.create/ }, times: 1 });
    expect(await callFails('create_entity', { identifier: 'bus-api', type: 'service' })).toMatch(
      /^upstream_down: .*\nNext: dx_get_entity shows whether it was added\./,
    );
    expect(sent('catalog.entities.create')).toHaveLength(1);
    expect(seed.entities.filter(({ identifier }) => identifier === 'ferry-api')).toHaveLength(1);
  });

  it('have tasks and scorecards, one line each', async () => {
    const { callRows } = await dxWorld();
    const tasks = await callRows('list_entity_tasks', { identifier: 'tracking-ingest' });
    expect(tasks[0]).toEqual({
      check: 'Dependencies are pinned',
      check_id: 'MjIxMg',
      initiative: 'Close critical advisories',
      complete_by: '2026-11-30',
      owner: 'Ines Nilsen',
      priority: 0,
      external_url: 'https://wiki.kestrel.example/checks/2212',
      estimated_dev_days: 0.5,
      entity_check_issue: { id: null, url: null },
    });
    const cards = await callRows('list_entity_scorecards', { identifier: 'tracking-ingest' });
    expect(cards).toMatchObject([
      { name: 'Production readiness', type: 'LEVEL', levels: ['Bronze', 'Silver', 'Gold'], tags: ['reliability'] },
      { name: 'Security basics', type: 'POINTS', total_points: 100, tags: ['security'] },
    ]);
    expect(cards[1]?.['failed']).toEqual(['Dependencies are pinned', 'Secrets come from the vault']);
    expect(cards[1]?.['passed']).toEqual(['No critical advisories']);
  });
});

describe('entity types', () => {
  it('are listed, shown, made and deleted', async () => {
    const { call, callRows, callFails, seed } = await unattended();
    const [service] = await callRows('list_entity_types');
    expect(service).toMatchObject({
      identifier: 'service',
      name: 'Service',
      properties: { tier: 'select', language: 'text', repository_url: 'url', on_call: 'slack_channel' },
    });
    const shown = await call('get_entity_type', { identifier: 'Service' });
    expect((shown.data['properties'] as Row[])[0]).toMatchObject({ identifier: 'tier', is_required: true });
    const topic = {
      identifier: 'topic',
      name: 'Topic',
      icon: 'queue',
      ordering: 9,
      properties: [{ identifier: 'retention', type: 'number' }],
      aliases: { github_repo: true },
    };
    expect((await call('create_entity_type', topic)).data).toMatchObject({
      ...topic,
      properties: [{ type: 'number' }],
    });
    expect((await call('delete_entity_type', { identifier: 'topic' })).data['ok']).toBe(true);
    expect(seed.entityTypes.map(({ identifier }) => identifier)).not.toContain('topic');
    expect(await callFails('delete_entity_type', { identifier: 'service' })).toMatch(/^bad_arguments: .*has entities/);
    expect(await callFails('create_entity_type', { ...topic, properties: ['retention'] })).toMatch(
      /^bad_arguments: .*properties.0: must be an object/,
    );
  });

  it('say which properties a new list would delete, and ask nobody for the rest', async () => {
    const { call, callFails, seed } = await dxWorld();
    await call('update_entity_type', { identifier: 'service', description: 'Runs in production', name: 'Services' });
    expect(seed.entityTypes[0]).toMatchObject({ description: 'Runs in production', name: 'Services' });
    const properties = [
      { identifier: 'tier', type: 'select' },
      { identifier: 'owner_channel', type: 'slack_channel' },
    ];
    const question = await callFails('update_entity_type', { identifier: 'service', properties });
    expect(question).toContain(
      'This would delete 4 of its 5 properties, and their values in every entity: ' +
        '"language", "repository_url", "on_call", "deploys_last_30_days".',
    );
    expect(seed.entityTypes[0]?.properties).toHaveLength(5);
    await call('update_entity_type', { identifier: 'service', properties, confirm: agreement(question) });
    expect(seed.entityTypes[0]?.properties.map(({ identifier }) => identifier)).toEqual(['tier', 'owner_channel']);
    expect(await callFails('update_entity_type', { identifier: 'service', properties })).toContain(
      'This would replace the definitions of its 2 properties; none would be deleted.',
    );
  });
});

describe('relations', () => {
  const stored = {
    identifier: 'stored-in',
    source_entity_type_identifier: 'Service',
    target_entity_type_identifier: 'Datastore',
    type: 'depends on',
    cardinality: 'many_to_one',
  };

  it('are listed, shown, made, changed and deleted', async () => {
    const { call, callRows, callFails, seed } = await dxWorld();
    const all = await callRows('list_relations');
    expect(all.map(({ identifier }) => identifier)).toEqual([
      'service-consumes-api',
      'service-depends-on-datastore',
      'service-depends-on-library',
    ]);
    const made = await call('create_relation', stored);
    expect(made.data).toMatchObject({
      ...stored,
      source_entity_type_identifier: 'service',
      target_entity_type_identifier: 'datastore',
      inverse_type: 'dependency of',
    });
    await call('update_relation', { identifier: 'stored-in', type: 'manages', description: 'Keeps its rows there' });
    expect((await call('get_relation', { identifier: 'dx://relations/stored-in' })).data).toMatchObject({
      type: 'manages',
      description: 'Keeps its rows there',
    });
    expect(await callFails('get_relation', { identifier: 'none' })).toMatch(/^not_found/);
    const question = await callFails('delete_relation', { identifier: 'stored-in' });
    await call('delete_relation', { identifier: 'stored-in', confirm: agreement(question) });
    expect(seed.relations).toHaveLength(3);
  });

  it('take any number of edges, a hundred to a request, and say how far they came', async () => {
    const { callTool, call, seed, sent, dx } = await dxWorld();
    const [services, libraries] = ['service', 'library'].map(type =>
      seed.entities.filter(one => one.type === type).map(({ identifier }) => identifier),
    );
    const before = seed.edges.length;
    const edges = Object.fromEntries((services ?? []).map(service => [service, libraries ?? []]));
    const wanted = Object.values(edges).flat().length;
    expect(wanted).toBeGreaterThan(100);
    const order = { relation_identifier: 'service-depends-on-library', edges };
    const { data } = await call('upsert_relation_edges', order);
    expect(data).toMatchObject({ ok: true, edges_count: wanted, added_count: seed.edges.length - before });
    expect(sent('catalog.relationEdges.bulkUpsert')).toHaveLength(Math.ceil(wanted / 100));

    const again = await call('upsert_relation_edges', order);
    expect(again.data).toEqual({ ok: true, edges_count: wanted, added_count: 0 });
    dx.faults.add({ kind: 'status', status: 500, match: { path: /bulkUpsert/ }, skip: 1 });
    const half = await callTool('dx_upsert_relation_edges', order);
    expect(half.data).toMatchObject({ ok: false, edges_count: 100 });
    expect(half.text).toMatch(new RegExp(`Stopped after 100 of ${wanted} edges: `));
  });

  it('join entities, by name, one by one or many at once', async () => {
    const { call, callRows, callFails, seed, sent } = await dxWorld();
    await call('create_relation', stored);
    const edge = { relation_identifier: 'stored-in', source_entity_identifier: 'Notify' };
    await call('add_relation_edge', { ...edge, target_entity_identifier: 'rates-db' });
    expect(seed.edges[0]).toEqual({ relation_identifier: 'stored-in', source: 'notify', target: 'rates-db' });
    expect(await callFails('add_relation_edge', { ...edge, target_entity_identifier: 'booking-db' })).toMatch(
      /^bad_arguments: .*invalid_cardinality, .*\nNext: Remove the other edge first\./,
    );
    expect(await callFails('add_relation_edge', { ...edge, target_entity_identifier: 'identity' })).toMatch(
      /^bad_arguments: .*invalid_entity_type/,
    );
    expect(
      (await call('upsert_relation_edges', { relation_identifier: 'stored-in', edges: { identity: ['rates-db'] } }))
        .data,
    ).toEqual({ ok: true, edges_count: 1, added_count: 1 });
    const incoming = { relation_identifier: 'stored-in', entity_identifier: 'rates-db', direction: 'incoming' };
    expect(await callRows('list_relation_edges', incoming)).toEqual([
      { identifier: 'identity', name: 'Identity' },
      { identifier: 'notify', name: 'Notify' },
    ]);
    const remove = { ...edge, source_entity_identifier: 'notify', target_entity_identifier: 'rates-db' };
    const question = await callFails('remove_relation_edge', remove);
    await call('remove_relation_edge', { ...remove, confirm: agreement(question) });
    expect(seed.edges.filter(({ relation_identifier }) => relation_identifier === 'stored-in')).toHaveLength(1);
    const library = { relation_identifier: 'service-depends-on-library', entity_identifier: 'booking-api' };
    expect(await callRows('list_relation_edges', { ...library, limit: 'all' })).toHaveLength(36);
    expect(sent('catalog.relationEdges.list').at(-1)?.target).toContain('limit=50');
  });
});
