import { expect, it } from 'vitest';
import type { DatarockState } from '../../src/providers/datarock/simulator/state.ts';
import { start } from '../support/dataops-world.ts';
import { type Seen, startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;
const project = 'meridian/data/drill-assays';

const nextOf = ({ data }: Seen) => JSON.parse(String(data['next']).replace('wait_for_run ', '')) as Row;

it('a run of three minutes takes five calls, each next one with the longest wait', async () => {
  const { call, datarock, clock } = await startWorld();
  (datarock.state as DatarockState).paceMs = 180_000 / 40;
  const began = clock.now();
  let seen = await call('datarock_create_export', { project: 'Copperhead North', artefact: 'RQD', holes: 'all' });
  let calls = 1;
  while (typeof seen.data['next'] === 'string' && seen.data['next'].startsWith('wait_for_run')) {
    expect(nextOf(seen)).toMatchObject({ wait_seconds: 50 });
    seen = await call('wait_for_run', nextOf(seen));
    calls += 1;
  }
  expect(seen.data['run']).toMatchObject({ status: 'succeeded' });
  expect(clock.now() - began).toBeGreaterThan(150_000);
  expect(calls).toBeLessThanOrEqual(5);
});

it('says what is left, going by its pace', async () => {
  const { call, datarock } = await startWorld();
  (datarock.state as DatarockState).paceMs = 4_000;
  const seen = await call('datarock_create_export', { project: 'Copperhead North', artefact: 'RQD', holes: 'all' });
  expect(seen.text).toMatch(/At this pace about \d+ s are left\./);
});

it('says how long such pipelines took before, and since when this one runs', async () => {
  const { callTool, dataops } = await start();
  dataops.state.world.pace = 3;
  const seen = await callTool('dataops_run_pipeline', { project, ref: 'main' });
  expect(seen.data['run']).toMatchObject({ final: false });
  expect(seen.text).toMatch(/Such runs took (about \d+|\d+ to \d+) s before; this one has run for \d+ s/);
  // Of what has just started there is one status, and it is the later one.
  expect(seen.data['details']).not.toHaveProperty('status');
  const { progress } = seen.data['run'] as { progress: { total: number } };
  const { uri } = seen.data['run'] as { uri: string };
  const pipeline = await callTool('dataops_get_pipeline', { project, pipeline: uri.split('/').at(-1) });
  const stages = pipeline.data['stages'] as { jobs: Row[] }[];
  expect(stages.flatMap(({ jobs }) => jobs)).toHaveLength(progress.total);
});
