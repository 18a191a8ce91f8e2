import { expect, it } from 'vitest';
import { projects, rqdIntervals } from '../../src/providers/datarock/simulator/seed/seed.ts';
import { startWorld } from '../support/harness.ts';

it('answers "which metres of Copperhead North have no core worth the name" in three calls', async () => {
  const { call } = await startWorld();
  const artefacts = await call('datarock_list_artefacts', { project: 'Copperhead North' });
  expect(artefacts.text).toContain('rqd,RQD');

  const made = await call('datarock_create_export', { project: 'Copperhead North', artefact: 'RQD', holes: 'all' });
  expect(made.text).toMatch(/Version v2, the newest of v1, v2/);
  expect(made.text).toMatch(/RQD of Copperhead North: 40 of 40 holes have data\./);
  const { uri } = made.data['result'] as { uri: string };

  const where = [{ column: 'rqd_percent', op: '<', value: 25 }];
  const weak = await call('read_result', {
    result: uri,
    where,
    columns: ['hole_id', 'depth_from', 'rqd_percent'],
    limit: 20,
  });
  const seed = projects.find(({ name }) => name === 'Copperhead North');
  const expected = (seed?.holes ?? [])
    .flatMap(hole => [...rqdIntervals(hole)])
    .filter(({ rqd }) => rqd !== undefined && rqd < 25);
  expect(weak.data['page']).toMatchObject({ returned: 20, total: expected.length, complete: false });
  expect((weak.data['items'] as { rqd_percent: number }[]).every(row => row.rqd_percent < 25)).toBe(true);
});

it('gives the mean that the drill core has', async () => {
  const { call } = await startWorld();
  const made = await call('datarock_create_export', { project: 'Copperhead North', artefact: 'rqd', holes: 'all' });
  const { columns } = made.data['result'] as { columns: { name: string; mean?: number }[] };
  const seed = projects.find(({ name }) => name === 'Copperhead North');
  const values = (seed?.holes ?? []).flatMap(hole => [...rqdIntervals(hole)]).flatMap(({ rqd }) => rqd ?? []);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(columns.find(({ name }) => name === 'rqd_percent')?.mean).toBeCloseTo(mean, 3);
});
