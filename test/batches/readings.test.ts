import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;

const itemsOf = ({ data }: { data: Row }) => data['items'] as Row[];

describe('one question over many things', () => {
  test('is one call over 10,005 projects, of those that were active lately', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'] });
    const seen = await call('dataops_list_pipelines', {
      project: { active_since: '3 days ago' },
      status: 'failed',
      since: '3d',
    });
    expect(seen.text).toMatch(/^1 pipeline, of 1 of 2 projects\.\nStored as result:/);
    expect(itemsOf(seen)).toMatchObject([{ project: 'meridian/data/drill-assays', project_id: '101', id: '20381' }]);
    expect(countTokens(seen.text)).toBeLessThanOrEqual(900);
    // The listing, and one request for each of the two.
    expect(seen.usage.requests).toBe(3);
    expect(dataops.requests[0]?.target).toContain('last_activity_after=2026-11-18T00%3A00%3A00');
  });

  test('takes a filter as a text, as JSON in a text and as an object alike', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const forms = ['active_since: 3 days ago', '{"active_since": "3 days ago"}', { active_since: '3 days ago' }];
    const seen = await Promise.all(forms.map(project => call('dataops_list_pipelines', { project, since: '3d' })));
    const [first, ...others] = seen.map(itemsOf);
    expect(first?.length).toBeGreaterThan(1);
    for (const other of others) expect(other).toEqual(first);
  });

  test('is one call for a year of all eleven Datamin pipelines; what may not be read does not spoil the rest', async () => {
    const { call } = await startWorld({ platforms: ['datamin'] });
    const seen = await call('datamin_list_runs', { pipeline: 'all', from: '365d' });
    expect(seen.text).toMatch(/^9,646 runs, of 4 of 11 pipelines; 1 pipeline gave no answer\./);
    expect(seen.text).toMatch(
      /^Warning: 1 of 11 pipelines: .* it belongs to another organisation \(Somebody else\)\.$/m,
    );
    const { uri } = seen.data['result'] as { uri: string };
    const rows = await call('read_result', {
      result: uri,
      limit: 1,
      where: [{ column: 'pipeline', op: '=', value: 'Nightly revenue sync' }],
    });
    expect(itemsOf(rows)[0]).toMatchObject({ pipeline: 'Nightly revenue sync', run: expect.any(String) });
  });

  test('is one call for the scorecards of 18 services, by what their list calls them', async () => {
    const { call } = await startWorld({ platforms: ['dx'] });
    const seen = await call('call_read_operation', {
      operation: 'dx_list_entity_scorecards',
      arguments: { entity: { type: 'service' } },
    });
    expect(seen.text).toMatch(/^36 entity scorecards, of 18 of 18 entities\./);
    expect(new Set(itemsOf(seen).map(row => row['entity_identifier'])).size).toBe(18);
    expect(seen.usage.requests).toBe(19);
  });

  test('is one call for what all Datarock projects offer', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_list_artefacts', { project: 'all', fields: ['key'] });
    const offering = itemsOf(seen).filter(({ key }) => key === 'lithology');
    expect(offering.map(({ project }) => project).toSorted()).toEqual(['Copperhead North', 'Deepwater Deeps']);
  });

  test('gives a row for each where a reading answers one thing', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const project = 'meridian/data/drill-assays, meridian/data/core-logging';
    const seen = await call('call_read_operation', { operation: 'dataops_get_project', arguments: { project } });
    expect(itemsOf(seen).length).toBeGreaterThan(0);
    expect(itemsOf(seen)[0]).toMatchObject({ project: 'meridian/data/drill-assays', default_branch: 'main' });
  });

  test('takes a column of a stored result', async () => {
    const { call } = await startWorld();
    const listed = await call('datarock_list_artefacts', { project: 'all', fields: ['key'] });
    const { uri } = listed.data['result'] as { uri: string };
    const where = [{ column: 'key', op: '=', value: 'lithology' }];
    const seen = await call('datarock_list_holes', { project: { result: uri, column: 'project', where } });
    expect(seen.text).toMatch(/of 2 of 2 projects/);
    const guessed = await call('datarock_list_holes', { project: uri });
    expect(guessed.text).toMatch(/of \d of 4 projects/);
  });
});

