import { expect, it } from 'vitest';
import { projects } from '../../src/providers/datarock/simulator/seed/seed.ts';
import { startAssistant } from '../support/assistant.ts';

const project = 'Copperhead North';

it('averages the RQD of all holes over 10 m, joins the lithology, draws the strip log, uploads the table', async () => {
  const { ask, spent } = await startAssistant();
  async function exported(artefact: string) {
    let { data } = await ask('datarock_create_export', { project, artefact, holes: 'all', wait_seconds: 45 });
    while (!(data['run'] as { final: boolean }).final)
      ({ data } = await ask('wait_for_run', { run: (data['run'] as { uri: string }).uri, wait_seconds: 45 }));
    return (data['result'] as { uri: string; rows: number }).uri;
  }

  const rqd = await exported('RQD');
  const rocks = await exported('Lithology');
  const sql = `
    WITH tens AS (
      SELECT hole_id, floor(depth_from / 10) * 10 AS depth_from, max(depth_to) AS depth_to, avg(rqd_percent) AS rqd_percent
      FROM "${rqd}" GROUP BY hole_id, floor(depth_from / 10))
    SELECT t.hole_id, t.depth_from, t.depth_to, any_value(t.rqd_percent) AS rqd_percent,
      arg_max(l.rock_type, least(t.depth_to, l.depth_to) - greatest(t.depth_from, l.depth_from)) AS rock_type
    FROM tens t JOIN "${rocks}" l ON l.hole_id = t.hole_id AND l.depth_from < t.depth_to AND l.depth_to > t.depth_from
    GROUP BY ALL ORDER BY 1, 2`;
  const { data: table } = await ask('query_result', { sql });
  const { uri, rows } = table['result'] as { uri: string; rows: number };
  const { holes = [] } = projects.find(({ name }) => name === project) ?? {};
  expect(rows).toBe(holes.reduce((sum, { endOfHoleM }) => sum + Math.ceil(endOfHoleM / 10), 0));

  const drawn = await ask('chart_result', { result: uri, type: 'strip_log', y: ['rqd_percent', 'rock_type'] });
  expect(drawn.others).toEqual([{ type: 'image', mimeType: 'image/png', data: expect.stringMatching(/^iVBORw0KGgo/) }]);
  const { data: uploaded } = await ask('datagrok_upload_table', { table: 'CopperheadNorth:RockQuality', source: uri });
  expect(uploaded['url']).toMatch(/^http/);
  expect(spent.calls).toBeLessThanOrEqual(8);
  expect(spent.tokens).toBeLessThanOrEqual(5_000);

  const { data: back } = await ask('datagrok_download_table', { table: uploaded['id'] });
  expect(back['result']).toMatchObject({ rows });
  const { data: origin } = await ask('describe_result', { result: uri });
  expect(origin['made_of']).toHaveLength(2);
});
