import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import contract from '../../../src/providers/dx/contract.json' with { type: 'json' };
import { dxCode } from '../../../src/providers/dx/operations/index.ts';
import { rowsUnder } from '../../../src/providers/dx/web.ts';
import { operationsOf } from '../../../src/providers/provider.ts';
import { dxWorld, type Row } from '../../support/dx-world.ts';

/** These are tested elsewhere. */
const others = /^\/(auth|studio|queries|events|platformx)\./;
/** Things that a new sandbox does not have. */
const absent = ['dx_download_org_file', 'dx_get_workflow_run'];
const operations = operationsOf(dxCode);
const reads = operations.filter(
  ({ api, risk, name, route }) =>
    api === 'web' && risk === 'reads' && !others.test(route.split(' ')[1] ?? '') && !absent.includes(name),
);

describe('every method of the Web API', () => {
  const routed = new Map(operations.map(operation => [operation.route, operation]));
  const ofFamilies = contract.endpoints.filter(({ api, path }) => api === 'web' && !others.test(path));

  it.each(ofFamilies.map(one => [`${one.method} ${one.path}`, one] as const))('%s is an operation', (route, one) => {
    const operation = routed.get(route);
    expect(operation?.scopes).toEqual(one.scopes);
  });
});

describe('answers that are not as documented', () => {
  it('are read as far as they go', async () => {
    const { callTool, dx } = await dxWorld();
    for (const kind of ['unknown-fields', 'null-fields'] as const) {
      const off = dx.faults.add({ kind });
      for (const { name, example } of reads) {
        const seen = await callTool(name, example.arguments);
        expect(seen.isError, `${name} with ${kind}: ${seen.text}`).toBe(false);
      }
      off();
    }
  });

  it('have their rows wherever they are', () => {
    expect(rowsUnder('scores')({ ok: true, scores: [1], other: [2] })).toEqual([1]);
    expect(rowsUnder('scores')({ ok: true, results: [1] })).toEqual([1]);
    expect(rowsUnder('scores')([1])).toEqual([1]);
    expect(rowsUnder('snapshot.team_scores')({ snapshot: { id: 'x', team_scores: [1] } })).toEqual([1]);
    expect(rowsUnder('snapshot.team_scores')({ team_scores: [1] })).toEqual([1]);
    // Which of two lists is meant nobody can tell.
    expect(rowsUnder('scores')({ a: [1], b: [2] })).toBeUndefined();
    expect(rowsUnder('scores')({ ok: true })).toBeUndefined();
  });

  it('are refusals where ok says so, whatever the status', async () => {
    const { callFails, state, call } = await dxWorld();
    state.statuses.failure = 200;
    expect(await callFails('get_scorecard', { id: 'nothing' })).toMatch(/^not_found/);
    expect(await callFails('get_entity', { identifier: 'nothing' })).toMatch(
      /^not_found: DX refused dx_get_entity: not_found, there is no such thing: "There is no such entity"\./,
    );
    await call('list_teams');
  });
});

describe('resources', () => {
  async function connected() {
    const world = await dxWorld();
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const client = new Client({ name: 'test', version: '1' });
    await Promise.all([world.server.factory({ era: 'legacy' }).connect(ours as never), client.connect(theirs)]);
    const read = async (uri: string) =>
      JSON.parse(((await client.readResource({ uri })).contents[0] as { text: string }).text) as Row;
    const complete = async (uri: string, name: string, value: string) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values;
    return { ...world, client, read, complete };
  }

  it('hold teams, scorecards, catalogue entities, initiatives and snapshots, listed and one by one', async () => {
    const { client, read, call } = await connected();
    const fixed = (await client.listResources()).resources.map(({ uri }) => uri);
    expect(fixed).toEqual(
      expect.arrayContaining(['dx://snapshots', 'dx://teams', 'dx://scorecards', 'dx://entities', 'dx://initiatives']),
    );
    const templates = (await client.listResourceTemplates()).resourceTemplates.map(one => one.uriTemplate);
    expect(templates).toEqual(
      expect.arrayContaining([
        'dx://snapshots/{snapshot_id}',
        'dx://teams/{team_id}',
        'dx://scorecards/{id}',
        'dx://entities/{identifier}',
        'dx://entities/{identifier}/scorecards',
        'dx://initiatives/{id}',
        'dx://workflow-runs/{id}',
      ]),
    );
    expect(await read('dx://teams')).toEqual((await call('list_teams', { limit: 'all' })).data);
    expect(await read('dx://teams/Booking')).toMatchObject({ id: 'NjAy' });
    expect(await read('dx://scorecards/Security%20basics')).toMatchObject({ id: 'MjEwMQ' });
    expect(await read('dx://entities/Booking%20Api')).toMatchObject({ identifier: 'booking-api' });
    expect(await read('dx://initiatives/MjUwMA')).toMatchObject({ name: 'Close critical advisories' });
    await expect(read('dx://teams/Nobody')).rejects.toThrow(/Nobody/);
  });

  it('complete what people begin to type', async () => {
    const { complete } = await connected();
    expect(await complete('dx://teams/{team_id}', 'team_id', 'pla')).toEqual(['Platform', 'Data Platform']);
    expect(await complete('dx://scorecards/{id}', 'id', 'sec')).toEqual(['Security basics']);
    expect(await complete('dx://initiatives/{id}', 'id', 'back')).toEqual(['Backups that restore']);
    expect(await complete('dx://entities/{identifier}', 'identifier', 'eta')).toEqual([
      'Eta Predictor',
      'eta-predictor',
    ]);
    expect(await complete('dx://snapshots/{snapshot_id}', 'snapshot_id', '2026-0')).toEqual([
      '2026-09-28',
      '2026-06-29',
      '2026-03-30',
    ]);
  });
});

describe('without toolsets', () => {
  it.each([
    ['who is on call for a service, its owner', 'dx_list_entities'],
    ['developer satisfaction survey', 'dx_list_snapshots'],
    ['dependencies of a service', 'dx_list_relation_edges'],
    ['start a self-service workflow', 'dx_trigger_workflow'],
    ['production readiness scorecard level of an entity', 'dx_list_entity_scorecards'],
    ['developer experience index by team', 'dx_list_dxi_breakdowns'],
    ['upload csv of users', 'dx_upload_org_file'],
    ['archive teams not in hierarchy', 'dx_process_team_hierarchy'],
    ['overdue tasks of an initiative', 'dx_list_initiative_entities'],
    ['snapshots.driverScores.breakdown', 'dx_list_driver_breakdowns'],
  ])('"%s" finds %s among the first five', async (query, wanted) => {
    const { callTool } = await dxWorld({ flags: { toolsets: '' } });
    expect((await callTool('find_operation', { query })).text).toContain(wanted);
  });
});