describe('several arguments that stand for many', () => {
  const projects = 'meridian/data/drill-assays, meridian/data/products/ore-quality';

  test('are each of one with each of the other, where one lies within the other, too', async () => {
    const { call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const all = await call('dataops_list_branches', { project: projects });
    const seen = await call('dataops_get_branch', { branch: 'all', project: projects });
    expect(seen.text).toMatch(new RegExp(`of ${itemsOf(all).length} of ${itemsOf(all).length} branches`));
    const told = (rows: Row[]) => rows.map(row => `${row['project']} ${row['name']}`).toSorted();
    expect(told(itemsOf(seen))).toEqual(told(itemsOf(all)));
    expect(itemsOf(seen)[0]).toMatchObject({ project: 'meridian/data/drill-assays', branch: 'dev' });
  });

  test('name what is there and what is not, which is asked for alone afterwards', async () => {
    const { call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const seen = await call('dataops_get_branch', { branch: 'main, nowhere', project: projects });
    expect(itemsOf(seen).map(({ project, branch }) => [project, branch])).toEqual([
      ['meridian/data/drill-assays', 'main'],
      ['meridian/data/products/ore-quality', 'main'],
    ]);
    expect(seen.text).toMatch(/of 2 of 4 branches; 2 branches gave no answer/);
    const [, uri] = /To ask for these alone: project "(batch:[^"]+)"/.exec(seen.text) ?? [];
    const again = await call('dataops_get_branch', { project: uri });
    expect(again.text).toMatch(/of 0 of 2 branches; 2 branches gave no answer/);
  });

  test('that are columns of one result belong together: a thing for each row', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const listed = await call('dataops_list_pipelines', { project: projects, since: '7d' });
    const { uri } = listed.data['result'] as { uri: string };
    const before = dataops.requests.length;
    const seen = await call('dataops_list_pipeline_jobs', {
      project: { result: uri, column: 'project' },
      pipeline: { result: uri, column: 'id' },
    });
    const count = itemsOf(listed).length;
    expect(seen.text).toMatch(new RegExp(`of ${count} of ${count} `));
    expect(dataops.requests.length - before).toBeLessThanOrEqual(count + 2);
  });
});

test('a platform with two accounts answers for the one that is named', async () => {
  const { call } = await startWorld({
    platforms: ['dataops'],
    connections: ({ dataops }) => ({
      one: { platform: 'dataops', ...dataops },
      two: { platform: 'dataops', ...dataops },
    }),
  });
  const project = { active_since: '3 days ago' };
  const seen = await call('dataops_list_pipelines', { project, since: '3d', connection: 'two' });
  expect(seen.text).toMatch(/of 2 of 2 projects/);
  const again = await call('dataops_list_pipelines', { project: ['101', 'nowhere/at-all'], connection: 'two' });
  const [, uri] = /project "(batch:[^"]+)"/.exec(again.text) ?? [];
  const failed = await call('dataops_list_pipelines', { project: uri, connection: 'two' });
  expect(failed.text).toMatch(/of 0 of 1 project/);
});

describe('names', () => {
  test('that are nobody’s are told with the others answered, and can be asked for alone', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_list_holes', { project: ['Copperhead North', 'Nowhere', 'Tinkers Trial'] });
    expect(seen.text).toMatch(/of 3 projects; 1 project gave no answer/);
    const [, again] = /To ask for these alone: project "(batch:[^"]+)"/.exec(seen.text) ?? [];
    const failed = await call('datarock_list_holes', { project: again });
    expect(failed.text).toMatch(/^No |^0 holes, of 0 of 1 project/);
  });

  test('with a comma in them are one name where there is such a thing', async () => {
    const { call, datamin } = await startWorld({
      platforms: ['datamin'],
      connections: ({ datamin: settings }) => ({
        datamin: { ...settings, pipelines: { 'Sales, north': '5b7e0c1d-8a34-4f62-9d1b-3c6f2e90a711' } },
      }),
    });
    const seen = await call('datamin_get_pipeline_last_run', { pipeline: 'Sales, north' });
    expect(seen.isError).toBe(false);
    expect(seen.data).not.toHaveProperty('items');
    expect(datamin.requests.length).toBeGreaterThan(0);
  });

  test('without a space after the comma are several, too', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const seen = await call('dataops_list_pipelines', { project: '101,102', since: '3d' });
    expect(seen.text).toMatch(/of \d of 2 projects/);
  });

  test('of one thing are what they were: no table, no batch', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_list_holes', { project: 'Copperhead North' });
    expect(seen.text).not.toContain('of 1 of 1');
  });
});

describe('what is too much', () => {
  test('is said before anything is asked, with what is narrower, and goes on with the count', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { many_limit: 3 } });
    const project = { search: 'meridian' };
    const refused = await call('dataops_list_pipelines', { project, status: 'failed', since: '3d' });
    const [, count] = /confirm_many: (\d+)/.exec(refused.text) ?? [];
    expect(refused.text).toMatch(
      /^too_large: dataops_list_pipelines is asked for \d+ projects; at the documented quota \(600 requests in 60 s\)/,
    );
    expect(refused.text).toContain('active_since');
    expect(dataops.requests.every(({ target }) => !target.includes('/pipelines'))).toBe(true);
    const seen = await call('dataops_list_pipelines', {
      project,
      status: 'failed',
      since: '3d',
      confirm_many: Number(count),
    });
    expect(seen.text).toMatch(new RegExp(`of \\d of ${count} projects`));
  });

  test('is said of more than anybody counts', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const refused = await call('dataops_list_pipelines', { project: 'all', status: 'failed' });
    expect(refused.text).toContain('is asked for more than 200 projects');
    expect(refused.usage.requests).toBeLessThanOrEqual(4);
  });

  test('a mistake in another argument costs nothing', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'] });
    const refused = await call('dataops_list_pipelines', { project: 'all', status: 'purple' });
    expect(refused.text).toMatch(/^bad_arguments/);
    expect(dataops.requests).toEqual([]);
  });
});

describe('and why', () => {
  test('is a part of the same call: the jobs that count, their reason, the end of the log, and a count by reason', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const seen = await call('dataops_list_pipelines', {
      project: { active_since: '3 days ago' },
      status: 'failed',
      since: '3d',
      why: true,
    });
    expect(itemsOf(seen)).toMatchObject([
      {
        failed_jobs: 'Build all Models',
        reason: "invalid identifier 'AU_PPM_REPEAT'",
        log: expect.stringContaining('assay_intervals'),
      },
    ]);
    expect(seen.text).toContain("reasons: 1 x invalid identifier 'AU_PPM_REPEAT'");
    expect(countTokens(seen.text)).toBeLessThanOrEqual(900);
    expect(countTokens(JSON.stringify(seen.data))).toBeLessThanOrEqual(900);
    const one = await call('dataops_list_pipelines', {
      project: 'meridian/data/drill-assays',
      status: 'failed',
      since: '3d',
      why: true,
    });
    expect(one.text).toContain("reasons: 1 x invalid identifier 'AU_PPM_REPEAT'");
  });

  test('of the runs of all pipelines of Datamin takes one request more for each that failed', async () => {
    const { call } = await startWorld({ platforms: ['datamin'] });
    const seen = await call('datamin_list_runs', { pipeline: 'all', from: '365d', why: true });
    expect(seen.text).toMatch(/\nreasons: \d+ x /);
    expect(seen.usage.requests).toBeLessThanOrEqual(2 * 11);
    const { uri } = seen.data['result'] as { uri: string };
    const failed = await call('read_result', {
      result: uri,
      where: [{ column: 'failed_tasks', op: '>', value: 0 }],
      limit: 3,
    });
    for (const row of itemsOf(failed)) expect(row['reason']).toBeTruthy();
  });

  test('is told of the failed holes of an export, with the count by reason above them', async () => {
    const { call, datarock } = await startWorld();
    const order = {
      project: 'Copperhead North',
      artefact: 'rqd',
      holes: ['DDH001', 'DDH002', 'DDH033'],
      updated_since: '7d',
    };
    const { data } = await call('datarock_create_export', order);
    const { uri } = data['run'] as { uri: string };
    const gone = (json: unknown) => (json as Row[]).filter(({ id }) => id !== 'DDH002');
    datarock.faults.add({ kind: 'changed', change: gone, match: { path: /\/holes/ } });
    const before = datarock.requests.length;
    const seen = await call('datarock_get_export', { export: uri, why: true });
    expect(seen.text).toMatch(/reasons: (?=.*1 x the project lists no such hole)(?=.*1 x likely no pipeline run)/);
    expect(itemsOf(seen).find(({ holeId }) => holeId === 'DDH002')).toMatchObject({
      did_you_mean: expect.stringMatching(/^DDH/),
    });
    expect(itemsOf(seen).find(({ holeId }) => holeId === 'DDH033')).not.toHaveProperty('reason');
    expect(datarock.requests.length - before).toBeLessThanOrEqual(3);
  });

  test('is told of the checks that services fail, with what each wants', async () => {
    const { call } = await startWorld({ platforms: ['dx'], flags: { toolsets: 'all' } });
    const seen = await call('dx_list_entity_scorecards', { entity: { type: 'service' }, why: true });
    const [, reasons = ''] = /^reasons: (.*)$/m.exec(seen.text) ?? [];
    const { uri } = seen.data['result'] as { uri: string };
    const rows = await call('read_result', { result: uri, columns: ['entity', 'failed', 'reason'], limit: 36 });
    const failed = itemsOf(rows).flatMap(row => (row['failed'] ?? []) as string[]);
    const counts = [...reasons.matchAll(/(\d+) x ([^:,]+)/g)].map(
      ([, count, name]) => [String(name), Number(count)] as const,
    );
    expect(counts.length).toBeGreaterThan(1);
    for (const [name, count] of counts) expect(failed.filter(one => one === name).length, name).toBe(count);
    // The list of services, and two requests at most for each.
    expect(seen.usage.requests).toBeLessThanOrEqual(1 + 2 * 18);
  });
});
